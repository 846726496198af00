package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.cli.run.SignalText;
import faultline.core.debug.Stop;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import java.util.ArrayList;
import java.util.List;

/// What happens at a signal.
final class SignalCommands {

    private final DebugSession session;

    SignalCommands(DebugSession session) {
        this.session = session;
    }

    List<Command> all() {
        return List.of(
                plain("signal", "signal SIGNAL|0", """
                        Goes on and gives the current thread SIGNAL, or with 0 none.
                        Without the signal of a fault its instruction is executed again.""", this::signal),
                plain("handle", "handle SIGNAL... WORD...", """
                        Says what happens at a signal: stop, nostop, print, noprint, pass, nopass.
                        SIGNAL is a name, a number or all. 'info signals' shows what is set.""", this::handle));
    }

    private void signal(String arguments) throws InterruptedException {
        TaskThread thread = session.current();
        String name = arguments.strip();
        if (name.equals("0")) {
            session.out().line("Continuing with no signal.");
            session.resume(false);
            return;
        }
        int signal = number(name);
        session.out().line("Continuing with signal " + Signals.name(signal) + ".");
        if (session.stop() instanceof Stop.Signaled signaled
                && signaled.thread() == thread
                && signaled.event() instanceof Siginfo info
                && info.signal() == signal) {
            session.inferior().pass(info);
            session.resume(true);
        } else {
            Siginfo sent = Siginfo.sent(signal, Siginfo.SI_USER, 0, 0);
            session.inferior().pass(sent);
            thread.task().tasks().signals().sendToThread(thread.task(), sent);
            session.resume(false);
        }
    }

    private static int number(String name) {
        int signal = SignalText.number(name);
        if (signal == 0) {
            throw new CommandError("There is no signal " + name + "; 'info signals' lists them.");
        }
        return signal;
    }

    private void handle(String arguments) {
        List<Integer> signals = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (String word : arguments.strip().split("\\s+")) {
            if (word.equals("all")) {
                for (int signal = 1; signal <= Signals.COUNT; signal++) {
                    signals.add(signal);
                }
            } else if (SignalPolicy.isWord(word)) {
                words.add(word);
            } else {
                signals.add(number(word));
            }
        }
        if (signals.isEmpty()) {
            throw new CommandError("Argument required (signal to handle).");
        }
        session.out().line(SignalPolicy.HEADING);
        for (int signal : signals) {
            session.policy().set(signal, words);
            if (signals.size() < Signals.COUNT) {
                session.out().line(session.policy().describe(signal));
            }
        }
        if (signals.size() >= Signals.COUNT) {
            session.out().line("(all signals)");
        }
    }
}
