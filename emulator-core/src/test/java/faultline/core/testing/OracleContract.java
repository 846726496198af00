package faultline.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.conformance.ConformancePort;
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

/// The whole way with a running oracle, where there are a compiler for it and something to run it
/// on.
public abstract class OracleContract {

    private static final int ROW_CASES = 3000;
    private static final int BULK_CASES = 128;

    private final ConformancePort port;

    @TempDir
    private Path directory;

    protected OracleContract(ConformancePort port) {
        this.port = port;
    }

    /// The programs that are needed, by their paths.
    protected abstract List<Path> programs();

    /// The command that runs an oracle.
    protected abstract List<String> command(String oracle);

    private List<String> build() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        programs().forEach(program -> assumeTrue(Files.isExecutable(program), program + " is missing"));
        String oracle = directory.resolve("oracle").toString();
        Process build = new ProcessBuilder(
                        "../emulator-core/src/oracle/build", port.architecture().name(), oracle)
                .inheritIO()
                .start();
        assertThat(build.waitFor()).isZero();
        List<String> command = command(oracle);
        try (Oracle fit = new Oracle(port, command)) {
            assertThat(fit.processor()).isNotEmpty();
        } catch (Oracle.Unfit unfit) {
            abort("skipped, because " + unfit.getMessage());
        }
        return command;
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
            RandomRun.Plan plan = new RandomRun.Plan(1, ROW_CASES, 0, BULK_CASES);
            return new RandomRun(port, oracle, new Selection(null, null), plan, (_, _, _) -> {}, null).run();
        }
    }

    @Test
    void aProgramThatIsNoOracleIsRefusedInOneLine() {
        assertThatThrownBy(() -> new Oracle(port, List.of("echo", "hello")))
                .isInstanceOf(Oracle.Failed.class)
                .hasMessage("echo hello: says 'hello' instead of 'faultline-oracle 1 "
                        + port.architecture().name() + "'");
    }
}
