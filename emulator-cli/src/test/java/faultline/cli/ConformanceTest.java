package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.cli.run.Ports;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every case of every shipped guest program prints what it printed on Linux and ends as it did
/// there.
@Timeout(300)
final class ConformanceTest {

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> guestsBehaveAsOnLinux() {
        return Ports.all().stream().flatMap(this::cases);
    }

    private Stream<DynamicTest> cases(KernelPort port) {
        String architecture = port.architecture().name();
        return GuestPrograms.shipped().list().stream()
                .flatMap(program -> program.cases().stream())
                .filter(guestCase -> guestCase.architectures().contains(architecture))
                .map(guestCase ->
                        DynamicTest.dynamicTest(architecture + " " + guestCase, () -> check(port, guestCase)));
    }

    private void check(KernelPort port, GuestCase guestCase) throws Exception {
        guestCase
                .needs()
                .ifPresent(feature ->
                        assumeTrue(advertises(port, feature), "skipped, because no CPU model has " + feature + " yet"));
        GuestRun run = GuestRun.of(directory, port, guestCase.program(), guestCase.arguments());
        assertThat(run.output()).isEqualTo(guestCase.output());
        assertThat(run.status()).isEqualTo(guestCase.status());
    }

    private static boolean advertises(KernelPort port, String feature) {
        return port.architecture().models().getFirst().has(feature.toUpperCase(java.util.Locale.ROOT));
    }
}
