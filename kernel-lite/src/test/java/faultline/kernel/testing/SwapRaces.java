package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.check.Violation;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapStep;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// M16 and M17: what `spf-vma` does wrong with pages that are swapped out.
final class SwapRaces {

    private static final long RANGE = SpeculationRace.RANGE;
    private static final int PAGES = 4;
    private static final int SLOTS = 16;

    /// Over by the next step, but not at once: pages are read ahead.
    private static final DiskTiming QUICK = new DiskTiming(1, 32);

    private final RacePort port;

    SwapRaces(RacePort port) {
        this.port = port;
    }

    private RaceMachine machine(String design, Knobs knobs, DiskTiming disk) {
        return new RaceMachine(
                port,
                TableFreeing.RCU_ALL,
                design,
                knobs,
                kernel -> kernel.swap().on("/swap", true, -1, SLOTS),
                disk);
    }

    private static long pageAt(RaceMachine machine, int page) {
        return RANGE + (long) page * machine.page();
    }

    private static void mapAndPageOut(RaceMachine machine, FaultMachine.Task self, int flags) {
        long bytes = (long) PAGES * machine.page();
        long _ = machine.mm().mmap(RANGE, bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED, null, 0);
        for (int page = 0; page < PAGES; page++) {
            RaceMachine.store(self, pageAt(machine, page));
        }
        machine.pageOut(RANGE, PAGES);
        machine.mark(Mark.MAPPED);
    }

    /// M16, as posted in v9 to v11 on every architecture: F has begun to swap its page in; W splits the VMA before
    /// it, so that the one F has pinned ends there. F reads ahead by the bounds of that. Where it is mended, and in
    /// v12, F gives up, for nothing is read ahead without `mmap_lock`.
    void aReadaheadByBoundsThatHaveChanged(String design, Knobs knobs, boolean present) {
        try (RaceMachine machine = machine(design, knobs, QUICK)) {
            AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();
            Actor w = machine.writer(self -> {
                mapAndPageOut(machine, self, MAP_PRIVATE | MAP_ANONYMOUS);
                // Faults that come in a row have a window.
                assertThat(self.touch(pageAt(machine, 1), Access.READ)).isNull();
                machine.pageOut(RANGE, PAGES);
                machine.mark(Mark.TOLD);
                machine.mm().mprotect(pageAt(machine, 2), 2L * machine.page(), PROT_READ);
                machine.mark(Mark.DONE);
            });
            Actor f = machine.faulter(self -> {
                outcome.set(self.touch(pageAt(machine, 2), Access.READ));
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.TOLD);
            f.runTo(FaultStep.SWAP_PAGE);
            w.runTo(Mark.DONE);
            if (present) {
                f.runToEnd();
                assertThat(machine.failure("F")).hasMessageContaining("outside of");
                return;
            }
            long refused = machine.kernel().events(VmEvent.SPF_VMA_NOTSUP);
            f.runTo(Mark.DONE);
            assertThat(outcome.get()).isNull();
            assertThat(machine.kernel().events(VmEvent.SPF_VMA_NOTSUP) - refused)
                    .isEqualTo(1);
            machine.finish();
        }
    }

    /// W takes the copy of a slot out of the swap cache, and has frozen its references. F, which looks for the
    /// copy, has to let W go on, and reads another.
    void aCopyThatIsBeingDropped(String design) {
        try (RaceMachine machine = machine(design, Knobs.NONE, DiskTiming.INSTANT)) {
            Actor w = machine.writer(self -> {
                machine.map(RANGE, 1);
                RaceMachine.store(self, RANGE);
                machine.mark(Mark.MAPPED);
                machine.pageOut(RANGE, 1);
                machine.mark(Mark.DONE);
            });
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE, Access.READ)).isNull();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            w.runTo(SwapStep.CACHE_REMOVE);
            f.runTo(FaultStep.SWAP_PAGE);
            f.runUntilBlocked(FaultStep.SWAP_PAGE);
            machine.finish();
            assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(1);
        }
    }

    /// M17: F, with `mmap_lock` and PTEs wider than a word, finds that W has swapped its page in. v9 tells its caller
    /// so, by a number that one of today takes for done and unlocked: the lock is never given back. One of 2018
    /// knows no such number.
    void aPteThatIsAnotherOne(String design, Knobs knobs, boolean leaks) {
        swappedInMeanwhile(design, knobs.with("wide-pte=on"), (machine, f) -> {
            f.runTo(FaultStep.PTE_CHANGED);
            if (leaks) {
                f.runToEnd();
                Violation first = machine.violations().getFirst();
                assertThat(first.rule()).as(first.text()).isEqualTo(Violation.Rule.HELD_AT_RETURN);
                assertThat(machine.failure("F")).hasMessage(first.text());
                return;
            }
            f.runTo(Mark.DONE);
            machine.finish();
        });
    }

    /// M17 is absent where a PTE is a word, whatever its callers know: F does not look twice before it looks for its
    /// page, and finds the slot free.
    void aPteOfAWord(String design, Knobs knobs) {
        swappedInMeanwhile(design, knobs.with("wide-pte=off"), (machine, f) -> {
            f.runTo(Mark.DONE);
            machine.finish();
        });
    }

    private void swappedInMeanwhile(String design, Knobs knobs, BiConsumer<RaceMachine, Actor> then) {
        try (RaceMachine machine = machine(design, knobs, DiskTiming.INSTANT)) {
            // A stack, which is left to `mmap_lock`.
            Actor w = machine.writer(self -> {
                mapAndPageOut(machine, self, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN);
                RaceMachine.store(self, RANGE);
                machine.mark(Mark.DONE);
            });
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE, Access.READ)).isNull();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.SWAP_PAGE);
            w.runTo(Mark.DONE);
            then.accept(machine, f);
        }
    }

    /// The third outcome of `pte_unmap_same`, beside the same and another: W has changed the VMA, and F, which has
    /// no `mmap_lock`, gives up. With PTEs wider than a word it does so before it has read its page, otherwise
    /// behind that.
    void aVmaThatHasChanged(String design, boolean wide) {
        Knobs knobs = Knobs.NONE.with("wide-pte=" + (wide ? "on" : "off"));
        try (RaceMachine machine = machine(design, knobs, DiskTiming.INSTANT)) {
            Actor w = machine.writer(self -> {
                mapAndPageOut(machine, self, MAP_PRIVATE | MAP_ANONYMOUS);
                machine.mm().mprotect(pageAt(machine, 2), 2L * machine.page(), PROT_READ);
                machine.mark(Mark.DONE);
            });
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE, Access.READ)).isNull();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.SWAP_PAGE);
            w.runTo(Mark.DONE);
            // Once more, with mmap_lock.
            f.runTo(FaultStep.SWAP_PAGE);
            assertThat(machine.kernel().events(VmEvent.SPF_VMA_CHANGED)).isEqualTo(1);
            assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(wide ? 0 : 1);
            f.runTo(Mark.DONE);
            assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(1);
            machine.finish();
        }
    }
}
