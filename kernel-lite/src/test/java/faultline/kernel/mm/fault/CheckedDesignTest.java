package faultline.kernel.mm.fault;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.DiskFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import faultline.kernel.mm.Vma;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Faults that do not end, and threads that go back with something in their hands.
@Timeout(60)
final class CheckedDesignTest {

    private static final int PAGE = 4096;
    private static final long VA = 0x10000000;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private final ToyMachine machine = ToyMachine.small();

    /// A design of a test's own, called with how often it was called before.
    private static FaultDesign design(ToyMachine machine, Mutant mutant) {
        AtomicInteger calls = new AtomicInteger();
        FaultDesign bare = new FaultDesign() {
            @Override
            public String name() {
                return "mutant";
            }

            @Override
            public FaultOutcome handle(Mm mm, PageFault fault) {
                return mutant.handle(calls.getAndIncrement(), mm, fault);
            }
        };
        return new CheckedDesign(bare, machine.kernel(), _ -> 0x1234);
    }

    private interface Mutant {
        FaultOutcome handle(int before, Mm mm, PageFault fault);
    }

    /// A thread that stores to a page, whose fault `mutant` handles.
    private void store(Mutant mutant) {
        machine.runShared(self -> {
            self.mm().mmap(VA, PAGE, RW, ANON, null, 0);
            self.use(design(machine, mutant));
            assertThat(self.store(VA + 5, 1)).isNull();
        });
    }

    @Test
    void aFaultThatChangesNothingIsToldOf() {
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> store((_, _, _) -> {
                    calls.incrementAndGet();
                    return FaultOutcome.Done.MINOR;
                }))
                .hasMessage("fault: toy-0 at 0x1234 faults for the 1000th time on its WRITE of 0x10000005,"
                        + " whose PTE 0x0 mutant leaves as it is");
        assertThat(calls).hasValue(CheckedDesign.MOST_QUIET);
        assertThat(machine.kernel().oracle().violations())
                .extracting(Violation::rule, Violation::touchedBy)
                .containsExactly(tuple(Rule.ENDLESS_FAULT, "toy-0"));
    }

    /// Somebody may have taken the page away each time.
    @Test
    void aFaultBesideWhoFlushesMayTakeLonger() {
        ClassicDesign classic = new ClassicDesign(machine.handler());
        store((before, mm, fault) -> {
            mm.flushTlb(VA, VA + PAGE);
            return before < 5 * CheckedDesign.MOST_QUIET ? FaultOutcome.Done.MINOR : classic.handle(mm, fault);
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
    }

    @Test
    void aRunOfFaultsEndsWithAnother() {
        ClassicDesign classic = new ClassicDesign(machine.handler());
        int fewer = CheckedDesign.MOST_QUIET - 1;
        machine.runShared(self -> {
            self.mm().mmap(VA, 8L * PAGE, RW, ANON, null, 0);
            self.use(design(
                    machine,
                    (before, mm, fault) -> before % CheckedDesign.MOST_QUIET < fewer
                            ? FaultOutcome.Done.MINOR
                            : classic.handle(mm, fault)));
            for (int i = 0; i < 8; i++) {
                assertThat(self.store(VA + (long) i * PAGE, 1)).isNull();
            }
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
    }

    /// M30: a fault that is let start over as often as it likes, while the device has the page.
    @Test
    void aFaultThatStartsOverWithoutEndIsToldOf() {
        ToyMachine slow = ToyMachine.withDisk(1, new SeededSchedule(1), new DiskTiming(1_000_000_000, 1));
        DiskFile file = new DiskFile(slow.kernel(), 1);
        assertThatThrownBy(() -> slow.run(self -> {
                    Mm mm = slow.newMm();
                    self.use(mm);
                    mm.mmap(VA, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
                    file.pages().willNeed(0, PAGE);
                    KernelFault fault = new KernelFault();
                    fault.begin(VA, false);
                    fault.flags = PageFault.FAULT_FLAG_ALLOW_RETRY | PageFault.FAULT_FLAG_RETRY_NOWAIT;
                    mm.mmapLock().readLock();
                    Vma vma = Objects.requireNonNull(mm.vmaAt(VA));
                    FaultOutcome outcome;
                    do {
                        outcome = slow.handler().handleMmFault(vma, fault);
                    } while (outcome instanceof FaultOutcome.Retry);
                }))
                .hasMessage("fault: toy-0 starts over for the 9th time on 0x10000000");
    }

    // What a thread still has.

    /// A fault that is done, and before that does `leaves`.
    private void leave(BiConsumer<ToyThread, Mm> leaves, BiConsumer<ToyThread, Mm> takes, String text) {
        ClassicDesign classic = new ClassicDesign(machine.handler());
        machine.kernel().oracle().keepOnly();
        machine.runShared(self -> {
            self.mm().mmap(VA, PAGE, RW, ANON, null, 0);
            self.use(design(machine, (_, mm, fault) -> {
                FaultOutcome outcome = classic.handle(mm, fault);
                leaves.accept(self, mm);
                return outcome;
            }));
            assertThat(self.faultAt(VA, true)).isEqualTo(FaultOutcome.Done.MINOR);
            takes.accept(self, self.mm());
        });
        assertThat(machine.kernel().oracle().violations())
                .extracting(Violation::rule, Violation::text)
                .containsExactly(tuple(Rule.HELD_AT_RETURN, "return: toy-0 goes back from a fault " + text));
    }

    @Test
    void aLock() {
        leave((_, mm) -> mm.mmapLock().readLock(), (_, mm) -> mm.mmapLock().readUnlock(), "with MMAP semaphore 0x1");
    }

    @Test
    void aReadSection() {
        leave(
                (self, _) -> machine.kernel().rcu().readLock(self.vcpu()),
                (self, _) -> machine.kernel().rcu().readUnlock(self.vcpu()),
                "in a read section");
    }

    @Test
    void interruptsOff() {
        leave((self, _) -> self.vcpu().interruptsOff(), (self, _) -> self.vcpu().interruptsOn(), "with interrupts off");
    }
}
