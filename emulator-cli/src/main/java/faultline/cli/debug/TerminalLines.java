package faultline.cli.debug;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// Commands typed at a terminal: line editing, history, completion, and Ctrl-C while the guest
/// runs.
final class TerminalLines implements LineSource, AutoCloseable {

    private static final String PROMPT = "(faultline) ";

    private final Terminal terminal;
    private final LineReader reader;

    private BiFunction<List<String>, String, List<String>> complete = (_, _) -> List.of();

    TerminalLines() throws IOException {
        this(TerminalBuilder.builder().system(true).build());
    }

    /// Over a terminal that is there, for tests.
    TerminalLines(Terminal terminal) {
        this.terminal = terminal;
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("faultline")
                .completer((_, line, candidates) -> complete.apply(
                                line.words().subList(0, line.wordIndex()), line.word())
                        .forEach(word -> candidates.add(new Candidate(word))))
                .variable(LineReader.HISTORY_FILE, Path.of(System.getProperty("user.home"), ".faultline_history"))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /// `complete` gives what may stand in a line's last word: the words before it, and its
    /// beginning. `interrupted` is called when Ctrl-C is typed while no line is read.
    void serve(BiFunction<List<String>, String, List<String>> completer, Runnable interrupted) {
        complete = completer;
        Terminal.SignalHandler _ = terminal.handle(Signal.INT, _ -> interrupted.run());
    }

    Terminal terminal() {
        return terminal;
    }

    PrintWriter writer() {
        return terminal.writer();
    }

    @Override
    public @Nullable String next() {
        try {
            return reader.readLine(PROMPT);
        } catch (UserInterruptException _) {
            return "#";
        } catch (EndOfFileException _) {
            return null;
        }
    }

    @Override
    public boolean isInteractive() {
        return true;
    }

    /// Asks until the answer is yes or no. The question does not enter the history.
    @Override
    public boolean confirms(String question) {
        reader.setVariable(LineReader.DISABLE_HISTORY, true);
        try {
            while (true) {
                String answer = reader.readLine(question).strip();
                if (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes")) {
                    return true;
                }
                if (answer.equalsIgnoreCase("n") || answer.equalsIgnoreCase("no")) {
                    return false;
                }
                terminal.writer().println("Please answer y or n.");
            }
        } catch (UserInterruptException _) {
            return false;
        } catch (EndOfFileException _) {
            return true;
        } finally {
            reader.setVariable(LineReader.DISABLE_HISTORY, false);
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
