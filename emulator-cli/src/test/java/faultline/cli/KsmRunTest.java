package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.KsmCounters;
import faultline.kernel.mm.KsmCounters.Counter;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs do not notice that all their pages may be merged (`--ksm always`): they print what they print
/// without. Checked, on each architecture under each design's last version.
@Timeout(300)
final class KsmRunTest {

    private static final Set<String> PROGRAMS = Set.of("cow", "fork-threads", "remote-memory", "threads", "userfault");

    /// Four threads with 60 private pages each, 16 shared and one of a file, and their children, two rounds.
    private static final List<String> INTEGRITY = List.of("-q", "4", "60", "16", "1", "2");

    private static final List<String> DESIGNS = List.of("classic", "retry", "spf-vma", "spf-mm", "vma-lock");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> programsPrintTheSame() {
        return GuestPrograms.ARCHITECTURES.stream()
                .map(Ports::named)
                .flatMap(port -> GuestPrograms.shipped().list().stream()
                        .filter(program -> PROGRAMS.contains(program.name()))
                        .flatMap(program -> program.cases().stream())
                        .filter(guestCase -> guestCase.needs().isEmpty())
                        .filter(guestCase -> guestCase
                                .architectures()
                                .contains(port.architecture().name()))
                        .map(guestCase -> DynamicTest.dynamicTest(
                                port.architecture().name() + " " + guestCase, () -> printsTheSame(port, guestCase))));
    }

    private void printsTheSame(KernelPort port, GuestCase guestCase) throws Exception {
        String design = DESIGNS.get(Math.floorMod(guestCase.toString().hashCode(), DESIGNS.size()));
        GuestRun run = GuestRun.of(
                directory,
                port,
                guestCase.program(),
                guestCase.arguments(),
                options -> options.withMerging(Ksm.Where.ALWAYS).withFaultDesign(design, UnaryOperator.identity()));
        assertThat(run.output()).isEqualTo(guestCase.output());
        assertThat(run.status()).isEqualTo(guestCase.status());
    }

    @TestFactory
    Stream<DynamicTest> memoryKeepsWhatWasStored() {
        return DesignMatrix.of(DESIGNS, (port, design) -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    "integrity",
                    INTEGRITY,
                    options -> options.withMerging(Ksm.Where.ALWAYS).withFaultDesign(design, UnaryOperator.identity()),
                    kernel -> assertThat(kernel.memory().ksm().counters().get(Counter.PAGES_SCANNED))
                            .isPositive());
            assertThat(run.output()).isEqualTo("integrity threads=4 pages=308 rounds=2\n");
        });
    }

    /// Stores to shared pages are counted, whichever way they come.
    @TestFactory
    Stream<DynamicTest> storesToSharedPagesCopy() {
        return DesignMatrix.of(DESIGNS, (port, design) -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    "ksm",
                    List.of("merge"),
                    options -> options.withFaultDesign(design, UnaryOperator.identity()),
                    kernel -> {
                        assertThat(kernel.memory().events(VmEvent.COW_KSM)).isEqualTo(3);
                        KsmCounters counters = kernel.memory().ksm().counters();
                        assertThat(counters.get(Counter.PAGES_SHARED)).isZero();
                        assertThat(counters.get(Counter.KSM_ZERO_PAGES)).isZero();
                    });
            assertThat(run.status()).isZero();
        });
    }
}
