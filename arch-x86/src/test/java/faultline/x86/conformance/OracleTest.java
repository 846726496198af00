package faultline.x86.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

/// The whole way with a running oracle, where gcc and an x86-64 processor are.
class OracleTest {

    private final X86Conformance port = new X86Conformance();

    @TempDir
    private Path directory;

    private Path build() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64")
                && System.getProperty("os.name").equals("Linux"));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")));
        Path oracle = directory.resolve("oracle");
        Process build = new ProcessBuilder("../emulator-core/src/oracle/build", "x86", oracle.toString())
                .inheritIO()
                .start();
        assertThat(build.waitFor()).isZero();
        return oracle;
    }

    @Test
    void randomCasesOfASeedAreTheSameEveryTimeAndAgree() throws IOException, InterruptedException {
        List<String> command = List.of(build().toString());
        ConformanceReport first = run(command);
        assertThat(first.failures()).isEmpty();
        assertThat(first.coverage().total().vectors()).isPositive();
        assertThat(run(command).coverage().total()).isEqualTo(first.coverage().total());
    }

    private ConformanceReport run(List<String> command) throws IOException, InterruptedException {
        try (Oracle oracle = new Oracle(port, command)) {
            RandomRun.Plan plan = new RandomRun.Plan(1, 3000, 0, 128);
            return new RandomRun(port, oracle, new Selection(null, null), plan, (_, _, _) -> {}, null).run();
        }
    }

    @Test
    void aProgramThatIsNoOracleIsRefusedInOneLine() {
        assertThatThrownBy(() -> new Oracle(port, List.of("echo", "hello")))
                .isInstanceOf(Oracle.Failed.class)
                .hasMessage("echo hello: says 'hello' instead of 'faultline-oracle 1 x86'");
    }
}
