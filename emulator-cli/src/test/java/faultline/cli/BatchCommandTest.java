package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCommandTest {

    @TempDir
    private Path directory;

    @Test
    void saysHowEachProgramEndedAndKeepsWhatItPrinted() throws Exception {
        FaultlineProcess.Result result =
                batch("""
                # a comment, and a blank line

                hello
                hello 'one argument' "and another"
                fault-kinds crash maperr-write
                --timeout 0.2 four-threads order 1000000000
                no-such-guest
                --no-such-option hello
                hello 'open
                """, "--output", directory.resolve("out").toString());

        assertThat(result.out().lines().map(line -> line.replaceAll(" +[0-9.]+ s  .*", "")))
                .containsExactly(
                        "exit 0",
                        "exit 2",
                        "SIGSEGV",
                        "timeout",
                        "no-such-guest: no such guest comes with Faultline; 'faultline guests' lists them",
                        "unknown option --no-such-option; see --help",
                        "a quote is not closed: hello 'open");
        assertThat(result.err()).isEqualTo("1 of 7 exited with 0\n");
        assertThat(result.status()).isEqualTo(1);
        assertThat(directory.resolve("out/1")).hasContent("Hello from Faultline.\n");
        assertThat(Files.readString(directory.resolve("out/2"))).contains("one argument", "and another");
    }

    @Test
    void runsSeveralAtATimeAndSaysSoInJson() throws Exception {
        FaultlineProcess.Result result = batch("hello\n".repeat(20), "--jobs", "2", "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines())
                .hasSize(20)
                .allMatch(
                        line -> line.startsWith("{\"line\":") && line.contains("\"verdict\":\"exit 0\",\"status\":0,"));
    }

    private FaultlineProcess.Result batch(String list, String... options) throws Exception {
        List<String> command = new ArrayList<>(FaultlineProcess.command());
        command.add("batch");
        command.addAll(List.of(options));
        command.add("-");
        return FaultlineProcess.execute(directory, list, command);
    }
}
