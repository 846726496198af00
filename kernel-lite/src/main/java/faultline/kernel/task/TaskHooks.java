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

    /// All threads of the process have stopped. Called under the tasks' lock: must not wait or call
    /// back.
    default void stopped(Process process) {}

    /// The thread is about to go back to guest code after a poll, a trap or a system call: where a
    /// debugger holds it.
    default void poll(Task task) {}

    /// The thread is over. `status` is what wait will report for the process if this was its last
    /// thread, else null.
    default void exited(Task task, @Nullable Integer status) {}

    /// The last thread of a process is over. Called under the tasks' lock: must not wait or call
    /// back.
    default void ended(Process process, int status) {}

    /// The foreground process group of a session's terminal, or -1: it is hung up when the
    /// session's leader ends. Called under the tasks' lock: must not wait or call back.
    default int foregroundGroup(int session) {
        return -1;
    }

    /// A host thread that carried a task has ended. On that thread, without vCPU.
    default void threadGone() {}
}
