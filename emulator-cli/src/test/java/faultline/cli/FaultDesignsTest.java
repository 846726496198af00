package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesigns;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program prints the same under every fault design, and gets the same signals. Freed frames are
/// checked.
@Timeout(300)
final class FaultDesignsTest {

    /// Programs of several threads or processes, or that act on their address space: all the others
    /// have one task, which hardly any design treats in a way of its own.
    private static final Set<String> CONCURRENT = Set.of(
            "brk",
            "cow",
            "exec",
            "fault-kinds",
            "handles",
            "jobs",
            "litmus",
            "mmap-share",
            "pi-futex",
            "pipes",
            "pkeys",
            "sched",
            "smc",
            "sockets",
            "stack-growth",
            "threads",
            "threads-libc",
            "touch");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> programsDoNotNotice() {
        return Stream.of("x86", "arm64", "ppc64le", "ppc64")
                .map(GuestRun::port)
                .flatMap(port -> FaultDesigns.names().stream()
                        .filter(design -> !design.equals(FaultDesigns.DEFAULT))
                        .flatMap(design -> cases(port).map(guestCase -> test(port, design, guestCase))));
    }

    private static Stream<GuestCase> cases(KernelPort port) {
        return GuestPrograms.shipped().list().stream()
                .filter(program -> CONCURRENT.contains(program.name()))
                .flatMap(program -> program.cases().stream())
                .filter(guestCase ->
                        guestCase.architectures().contains(port.architecture().name()))
                .filter(guestCase -> guestCase.needs().isEmpty());
    }

    private DynamicTest test(KernelPort port, String design, GuestCase guestCase) {
        return DynamicTest.dynamicTest(port.architecture().name() + " " + design + " " + guestCase, () -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    guestCase.program(),
                    guestCase.arguments(),
                    options -> options.withFaultDesign(design, UnaryOperator.identity()));
            assertThat(run.output()).isEqualTo(guestCase.output());
            assertThat(run.status()).isEqualTo(guestCase.status());
        });
    }
}
