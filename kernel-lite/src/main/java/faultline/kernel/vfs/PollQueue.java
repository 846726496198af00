package faultline.kernel.vfs;

import java.util.Arrays;

/// The waiters for one condition of a file, which poll and epoll listen to as well: `wait_queue_head_t`.
///
/// Waking reads a copy-on-write array and takes no lock, so it may be called under any monitor and by threads
/// outside the machine. A waiter adds itself *before* it looks at the condition; a wake between the two is then
/// remembered by its thread.
public final class PollQueue {

    /// What waits: a thread, or an epoll item that passes the news on.
    public interface Waiter {
        /// The condition may have changed. Called on the waker's thread; must not wait.
        void woken();
    }

    private static final Waiter[] NONE = {};

    // Written under this monitor, read without it; pairs with the volatile write in add and remove.
    private volatile Waiter[] waiters = NONE;

    public synchronized void add(Waiter waiter) {
        Waiter[] old = waiters;
        Waiter[] grown = Arrays.copyOf(old, old.length + 1);
        grown[old.length] = waiter;
        waiters = grown;
    }

    public synchronized void remove(Waiter waiter) {
        Waiter[] old = waiters;
        for (int i = 0; i < old.length; i++) {
            if (old[i] == waiter) {
                Waiter[] shrunk = new Waiter[old.length - 1];
                System.arraycopy(old, 0, shrunk, 0, i);
                System.arraycopy(old, i + 1, shrunk, i, shrunk.length - i);
                waiters = shrunk.length == 0 ? NONE : shrunk;
                return;
            }
        }
    }

    /// Wakes everybody; each looks at its condition again.
    public void wakeAll() {
        for (Waiter waiter : waiters) {
            waiter.woken();
        }
    }

    public boolean isEmpty() {
        return waiters.length == 0;
    }
}
