package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import java.util.LinkedHashSet;
import java.util.Set;

/// One wait of the running thread on one or more queues: `wait_event_interruptible` and the poll table.
///
/// Use in try-with-resources: register with [#on], look at the condition, [#sleep], look again.
public final class Waiting implements AutoCloseable, PollListener, PollQueue.Waiter {

    private final KernelThread thread = KernelThread.current();
    private final Set<PollQueue> queues = new LinkedHashSet<>(2);
    private long alarm = Long.MAX_VALUE;

    public Waiting() {}

    /// Starts waiting on one queue.
    public Waiting(PollQueue queue) {
        on(queue);
    }

    /// Listens to a queue too, until [#close].
    @Override
    public void on(PollQueue queue) {
        if (queues.add(queue)) {
            queue.add(this);
        }
    }

    @Override
    public void at(long time) {
        alarm = Math.min(alarm, time);
    }

    /// Forgets the times told by [#at]: a new look at all files is about to tell them again.
    public void forgetTimes() {
        alarm = Long.MAX_VALUE;
    }

    @Override
    public void woken() {
        thread.wake();
    }

    /// Waits until woken. Throws `ErrnoException` ERESTARTSYS when a signal is pending, before and after.
    public void sleep() {
        sleep(Long.MAX_VALUE);
    }

    /// Waits until woken or `deadline`; false when the deadline has passed.
    public boolean sleep(long deadline) {
        if (thread.signalPending()) {
            throw Errno.ERESTARTSYS.exception();
        }
        if (deadline != Long.MAX_VALUE && thread.schedule().nanoTime() >= deadline) {
            return false;
        }
        thread.block(Math.min(deadline, alarm));
        if (thread.signalPending()) {
            throw Errno.ERESTARTSYS.exception();
        }
        return true;
    }

    /// Waits until woken, signals or not: for short waits on another task's progress.
    public void sleepUninterruptibly() {
        thread.block(Long.MAX_VALUE);
    }

    @Override
    public void close() {
        for (PollQueue queue : queues) {
            queue.remove(this);
        }
    }
}
