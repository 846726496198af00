package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.UserfaultProtect;
import faultline.kernel.mm.UserfaultRanges;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;
import java.util.concurrent.atomic.AtomicBoolean;

/// M36 and M5: a speculative fault against who has its range handled in user space, and who closes that.
final class UserfaultRaces extends SpeculationRace {

    private static final int PAGES = 2;

    UserfaultRaces(RacePort port, Flush flush, Series series) {
        super(port, flush, series);
    }

    /// Whether the port's pages can be write-protected for user space.
    boolean protects() {
        return port.format().hasUffdWp();
    }

    private RaceMachine machine() {
        return machine(TableFreeing.RCU_ALL, walk(LocklessWalk.INTERRUPTS_OFF));
    }

    private static long bytes(RaceMachine machine) {
        return (long) PAGES * machine.page();
    }

    /// M36 is absent: F has checked everything before the range is registered, hears of it under the PTE lock, and
    /// waits for who handles it.
    void aRegistrationIsHeardOf() {
        try (RaceMachine machine = machine()) {
            End end = new End();
            AtomicBoolean told = new AtomicBoolean();
            Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> {
                machine.map(RANGE, PAGES);
                RaceMachine.store(self, RANGE);
                machine.mark(Mark.MAPPED);
                new UserfaultRanges(handler).register(RANGE, bytes(machine), Vma.VM_UFFD_MISSING);
                machine.mark(Mark.UNMAPPED);
                told.set(handler.hasNews());
                handler.release();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runUntilBlocked(LockStep.WAIT);
            assertThat(machine.isMapped(RANGE + machine.page())).isFalse();
            machine.schedule().runAll();
            end.expectMade();
            assertThat(told).isTrue();
            assertThat(machine.kernel().events(series.changed)).isEqualTo(1);
            machine.finish();
        }
    }

    /// M5 is absent: F meets a page that is write-protected for somebody who closes meanwhile, and gives up without a
    /// look at him.
    void aCloseIsNotMet() {
        try (RaceMachine machine = machine()) {
            End end = new End();
            Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> {
                machine.map(RANGE, PAGES);
                RaceMachine.store(self, RANGE);
                RaceMachine.store(self, RANGE + machine.page());
                new UserfaultRanges(handler).register(RANGE, bytes(machine), Vma.VM_UFFD_WP);
                UserfaultProtect.change(handler, RANGE, bytes(machine), true);
                machine.mark(Mark.MAPPED);
                handler.release();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.USERFAULT);
            w.runTo(Mark.DONE);
            machine.schedule().runAll();
            end.expectMade();
            VmEvent reason = series == Series.SPF_MM ? VmEvent.SPF_ABORT_USERFAULTFD : VmEvent.SPF_VMA_NOTSUP;
            assertThat(machine.kernel().events(reason)).isEqualTo(1);
            machine.finish();
        }
    }
}
