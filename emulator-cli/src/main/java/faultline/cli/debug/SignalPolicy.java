package faultline.cli.debug;

import faultline.cli.run.SignalText;
import faultline.kernel.task.Signals;
import java.util.List;

/// What the debugger does about each signal: `handle`. Any thread may ask.
final class SignalPolicy {

    static final String HEADING = "Signal       Stop  Print  Pass  Description";

    private static final List<String> WORDS =
            List.of("stop", "nostop", "print", "noprint", "pass", "noignore", "nopass", "ignore");

    private final boolean[] stop = new boolean[Signals.COUNT + 1];
    private final boolean[] print = new boolean[Signals.COUNT + 1];
    private final boolean[] pass = new boolean[Signals.COUNT + 1];

    SignalPolicy() {
        for (int signal = 1; signal <= Signals.COUNT; signal++) {
            boolean everyday = switch (signal) {
                case Signals.SIGALRM,
                        Signals.SIGCHLD,
                        Signals.SIGURG,
                        Signals.SIGIO,
                        Signals.SIGVTALRM,
                        Signals.SIGPROF,
                        Signals.SIGWINCH -> true;
                // libc's own: cancellation and setuid.
                default -> signal == Signals.SIGRTMIN || signal == Signals.SIGRTMIN + 1;
            };
            stop[signal] = !everyday;
            print[signal] = !everyday;
            // These two are how a debugger is called: the program is not to know.
            pass[signal] = signal != Signals.SIGINT && signal != Signals.SIGTRAP;
        }
    }

    /// Whether [#set] knows the word.
    static boolean isWord(String word) {
        return WORDS.contains(word);
    }

    synchronized boolean stops(int signal) {
        return stop[signal];
    }

    synchronized boolean prints(int signal) {
        return print[signal];
    }

    synchronized boolean passes(int signal) {
        return pass[signal];
    }

    /// `handle SIGUSR1 nostop noprint pass`: sets what the words say.
    synchronized void set(int signal, List<String> words) {
        for (String word : words) {
            switch (word) {
                case "stop" -> {
                    stop[signal] = true;
                    print[signal] = true;
                }
                case "nostop" -> stop[signal] = false;
                case "print" -> print[signal] = true;
                case "noprint" -> {
                    print[signal] = false;
                    stop[signal] = false;
                }
                case "pass", "noignore" -> pass[signal] = true;
                case "nopass", "ignore" -> pass[signal] = false;
                default ->
                    throw new CommandError("handle: " + word + " is not one of stop, print, pass and their opposites");
            }
        }
    }

    /// One line of `info signals`.
    synchronized String describe(int signal) {
        return String.format(
                "%-12s %-5s %-6s %-5s %s",
                Signals.name(signal),
                yes(stop[signal]),
                yes(print[signal]),
                yes(pass[signal]),
                SignalText.sentence(signal));
    }

    private static String yes(boolean value) {
        return value ? "Yes" : "No";
    }
}
