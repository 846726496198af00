package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.cli.FaultlineProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Guests at a real terminal, which script(1) makes.
final class TerminalTest {

    private static final Path SCRIPT = Path.of("/usr/bin/script");

    /// `ioctl(0, TIOCGWINSZ, rsp)`, again and again until the window has so many rows.
    private static final String UNTIL_ROWS = "b810000000 31ff be13540000 4889e2 0f05 66833c24 %s 75e8 ";

    /// `exit` with the number of columns.
    private static final String EXIT_WITH_COLUMNS = "0fb77c2402 b83c000000 0f05";

    /// `read(0, rsp, 16)`, `write(1, rsp, n)`, `exit(n)`.
    private static final String ECHO_A_LINE =
            "31ff 4889e6 ba10000000 31c0 0f05 89c3 bf01000000 4889e6 89c2 b801000000 0f05 89df b83c000000 0f05";

    @TempDir
    Path directory;

    /// Runs a shell command on a terminal of its own, on which `input` is typed.
    private Result atTerminal(String input, String before, List<String> words) throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "no script(1) here");
        List<String> command = FaultlineProcess.command();
        command.addAll(words);
        return FaultlineProcess.execute(
                directory, input, List.of(SCRIPT.toString(), "-qec", before + String.join(" ", command), "/dev/null"));
    }

    @Test
    void aGuestSeesTheWindowsNewSize() throws Exception {
        // The window changes to and fro, so that one change at least comes while the guest runs.
        Path file = TinyElf.write(
                directory,
                "size",
                TinyElf.of(UNTIL_ROWS.formatted("22") + UNTIL_ROWS.formatted("21") + EXIT_WITH_COLUMNS));
        Result result = atTerminal(
                "",
                "(for i in 1 2 3 4 5 6 7 8; do sleep 1; stty -F /dev/tty rows 34 cols 90; sleep 1; stty -F /dev/tty rows 33 cols 77; done) & ",
                List.of("run", "--timeout", "60", file.toString()));
        assertThat(result.status()).as(result.out()).isEqualTo(77);
    }

    @Test
    void aDebuggedGuestReadsTheTerminalWhileItRuns() throws Exception {
        Path file = TinyElf.write(directory, "line", TinyElf.of(ECHO_A_LINE));
        Result result = atTerminal("hello\n", "", List.of("debug", "-ex", "run", "-ex", "quit", file.toString()));
        // The terminal's echo, and what the guest wrote.
        assertThat(result.out().replace("\r", "")).contains("hello\nhello\n", "[The program exited with code 6]");
        assertThat(result.status()).isZero();
    }

    @Test
    void aBatchShowsHowFarItIsAndMarksWhatFailed() throws Exception {
        Files.writeString(directory.resolve("list"), "hello\nhello 1\n");
        Result result = atTerminal("", "unset NO_COLOR; ", List.of("batch", "list"));
        assertThat(result.out().replace("\r", "<").replace("\033", "^"))
                .startsWith("0 of 2 ended, 0 not with 0<^[Kexit 0 ")
                .contains("\n1 of 2 ended, 0 not with 0<^[K^[31mexit 1 ")
                .endsWith("  hello 1^[m<\n2 of 2 ended, 1 not with 0<^[K1 of 2 exited with 0<\n");
        assertThat(result.status()).isEqualTo(1);
    }
}
