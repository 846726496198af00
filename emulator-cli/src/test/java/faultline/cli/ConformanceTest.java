package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.cli.run.Ports;
import faultline.core.mmu.MmuChoice;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.boot.KernelOptions;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
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
                .feature()
                .ifPresent(feature ->
                        assumeTrue(advertises(port, feature), "skipped, because no CPU model has " + feature + " yet"));
        UnaryOperator<KernelOptions> machine = guestCase
                .mmu()
                .<UnaryOperator<KernelOptions>>map(kind -> options -> options.withMmu(
                        new MmuChoice(kind, port.architecture().pageSizes().getFirst())))
                .orElse(UnaryOperator.identity());
        UnaryOperator<KernelOptions> design = guestCase
                .design()
                .<UnaryOperator<KernelOptions>>map(
                        name -> options -> options.withFaultDesign(name, UnaryOperator.identity()))
                .orElse(UnaryOperator.identity());
        GuestRun run = GuestRun.of(
                directory,
                port,
                guestCase.program(),
                guestCase.arguments(),
                options -> design.apply(machine.apply(options)));
        assertThat(run.output()).isEqualTo(guestCase.output());
        assertThat(run.status()).isEqualTo(guestCase.status());
    }

    private static boolean advertises(KernelPort port, String feature) {
        return port.architecture().models().getFirst().has(feature.toUpperCase(java.util.Locale.ROOT));
    }
}
