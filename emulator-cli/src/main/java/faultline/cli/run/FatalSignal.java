package faultline.cli.run;

import faultline.kernel.task.Process;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Remembers how the first process was killed, for the one line at the end.
final class FatalSignal implements TaskHooks {

    private static final int SIGNAL_MASK = 0x7f;

    /// What is known when a thread takes the signal.
    private record Death(Siginfo info, long pc) {}

    private final Consumer<String> out;
    private volatile @Nullable Process first;
    private volatile @Nullable Death death;

    FatalSignal(Consumer<String> out) {
        this.out = out;
    }

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

    /// The exit status for a wait status; says on standard error what killed the program.
    int exitStatus(String program, int status) {
        int signal = status & SIGNAL_MASK;
        if (signal == 0) {
            return status >>> 8 & 0xff;
        }
        Death known = death;
        String name = Signals.name(signal);
        if (known == null) {
            out.accept("faultline: " + program + ": " + name);
        } else {
            out.accept("faultline: " + program + ": " + name + " at pc 0x" + Long.toHexString(known.pc()) + " "
                    + SignalText.cause(known.info()));
        }
        return Exit.SIGNALED + signal;
    }
}
