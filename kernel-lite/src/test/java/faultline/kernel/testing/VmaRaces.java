package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;

/// M1, M2, M3 and M6: what `spf-vma` does wrong with upper entries and with its counters.
final class VmaRaces extends SpeculationRace {

    VmaRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    private static Knobs mended(String... defects) {
        return Knobs.NONE.with("fixed=" + String.join(",", defects));
    }

    /// Where F stops that looks into an upper table for the first time behind its walk.
    private static void runBehindTheWalk(Actor f) {
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(PgtableStep.PTE_READ);
        f.runTo(PgtableStep.TABLE_READ);
    }

    /// M1, as posted on every architecture: the walk is over and interrupts are on; W unmaps all that the PMD's
    /// page is for, and frees it; F reads the PMD once more, which is no PMD.
    void aPmdReadAgainIsFreed() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runBehindTheWalk(f);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expectEnd(machine, Rule.FREED_TABLE);
        }
    }

    /// M1, M2 and M3 are absent where nobody looks into the page of the PMD behind the walk: in `spf-vma` with
    /// all three mended, in `spf-mm` as posted.
    private RaceMachine withoutALookBehindTheWalk() {
        return machine(
                TableFreeing.RCU_ALL,
                series == Series.SPF_VMA ? mended("pmd-reread", "pte-alloc", "trans-unstable") : Knobs.NONE);
    }

    /// The first look behind the walk is that for the PTE lock, in a section which the page outlives: F finds it
    /// cleared.
    void theNextLookIsProtected() {
        try (RaceMachine machine = withoutALookBehindTheWalk()) {
            End end = new End();
            // In this order, so that W goes as far as F lets it before F goes on.
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            Actor f = machine.faulter(self -> end.faults(machine, self));
            w.runTo(Mark.MAPPED);
            runBehindTheWalk(f);
            machine.schedule().runAll();
            end.expectGivenUp(machine, series.tableChanged);
            machine.finish();
        }
    }

    /// W is through before that section: its counter tells.
    void nobodyLooksBehindTheDecision() {
        boolean mends = series == Series.SPF_VMA;
        try (RaceMachine machine = withoutALookBehindTheWalk()) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runTo(FaultStep.ANONYMOUS_PAGE);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            end.expectGivenUp(machine, mends ? series.changed : VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1);
            machine.finish();
        }
    }

    /// M2, as posted on every architecture: F has decided to make an anonymous page; W unmaps and frees as for M1; F
    /// looks whether a table has to be made, in a page that is no table, and would make one.
    void aTableMadeInAFreedPage() {
        freedBehindTheDecision("pmd-reread", "trans-unstable");
    }

    /// M3, as posted on every architecture: as M2, but that F makes no table and only looks whether a huge page has
    /// come (`pmd_trans_unstable`), in a page that is no table.
    void aPmdAskedForAHugePageIsFreed() {
        freedBehindTheDecision("pmd-reread", "pte-alloc");
    }

    /// With these defects mended, so that the one that is left is met.
    private void freedBehindTheDecision(String... defects) {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, mended(defects))) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runTo(FaultStep.ANONYMOUS_PAGE);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expectEnd(machine, Rule.FREED_TABLE);
        }
    }

    /// M6, as posted on every architecture: W and T discard pages of one VMA with `mmap_lock` for read. Both load the
    /// counter before either has stored it; at the end it is odd for good, and the VMA never speculated on again.
    void twoWhoCountTogetherLeaveItOdd() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            assertThat(faultAfterDiscards(machine, true)).isEqualTo(VmEvent.SPF_VMA_CHANGED);
            assertThat(machine.deviations()).isNotEmpty().allSatisfy(deviation -> {
                assertThat(deviation.number()).isEqualTo("M6");
                assertThat(deviation.violation().rule()).isEqualTo(Rule.SEQUENCE);
            });
            assertThat(machine.deviations().getFirst().violation().text())
                    .matches("sequence: T begins to write vm_sequence of vma 0x\\p{XDigit}+ beside W");
        }
    }

    /// M6 is absent where who shares `mmap_lock` does not count.
    void twoWhoDoNotCountLeaveItEven() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, mended("count-shared"))) {
            assertThat(faultAfterDiscards(machine, false)).isEqualTo(VmEvent.SPECULATIVE_PGFAULT);
            assertThat(machine.deviations()).isEmpty();
        }
    }

    /// M6, the other half: T counts when W has, and the counter is even while both are inside: F takes that for
    /// quiet. It hears of one alone.
    void twoWhoAreInsideLookQuiet() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            assertThat(faultWithin(machine, true)).isEqualTo(VmEvent.SPECULATIVE_PGFAULT);
            assertThat(machine.deviations())
                    .isNotEmpty()
                    .allSatisfy(deviation -> assertThat(deviation.number()).isEqualTo("M6"));
        }
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            assertThat(faultWithin(machine, false)).isEqualTo(VmEvent.SPF_VMA_CHANGED);
            assertThat(machine.deviations()).isEmpty();
        }
    }

    /// What F's fault was counted as with W, or both, inside.
    private VmEvent faultWithin(RaceMachine machine, boolean both) {
        End end = new End();
        Actor w = discarder(machine);
        Actor t = other(machine);
        Actor f = machine.faulter(self -> end.faults(machine, self));
        w.runTo(Mark.MAPPED);
        long table = machine.tableOf(RANGE).pfn();
        w.runToOn(LockStep.SPIN_LOCK, table);
        if (both) {
            t.runToOn(LockStep.SPIN_LOCK, table);
        }
        return counted(machine, f, end);
    }

    private static Actor discarder(RaceMachine machine) {
        return machine.writer(self -> {
            machine.map(RANGE, machine.pagesOfTable());
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.MAPPED);
            machine.discard(RANGE, 1);
            machine.mark(Mark.DONE);
        });
    }

    private static Actor other(RaceMachine machine) {
        return machine.other(_ -> {
            machine.discard(RANGE, 1);
            machine.mark(Mark.DONE);
        });
    }

    /// What F's fault was counted as when all was quiet again.
    private VmEvent faultAfterDiscards(RaceMachine machine, boolean counted) {
        End end = new End();
        Actor w = discarder(machine);
        Actor t = other(machine);
        Actor f = machine.faulter(self -> end.faults(machine, self));
        w.runTo(Mark.MAPPED);
        if (counted) {
            w.runTo(LockStep.SEQ_STORE);
            t.runTo(LockStep.SEQ_STORE);
            w.runTo(LockStep.SEQ_END_WRITE);
            t.runTo(LockStep.SEQ_END_WRITE);
        } else {
            // Both are inside at one time.
            long table = machine.tableOf(RANGE).pfn();
            w.runToOn(LockStep.SPIN_LOCK, table);
            t.runToOn(LockStep.SPIN_LOCK, table);
        }
        w.runTo(Mark.DONE);
        t.runTo(Mark.DONE);
        return counted(machine, f, end);
    }

    private static VmEvent counted(RaceMachine machine, Actor f, End end) {
        long changed = machine.kernel().events(VmEvent.SPF_VMA_CHANGED);
        f.runTo(Mark.DONE);
        end.expectMade();
        machine.finish();
        return machine.kernel().events(VmEvent.SPF_VMA_CHANGED) > changed
                ? VmEvent.SPF_VMA_CHANGED
                : VmEvent.SPECULATIVE_PGFAULT;
    }
}
