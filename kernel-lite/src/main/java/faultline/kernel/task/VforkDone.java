package faultline.kernel.task;

import org.jspecify.annotations.Nullable;

/// What a parent in `vfork` waits for: the child has let go of the address space, by `execve` or exit.
///
/// Guarded by the tasks' lock.
final class VforkDone {

    private final Task parent;
    private boolean done;

    VforkDone(Task parent) {
        this.parent = parent;
    }

    boolean isDone() {
        return done;
    }

    /// The child lets go. Returns the task to wake, or null when it was told before.
    @Nullable
    Task complete() {
        if (done) {
            return null;
        }
        done = true;
        return parent;
    }
}
