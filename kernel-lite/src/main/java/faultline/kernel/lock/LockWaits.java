package faultline.kernel.lock;

import java.util.concurrent.atomic.LongAdder;

/// How often and how long threads waited for the locks that share it: contentions and waittime-total
/// of `/proc/lock_stat`. Touched only by who has waited.
public final class LockWaits {

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long waited) {
        count.increment();
        nanos.add(waited);
    }

    /// How many waits have ended, those that a signal ended among them.
    public long count() {
        return count.sum();
    }

    /// Their sum in nanoseconds of the host's clock: nothing a guest may see, for it never repeats.
    public long nanos() {
        return nanos.sum();
    }
}
