package faultline.cli.run;

import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.task.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the processes of a run have used, noted as each ends.
final class ProcessFaults implements TaskHooks {

    /// A process that has ended; its name is the one it had last.
    record Ended(int pid, String comm, Usage usage) {}

    // Guarded by this monitor, in the order the processes ended.
    private final List<Ended> ended = new ArrayList<>();

    @Override
    public void exited(Task task, @Nullable Integer status) {
        if (status != null) {
            Ended entry = new Ended(task.pid(), task.comm(), task.process().usage());
            synchronized (this) {
                ended.add(entry);
            }
        }
    }

    synchronized List<Ended> all() {
        return List.copyOf(ended);
    }
}
