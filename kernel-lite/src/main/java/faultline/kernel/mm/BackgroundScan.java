package faultline.kernel.mm;

/// Goes over address spaces, a batch at a time, in a thread of its own: khugepaged and ksmd. Before there is
/// something to go over there is no thread.
public abstract class BackgroundScan {

    private volatile Runnable starter = () -> {};
    private volatile Runnable waker = () -> {};

    /// Whether there is anything to go over.
    public abstract boolean hasWork();

    /// Says how the thread is started, and woken when it sleeps.
    public final void serveBy(Runnable starts, Runnable wakes) {
        starter = starts;
        waker = wakes;
    }

    /// Starts the thread; does nothing while there is one.
    final void startThread() {
        starter.run();
    }

    /// Wakes the thread, if there is one.
    final void wakeThread() {
        waker.run();
    }
}
