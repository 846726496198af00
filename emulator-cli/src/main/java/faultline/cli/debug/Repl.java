package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.kernel.elf.ElfSymbols.Symbol;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads commands and carries them out, one after the other.
final class Repl {

    /// A completion list longer than this helps nobody.
    private static final int MOST_SYMBOLS = 200;

    private final DebugSession session;
    private final Output out;
    private final List<Command> commands = new ArrayList<>();
    private boolean quit;
    private String last = "";

    Repl(DebugSession session) {
        this.session = session;
        this.out = session.out();
        Backtrace backtrace = new Backtrace(session);
        StopCommands stops = new StopCommands(session);
        session.beforeRun(stops::place);
        session.afterRun(stops::keep);
        commands.addAll(new RunningCommands(session, backtrace).all());
        commands.addAll(stops.all());
        commands.addAll(new DataCommands(session).all());
        commands.addAll(new PagingCommands(session).all());
        commands.addAll(new InfoCommands(session, backtrace, stops).all());
        commands.add(plain("source", "source FILE", "Reads commands from a file.", this::source));
        commands.add(plain("echo", "echo TEXT", "Prints a line.", text -> out.line(text.strip())));
        commands.add(plain("help h", "help [COMMAND]", "Lists the commands, or explains one.", this::help));
        commands.add(plain("quit q exit", "quit", "Ends the program and the debugger.", _ -> quit = true));
    }

    /// Carries out every line of a source. False when the session is over.
    boolean run(LineSource lines) throws IOException, InterruptedException {
        String line;
        while (!quit && (line = lines.next()) != null) {
            String text = line.strip();
            if (text.isEmpty() && lines.isInteractive()) {
                text = last;
            }
            if (!text.isEmpty() && !text.startsWith("#")) {
                last = repeats(text) ? text : "";
                execute(text);
            }
        }
        return !quit;
    }

    /// Ends what still runs.
    void close() throws InterruptedException {
        session.kill();
    }

    /// An empty line steps again; it does not start the program again.
    private static boolean repeats(String text) {
        return text.matches("(c|continue|si|stepi|ni|nexti|x|pt|vma|until|finish)\\b.*");
    }

    private void execute(String text) throws InterruptedException {
        try {
            // x/4i and print/x have no blank before their slash.
            int end = 0;
            while (end < text.length() && (Character.isLetter(text.charAt(end)) || text.charAt(end) == '-')) {
                end++;
            }
            find(text.substring(0, end)).action().run(text.substring(end).strip());
        } catch (CommandError e) {
            out.line(String.valueOf(e.getMessage()));
        }
    }

    /// The command of a name, a short name or the beginning of just one.
    private Command find(String name) {
        List<Command> found = new ArrayList<>();
        for (Command command : commands) {
            if (command.names().contains(name)) {
                return command;
            }
            if (!name.isEmpty() && command.name().startsWith(name)) {
                found.add(command);
            }
        }
        if (found.isEmpty()) {
            throw new CommandError("Undefined command: \"" + name + "\".  Try \"help\".");
        }
        if (found.size() > 1) {
            throw new CommandError("Ambiguous command \"" + name + "\": "
                    + String.join(", ", found.stream().map(Command::name).toList()) + ".");
        }
        return found.getFirst();
    }

    private void help(String text) {
        if (!text.isBlank()) {
            Command command = find(text.strip());
            out.line(command.synopsis());
            command.help().lines().forEach(line -> out.line("  " + line));
            if (command.names().size() > 1) {
                out.line("  Short: "
                        + String.join(
                                ", ", command.names().subList(1, command.names().size())) + ".");
            }
            return;
        }
        for (Command command : commands) {
            out.format("%-42s %s", command.synopsis(), command.headline());
        }
    }

    private void source(String text) throws InterruptedException {
        try (BufferedReader reader = Files.newBufferedReader(Path.of(text.strip()))) {
            run(LineSource.of(reader));
        } catch (IOException e) {
            throw new CommandError(text.strip() + ": " + e.getMessage());
        }
    }

    /// What may stand in a word of a line: commands first, then what they take.
    List<String> complete(List<String> before, String word) {
        if (before.isEmpty()) {
            return commands.stream()
                    .map(Command::name)
                    .filter(name -> name.startsWith(word))
                    .toList();
        }
        Command command = findOrNull(before.getFirst());
        if (command == null) {
            return List.of();
        }
        return switch (command.name()) {
            case "info" ->
                List.of(
                                "registers",
                                "all-registers",
                                "threads",
                                "proc mappings",
                                "breakpoints",
                                "signals",
                                "symbol",
                                "program")
                        .stream()
                        .filter(subject -> subject.startsWith(word))
                        .toList();
            case "help" ->
                commands.stream()
                        .map(Command::name)
                        .filter(name -> name.startsWith(word))
                        .toList();
            default -> command.symbols() ? names(word) : List.of();
        };
    }

    private @Nullable Command findOrNull(String name) {
        try {
            return find(name);
        } catch (CommandError _) {
            return null;
        }
    }

    /// Symbols and registers that begin so.
    private List<String> names(String word) {
        if (word.startsWith("$")) {
            if (!session.isRunning()) {
                return List.of();
            }
            return session.registers().all().stream()
                    .map(register -> "$" + register.name())
                    .filter(name -> name.startsWith(word))
                    .toList();
        }
        return session.symbols().all().stream()
                .map(Symbol::name)
                .filter(name -> name.startsWith(word))
                .distinct()
                .limit(MOST_SYMBOLS)
                .toList();
    }
}
