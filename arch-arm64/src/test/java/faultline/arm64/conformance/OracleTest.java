package faultline.arm64.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.conformance.ConformanceReport;
import faultline.core.conformance.Oracle;
import faultline.core.conformance.RandomRun;
import faultline.core.conformance.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole way with a running oracle, where a cross compiler and qemu's user-mode emulation are.
class OracleTest {

    private final Arm64Conformance port = new Arm64Conformance();

    @TempDir
    private Path directory;

    private List<String> build() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/aarch64-linux-gnu-gcc")));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-aarch64")));
        Path oracle = directory.resolve("oracle");
        Process build = new ProcessBuilder("../emulator-core/src/oracle/build", "arm64", oracle.toString())
                .inheritIO()
                .start();
        assertThat(build.waitFor()).isZero();
        return List.of("qemu-aarch64", "-cpu", "max,sve=off,sme=off,pauth=off", oracle.toString());
    }

    @Test
    void randomCasesOfASeedAreTheSameEveryTimeAndAgree() throws IOException, InterruptedException {
        List<String> command = build();
        ConformanceReport first = run(command);
        assertThat(first.failures()).isEmpty();
        assertThat(first.coverage().total().vectors()).isPositive();
        assertThat(run(command).coverage().total()).isEqualTo(first.coverage().total());
    }

    private ConformanceReport run(List<String> command) throws IOException, InterruptedException {
        try (Oracle oracle = new Oracle(port, command)) {
            RandomRun.Plan plan = new RandomRun.Plan(1, 3000, 0, 0);
            return new RandomRun(port, oracle, new Selection(null, null), plan, (_, _, _) -> {}, null).run();
        }
    }
}
