package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.Step;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.MemPolicy;
import faultline.kernel.mm.PolicyCalls;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// M19: F has the memory policy of its VMA and is about to ask it where its page is to come from; W, in mbind,
/// puts another in its place and frees it.
final class PolicyRaces {

    private static final long RANGE = SpeculationRace.RANGE;

    private final RacePort port;
    private final String design;
    private final Knobs knobs;
    private final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

    PolicyRaces(RacePort port, String design, Knobs knobs) {
        this.port = port;
        this.design = design;
        this.knobs = knobs;
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, knobs, _ -> {});
    }

    private Actor writer(RaceMachine machine) {
        return machine.writer(self -> {
            machine.map(RANGE, 2);
            // The table is there, and the AnonVma.
            RaceMachine.store(self, RANGE);
            bind(machine, MemPolicy.MPOL_BIND);
            machine.mark(Mark.MAPPED);
            bind(machine, MemPolicy.MPOL_PREFERRED);
            machine.mark(Mark.DONE);
        });
    }

    /// The whole VMA: nothing is split, so nobody takes its lock for that.
    private static void bind(RaceMachine machine, int mode) {
        new PolicyCalls(machine.mm()).mbind(RANGE, 2L * machine.page(), mode, 1, 0, true);
    }

    private Actor faulter(RaceMachine machine) {
        return machine.faulter(self -> {
            outcome.set(self.touch(RANGE + machine.page(), Access.WRITE));
            machine.mark(Mark.DONE);
        });
    }

    /// Present where nothing keeps W from it: in both series as posted, and under the lock of a VMA as merged, for
    /// mbind did not take that (until 6c21e066f925).
    void aPolicyThatIsFreed() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.MEMORY_POLICY);
            w.runTo(Mark.DONE);
            f.runToEnd();
            Violation first = machine.violations().getFirst();
            assertThat(first.rule()).as(first.text()).isEqualTo(Rule.FREED_OBJECT);
            assertThat(first.text()).contains("mempolicy");
            assertThat(first.touchedBy()).isEqualTo("F");
            assertThat(first.freedBy()).isEqualTo("W");
        }
    }

    /// Absent where W waits for F, parked behind the step `behind`.
    void aPolicyThatIsWaitedFor(Step behind) {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.MEMORY_POLICY);
            w.runUntilBlocked(behind);
            machine.schedule().runAll();
            assertThat(outcome.get()).isNull();
            machine.finish();
        }
    }

    /// Absent where a fault without locks leaves a VMA with a policy alone, mended.
    void aPolicyThatIsNotLookedAt(VmEvent reason, Step behind) {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.MEMORY_POLICY);
            assertThat(machine.kernel().events(reason)).as(reason.name()).isEqualTo(1);
            w.runUntilBlocked(behind);
            machine.schedule().runAll();
            assertThat(outcome.get()).isNull();
            machine.finish();
        }
    }
}
