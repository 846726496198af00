package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.step.ParallelSchedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A flush that a vCPU is left out of is told of when it is over.
@Timeout(60)
final class TlbCoherenceTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final long VA = 0x10000000;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    /// Asks nobody but the vCPU that flushes.
    private static final class SelfOnly implements TlbInvalidation {
        @Override
        public int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end) {
            self.mem().tlb().flushRange(start, end);
            return 0;
        }

        @Override
        public String name() {
            return "self only";
        }
    }

    /// toy-0 has stored to a page, and with it the translation; toy-1 does `change` to the mapping.
    private static List<Violation> change(TlbInvalidation invalidation, ToyThread.Body change) {
        ToyMachine machine = new ToyMachine(
                2, 1024, new ParallelSchedule(), true, new KernelHeap(1L << 30), TableFreeing.IPI, invalidation);
        Turns turns = new Turns(machine);
        return turns.run(
                self -> {
                    self.mm().mmap(VA, PAGE, RW, ANON, null, 0);
                    assertThat(self.store(VA, 1)).isNull();
                    turns.handOver(1, 2);
                },
                self -> {
                    change.run(self);
                    turns.pass(2);
                });
    }

    private static void expect(List<Violation> violations, String text) {
        assertThat(violations).hasSize(1);
        Violation found = violations.getFirst();
        assertThat(found.rule()).as(found.text()).isEqualTo(Rule.STALE_TRANSLATION);
        assertThat(found.touchedBy()).isEqualTo("vcpu 0");
        assertThat(found.unhookedBy()).isEqualTo("toy-1");
        assertThat(found.freedBy()).isEqualTo("toy-1");
        assertThat(found.text()).contains(text, "which toy-1 took from it and toy-1 has flushed");
    }

    @Test
    void aPageThatIsUnmapped() {
        expect(
                change(new SelfOnly(), self -> self.mm().munmap(VA, PAGE)),
                "vcpu 0 still translates 0x10000000 to frame");
    }

    @Test
    void aPageThatMayNotBeWrittenAnyMore() {
        expect(
                change(new SelfOnly(), self -> self.mm().mprotect(VA, PAGE, PROT_READ)),
                "vcpu 0 still translates 0x10000000 to frame");
    }

    /// I6: a page that a child shares.
    @Test
    void aPageThatForkWriteProtects() {
        expect(
                change(
                        new SelfOnly(),
                        self -> self.mm().fork(ToyMachine.UNLIMITED).put()),
                "vcpu 0 still translates 0x10000000 for stores to frame");
    }

    @Test
    void whoIsAskedForgets() {
        assertThat(change(new ToyMachine.ToyInvalidation(), self -> {
                    self.mm().mprotect(VA, PAGE, PROT_READ);
                    self.mm().fork(ToyMachine.UNLIMITED).put();
                    self.mm().munmap(VA, PAGE);
                }))
                .isEmpty();
    }
}
