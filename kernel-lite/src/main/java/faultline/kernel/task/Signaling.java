package faultline.kernel.task;

/// Sending signals: who gets one, what it does at once, and who has to wake up. `kernel/signal.c`.
public final class Signaling {

    private final Tasks tasks;

    Signaling(Tasks tasks) {
        this.tasks = tasks;
    }

    /// Sends a signal to one thread.
    public void sendToThread(Task task, Siginfo info) {
        tasks.lock();
        try {
            task.pending.add(info);
        } finally {
            tasks.unlock();
        }
    }

    /// Sends a signal to all processes of a group. Any thread.
    public void sendToGroup(int group, Siginfo info) {
        for (Process process : tasks.processes()) {
            if (process.processGroup() == group) {
                process.shared.add(info);
            }
        }
    }
}
