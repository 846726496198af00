package faultline.kernel.mm.fault;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_ALLOW_RETRY;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_KILLABLE;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_RETRY_NOWAIT;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_TRIED;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_VMA_LOCK;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.DiskFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.page.DirtySetting;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Who has which lock when `handle_mm_fault` returns, line by line, for a store that makes one page dirty too many.
class DirtyThrottleTest {

    private static final int PAGE = 4096;
    private static final long VA = 0x10000000;
    private static final long LATENCY = 1_000_000;

    /// What a fault may do besides waiting.
    private static final long STEPS = LATENCY / 20;

    private final ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(3), new DiskTiming(LATENCY, 1));
    private final KernelFault fault = new KernelFault();
    private FaultOutcome outcome = FaultOutcome.Done.MINOR;

    /// When the handler came back.
    private long returned;

    /// Which lock was still held then.
    private boolean held;

    /// What of the file keeps VMAs.
    private int references;

    private enum Memory {
        /// A page of a file that is not mapped yet.
        FILE,
        /// One that is mapped clean.
        MAPPED,
        /// Shared anonymous memory.
        SHMEM
    }

    private void store(Memory memory, int flags) {
        store(memory, fault -> fault.flags = flags);
    }

    /// Two pages may be dirty, and are, when the store to a third is handled: under `mmap_lock`, or with
    /// FAULT_FLAG_VMA_LOCK under the VMA's.
    private void store(Memory memory, Consumer<KernelFault> design) {
        machine.kernel().guardVmas(VmaGuards.locked(VmaGuards.Lock.SEMAPHORE, true, true));
        Mm mm = machine.newMm();
        DiskFile file = new DiskFile(machine.kernel(), 3);
        file.load();
        mm.mmap(
                VA,
                PAGE,
                PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_FIXED | (memory == Memory.SHMEM ? MAP_ANONYMOUS : 0),
                memory == Memory.SHMEM ? null : file,
                2L * PAGE);
        machine.run(self -> {
            self.use(mm);
            if (memory == Memory.MAPPED) {
                assertThat(self.load(VA)).isEqualTo(3);
            }
            file.pages().write(0, new byte[2 * PAGE], 0, 2 * PAGE);
            machine.kernel().dirtyPages().limits().set(DirtySetting.DIRTY_BYTES, 2L * PAGE);
            handle(mm, design);
            references = file.references();
            assertThat(self.store(VA, 1)).isNull();
            assertThat(self.completed).as("faults of its own").isEqualTo(memory == Memory.MAPPED ? 1 : 0);
            mm.put();
        });
        file.pages().evict();
        assertThat(file.references()).isZero();
    }

    private void handle(Mm mm, Consumer<KernelFault> design) {
        fault.begin(VA, true);
        design.accept(fault);
        mm.mmapLock().readLock();
        Vma vma = Objects.requireNonNull(mm.vmaAt(VA));
        boolean underVmaLock = (fault.flags & FAULT_FLAG_VMA_LOCK) != 0;
        if (underVmaLock) {
            assertThat(vma.tryStartRead()).isTrue();
            mm.mmapLock().readUnlock();
        }
        outcome = machine.handler().handleMmFault(vma, fault);
        returned = machine.schedule().nanoTime();
        try {
            if (underVmaLock) {
                vma.endRead();
            } else {
                mm.mmapLock().readUnlock();
            }
            held = true;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("does not hold");
            held = false;
        }
        fault.mayRetry = false;
    }

    private void assertWaited(boolean waited) {
        if (waited) {
            assertThat(returned).isBetween(LATENCY, LATENCY + STEPS);
        } else {
            assertThat(returned).isLessThan(STEPS);
        }
        assertThat(references).isLessThanOrEqualTo(1);
    }

    private void assertCompleted() {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        FaultOutcome.Done.class,
                        done -> assertThat(done.unlocked()).isTrue());
        assertThat(held).isFalse();
    }

    private void assertDoneWithLock() {
        assertThat(outcome).isEqualTo(FaultOutcome.Done.MINOR);
        assertThat(held).isTrue();
    }

    @Test
    void withoutFlagsTheFaultWaitsWithItsLock() {
        store(Memory.FILE, 0);
        assertDoneWithLock();
        assertWaited(true);
    }

    @Test
    void withAllowRetryItWaitsWithoutAndIsCompleted() {
        store(Memory.FILE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE);
        assertCompleted();
        assertWaited(true);
    }

    @Test
    void theSameForAPageThatWasMappedClean() {
        store(Memory.MAPPED, FAULT_FLAG_ALLOW_RETRY);
        assertCompleted();
        assertWaited(true);
    }

    @Test
    void theLockItGivesUpIsTheVmasIfThatIsWhatItHas() {
        store(Memory.FILE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_VMA_LOCK);
        assertCompleted();
        assertWaited(true);
    }

    @Test
    void withRetryNowaitItWaitsWithItsLockForNothingIsLeftToRetry() {
        store(Memory.FILE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT);
        assertDoneWithLock();
        assertWaited(true);
    }

    @Test
    void theSecondAttemptWaitsWithItsLock() {
        store(Memory.FILE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED);
        assertDoneWithLock();
        assertWaited(true);
    }

    @Test
    void thePatchOf2006KnowsNothingOfThis() {
        store(Memory.FILE, fault -> fault.mayRetry = true);
        assertDoneWithLock();
        assertWaited(true);
    }

    /// As in Linux: the lock is given up before anybody looks whether there is something to wait for.
    @Test
    void aStoreToSharedMemoryIsCompletedTooAndWaitsForNothing() {
        store(Memory.SHMEM, FAULT_FLAG_ALLOW_RETRY);
        assertCompleted();
        assertWaited(false);
    }
}
