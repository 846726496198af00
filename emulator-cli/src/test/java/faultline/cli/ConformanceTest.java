package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import java.nio.file.Path;
import java.util.ServiceLoader;
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
        return GuestPrograms.shipped().list().stream()
                .flatMap(program -> program.cases().stream())
                .filter(guestCase -> guestCase.architectures().contains("x86"))
                .map(guestCase -> DynamicTest.dynamicTest(guestCase.toString(), () -> check(guestCase)));
    }

    private void check(GuestCase guestCase) throws Exception {
        guestCase
                .needs()
                .ifPresent(feature ->
                        assumeTrue(advertises(feature), "skipped, because no CPU model has " + feature + " yet"));
        GuestRun run = GuestRun.of(directory, guestCase.program(), guestCase.arguments());
        assertThat(run.output()).isEqualTo(guestCase.output());
        assertThat(run.status()).isEqualTo(guestCase.status());
    }

    private static boolean advertises(String feature) {
        return ServiceLoader.load(KernelPort.class)
                .findFirst()
                .orElseThrow()
                .architecture()
                .models()
                .getFirst()
                .has(feature.toUpperCase(java.util.Locale.ROOT));
    }
}
