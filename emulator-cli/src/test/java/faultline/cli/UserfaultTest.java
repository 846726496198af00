package faultline.cli;

import static faultline.guests.GuestPrograms.ARCHITECTURES;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.core.step.SeededSchedule;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Faults that a program handles itself, under every design: as on Linux where the design lets the handler give its
/// lock up, SIGBUS where not. The kernel is checked.
@Timeout(300)
final class UserfaultTest {

    /// The handler may not give the fault's lock up.
    private static final Set<String> WITHOUT_RETRY = Set.of("classic", "retry-2006", "retry-2006-seq");

    private static final Set<String> PROGRAMS = Set.of("userfault", "userfault-move");

    private static final int SIGBUS_STATUS = 128 + 7;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> faultsAreHandledWhereTheLockCanBeGivenUp() {
        return FaultDesigns.names().stream()
                .filter(design -> !WITHOUT_RETRY.contains(design))
                .flatMap(design -> cases(turn(design)).map(guestCase -> test(turn(design), design, guestCase)));
    }

    /// A handler serves four threads: the last version of each design on every architecture, the others on one.
    @TestFactory
    Stream<DynamicTest> fourThreadsAreServed() {
        List<String> designs = FaultDesigns.all().stream()
                .map(entry -> entry.nameOf(entry.usual()))
                .filter(design -> !WITHOUT_RETRY.contains(design))
                .toList();
        return DesignMatrix.of(designs, (port, design) -> {
            DesignRun run = DesignRun.of(directory, port, design, Knobs.NONE, "userfault", "threads");
            assertThat(run.output()).isEqualTo("threads: served: 768 right: 768\n");
            VmEvent refused = switch (design) {
                case "spf-vma:v12" -> VmEvent.SPF_VMA_NOTSUP;
                case "spf-mm:B2" -> VmEvent.SPF_ABORT_USERFAULTFD;
                case "vma-lock:6.15" -> VmEvent.VMA_LOCK_RETRY;
                default -> VmEvent.PGFAULT;
            };
            assertThat(run.sum(refused)).isPositive();
        });
    }

    @TestFactory
    Stream<DynamicTest> withoutRetryAFaultIsABusError() {
        return WITHOUT_RETRY.stream()
                .map(design -> DynamicTest.dynamicTest(design, () -> {
                    List<String> messages = new ArrayList<>();
                    GuestRun run = GuestRun.of(
                            directory,
                            Ports.named(turn(design)),
                            "userfault",
                            List.of("missing"),
                            options -> options.withFaultDesign(design, UnaryOperator.identity())
                                    .withReports(null, messages::add)
                                    .withChecks(true));
                    assertThat(run).isEqualTo(new GuestRun(SIGBUS_STATUS, "missing:"));
                    assertThat(messages).singleElement().asString().contains("FAULT_FLAG_ALLOW_RETRY missing");
                }));
    }

    /// The same with threads switched at every named step: what is woken before it sleeps is not slept through.
    @TestFactory
    Stream<DynamicTest> noWakeIsLost() {
        return Stream.of("retry", "spf-mm", "vma-lock")
                .flatMap(design -> Stream.of(1L, 2L, 3L)
                        .map(seed -> DynamicTest.dynamicTest(design + " " + seed, () -> {
                            GuestRun run = GuestRun.of(
                                    directory,
                                    Ports.named("x86"),
                                    "userfault",
                                    List.of("threads"),
                                    options -> options.withSchedule(new SeededSchedule(seed), seed)
                                            .withFaultDesign(design, UnaryOperator.identity())
                                            .withChecks(true));
                            assertThat(run).isEqualTo(new GuestRun(0, "threads: served: 768 right: 768\n"));
                        })));
    }

    private static String turn(String design) {
        return ARCHITECTURES.get(FaultDesigns.names().indexOf(design) % ARCHITECTURES.size());
    }

    private static Stream<GuestCase> cases(String architecture) {
        return GuestPrograms.shipped().list().stream()
                .filter(program -> PROGRAMS.contains(program.name()))
                .flatMap(program -> program.cases().stream())
                .filter(guestCase -> guestCase.architectures().contains(architecture));
    }

    private DynamicTest test(String architecture, String design, GuestCase guestCase) {
        return DynamicTest.dynamicTest(architecture + " " + design + " " + guestCase, () -> {
            GuestRun run = GuestRun.of(
                    directory,
                    Ports.named(architecture),
                    guestCase.program(),
                    guestCase.arguments(),
                    options -> options.withFaultDesign(design, UnaryOperator.identity())
                            .withChecks(true));
            assertThat(run).isEqualTo(new GuestRun(guestCase.status(), guestCase.output()));
        });
    }
}
