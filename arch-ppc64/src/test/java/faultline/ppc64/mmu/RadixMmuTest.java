package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.StorageInterrupt.DATA_SEGMENT;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_BADACCESS;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_ISSTORE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOEXEC_OR_G;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOHPTE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_PROTFAULT;
import static faultline.ppc64.mmu.StorageInterrupt.INSTRUCTION_SEGMENT;
import static faultline.ppc64.mmu.StorageInterrupt.INSTRUCTION_STORAGE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Walks of tables that are written here byte by byte, from the manual's formats.
final class RadixMmuTest {

    private static final long VALID = 1L << 63;
    private static final long LEAF = 1L << 62;
    private static final long R = 0x100;
    private static final long C = 0x80;
    private static final long PRIVILEGED = 8;
    private static final long READ = 4;
    private static final long WRITE = 2;
    private static final long EXEC = 1;

    private static final long ROOT = 0x10_0000;
    private static final long PUD = 0x20_0000;
    private static final long PMD = 0x21_0000;
    private static final long PTES = 0x22_0000;
    private static final long FRAME = 0x40_0000;

    private static final long VA = 0x7fff_8765_4000L;

    private final PhysicalMemory memory = PhysicalMemory.reserve(16 << 20);

    /// Big-endian, by hand.
    private void put(long pa, long entry) {
        for (int i = 0; i < 8; i++) {
            memory.store8(pa + i, (byte) (entry >>> 56 - 8 * i));
        }
    }

    private long get(long pa) {
        long entry = 0;
        for (int i = 0; i < 8; i++) {
            entry = entry << 8 | memory.load8(pa + i) & 0xff;
        }
        return entry;
    }

    private RadixMmu mmu(PageGeometry pages) {
        RadixMmu mmu = new RadixMmu(memory, pages);
        mmu.setRoot(ROOT);
        return mmu;
    }

    @Nested
    final class PagesOf4KiB {

        private final RadixMmu mmu = mmu(PageGeometry.KIB_4);
        private final long pte = PTES + (VA >>> 12 & 511) * 8;

        PagesOf4KiB() {
            put(ROOT + (VA >>> 39) * 8, VALID | PUD | 9);
            put(PUD + (VA >>> 30 & 511) * 8, VALID | PMD | 9);
            put(PMD + (VA >>> 21 & 511) * 8, VALID | PTES | 9);
            put(pte, VALID | LEAF | FRAME | READ | WRITE | EXEC);
        }

        private Walk walk(Access access) {
            return mmu.walk(VA + 0x123, access, Privilege.USER);
        }

        private long refused(Access access) {
            Walk.Faulted faulted = (Walk.Faulted) walk(access);
            assertThat(faulted.va).isEqualTo(VA + 0x123);
            return faulted.code;
        }

        @Test
        void translatesByFourLevels() {
            Walk.Mapped mapped = (Walk.Mapped) walk(Access.READ);
            assertThat(mapped.pa).isEqualTo(FRAME + 0x123);
            assertThat(mapped.readable).isTrue();
            assertThat(mapped.executable).isTrue();
        }

        @Test
        void aLoadSetsRAndAStoreSetsC() {
            Walk.Mapped mapped = (Walk.Mapped) walk(Access.READ);
            assertThat(get(pte) & (R | C)).isEqualTo(R);
            assertThat(mapped.writable).as("before C is set").isFalse();
            mapped = (Walk.Mapped) walk(Access.WRITE);
            assertThat(get(pte) & (R | C)).isEqualTo(R | C);
            assertThat(mapped.writable).isTrue();
        }

        @Test
        void anAccessThatIsRefusedSetsNothing() {
            put(pte, VALID | LEAF | FRAME | READ);
            assertThat(refused(Access.WRITE))
                    .isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_PROTFAULT | DSISR_ISSTORE));
            assertThat(refused(Access.EXECUTE))
                    .isEqualTo((long) INSTRUCTION_STORAGE << 32 | Integer.toUnsignedLong(DSISR_NOEXEC_OR_G));
            assertThat(get(pte) & (R | C)).isZero();
        }

        @Test
        void executingDoesNotTakeReading() {
            put(pte, VALID | LEAF | FRAME | EXEC);
            assertThat(walk(Access.EXECUTE)).isInstanceOf(Walk.Mapped.class);
            assertThat(refused(Access.READ)).isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_PROTFAULT));
        }

        @Test
        void privilegedPagesAreNoProgramsNorReachedForOne() {
            put(pte, VALID | LEAF | FRAME | PRIVILEGED | READ | WRITE | EXEC);
            assertThat(refused(Access.READ)).isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_PROTFAULT));
            assertThat(mmu.walk(VA, Access.READ, Privilege.KERNEL)).isInstanceOf(Walk.Faulted.class);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void anInvalidEntryOfAnyLevelIsNoTranslation(int level) {
            long[] entries = {pte, PMD + (VA >>> 21 & 511) * 8, PUD + (VA >>> 30 & 511) * 8, ROOT + (VA >>> 39) * 8};
            put(entries[level], get(entries[level]) & ~VALID);
            assertThat(refused(Access.READ)).isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_NOHPTE));
            assertThat(refused(Access.EXECUTE))
                    .isEqualTo((long) INSTRUCTION_STORAGE << 32 | Integer.toUnsignedLong(DSISR_NOHPTE));
        }

        @Test
        void aLeafMayLieHigher() {
            put(PMD + (VA >>> 21 & 511) * 8, VALID | LEAF | 0x60_0000 | READ);
            Walk.Mapped mapped = (Walk.Mapped) walk(Access.READ);
            assertThat(mapped.pa).isEqualTo(0x60_0000 + (VA & 0x1f_ffff) + 0x123);
        }

        @Test
        void aDirectoryOfNoSizeIsBad() {
            put(PMD + (VA >>> 21 & 511) * 8, VALID | PTES);
            assertThat(refused(Access.READ)).isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_BADACCESS));
        }

        @Test
        void whatTheRootDoesNotReachIsASegmentInterrupt() {
            for (long va : new long[] {1L << 52, 1L << 61, 0x4000_0000_0000_0000L, 0x8000_0000_0000_0000L}) {
                assertThat(((Walk.Faulted) mmu.walk(va, Access.WRITE, Privilege.USER)).code)
                        .isEqualTo((long) DATA_SEGMENT << 32);
                assertThat(((Walk.Faulted) mmu.walk(va, Access.EXECUTE, Privilege.USER)).code)
                        .isEqualTo((long) INSTRUCTION_SEGMENT << 32);
            }
        }

        @Test
        void theKernelsQuadrantHasNothing() {
            assertThat(((Walk.Faulted) mmu.walk(0xc000_0000_0000_0000L, Access.READ, Privilege.USER)).code)
                    .isEqualTo(0x300L << 32 | Integer.toUnsignedLong(DSISR_NOHPTE));
        }
    }

    @Test
    void pagesOf64KiBHaveASmallLastLevel() {
        RadixMmu mmu = mmu(PageGeometry.KIB_64);
        put(ROOT + (VA >>> 39) * 8, VALID | PUD | 9);
        put(PUD + (VA >>> 30 & 511) * 8, VALID | PMD | 9);
        put(PMD + (VA >>> 21 & 511) * 8, VALID | PTES | 5);
        put(PTES + (VA >>> 16 & 31) * 8, VALID | LEAF | FRAME | READ);
        Walk.Mapped mapped = (Walk.Mapped) mmu.walk(VA + 0x123, Access.READ, Privilege.USER);
        assertThat(mapped.pa).isEqualTo(FRAME + (VA & 0xffff) + 0x123);
    }

    @Test
    void theShapesReach52Bits() {
        for (PageGeometry pages : LinuxPageTables.pageSizes()) {
            TableShape shape = TableShape.of(MmuChoice.RADIX, pages);
            assertThat(shape.shift(3) + shape.indexBits(3)).isEqualTo(52);
        }
    }
}
