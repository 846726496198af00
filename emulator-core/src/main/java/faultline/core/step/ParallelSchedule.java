package faultline.core.step;

import java.util.concurrent.locks.LockSupport;

/// Lets every thread run whenever the host lets it: the schedule for speed.
public final class ParallelSchedule implements Schedule {

    @Override
    public String name() {
        return "parallel";
    }

    @Override
    public boolean listens() {
        return false;
    }

    @Override
    public void register(HostThread thread) {}

    @Override
    public void begin(HostThread thread) {}

    @Override
    public void end(HostThread thread) {}

    @Override
    public void at(Step step, long object) {}

    @Override
    public void park(HostThread self, long deadline) {
        if (self.unparked.getAndSet(false)) {
            return;
        }
        if (deadline == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, Math.max(1, deadline - nanoTime()));
        }
        self.unparked.set(false);
    }

    @Override
    public void unpark(HostThread thread) {
        thread.unparked.set(true);
        LockSupport.unpark(thread);
    }

    /// Gives the host processor away: the thread waited for may be the one that is not running.
    @Override
    public void spin() {
        Thread.onSpinWait();
        Thread.yield();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
