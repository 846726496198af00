package faultline.cli.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.cli.FaultlineProcess;
import faultline.cli.FaultlineProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The debugging session that the README shows, carried out: over a pipe, and at a terminal.
final class ReplSessionTest {

    private static final String PROMPT = "(faultline) ";
    private static final String START = "$ ./faultline ";

    /// The words of the command, what is typed, and what is printed.
    private record Session(List<String> words, List<String> typed, List<String> printed) {

        static Session ofReadme() throws IOException {
            List<String> lines = Files.readAllLines(readme());
            int start = 0;
            while (!lines.get(start).startsWith(START + "debug")) {
                start++;
            }
            List<String> typed = new ArrayList<>();
            List<String> printed = new ArrayList<>();
            for (int i = start + 1; !lines.get(i).equals("```"); i++) {
                String line = lines.get(i);
                if (line.startsWith(PROMPT)) {
                    typed.add(line.substring(PROMPT.length()));
                } else {
                    printed.add(line);
                }
            }
            return new Session(
                    List.of(lines.get(start).substring(START.length()).split(" ")), typed, printed);
        }

        /// The tests run in the module or above it.
        private static Path readme() {
            Path here = Path.of("README.md");
            return Files.exists(here) && !Files.exists(Path.of("src")) ? here : Path.of("..", "README.md");
        }

        String input() {
            return typed.stream().map(line -> line + "\n").collect(Collectors.joining());
        }
    }

    @Test
    void theSessionOfTheReadmeIsWhatHappens() throws Exception {
        Session session = Session.ofReadme();
        Result result = FaultlineProcess.runIn(
                Path.of("").toAbsolutePath(), session.input(), session.words().toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).containsExactlyElementsOf(session.printed());
        assertThat(result.status()).isZero();
    }

    @Test
    void theSessionOfTheReadmeWorksAtATerminal() throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "no script(1) here");
        Session session = Session.ofReadme();
        List<String> command = FaultlineProcess.command();
        command.addAll(session.words());
        Result result = FaultlineProcess.execute(
                Path.of("").toAbsolutePath(),
                session.input() + "quit\n",
                List.of(
                        script.toString(),
                        "-qec",
                        "stty rows 50 cols 200 && " + String.join(" ", command),
                        "/dev/null"));
        List<String> shown = result.out()
                .replaceAll("\u001b\\[[0-9;?]*[A-Za-z]|\u001b[=>]|\r", "")
                .replace(PROMPT, "")
                .lines()
                .toList();
        assertThat(shown)
                .containsSubsequence(session.printed().stream()
                        .filter(line -> !line.isEmpty())
                        .toList());
    }
}
