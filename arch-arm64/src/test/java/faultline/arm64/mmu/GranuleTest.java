package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.AF;
import static faultline.arm64.mmu.Descriptor.CONTIGUOUS;
import static faultline.arm64.mmu.Descriptor.NG;
import static faultline.arm64.mmu.Descriptor.TABLE;
import static faultline.arm64.mmu.Descriptor.USER;
import static faultline.arm64.mmu.Descriptor.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Walks of each granule, over tables whose entries are placed by the manual's index bits, written
/// out here: Arm ARM D8.2, the address bits that each level of lookup resolves.
final class GranuleTest {

    private static final long VA = 0xd5a3_9f71_c2b4L;
    private static final long DATA_PFN = 9;

    private final PhysicalMemory memory = PhysicalMemory.reserve(1 << 20);

    @AfterEach
    void giveBack() {
        memory.close();
    }

    /// Granule, the manual's root level, and the top and bottom bit of the index of each level.
    static Stream<Arguments> granules() {
        return Stream.of(
                Arguments.of(PageGeometry.KIB_4, 0, new int[][] {{47, 39}, {38, 30}, {29, 21}, {20, 12}}),
                Arguments.of(PageGeometry.KIB_16, 0, new int[][] {{47, 47}, {46, 36}, {35, 25}, {24, 14}}),
                Arguments.of(PageGeometry.KIB_64, 1, new int[][] {{47, 42}, {41, 29}, {28, 16}}));
    }

    /// Tables in pages 1, 2, …, the page of data in page 9.
    private Arm64Mmu build(PageGeometry pages, int[][] indexes) {
        for (int i = 0; i < indexes.length; i++) {
            boolean last = i == indexes.length - 1;
            long next = last ? DATA_PFN : i + 2L;
            set(pages, indexes, i, next << pages.shift() | VALID | TABLE | (last ? USER | AF | NG : 0));
        }
        Arm64Mmu mmu = new Arm64Mmu(memory, pages, false);
        mmu.setRoot(1L << pages.shift());
        return mmu;
    }

    private void set(PageGeometry pages, int[][] indexes, int at, long entry) {
        int[] bits = indexes[at];
        long index = VA >>> bits[1] & (1L << bits[0] - bits[1] + 1) - 1;
        memory.store64((at + 1L << pages.shift()) + 8 * index, entry);
    }

    private static Walk.Mapped mapped(Arm64Mmu mmu) {
        Walk walk = mmu.walk(VA, Access.READ, Privilege.USER);
        assertThat(walk).isInstanceOf(Walk.Mapped.class);
        return (Walk.Mapped) walk;
    }

    private static long code(Arm64Mmu mmu, long va) {
        Walk walk = mmu.walk(va, Access.READ, Privilege.USER);
        assertThat(walk).isInstanceOf(Walk.Faulted.class);
        return ((Walk.Faulted) walk).code;
    }

    @ParameterizedTest
    @MethodSource("granules")
    void goesThroughItsLevels(PageGeometry pages, int root, int[][] indexes) {
        Arm64Mmu mmu = build(pages, indexes);
        assertThat(mapped(mmu).pa).isEqualTo(DATA_PFN << pages.shift() | VA & pages.bytes() - 1);
    }

    @ParameterizedTest
    @MethodSource("granules")
    void namesTheManualsLevelInAFault(PageGeometry pages, int root, int[][] indexes) {
        for (int i = 0; i < indexes.length; i++) {
            Arm64Mmu mmu = build(pages, indexes);
            set(pages, indexes, i, 0);
            assertThat(code(mmu, VA) & 0x3f)
                    .as("translation fault at entry %d", i)
                    .isEqualTo(0x04 | root + i);
        }
        assertThat(code(build(pages, indexes), VA | 1L << 48) & 0x3f).isEqualTo(0x04);
    }

    /// 1 GiB and 2 MiB, 32 MiB, 512 MiB; what is no block's level refuses one.
    @ParameterizedTest
    @MethodSource("granules")
    void takesBlocksWhereItHasThem(PageGeometry pages, int root, int[][] indexes) {
        List<Integer> sizes = switch (pages.shift()) {
            case 12 -> List.of(30, 21);
            case 14 -> List.of(25);
            default -> List.of(29);
        };
        for (int i = 0; i < indexes.length; i++) {
            Arm64Mmu mmu = build(pages, indexes);
            int size = indexes[i][1];
            set(pages, indexes, i, VALID | USER | AF | NG | CONTIGUOUS | 3L << size);
            if (sizes.contains(size)) {
                assertThat(mapped(mmu).pa).isEqualTo(3L << size | VA & (1L << size) - 1);
            } else {
                assertThat(code(mmu, VA) & 0x3f).isEqualTo(0x04 | root + i);
            }
        }
    }

    /// Without FEAT_LPA the bits between the granule and bit 12 are no address.
    @ParameterizedTest
    @MethodSource("granules")
    void ignoresAddressBitsBelowTheGranule(PageGeometry pages, int root, int[][] indexes) {
        Arm64Mmu mmu = build(pages, indexes);
        long below = pages.bytes() - 1 & -1L << 12;
        for (int i = 0; i < indexes.length; i++) {
            boolean last = i == indexes.length - 1;
            long next = last ? DATA_PFN : i + 2L;
            long kind = VALID | TABLE | (last ? USER | AF | NG | CONTIGUOUS : 0);
            set(pages, indexes, i, next << pages.shift() | below | kind);
        }
        assertThat(mapped(mmu).pa).isEqualTo(DATA_PFN << pages.shift() | VA & pages.bytes() - 1);
    }

    @ParameterizedTest
    @MethodSource("granules")
    void theKernelsFormatIndexesAsTheHardwareDoes(PageGeometry pages, int root, int[][] indexes) {
        Arm64PageTableFormat format = new Arm64PageTableFormat(pages);
        assertThat(format.levels()).isEqualTo(indexes.length);
        for (int i = 0; i < indexes.length; i++) {
            int level = indexes.length - 1 - i;
            assertThat(format.shift(level)).isEqualTo(indexes[i][1]);
            assertThat(format.entries(level)).isEqualTo(1 << indexes[i][0] - indexes[i][1] + 1);
        }
        long leaf = format.leaf(DATA_PFN, format.protection(true, true, false, 0));
        assertThat(leaf & (1L << 48) - 1 & -pages.bytes()).isEqualTo(DATA_PFN << pages.shift());
        assertThat(format.pfn(leaf)).isEqualTo(DATA_PFN);
        assertThat(format.pfn(format.table(1, DATA_PFN))).isEqualTo(DATA_PFN);
    }

    /// 16 KiB leave one bit to the root, which a table of 2,048 entries does not need.
    @Test
    void theRootOf16KibHasTwoEntries() {
        assertThat(new Arm64PageTableFormat(PageGeometry.KIB_16).entries(3)).isEqualTo(2);
        assertThat(new Arm64PageTableFormat(PageGeometry.KIB_64).entries(2)).isEqualTo(64);
    }
}
