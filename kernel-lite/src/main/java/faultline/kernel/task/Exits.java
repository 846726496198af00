package faultline.kernel.task;

/// The end of threads and processes: `kernel/exit.c`.
final class Exits {

    private final Tasks tasks;

    Exits(Tasks tasks) {
        this.tasks = tasks;
    }

    /// Lets go of everything the thread has. Self.
    void leave(Task task) {
        tasks.lock();
        try {
            tasks.removeLocked(task);
        } finally {
            tasks.unlock();
        }
    }
}
