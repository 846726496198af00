package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess.Result;
import faultline.cli.run.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCommandTest {

    /// `exit(139)`, which no signal has to do with.
    private static final String EXIT_139 = "bf8b000000 b83c000000 0f05";

    /// A jump to itself.
    private static final String FOR_EVER = "ebfe";

    /// `fstat(1, rsp)`, then `exit` with the kind of file that it says.
    private static final String EXIT_WITH_KIND =
            "b805000000 bf01000000 4889e6 0f05 0fb67c2419 81e7f0000000 b83c000000 0f05";

    @TempDir
    private Path directory;

    @Test
    void saysHowEachProgramEndedAndKeepsWhatItPrinted() throws Exception {
        TinyElf.write(directory, "exit-139", TinyElf.of(EXIT_139));
        TinyElf.write(directory, "for-ever", TinyElf.of(FOR_EVER));
        Result result = batch("""
                # a comment, and a blank line

                hello
                hello 'one argument' "and another"
                fault-kinds crash maperr-write
                ./exit-139
                --timeout 0.2 ./for-ever
                no-such-guest
                --no-such-option hello
                hello 'open
                hello \0
                """, "--output", "out");

        assertThat(result.out().lines().map(line -> line.replaceFirst(" +[0-9.]+ s  ", "|")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("exit 0|hello"),
                        line -> assertThat(line).isEqualTo("exit 2|hello 'one argument' \"and another\""),
                        line -> assertThat(line)
                                .matches("SIGSEGV\\|fault-kinds crash maperr-write  # at pc 0x\\p{XDigit}+ address"
                                        + " 0x\\p{XDigit}+ \\(SEGV_MAPERR\\)"),
                        line -> assertThat(line).isEqualTo("exit 139|./exit-139"),
                        line -> assertThat(line).isEqualTo("timeout|--timeout 0.2 ./for-ever"),
                        line -> assertThat(line).startsWith("refused|no-such-guest  # no-such-guest: no such guest"),
                        line -> assertThat(line)
                                .isEqualTo(
                                        "refused|--no-such-option hello  # unknown option --no-such-option; see --help"),
                        line -> assertThat(line).isEqualTo("refused|hello 'open  # a quote is not closed: hello 'open"),
                        line -> assertThat(line).endsWith("  # a NUL byte in the line"));
        assertThat(result.err()).isEqualTo("1 of 9 exited with 0\n");
        assertThat(result.status()).isEqualTo(1);
        // Named by the line of the list, comments and blank lines counted.
        assertThat(directory.resolve("out/3")).hasContent("Hello from Faultline.\n");
        assertThat(Files.readString(directory.resolve("out/4"))).contains("one argument", "and another");
        assertThat(Files.readString(directory.resolve("out/5"))).contains("\nfaultline: fault-kinds: SIGSEGV at pc ");
    }

    @Test
    void keepsWhatALineAsksToBeReported() throws Exception {
        Result result = batch("--strace --stats hello\n", "--output", "out");
        assertThat(result.status()).isZero();
        assertThat(Files.readString(directory.resolve("out/1")))
                .contains("execve(\"/run/faultline/hello\"", "Hello from Faultline.\n", "system_calls ");
    }

    @Test
    void aProgramSeesTheFileItsOutputGoesTo() throws Exception {
        TinyElf.write(directory, "kind", TinyElf.of(EXIT_WITH_KIND));
        // S_IFCHR, then S_IFREG; the standard output of the whole is a file both times.
        assertThat(batch("./kind\n").out()).startsWith("exit 32 ");
        assertThat(batch("./kind\n", "--output", "out").out()).startsWith("exit 128 ");
    }

    @Test
    void runsSeveralAtATimeAndSaysSoInJson() throws Exception {
        Result result = batch("hello\n".repeat(20), "--jobs", "2", "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines())
                .hasSize(20)
                .allMatch(
                        line -> line.startsWith("{\"line\":") && line.contains("\"verdict\":\"exit 0\",\"status\":0,"));
    }

    @Test
    void refusesWhatCannotBeReadOrWritten() throws Exception {
        Files.writeString(directory.resolve("file"), "");
        Files.write(directory.resolve("latin"), new byte[] {(byte) 0xe4, '\n'});
        refused(Exit.USAGE, "--output file: file exists", "--output", "file", "-");
        refused(Exit.USAGE, "--output file/out: Not a directory", "--output", "file/out", "-");
        refused(Exit.USAGE, "latin: is not UTF-8 text", "latin");
        refused(Exit.USAGE, "--jobs 0: at least 1", "--jobs", "0", "-");
        refused(Exit.NOT_FOUND, "nothing: no such file", "nothing");
    }

    private void refused(int status, String line, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("batch"));
        command.addAll(List.of(words));
        assertThat(FaultlineProcess.runIn(directory, "", command.toArray(String[]::new)))
                .isEqualTo(new Result(status, "", "faultline: " + line + "\n"));
    }

    @Test
    void anInterruptEndsTheMachinesAndSumsUp() throws Exception {
        TinyElf.write(directory, "for-ever", TinyElf.of(FOR_EVER));
        Path list = Files.writeString(directory.resolve("list"), "hello\n./for-ever\nhello\n");
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = FaultlineProcess.command();
        command.addAll(List.of("batch", list.toString()));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            while (Files.size(out) == 0 && process.isAlive()) {
                Thread.sleep(10);
            }
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(out)).singleElement().asString().startsWith("exit 0 ");
        assertThat(process.exitValue()).isEqualTo(Exit.SIGNALED + 15);
        assertThat(err).hasContent("1 of 1 exited with 0\ninterrupted: 2 of 3 have not ended\n");
    }

    private Result batch(String list, String... options) throws Exception {
        List<String> command = new ArrayList<>(FaultlineProcess.command());
        command.add("batch");
        command.addAll(List.of(options));
        command.add("-");
        return FaultlineProcess.execute(directory, list, command);
    }
}
