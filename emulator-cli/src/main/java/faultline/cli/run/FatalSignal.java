package faultline.cli.run;

import faultline.kernel.task.Process;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import org.jspecify.annotations.Nullable;

/// Remembers how the first process was killed, for what is said at the end.
final class FatalSignal implements TaskHooks {

    private static final int SIGNAL_MASK = 0x7f;

    /// What is known when a thread takes the signal.
    private record Death(Siginfo info, long pc) {}

    private volatile @Nullable Process first;
    private volatile @Nullable Death death;

    @Override
    public void started(Task task) {
        if (first == null) {
            first = task.process();
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
