package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;
import static faultline.cli.debug.Command.withSymbols;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is shown again at every stop.
final class Displays {

    /// How a command is carried out.
    @FunctionalInterface
    interface Executor {
        void execute(String command) throws InterruptedException;
    }

    private final DebugSession session;
    private final Executor executor;
    private final SortedMap<Integer, String> commands = new TreeMap<>();
    private int last;

    Displays(DebugSession session, Executor executor) {
        this.session = session;
        this.executor = executor;
        session.atStops(this::showAll);
    }

    List<Command> all() {
        return List.of(
                withSymbols("display", "display[/FORMAT] [EXPRESSION]", """
                        Shows a value at every stop; with a format of x (i, s, a count or a size), memory there.
                        Without EXPRESSION it shows all of them now.""", this::display),
                plain(
                        "undisplay",
                        "undisplay [NUMBER...]",
                        "Shows them no longer; without a number none.",
                        this::undisplay));
    }

    private void display(String text) throws InterruptedException {
        if (text.isBlank()) {
            showAll();
            return;
        }
        int blank = text.indexOf(' ');
        String format = text.startsWith("/") ? text.substring(1, blank < 0 ? text.length() : blank) : "";
        boolean memory = format.chars().anyMatch(c -> Character.isDigit(c) || "isbhwg".indexOf(c) >= 0);
        String command = (memory ? "x" : "print") + (text.startsWith("/") ? "" : " ") + text;
        commands.put(++last, command);
        if (session.isRunning()) {
            show(last, command);
        }
    }

    private void undisplay(String text) {
        if (text.isBlank()) {
            commands.clear();
            return;
        }
        for (String word : text.strip().split("\\s+")) {
            if (commands.remove((int) session.evaluate(word)) == null) {
                throw new CommandError("There is no display number " + word + ".");
            }
        }
    }

    private void showAll() throws InterruptedException {
        for (Map.Entry<Integer, String> command : commands.entrySet()) {
            show(command.getKey(), command.getValue());
        }
    }

    private void show(int number, String command) throws InterruptedException {
        session.out().line(number + ": " + command);
        executor.execute(command);
    }
}
