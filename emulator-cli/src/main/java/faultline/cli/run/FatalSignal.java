package faultline.cli.run;

import faultline.kernel.task.Process;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Remembers how the first process was killed, for what is said at the end.
final class FatalSignal implements TaskHooks {

    private static final int SIGNAL_MASK = 0x7f;

    /// What is known when a thread takes the signal.
    private record Death(Siginfo info, long pc) {}

    private final Consumer<Task> atStart;
    private volatile @Nullable Process first;
    private volatile @Nullable Death death;

    FatalSignal() {
        this(_ -> {});
    }

    /// `atStart` sees the first task before its first instruction.
    FatalSignal(Consumer<Task> atStart) {
        this.atStart = atStart;
    }

    @Override
    public void started(Task task) {
        if (first == null) {
            first = task.process();
            atStart.accept(task);
        }
    }

    @Override
    public void killed(Task task, Siginfo info) {
        if (task.process() == first) {
            death = new Death(info, task.cpu().pc);
        }
    }

    /// The end that this wait status tells of.
    End end(int waitStatus) {
        int signal = waitStatus & SIGNAL_MASK;
        if (signal == 0) {
            return new End.Exited(waitStatus >>> 8 & 0xff);
        }
        Death known = death;
        return new End.Killed(
                signal,
                known == null ? "" : "at pc 0x" + Long.toHexString(known.pc()) + " " + SignalText.cause(known.info()));
    }
}
