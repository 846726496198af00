package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.Collapse;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;

/// M20 and M18: a speculative fault against who unhooks its table while the VMA stays: reclaim of empty
/// tables, and khugepaged.
final class UnhookingRaces extends SpeculationRace {

    private static final Knobs COMPARED_UNDER_LOCK = Knobs.NONE.with("fixed=pmd-under-lock");

    UnhookingRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    /// M20. As posted a fault compares the PMD before it has the PTE lock; W, under `mmap_lock` for read, has
    /// emptied the table and unhooks it in between, and no sequence moves. F stores into a table that nothing
    /// points to, faults again, and its page is still there when the table is freed. Present on every
    /// architecture, however the walk is protected.
    void aPmdComparedBeforeTheLock(LocklessWalk walk) {
        try (RaceMachine machine = reclaiming(walk(walk))) {
            machine.kernel().oracle().keepOnly();
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> discardTable(machine, self));
            unhookBehindTheChecks(f, w);
            f.runTo(Mark.DONE);
            end.expectMade();
            w.runTo(Mark.DONE);
            expectLostPage(machine);
        }
    }

    /// M20 is absent where the PMD is compared with the lock held: F gives up, and finds a new table.
    void aPmdComparedUnderTheLock(LocklessWalk walk) {
        try (RaceMachine machine = reclaiming(COMPARED_UNDER_LOCK.with("walk=" + walk))) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> discardTable(machine, self));
            unhookBehindTheChecks(f, w);
            f.runTo(Mark.DONE);
            end.expectMade();
            assertThat(machine.kernel().events(series.tableChanged)).isEqualTo(1);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    private RaceMachine reclaiming(Knobs knobs) {
        return machine(
                TableFreeing.RCU_ALL, knobs, kernel -> kernel.tableReclaim().reclaimEmpty());
    }

    /// F begins when W has zapped, for `spf-vma` of some versions counts that.
    private static void unhookBehindTheChecks(Actor f, Actor w) {
        w.runTo(Mark.MAPPED);
        w.runTo(PgtableStep.TABLE_UNLINK);
        runToLock(f);
        w.runTo(PgtableStep.TLB_FLUSH);
    }

    private static void discardTable(RaceMachine machine, FaultMachine.Task self) {
        mapTable(machine, self);
        machine.discard(RANGE, machine.pagesOfTable());
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.DONE);
    }

    /// M18, of `spf-vma`: khugepaged does not count in the VMA's sequence. F has interrupts off. Where the flush
    /// of a cleared PMD interrupts (x86, ppc64) W waits: F's page is in the old table before W copies what is
    /// there. Where it is broadcast (arm64) W is through by then: F stores into a table that nothing points to,
    /// and its page is lost.
    void aCollapseThatIsNotCounted() {
        if (facts.flush() == Flush.BROADCAST) {
            aCollapseGoesOverF();
        } else {
            aCollapseWaitsForF(false);
        }
    }

    /// M18 is absent on every architecture where khugepaged interrupts all vCPUs behind the flush, as it does
    /// since Linux 6.1 for lockless `get_user_pages`, which has the same hole.
    void aCollapseThatInterrupts() {
        aCollapseWaitsForF(true);
    }

    private void aCollapseGoesOverF() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, walk(LocklessWalk.INTERRUPTS_OFF))) {
            machine.kernel().oracle().keepOnly();
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> collapse(machine, self, new Collapse(machine.mm(), false, false)));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TABLE_LINK);
            // F's access is made again once it has stored its PTE, and then waits for mmap_lock.
            machine.schedule().runAll();
            end.expectMade();
            expectLostPage(machine);
        }
    }

    private void aCollapseWaitsForF(boolean interrupts) {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, walk(LocklessWalk.INTERRUPTS_OFF))) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> collapse(machine, self, new Collapse(machine.mm(), false, interrupts)));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runUntilBlocked(MachineStep.IPI_SEND);
            f.runTo(PgtableStep.PTE_STORE);
            machine.schedule().runAll();
            end.expectMade();
            machine.finish();
        }
    }

    /// M18 is absent on every architecture, however the walk is protected, where F hears of it: by the sequence,
    /// which both series have khugepaged move as posted, or from the PMD under the PTE lock.
    void aCollapseThatFHearsOf(LocklessWalk walk, boolean counted) {
        Knobs knobs = (counted ? Knobs.NONE : COMPARED_UNDER_LOCK).with("walk=" + walk);
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, knobs)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> collapse(machine, self, new Collapse(machine.mm(), counted, false)));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            // Just behind the store that clears the PMD.
            w.runTo(PgtableStep.TABLE_UNLINK);
            w.runTo(LockStep.SPIN_UNLOCK);
            machine.schedule().runAll();
            end.expectMade();
            // mmap_lock for write moves the one sequence, whatever is bracketed.
            boolean heard = counted || series == Series.SPF_MM;
            assertThat(machine.kernel().events(heard ? series.changed : series.tableChanged))
                    .isEqualTo(1);
            machine.finish();
        }
    }

    /// Whether there are such, in a machine as small as those here.
    boolean hasHugePages() {
        return port.format().hasHugePages() && port.format().entries(0) <= 2048;
    }

    private static void collapse(RaceMachine machine, FaultMachine.Task self, Collapse collapse) {
        mapTable(machine, self);
        assertThat(collapse.collapse(RANGE)).isEqualTo(Collapse.Result.SUCCEED);
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.DONE);
    }
}
