package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.cli.run.HostErrors;
import faultline.core.cpu.Registers;
import faultline.kernel.elf.ElfSymbols.Symbol;
import faultline.kernel.task.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
        DataCommands data = new DataCommands(session);
        commands.addAll(new RunningCommands(session, backtrace).all());
        commands.addAll(new StopCommands(session.breakpoints()).all());
        commands.addAll(new SignalCommands(session).all());
        commands.addAll(data.all());
        commands.addAll(new PagingCommands(session).all());
        commands.addAll(new InfoCommands(session, backtrace, data).all());
        commands.addAll(new Displays(session, this::execute).all());
        commands.add(plain("source", "source FILE", "Reads commands from a file.", this::source));
        commands.add(plain("echo", "echo TEXT", "Prints a line.", text -> out.line(text.strip())));
        commands.add(plain("help h", "help [COMMAND]", "Lists the commands, or explains one.", this::help));
        commands.add(plain("quit q exit", "quit", "Ends the program and the debugger.", _ -> quit()));
    }

    private void quit() {
        quit = !session.isRunning()
                || session.confirms("A debugging session is active.\n\n\tThe program will be killed.\n\n"
                        + "Quit anyway? (y or n) ");
    }

    /// Carries out every line of a source. False when the session is over.
    boolean run(LineSource lines) throws IOException, InterruptedException {
        session.setAsks(lines::confirms);
        String line;
        while (!quit && (line = lines.next()) != null) {
            String text = line.strip();
            if (text.isEmpty() && lines.isInteractive()) {
                text = last;
            }
            if (!text.isEmpty() && !text.startsWith("#")) {
                last = again(text);
                execute(text);
            }
        }
        return !quit;
    }

    /// Ends what still runs.
    void close() throws InterruptedException {
        session.kill();
    }

    /// What an empty line does after a command: it steps again and shows what comes next; it does
    /// not start the program again.
    private String again(String text) {
        Command command = findOrNull(name(text));
        if (command == null) {
            return "";
        }
        return switch (command.name()) {
            case "x" -> "x";
            case "continue" -> "continue";
            case "stepi", "nexti", "until", "finish", "print", "pt", "vma", "faults", "info", "backtrace" -> text;
            default -> "";
        };
    }

    /// The command's name: x/4i and print/x have no blank before their slash.
    private static String name(String text) {
        int end = 0;
        while (end < text.length() && (Character.isLetter(text.charAt(end)) || text.charAt(end) == '-')) {
            end++;
        }
        return text.substring(0, end);
    }

    private void execute(String text) throws InterruptedException {
        try {
            String name = name(text);
            if (name.isEmpty()) {
                throw new CommandError("Undefined command: \"" + text.split("\\s", 2)[0] + "\".  Try \"help\".");
            }
            find(name).action().run(text.substring(name.length()).strip());
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
            boolean _ = run(LineSource.of(reader));
        } catch (IOException e) {
            throw new CommandError(text.strip() + ": " + HostErrors.reason(e));
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
                (before.size() == 1 ? InfoCommands.subjects() : infoWords(before.get(1)))
                        .stream().filter(subject -> subject.startsWith(word)).toList();
            case "handle", "signal" ->
                IntStream.rangeClosed(1, Signals.COUNT)
                        .mapToObj(Signals::name)
                        .filter(name -> name.startsWith(word))
                        .toList();
            case "help" ->
                commands.stream()
                        .map(Command::name)
                        .filter(name -> name.startsWith(word))
                        .toList();
            default -> command.symbols() ? names(word) : List.of();
        };
    }

    private List<String> infoWords(String subject) {
        return switch (subject) {
            case "proc" -> List.of("mappings");
            case "registers" ->
                session.isRunning()
                        ? session.registers().all().stream()
                                .map(Registers.Info::name)
                                .toList()
                        : List.of();
            default -> List.of();
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
    private List<String> names(String typed) {
        // Behind an operator or a bracket a new name begins: *counter, main+co.
        int start = typed.length();
        while (start > 0 && isNamePart(typed.charAt(start - 1))) {
            start--;
        }
        String before = typed.substring(0, start);
        return candidates(typed.substring(start)).stream()
                .map(name -> before + name)
                .toList();
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '$' || c == '@';
    }

    private List<String> candidates(String word) {
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
