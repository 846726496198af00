package faultline.x86.mmu;

import static faultline.x86.mmu.PageFaultCode.I;
import static faultline.x86.mmu.PageFaultCode.P;
import static faultline.x86.mmu.PageFaultCode.PK;
import static faultline.x86.mmu.PageFaultCode.RSVD;
import static faultline.x86.mmu.PageFaultCode.U;
import static faultline.x86.mmu.PageFaultCode.W;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.core.cpu.GuestTrap;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Walks over tables built by hand in RAM: one table a level, frames 1 (PML4) to 4 (page table),
/// data in frame 5.
final class X86MmuTest {

    private static final long VA = 0x7f12_3456_7abcL;
    private static final long DATA_PFN = 5;

    private final PhysicalMemory memory = PhysicalMemory.reserve(64 << 12);
    private final X86Mmu mmu = new X86Mmu(memory);

    X86MmuTest() {
        mmu.setRoot(1 << 12);
        for (int level = 3; level >= 1; level--) {
            set(level, Pte.P | Pte.RW | Pte.US | (long) tablePfn(level - 1) << 12);
        }
        set(0, Pte.P | Pte.RW | Pte.US | DATA_PFN << 12);
    }

    private static int tablePfn(int level) {
        return 4 - level;
    }

    private static long entryPa(int level) {
        return ((long) tablePfn(level) << 12) + ((VA >>> 12 + 9 * level & 0x1ff) << 3);
    }

    private void set(int level, long entry) {
        memory.store64(entryPa(level), entry);
    }

    private long get(int level) {
        return memory.load64(entryPa(level));
    }

    private Walk.Mapped mapped(Access access, Privilege privilege) {
        Walk walk = mmu.walk(VA, access, privilege);
        assertThat(walk).isInstanceOf(Walk.Mapped.class);
        return (Walk.Mapped) walk;
    }

    private long code(Access access, Privilege privilege) {
        Walk walk = mmu.walk(VA, access, privilege);
        assertThat(walk).isInstanceOf(Walk.Faulted.class);
        assertThat(((Walk.Faulted) walk).va).isEqualTo(VA);
        return ((Walk.Faulted) walk).code;
    }

    private static long request(Access access, Privilege privilege) {
        return switch (access) {
                    case READ -> 0;
                    case WRITE -> W;
                    case EXECUTE -> I;
                }
                | (privilege == Privilege.USER ? U : 0);
    }

    @Test
    void everyLevelIsIndexedByItsNineBits() {
        assertThat(mapped(Access.READ, Privilege.USER).pa).isEqualTo(DATA_PFN << 12 | VA & 0xfff);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aHoleAtAnyLevelIsANotPresentFault(int level) {
        set(level, get(level) & ~Pte.P);
        for (Access access : Access.values()) {
            for (Privilege privilege : Privilege.values()) {
                assertThat(code(access, privilege)).isEqualTo(request(access, privilege));
            }
        }
    }

    /// Every combination of rights at one level, with all rights at the others: the level must not
    /// matter.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void rightsOfEveryLevelCount(int level) {
        long full = get(level) & ~(Pte.RW | Pte.US | Pte.NX);
        for (int combination = 0; combination < 8; combination++) {
            boolean writable = (combination & 1) != 0;
            boolean user = (combination & 2) != 0;
            boolean noExecute = (combination & 4) != 0;
            long rights = (writable ? Pte.RW : 0) | (user ? Pte.US : 0) | (noExecute ? Pte.NX : 0);
            for (Access access : Access.values()) {
                for (Privilege privilege : Privilege.values()) {
                    set(level, full | rights);
                    boolean permitted = (user || privilege == Privilege.KERNEL)
                            && (access != Access.WRITE || writable)
                            && (access != Access.EXECUTE || !noExecute);
                    if (permitted) {
                        Walk.Mapped walk = mapped(access, privilege);
                        assertThat(walk.readable).isEqualTo(user);
                        assertThat(walk.executable).isEqualTo(user && !noExecute);
                    } else {
                        assertThat(code(access, privilege)).isEqualTo(request(access, privilege) | P);
                    }
                }
            }
        }
    }

    @Test
    void noExecuteIsTheWorstOfAllLevelsAndWriteTheLeast() {
        set(3, get(3) | Pte.NX);
        set(1, get(1) & ~Pte.RW);
        assertThat(code(Access.EXECUTE, Privilege.USER)).isEqualTo(P | U | I);
        assertThat(code(Access.WRITE, Privilege.USER)).isEqualTo(P | U | W);
        assertThat(mapped(Access.READ, Privilege.USER).executable).isFalse();
    }

    @Test
    void aReadSetsAccessedAtEveryLevelAndDirtyNowhere() {
        mapped(Access.READ, Privilege.USER);
        for (int level = 0; level <= 3; level++) {
            assertThat(get(level) & (Pte.A | Pte.D)).as("level %d", level).isEqualTo(Pte.A);
        }
    }

    @Test
    void aStoreSetsDirtyAtTheLeafAlone() {
        mapped(Access.WRITE, Privilege.USER);
        assertThat(get(0) & (Pte.A | Pte.D)).isEqualTo(Pte.A | Pte.D);
        assertThat(get(1) & Pte.D).isZero();
    }

    @Test
    void aDeniedAccessLeavesTheLeafUntouched() {
        set(0, get(0) & ~Pte.RW);
        code(Access.WRITE, Privilege.USER);
        assertThat(get(0) & (Pte.A | Pte.D)).isZero();
    }

    @Test
    void theTlbMayWriteOnlyWhatIsDirtyAlready() {
        assertThat(mapped(Access.READ, Privilege.USER).writable).isFalse();
        assertThat(mapped(Access.WRITE, Privilege.USER).writable).isTrue();
        assertThat(mapped(Access.READ, Privilege.USER).writable).isTrue();
        set(0, get(0) & ~Pte.RW);
        assertThat(mapped(Access.READ, Privilege.USER).writable).isFalse();
    }

    @Test
    void supervisorPagesAreTheKernelsAndGrantTheTlbNothing() {
        set(0, get(0) & ~Pte.US);
        Walk.Mapped walk = mapped(Access.WRITE, Privilege.KERNEL);
        assertThat(walk.readable || walk.writable || walk.executable).isFalse();
        assertThat(code(Access.READ, Privilege.USER)).isEqualTo(P | U);
    }

    @Test
    void reservedBitsAreReportedBeforeRights() {
        set(0, Pte.P | DATA_PFN << 12 | 1L << 51);
        assertThat(code(Access.WRITE, Privilege.USER)).isEqualTo(P | W | U | RSVD);
        set(0, Pte.P | Pte.US | DATA_PFN << 12 | 1L << 45);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .as("bit 45 is an address bit, only of RAM that is not there")
                .isThrownBy(() -> memory.load64(mapped(Access.READ, Privilege.USER).pa & ~7L));
        set(3, get(3) | Pte.PS);
        assertThat(code(Access.READ, Privilege.KERNEL)).isEqualTo(P | RSVD);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aLargeLeafMapsItsWholeRange(int level) {
        set(level, Pte.P | Pte.RW | Pte.US | Pte.PS);
        Walk.Mapped walk = mapped(Access.WRITE, Privilege.USER);
        assertThat(walk.pa).isEqualTo(VA & (1L << Pte.shift(level)) - 1);
        assertThat(get(level) & (Pte.A | Pte.D)).isEqualTo(Pte.A | Pte.D);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aLargeLeafReservesTheAddressBitsBelowItsSizeButForPat(int level) {
        set(level, Pte.P | Pte.US | Pte.PS | 1 << 12);
        mapped(Access.READ, Privilege.USER);
        for (int bit = 13; bit < Pte.shift(level); bit++) {
            set(level, Pte.P | Pte.US | Pte.PS | 1L << bit);
            assertThat(code(Access.READ, Privilege.USER)).as("bit %d", bit).isEqualTo(P | U | RSVD);
        }
    }

    @Test
    void protectionKeysDenyDataAccessesOfEverybodyAndNoFetch() {
        for (int key = 0; key < 16; key++) {
            set(0, Pte.P | Pte.RW | Pte.US | (long) key << Pte.PKEY_SHIFT | DATA_PFN << 12);
            for (Privilege privilege : Privilege.values()) {
                mmu.setPkru(1 << 2 * key);
                assertThat(code(Access.READ, privilege)).isEqualTo(request(Access.READ, privilege) | P | PK);
                assertThat(code(Access.WRITE, privilege)).isEqualTo(request(Access.WRITE, privilege) | P | PK);
                mmu.setPkru(2 << 2 * key);
                assertThat(mapped(Access.READ, privilege).writable).isFalse();
                assertThat(code(Access.WRITE, privilege)).isEqualTo(request(Access.WRITE, privilege) | P | PK);
                mmu.setPkru(~(3 << 2 * key));
                mapped(Access.WRITE, privilege);
            }
            mmu.setPkru(-1);
            Walk.Mapped fetch = mapped(Access.EXECUTE, Privilege.USER);
            assertThat(fetch.executable).isTrue();
            assertThat(fetch.readable || fetch.writable).isFalse();
        }
    }

    @Test
    void keysOfSupervisorPagesDoNotCount() {
        set(0, get(0) & ~Pte.US);
        mmu.setPkru(-1);
        mapped(Access.WRITE, Privilege.KERNEL);
    }

    @Test
    void theKeyIsReportedEvenWhenRightsAreMissingToo() {
        set(0, get(0) & ~Pte.RW);
        mmu.setPkru(2);
        assertThat(code(Access.WRITE, Privilege.USER)).isEqualTo(P | W | U | PK);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0000_8000_0000_0000L, 0xffff_7fff_ffff_ffffL, 0x1234_0000_0000_0000L})
    void aNonCanonicalAddressIsAGeneralProtectionExceptionInUserMode(long va) {
        for (Access access : Access.values()) {
            assertThatExceptionOfType(GuestTrap.class)
                    .isThrownBy(() -> mmu.walk(va, access, Privilege.USER))
                    .matches(trap -> trap.vector() == 13 && trap.code() == 0);
            assertThat(mmu.walk(va, access, Privilege.KERNEL)).isInstanceOf(Walk.Faulted.class);
        }
    }

    @Test
    void theEndsOfTheCanonicalHalvesAreWalked() {
        assertThat(mmu.walk(0x7fff_ffff_ffffL, Access.READ, Privilege.USER)).isInstanceOf(Walk.Faulted.class);
        assertThat(mmu.walk(-1L << 47, Access.READ, Privilege.USER)).isInstanceOf(Walk.Faulted.class);
    }

    /// A walker stores through a clean entry while the kernel replaces it, at every distance from
    /// the moment the clean entry appeared: the old entry must never come back, as a blind `entry |
    /// D` would let it.
    @Test
    void settingDirtyNeverBringsBackAnEntryThatWasReplaced() throws InterruptedException {
        long before = Pte.P | Pte.RW | Pte.US | DATA_PFN << 12;
        long after = Pte.P | Pte.RW | Pte.US | 6L << 12;
        CountDownLatch ready = new CountDownLatch(1);
        X86Mmu walker = new X86Mmu(memory);
        walker.setRoot(1 << 12);
        Thread other = new Thread(() -> {
            ready.countDown();
            while (!Thread.interrupted()) {
                walker.walk(VA, Access.WRITE, Privilege.USER);
            }
        });
        other.start();
        ready.await();
        int resurrected = 0;
        for (int round = 0; round < 100_000; round++) {
            set(0, before);
            for (int distance = round & 63; distance > 0; distance--) {
                Thread.onSpinWait();
            }
            memory.getAndSet64(entryPa(0), after);
            for (int look = 0; look < 100; look++) {
                if ((get(0) & Pte.PFN) != (after & Pte.PFN)) {
                    resurrected++;
                    break;
                }
            }
        }
        other.interrupt();
        other.join();
        assertThat(resurrected).isZero();
    }
}
