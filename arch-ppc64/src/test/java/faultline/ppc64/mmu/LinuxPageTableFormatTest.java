package faultline.ppc64.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Entries bit by bit, as `arch/powerpc/include/asm/book3s/64` of Linux 6.12 has them.
final class LinuxPageTableFormatTest {

    static final List<PageTableFormat> ALL = List.of(
            new RadixPageTableFormat(PageGeometry.KIB_4),
            new RadixPageTableFormat(PageGeometry.KIB_64),
            new HashPageTableFormat(PageGeometry.KIB_4),
            new HashPageTableFormat(PageGeometry.KIB_64));

    @ParameterizedTest
    @FieldSource("ALL")
    void aLeafIsOfTheBitsOfLinux(PageTableFormat format) {
        long leaf = format.leaf(0x123, format.protection(true, true, false, 0));
        assertThat(leaf)
                .isEqualTo(0xc000_0000_0000_0106L | 0x123L << format.geometry().shift());
        assertThat(format.pfn(leaf)).isEqualTo(0x123);
        assertThat(format.isPresent(leaf)).isTrue();
        assertThat(format.isWritable(leaf)).isTrue();
        assertThat(format.isDirty(leaf)).isFalse();
        assertThat(format.mkDirty(leaf) & 0x280).as("C and soft-dirty").isEqualTo(0x280);
        assertThat(format.wrProtect(leaf)).isEqualTo(leaf & ~2);
        assertThat(format.mkOld(leaf)).isEqualTo(leaf & ~0x100);
        assertThat(format.mkSpecial(leaf)).isEqualTo(leaf | 0x400);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void aMarkerIsASwapEntryOfTheLastType(PageTableFormat format) {
        long marker = format.marker(PageTableFormat.MARKER_POISONED);
        assertThat(marker)
                .isEqualTo(0x4000_0000_0000_001fL | 2L << format.geometry().shift());
        assertThat(format.markerOf(marker)).isEqualTo(PageTableFormat.MARKER_POISONED);
        assertThat(format.isPresent(marker)).isFalse();
        assertThat(format.isNone(marker)).isFalse();
        assertThat(format.markerOf(0)).isZero();
        assertThat(format.hasUffdWp()).isFalse();
        assertThat(format.isSwap(marker)).isFalse();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void aSwappedPageIsALeafThatIsNotThere(PageTableFormat format) {
        long entry = format.swapEntry(3, 0x12345);
        assertThat(entry)
                .isEqualTo(
                        0x4000_0000_0000_0003L | 0x12345L << format.geometry().shift());
        assertThat(format.swapType(entry | format.swapExclusive())).isEqualTo(3);
        assertThat(format.swapOffset(entry | format.swapExclusive())).isEqualTo(0x12345);
        assertThat(format.isSwap(entry)).isTrue();
        assertThat(format.isNone(format.swapEntry(0, 0))).isFalse();
        assertThat(format.isSame(entry, entry | format.swapExclusive())).isFalse();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void aPageOfNobodyIsThereForTheKernel(PageTableFormat format) {
        long leaf = format.leaf(7, format.protection(false, false, false, 0));
        assertThat(leaf & 0xf).as("privileged alone").isEqualTo(8);
        assertThat(format.isPresent(leaf)).isTrue();
        assertThat(format.isProtNone(leaf)).isTrue();
        assertThat(format.isProtNone(format.leaf(7, format.protection(true, false, false, 0))))
                .isFalse();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void anotherProtectionKeepsPageAndHardwareBits(PageTableFormat format) {
        long leaf = format.mkDirty(format.leaf(0x77, format.protection(true, true, true, 0)));
        long changed = format.modify(leaf, format.protection(true, false, false, 0));
        assertThat(format.pfn(changed)).isEqualTo(0x77);
        assertThat(format.isDirty(changed)).isTrue();
        assertThat(format.isWritable(changed)).isFalse();
        assertThat(changed & 1).isZero();
    }

    @Test
    void aDirectorySaysHowLargeTheNextTableIs() {
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_4).table(1, 5)).isEqualTo(0x8000_0000_0000_5009L);
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_64).table(1, 5)).isEqualTo(0x8000_0000_0005_0005L);
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_64).table(3, 5)).isEqualTo(0x8000_0000_0005_0009L);
        assertThat(new HashPageTableFormat(PageGeometry.KIB_64).table(1, 5)).isEqualTo(0x8000_0000_0005_0000L);
    }

    @Test
    void executingWithoutReadingIsOfRadixAlone() {
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_4).protection(false, false, true, 0) & 7)
                .isEqualTo(1);
        assertThat(new HashPageTableFormat(PageGeometry.KIB_4).protection(false, false, true, 0) & 7)
                .isEqualTo(5);
    }

    @Test
    void keysLieWhereLinuxHasThem() {
        HashPageTableFormat large = new HashPageTableFormat(PageGeometry.KIB_64);
        for (int key = 0; key < 32; key++) {
            assertThat(large.key(large.protection(true, true, false, key))).isEqualTo(key);
        }
        assertThat(large.keyBits(31)).isEqualTo(0x1e00_0000_0000_0040L);
        HashPageTableFormat small = new HashPageTableFormat(PageGeometry.KIB_4);
        assertThat(small.keyBits(7)).isEqualTo(0x0600_0000_0000_0040L);
        assertThat(HashPageTableFormat.keys(PageGeometry.KIB_4)).isEqualTo(8);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void entriesAreBigEndian(PageTableFormat format) {
        try (PhysicalMemory memory = PhysicalMemory.reserve(4096)) {
            format.store(memory, 8, 0x8000_0000_0000_5009L);
            assertThat(memory.load8(8)).isEqualTo((byte) 0x80);
            assertThat(memory.load8(15)).isEqualTo((byte) 9);
            assertThat(format.compareAndSet(memory, 8, 0x8000_0000_0000_5009L, 0x8000_0000_0000_6009L))
                    .isTrue();
            assertThat(format.getAndClear(memory, 8)).isEqualTo(0x8000_0000_0000_6009L);
            assertThat(memory.load64(8)).isZero();
        }
    }

    @Test
    void whereTheHashedEntryIsIsNotedAndForgotten() {
        for (PageGeometry pages : LinuxPageTables.pageSizes()) {
            HashPageTableFormat format = new HashPageTableFormat(pages);
            try (PhysicalMemory memory = PhysicalMemory.reserve(1 << 16)) {
                long leaf = format.leaf(3, format.protection(true, true, false, 5));
                for (int slot = 0; slot < 16; slot++) {
                    long noted = format.withSlot(memory, 16, leaf, slot);
                    assertThat(format.slot(memory, 16, noted)).isEqualTo(slot);
                    assertThat(format.isSame(noted, leaf)).isTrue();
                    assertThat(format.pfn(noted)).isEqualTo(3);
                    assertThat(format.key(noted)).isEqualTo(5);
                    format.store(memory, 16, noted);
                    assertThat(format.load(memory, 16))
                            .as("a leaf from elsewhere")
                            .isEqualTo(leaf);
                }
            }
        }
    }

    @Test
    void aLockedLeafDoesNotChange() {
        HashPageTableFormat format = new HashPageTableFormat(PageGeometry.KIB_4);
        try (PhysicalMemory memory = PhysicalMemory.reserve(4096)) {
            long leaf = format.leaf(3, format.protection(true, true, false, 0)) | format.busy;
            memory.store64BigEndian(0, leaf);
            assertThat(format.compareAndSet(memory, 0, leaf, 0)).isFalse();
            assertThat(format.load(memory, 0)).isEqualTo(leaf);
        }
    }

    @Test
    void describesBits() {
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_4).describe(0, 0xc000_0000_0001_2187L))
                .isEqualTo("PFN 0x12 page READ WRITE EXEC ACCESSED DIRTY");
        assertThat(new RadixPageTableFormat(PageGeometry.KIB_4).describe(1, 0x8000_0000_0001_2009L))
                .isEqualTo("PFN 0x12 table NLS 9");
        assertThat(new HashPageTableFormat(PageGeometry.KIB_64).describe(0, 0xc080_0000_0001_0146L))
                .isEqualTo("PFN 0x1 page READ WRITE ACCESSED key 1 HASHPTE");
    }
}
