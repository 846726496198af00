package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.AF;
import static faultline.arm64.mmu.Descriptor.AP_TABLE_NO_EL0;
import static faultline.arm64.mmu.Descriptor.AP_TABLE_RDONLY;
import static faultline.arm64.mmu.Descriptor.CONTIGUOUS;
import static faultline.arm64.mmu.Descriptor.DBM;
import static faultline.arm64.mmu.Descriptor.NG;
import static faultline.arm64.mmu.Descriptor.RDONLY;
import static faultline.arm64.mmu.Descriptor.TABLE;
import static faultline.arm64.mmu.Descriptor.USER;
import static faultline.arm64.mmu.Descriptor.UXN;
import static faultline.arm64.mmu.Descriptor.UXN_TABLE;
import static faultline.arm64.mmu.Descriptor.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Walks over tables built by hand in RAM: one table a level, frames 1 (level 0) to 4 (level 3),
/// data in frame 5.
final class Arm64MmuTest {

    private static final long VA = 0xff12_3456_7abcL;
    private static final long DATA_PFN = 5;
    private static final long PAGE = VALID | TABLE | USER | AF | NG | DATA_PFN << 12;

    private static final long DATA_ABORT = 0x92000000L;
    private static final long INSTRUCTION_ABORT = 0x82000000L;

    private final PhysicalMemory memory = PhysicalMemory.reserve(64 << 12);
    private final Arm64Mmu managing = new Arm64Mmu(memory, PageGeometry.KIB_4, true);
    private final Arm64Mmu plain = new Arm64Mmu(memory, PageGeometry.KIB_4, false);

    Arm64MmuTest() {
        managing.setRoot(1 << 12);
        plain.setRoot(1 << 12);
        for (int level = 0; level < 3; level++) {
            set(level, VALID | TABLE | (level + 2L) << 12);
        }
        set(3, PAGE);
    }

    private static long entryPa(int level) {
        return (level + 1L << 12) + ((VA >>> 12 + 9 * (3 - level) & 0x1ff) << 3);
    }

    private void set(int level, long entry) {
        memory.store64(entryPa(level), entry);
    }

    private long get(int level) {
        return memory.load64(entryPa(level));
    }

    private static Walk.Mapped mapped(Arm64Mmu mmu, long va, Access access) {
        Walk walk = mmu.walk(va, access, Privilege.USER);
        assertThat(walk).isInstanceOf(Walk.Mapped.class);
        return (Walk.Mapped) walk;
    }

    private static long esr(Arm64Mmu mmu, long va, Access access) {
        Walk walk = mmu.walk(va, access, Privilege.USER);
        assertThat(walk).isInstanceOf(Walk.Faulted.class);
        assertThat(((Walk.Faulted) walk).va).isEqualTo(va);
        return ((Walk.Faulted) walk).code;
    }

    @Test
    void goesThroughFourLevels() {
        Walk.Mapped page = mapped(plain, VA, Access.READ);
        assertThat(page.pa).isEqualTo(DATA_PFN << 12 | 0xabc);
        assertThat(page.readable && page.writable && page.executable).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void namesTheLevelThatIsNotValid(int level) {
        set(level, 0);
        assertThat(esr(plain, VA, Access.READ)).isEqualTo(DATA_ABORT | 0x04 | level);
        assertThat(esr(plain, VA, Access.WRITE)).isEqualTo(DATA_ABORT | 0x44 | level);
        assertThat(esr(plain, VA, Access.EXECUTE)).isEqualTo(INSTRUCTION_ABORT | 0x04 | level);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void hasNoBlockInTheFirstAndLastLevel(int level) {
        set(level, VALID | USER | AF);
        assertThat(esr(plain, VA, Access.READ)).isEqualTo(DATA_ABORT | 0x04 | level);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void takesBlocks(int level) {
        set(level, VALID | USER | AF | CONTIGUOUS);
        long offset = VA & (1L << 12 + 9 * (3 - level)) - 1;
        assertThat(mapped(plain, VA, Access.READ).pa).isEqualTo(offset);
    }

    @Test
    void ignoresTheTopByte() {
        assertThat(mapped(plain, VA | 0x5aL << 56, Access.READ).pa).isEqualTo(DATA_PFN << 12 | 0xabc);
        long beyond = VA | 1L << 48;
        assertThat(esr(plain, beyond, Access.READ)).isEqualTo(DATA_ABORT | 0x04);
        assertThat(esr(plain, VA | -1L << 48, Access.WRITE)).isEqualTo(DATA_ABORT | 0x44);
    }

    @Test
    void leavesTheAccessFlagToTheKernel() {
        set(3, PAGE & ~AF | RDONLY);
        assertThat(esr(plain, VA, Access.READ)).isEqualTo(DATA_ABORT | 0x0b);
        // Before permissions are looked at.
        assertThat(esr(plain, VA, Access.WRITE)).isEqualTo(DATA_ABORT | 0x4b);
        assertThat(get(3)).isEqualTo(PAGE & ~AF | RDONLY);
    }

    @Test
    void setsTheAccessFlagItself() {
        set(3, PAGE & ~AF);
        mapped(managing, VA, Access.READ);
        assertThat(get(3)).isEqualTo(PAGE);
    }

    @Test
    void notesTheFirstStoreWhereItMay() {
        set(3, PAGE | RDONLY | DBM);
        assertThat(mapped(managing, VA, Access.READ).writable).isFalse();
        assertThat(esr(plain, VA, Access.WRITE)).isEqualTo(DATA_ABORT | 0x4f);
        assertThat(get(3)).isEqualTo(PAGE | RDONLY | DBM);
        assertThat(mapped(managing, VA, Access.WRITE).writable).isTrue();
        assertThat(get(3)).isEqualTo(PAGE | DBM);
    }

    @Test
    void refusesWhatThePageForbids() {
        set(3, PAGE | RDONLY | UXN);
        assertThat(esr(managing, VA, Access.WRITE)).isEqualTo(DATA_ABORT | 0x4f);
        assertThat(esr(managing, VA, Access.EXECUTE)).isEqualTo(INSTRUCTION_ABORT | 0x0f);
        assertThat(mapped(managing, VA, Access.READ).writable).isFalse();
        set(3, PAGE & ~USER);
        assertThat(esr(managing, VA, Access.READ)).isEqualTo(DATA_ABORT | 0x0f);
        // Execution at EL0 is UXN's alone: execute-only.
        assertThat(mapped(managing, VA, Access.EXECUTE).readable).isFalse();
    }

    @Test
    void refusesWhatATableForbids() {
        set(1, get(1) | AP_TABLE_RDONLY | UXN_TABLE);
        assertThat(esr(managing, VA, Access.WRITE)).isEqualTo(DATA_ABORT | 0x4f);
        assertThat(esr(managing, VA, Access.EXECUTE)).isEqualTo(INSTRUCTION_ABORT | 0x0f);
        assertThat(mapped(managing, VA, Access.READ).writable).isFalse();
        set(2, get(2) | AP_TABLE_NO_EL0);
        assertThat(esr(managing, VA, Access.READ)).isEqualTo(DATA_ABORT | 0x0f);
    }

    @Test
    void saysWhoseAccessItWas() {
        set(3, 0);
        Walk walk = plain.walk(VA, Access.WRITE, Privilege.KERNEL);
        assertThat(((Walk.Faulted) walk).code).isEqualTo(0x96000047L);
    }
}
