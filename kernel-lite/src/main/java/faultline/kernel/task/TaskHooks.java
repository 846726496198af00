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

    /// `parent` has made `child`, which may be running already.
    default void cloned(Task parent, Task child) {}

    /// The process runs a new program.
    default void execed(Task task, ProgramImage image) {}

    /// A system call is about to be made.
    default void syscallEntered(Task task, int number, long[] arguments) {}

    /// A system call returns `result`, a negated errno on failure.
    default void syscallLeft(Task task, int number, long[] arguments, long result) {}

    /// A signal is about to be delivered. Returning false throws it away.
    default boolean signal(Task task, Siginfo info) {
        return true;
    }

    /// The thread is about to go back to guest code after a poll, a trap or a system call: where a
    /// debugger holds it.
    default void poll(Task task) {}

    /// The thread is over. `status` is what wait will report for the process if this was its last
    /// thread, else null.
    default void exited(Task task, @Nullable Integer status) {}

    /// A host thread that carried a task has ended. On that thread, without vCPU.
    default void threadGone() {}
}
