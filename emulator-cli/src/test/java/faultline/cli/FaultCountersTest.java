package faultline.cli;

import static faultline.guests.GuestPrograms.ARCHITECTURES;
import static faultline.kernel.mm.page.VmEvent.PSWPIN;
import static faultline.kernel.mm.page.VmEvent.SPF_ATTEMPT;
import static faultline.kernel.mm.page.VmEvent.SPF_VMA_ATTEMPT;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the fault designs count adds up, to the last fault, however a run went; under every version, on
/// every architecture.
@Timeout(300)
final class FaultCountersTest {

    /// Programs whose threads fault at once, in files too, and map and unmap meanwhile.
    private static final List<String> PROGRAMS = List.of(
            "touch -q 2 3 2",
            "page-fault2 -q 3 32 4",
            "swap-fill -q 3 24 2",
            "threads",
            "threads-libc",
            "perf-events spf");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> countersAddUp() {
        return ARCHITECTURES.stream()
                .map(Ports::named)
                .flatMap(port -> FaultDesigns.names().stream()
                        // The others try nothing before mmap_lock.
                        .filter(design -> design.startsWith("spf-") || design.startsWith("vma-lock"))
                        .flatMap(design -> PROGRAMS.stream()
                                .map(command -> DynamicTest.dynamicTest(
                                        port.architecture().name() + " " + design + " " + command,
                                        () -> addsUp(run(port, design, Knobs.NONE, command), design)))));
    }

    private DesignRun run(KernelPort port, String design, Knobs knobs, String command) throws Exception {
        String[] words = command.split(" ");
        String[] arguments = Stream.of(words).skip(1).toArray(String[]::new);
        return DesignRun.of(directory, port, design, knobs, words[0], arguments);
    }

    private static void addsUp(DesignRun run, String design) {
        assertThat(run.sums().wrong(design)).isEmpty();
        assertThat(tried(run, design)).isPositive();
        if (run.output().startsWith("swap-fill")) {
            assertThat(run.sum(PSWPIN)).isPositive();
        }
    }

    /// What the design was asked to do its own way.
    private static long tried(DesignRun run, String design) {
        if (design.startsWith("spf-mm")) {
            return run.sum(SPF_ATTEMPT);
        }
        return design.startsWith("spf-vma") ? run.sum(SPF_VMA_ATTEMPT) : run.userFaults();
    }

    /// What the guest is told by perf is what the machine has used: it compares with `/proc/vmstat` itself.
    @TestFactory
    Stream<DynamicTest> perfCountsWhatWasUsed() {
        return DesignMatrix.of(FaultDesigns.names(), (port, design) -> {
            String expected = design.startsWith("spf-vma") ? "spf is what was used: yes\nspf some\n" : "spf: ENOENT\n";
            assertThat(run(port, design, Knobs.NONE, "perf-events spf").output())
                    .isEqualTo(expected);
        });
    }

    /// As Linux prints it to user 0 on two processors.
    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm64", "ppc64le", "ppc64"})
    void theKernelsPartAndProcessorsAreCounted(String architecture) throws Exception {
        assertThat(run(Ports.named(architecture), "classic", Knobs.NONE, "perf-events privileged")
                        .output())
                .isEqualTo("""
                        faults of the kernel: 16
                        switches: yes
                        moved: yes
                        no such processor: EINVAL
                        on all processors: yes
                        """);
    }
}
