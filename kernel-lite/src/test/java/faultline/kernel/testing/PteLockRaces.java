package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.DirectedSchedule;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.TryPolicy;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;

/// M9: a speculative fault against a zap of the same table, which takes a dirty shared page out and flushes
/// before it lets the PTE lock go.
final class PteLockRaces extends SpeculationRace {

    /// Behind the range, in the same PTE table.
    private static final int SHARED_PAGE = 3;

    PteLockRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    /// M9. F waits for the lock with interrupts off. Where the flush interrupts (x86) F and W wait for each
    /// other; where it is broadcast (arm64, ppc64) W does not wait for F.
    void waitingWithInterruptsOff() {
        try (RaceMachine machine = machine(LocklessWalk.INTERRUPTS_OFF, TryPolicy.BLOCK)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> zapUnderLock(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runToOn(LockStep.SPIN_LOCK, machine.tableOf(RANGE).pfn());
            if (facts.flush() == Flush.INTERRUPT) {
                w.runUntilBlocked(MachineStep.IPI_SEND);
                f.runUntilBlocked(LockStep.SPIN_LOCK);
                assertThatThrownBy(() -> machine.schedule().runAll())
                        .isInstanceOf(DirectedSchedule.Deadlock.class)
                        .hasMessageContaining("F spins behind SPIN_LOCK")
                        .hasMessageContaining("W spins behind IPI_SEND");
                return;
            }
            // W has the lock, and goes on over its flush although F's vCPU takes no interrupt.
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runUntilBlocked(LockStep.SPIN_LOCK);
            w.runTo(Mark.DONE);
            f.runTo(Mark.DONE);
            end.expectMade();
            machine.finish();
        }
    }

    /// M9 is absent on every architecture with interrupts on, for F's vCPU takes W's interrupt while it spins;
    /// and where the lock is only tried, which is why it is: F turns interrupts on before it gives up or tries
    /// again.
    void goesOn(LocklessWalk walk, TryPolicy policy) {
        try (RaceMachine machine = machine(walk, policy)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> zapUnderLock(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            LockStep taking = policy == TryPolicy.BLOCK ? LockStep.SPIN_LOCK : LockStep.SPIN_TRYLOCK;
            f.runToOn(taking, machine.tableOf(RANGE).pfn());
            w.runTo(PgtableStep.TLB_FLUSH);
            machine.schedule().runAll();
            end.expectMade();
            assertThat(machine.kernel().events(series.locked)).isEqualTo(policy == TryPolicy.ONCE ? 1 : 0);
            machine.finish();
        }
    }

    private RaceMachine machine(LocklessWalk walk, TryPolicy policy) {
        return machine(TableFreeing.RCU_ALL, walk(walk).with("pte-lock=" + policy));
    }

    private static void zapUnderLock(RaceMachine machine, FaultMachine.Task self) {
        long shared = RANGE + (long) SHARED_PAGE * machine.page();
        machine.map(RANGE, SHARED_PAGE - 1);
        RaceMachine.store(self, RANGE);
        machine.mapShared(shared, 1);
        RaceMachine.store(self, shared);
        machine.mark(Mark.MAPPED);
        machine.discard(shared, 1);
        machine.mark(Mark.DONE);
    }
}
