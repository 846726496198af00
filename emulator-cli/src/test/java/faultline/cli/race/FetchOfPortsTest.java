package faultline.cli.race;

import static faultline.kernel.testing.RaceMachine.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `spf-vma` and a fetch from a page that is there and may not be executed, on every architecture.
@Timeout(120)
final class FetchOfPortsTest {

    private static final long VA = 1L << 32;

    private static Stream<InstalledPorts.Installed> ports() {
        return InstalledPorts.all();
    }

    private static Actor fetch(RaceMachine machine, AtomicReference<FaultOutcome> outcome) {
        return machine.faulter(self -> {
            machine.map(VA, 1);
            store(self, VA);
            outcome.set(self.touch(VA, Access.EXECUTE));
        });
    }

    /// As posted the fault finds nothing to do, and the instruction faults again: for ever, but for the check.
    @ParameterizedTest
    @MethodSource("ports")
    void asPostedItFaultsForEver(InstalledPorts.Installed installed) {
        try (RaceMachine machine =
                new RaceMachine(installed.port(), TableFreeing.RCU_ALL, "spf-vma", Knobs.NONE, _ -> {})) {
            fetch(machine, new AtomicReference<>()).runToEnd();
            assertThat(machine.violations())
                    .extracting(Violation::rule, Violation::touchedBy)
                    .containsExactly(tuple(Rule.ENDLESS_FAULT, "F"));
            assertThat(machine.violations().getFirst().text())
                    .contains(
                            "faults for the 1000th time on its EXECUTE of 0x100000000", "spf-vma:v12 leaves as it is");
            assertThat(machine.failure("F"))
                    .hasMessage(machine.violations().getFirst().text());
        }
    }

    @ParameterizedTest
    @MethodSource("ports")
    void mendedItEndsInASignal(InstalledPorts.Installed installed) {
        Knobs mended = Knobs.NONE.with("fixed=fetch");
        AtomicReference<FaultOutcome> outcome = new AtomicReference<>();
        try (RaceMachine machine =
                new RaceMachine(installed.port(), TableFreeing.RCU_ALL, "spf-vma", mended, _ -> {})) {
            fetch(machine, outcome).runToEnd();
            assertThat(outcome.get())
                    .isInstanceOfSatisfying(
                            Signal.class, signal -> assertThat(signal.signal()).isEqualTo(Signal.SIGSEGV));
            assertThat(machine.violations()).isEmpty();
        }
    }
}
