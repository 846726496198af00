package faultline.kernel.mm.fault;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
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
import faultline.kernel.mm.ToyThread;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaGuards;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Who has which lock when `handle_mm_fault` returns, line by line, for a fault on a page that the disk is
/// reading.
class PageLockWaitTest {

    private static final int PAGE = 4096;
    private static final long VA = 0x10000000;
    private static final long LATENCY = 1_000_000;

    /// What a fault may do besides waiting.
    private static final long STEPS = LATENCY / 20;

    private final ToyMachine machine = ToyMachine.withDisk(2, new SeededSchedule(3), new DiskTiming(LATENCY, 1));
    private final KernelFault fault = new KernelFault();
    private FaultOutcome outcome = FaultOutcome.Done.MINOR;

    /// When the handler came back.
    private long returned;

    /// Which lock was still held then.
    private boolean held;

    /// Whether the page was in memory then.
    private boolean uptodate;

    private void fault(Consumer<KernelFault> design) {
        fault(design, self -> {}, self -> {});
    }

    /// Has the disk read the page, then has a fault of the design's handled under `mmap_lock`, or with
    /// FAULT_FLAG_VMA_LOCK under the VMA's. `other` runs on a second thread from the start on.
    private void fault(Consumer<KernelFault> design, Consumer<ToyThread> before, Consumer<Mm> other) {
        machine.kernel().guardVmas(VmaGuards.locked(VmaGuards.Lock.SEMAPHORE, true, true));
        Mm mm = machine.newMm();
        mm.get();
        DiskFile file = new DiskFile(machine.kernel(), 1);
        mm.mmap(VA, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
        machine.run(
                self -> {
                    self.use(mm);
                    file.pages().willNeed(0, PAGE);
                    before.accept(self);
                    handle(mm, file, design);
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    other.accept(mm);
                    mm.put();
                });
        file.pages().evict();
    }

    private void handle(Mm mm, DiskFile file, Consumer<KernelFault> design) {
        fault.begin(VA, false);
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
        held = gaveBack(() -> {
            if (underVmaLock) {
                vma.endRead();
            } else {
                mm.mmapLock().readUnlock();
            }
            return true;
        });
        var page = Objects.requireNonNull(file.pages().find(0));
        uptodate = file.pages().isUptodate(page);
        machine.kernel().allocator().put(page);
        fault.mayRetry = false;
    }

    /// Locks say so when somebody gives back what he does not hold.
    private static boolean gaveBack(BooleanSupplier unlock) {
        try {
            return unlock.getAsBoolean();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("does not hold");
            return false;
        }
    }

    private void assertWaited(boolean waited) {
        if (waited) {
            assertThat(returned).isBetween(LATENCY, LATENCY + STEPS);
        } else {
            assertThat(returned).isLessThan(STEPS);
        }
        assertThat(uptodate).isEqualTo(waited);
    }

    @Test
    void withoutFlagsTheFaultWaitsWithItsLock() {
        fault(fault -> {});
        assertThat(outcome).isEqualTo(FaultOutcome.Done.MINOR);
        assertThat(held).isTrue();
        assertWaited(true);
    }

    @Test
    void withAllowRetryItWaitsWithoutAndStartsOver() {
        fault(fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY);
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isFalse();
        assertWaited(true);
    }

    @Test
    void theLockItGivesUpIsTheVmasIfThatIsWhatItHas() {
        fault(fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_VMA_LOCK);
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isFalse();
        assertWaited(true);
    }

    @Test
    void withRetryNowaitItReturnsAtOnceWithItsLock() {
        fault(fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT);
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isTrue();
        assertWaited(false);
    }

    @Test
    void theSecondAttemptWaitsWithItsLock() {
        fault(fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_TRIED);
        assertThat(outcome).isEqualTo(FaultOutcome.Done.MINOR);
        assertThat(held).isTrue();
        assertWaited(true);
    }

    @Test
    void aFatalSignalEndsAKillableWait() {
        fault(
                fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE,
                self -> self.fatalSignal = true,
                mm -> {});
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isFalse();
        assertWaited(false);
    }

    @Test
    void aFatalSignalEndsTheSecondAttemptTooWhichGivesTheLockBackThen() {
        fault(
                fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_TRIED,
                self -> self.fatalSignal = true,
                mm -> {});
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isFalse();
        assertWaited(false);
    }

    @Test
    void withoutKillableASignalChangesNothing() {
        fault(fault -> fault.flags = FAULT_FLAG_ALLOW_RETRY, self -> self.fatalSignal = true, mm -> {});
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isFalse();
        assertWaited(true);
    }

    @Test
    void thePatchOf2006TakesTheLockAgain() {
        fault(fault -> fault.mayRetry = true, self -> self.fatalSignal = true, mm -> {});
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isTrue();
        assertWaited(true);
    }

    @Test
    void withTheCounterItGoesOnIfNobodyHasWritten() {
        fault(PageLockWaitTest::withCounter);
        assertThat(outcome).isEqualTo(FaultOutcome.Done.MINOR);
        assertThat(held).isTrue();
        assertWaited(true);
    }

    @Test
    void withTheCounterItStartsOverIfSomebodyHas() {
        fault(
                PageLockWaitTest::withCounter,
                self -> {},
                // While the disk reads; somewhere else.
                mm -> {
                    ToyThread self = (ToyThread) Thread.currentThread();
                    self.block(LATENCY / 2);
                    mm.mmap(VA + 8 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_ANONYMOUS, null, 0);
                });
        assertThat(outcome).isInstanceOf(FaultOutcome.Retry.class);
        assertThat(held).isTrue();
        assertWaited(true);
    }

    private static void withCounter(KernelFault fault) {
        fault.mayRetry = true;
        fault.comparesSequence = true;
    }
}
