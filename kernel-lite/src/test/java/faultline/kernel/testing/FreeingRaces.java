package faultline.kernel.testing;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.PteLockStorage;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;

/// M11 and M12: a speculative fault against munmap, which frees its table or the table's lock.
final class FreeingRaces extends SpeculationRace {

    FreeingRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    /// What the version does as posted where RCU frees tables: `spf-mm` walks in a read section since `B1`.
    private LocklessWalk posted() {
        return series == Series.SPF_VMA || design.equals("spf-mm:B0")
                ? LocklessWalk.INTERRUPTS_OFF
                : LocklessWalk.READ_SECTION;
    }

    /// Nothing chosen where the version walks so by itself.
    private Knobs walking(LocklessWalk walk) {
        return walk == posted() ? Knobs.NONE : walk(walk);
    }

    /// M11, in the walk. A batch that gets no memory is freed after an interrupt, which F's vCPU takes at
    /// once. Present on arm64, ppc64 and an x86 with MMU_GATHER_RCU_TABLE_FREE: F reads an entry of a table
    /// that W freed.
    void aReadSectionMeetsAFreedTable() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, walking(LocklessWalk.READ_SECTION))) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToWalk(f);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expectEnd(machine, Rule.FREED_TABLE);
        }
    }

    /// M11, between the checks and the lock: F tries the lock of a page table that is none, a store into a
    /// `struct page` that may be another's.
    void aReadSectionMeetsADeadLock() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, walking(LocklessWalk.READ_SECTION))) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expectEnd(machine, Rule.DEAD_LOCK);
        }
    }

    /// M11 is absent on every architecture with interrupts off, as `spf-vma` and `spf-mm:B0` were posted, for the
    /// fallback's interrupt is not taken.
    void interruptsOffHoldUpTheFallback() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, walking(LocklessWalk.INTERRUPTS_OFF))) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runUntilBlocked(MachineStep.IPI_SEND);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            end.expectGivenUp(machine, series.changed);
            machine.finish();
        }
    }

    /// M11 is absent on every architecture as long as batches get memory: the grace period waits.
    void aReadSectionHoldsUpTheGracePeriod() {
        try (RaceMachine machine = machine(TableFreeing.RCU, walking(LocklessWalk.READ_SECTION))) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            end.expectGivenUp(machine, series.changed);
            machine.finish();
        }
    }

    /// M12. The PTE lock lies beside `struct page`, and the destructor frees it when the table is unhooked,
    /// before anything is flushed or waited for: present on every architecture, however the walk is
    /// protected and tables are freed.
    void aLockFreedAtUnhookingIsDead(LocklessWalk walk) {
        try (RaceMachine machine = machine(walk, PteLockStorage.SEPARATE_UNTIL_UNHOOKED)) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runToEnd();
            expectEnd(machine, Rule.DEAD_LOCK);
        }
    }

    /// M12 is absent where the destructor runs at the final free: the section that keeps the table keeps
    /// its lock.
    void aLockFreedWithItsFrameIsNot(LocklessWalk walk) {
        try (RaceMachine machine = machine(walk, PteLockStorage.SEPARATE_UNTIL_FREED)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runTo(Mark.DONE);
            end.expectGivenUp(machine, series.changed);
            machine.finish();
        }
    }

    private RaceMachine machine(LocklessWalk walk, PteLockStorage storage) {
        return machine(
                TableFreeing.RCU_ALL, walk(walk), kernel -> kernel.tableFrames().storeLocks(storage));
    }
}
