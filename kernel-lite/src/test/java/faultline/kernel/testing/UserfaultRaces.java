package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.UserfaultProtect;
import faultline.kernel.mm.UserfaultRanges;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;

/// M36 and M5: a speculative fault against who has its range handled in user space, and who closes that.
final class UserfaultRaces extends SpeculationRace {

    private static final int PAGES = 2;

    private static final Knobs HANDLED = Knobs.NONE.with("spf-userfault=handled");

    UserfaultRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    /// Whether the port's pages can be write-protected for user space.
    boolean protects() {
        return port.format().hasUffdWp();
    }

    private RaceMachine machine() {
        return machine(Knobs.NONE);
    }

    private RaceMachine machine(Knobs knobs) {
        return machine(TableFreeing.RCU_ALL, knobs.with("walk=" + LocklessWalk.INTERRUPTS_OFF));
    }

    private static long bytes(RaceMachine machine) {
        return (long) PAGES * machine.page();
    }

    /// W registers the range, whose first page is there, and closes the handler.
    private Actor registrar(RaceMachine machine, Userfaultfd handler, boolean brackets) {
        return machine.writer(self -> {
            machine.map(RANGE, PAGES);
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.MAPPED);
            new UserfaultRanges(handler, brackets).register(RANGE, bytes(machine), Vma.VM_UFFD_MISSING);
            machine.mark(Mark.UNMAPPED);
            handler.release();
            machine.mark(Mark.DONE);
        });
    }

    /// M36, of `spf-vma`: who registers the range does not bracket that. F, which has checked everything
    /// before, puts a page of zeros where the page is missing, and its handler is not told.
    void aRegistrationThatIsNotBracketed() {
        try (RaceMachine machine = machine()) {
            End end = new End();
            Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = registrar(machine, handler, false);
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            end.expectMade();
            assertThat(machine.isMapped(RANGE + machine.page())).isTrue();
            assertThat(handler.hasNews()).isFalse();
            assertThat(machine.kernel().events(series.changed)).isZero();
            machine.finish();
        }
    }

    /// M36 is absent: F has checked everything before the range is registered, hears of it under the PTE lock, and
    /// waits for who handles it.
    void aRegistrationIsHeardOf() {
        try (RaceMachine machine = machine()) {
            End end = new End();
            Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = registrar(machine, handler, true);
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runUntilBlocked(LockStep.WAIT);
            assertThat(machine.isMapped(RANGE + machine.page())).isFalse();
            assertThat(handler.hasNews()).isTrue();
            machine.schedule().runAll();
            end.expectMade();
            assertThat(machine.kernel().events(series.changed)).isEqualTo(1);
            machine.finish();
        }
    }

    /// M5, of `spf-vma` as Android had it in a kernel with write protection for user space: F looks who handles
    /// its page, by the VMA it has pinned; W closes that, which is freed at once.
    void aHandlerThatIsClosed() {
        try (RaceMachine machine = machine(HANDLED)) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = whoCloses(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.USERFAULT);
            w.runTo(Mark.DONE);
            f.runToEnd();
            expectEnd(machine, Rule.FREED_OBJECT);
            assertThat(machine.violations().getFirst().text()).contains("userfaultfd");
        }
    }

    /// What comes of that where nobody closes: such a fault cannot wait, so it is an error of the bus.
    void aHandlerThatIsNotWaitedFor() {
        try (RaceMachine machine = machine(HANDLED)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = whoCloses(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(Mark.DONE);
            end.expectBusError();
            machine.finish();
        }
    }

    /// M5 is absent: F meets a page that is write-protected for somebody who closes meanwhile, and gives up without a
    /// look at him.
    void aCloseIsNotMet() {
        try (RaceMachine machine = machine()) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = whoCloses(machine);
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

    /// W has its pages write-protected for somebody, and closes that.
    private static Actor whoCloses(RaceMachine machine) {
        Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
        return machine.writer(self -> {
            machine.map(RANGE, PAGES);
            RaceMachine.store(self, RANGE);
            RaceMachine.store(self, RANGE + machine.page());
            new UserfaultRanges(handler).register(RANGE, bytes(machine), Vma.VM_UFFD_WP);
            UserfaultProtect.change(handler, RANGE, bytes(machine), true);
            machine.mark(Mark.MAPPED);
            handler.release();
            machine.mark(Mark.DONE);
        });
    }
}
