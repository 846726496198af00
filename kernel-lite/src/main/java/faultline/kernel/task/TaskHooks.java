package faultline.kernel.task;

import org.jspecify.annotations.Nullable;

/// What an observer of tasks is told: the debugger, `--strace`, the command line. Called on the
/// task's own thread with its vCPU held and no lock, unless said otherwise; may block by
/// [Task#block].
public interface TaskHooks {

    /// Nobody listens.
    TaskHooks NONE = new TaskHooks() {};

    /// A new thread is about to run its first guest instruction.
    default void started(Task task) {}

    /// `parent` has made `child`, which does not run yet.
    default void cloned(Task parent, Task child) {}

    /// The process runs a new program.
    default void execed(Task task, ProgramImage image) {}

    /// Whether [#signal] wants to see every signal, also those that end a process before a thread
    /// takes them.
    default boolean seesSignals() {
        return false;
    }

    /// A signal is about to be delivered. Returning false throws it away.
    default boolean signal(Task task, Siginfo info) {
        return true;
    }

    /// A signal ends the process; called for the thread that took it, registers exact. Not called
    /// for those that need no thread to take them (SIGKILL, SIGTERM).
    default void killed(Task task, Siginfo info) {}

    /// The thread is over. `status` is what wait will report for the process if this was its last
    /// thread, else null.
    default void exited(Task task, @Nullable Integer status) {}

    /// The last thread of a process is over. Called under the tasks' lock: must not wait or call
    /// back.
    default void ended(Process process, int status) {}

    /// A host thread that carried a task has ended. On that thread, without vCPU.
    default void threadGone() {}
}
