package faultline.kernel.task;

import java.util.Arrays;

/// The actions of all signals, shared by the threads of a process and by CLONE_SIGHAND: `sighand_struct`.
///
/// Guarded by the tasks' lock.
final class SignalHandlers {

    private final SignalAction[] actions = new SignalAction[Signals.COUNT + 1];

    SignalHandlers() {
        Arrays.fill(actions, SignalAction.DEFAULT);
    }

    SignalHandlers(SignalHandlers other) {
        System.arraycopy(other.actions, 0, actions, 0, actions.length);
    }

    SignalAction get(int signal) {
        return actions[signal];
    }

    void set(int signal, SignalAction action) {
        actions[signal] = action;
    }

    /// Whether a signal would be thrown away: ignored, or defaulted to nothing (`sig_handler_ignored`).
    boolean ignores(int signal) {
        SignalAction action = actions[signal];
        return action.isIgnore() || (action.isDefault() && Signals.defaultAction(signal) == Signals.Default.IGNORE);
    }

    /// `execve`: handlers become the default, ignored signals stay ignored (`flush_signal_handlers`).
    void flushForExec() {
        for (int signal = 1; signal <= Signals.COUNT; signal++) {
            actions[signal] =
                    actions[signal].isIgnore() ? new SignalAction(SignalAction.SIG_IGN, 0, 0, 0) : SignalAction.DEFAULT;
        }
    }
}
