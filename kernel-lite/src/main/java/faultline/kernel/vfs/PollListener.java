package faultline.kernel.vfs;

/// What collects the wait queues of a file while its [OpenFile#poll] runs: a waiting thread, or an epoll item.
public interface PollListener {

    /// Listens to a queue until the listener is closed.
    void on(PollQueue queue);

    /// The file may become ready by itself when the schedule's clock reaches `time`.
    void at(long time);
}
