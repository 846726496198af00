package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.rcu.Rcu;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Releases the files of VMAs that are gone, later: `fput` in an RCU callback.
///
/// A fault that has copied its VMA, but holds no lock, may be looking at the file: so it is kept for a grace
/// period. The callback cannot release it either, for that may wait; it leaves that to a worker
/// (`delayed_fput_work`), which runs a clock tick later. Until then the file is busy although nobody has
/// mapped it or opened it any more (M35).
///
/// The worker has no thread of its own: whoever returns to guest code does its work, [#run].
public final class DelayedFput {

    /// One tick of CONFIG_HZ=250.
    private static final long JIFFY_NANOS = 4_000_000;

    private final Rcu rcu;
    private final Steps steps;

    /// Files that are not released yet: spares who only looks the lock.
    private final AtomicInteger waiting = new AtomicInteger();

    // Guarded by this monitor, which is held across no step.
    private final ArrayDeque<MappedFile> ready = new ArrayDeque<>();
    private long due;

    DelayedFput(Rcu rcu, Steps steps) {
        this.rcu = rcu;
        this.steps = steps;
    }

    /// Drops a reference after a grace period and a tick. Any lock may be held.
    void put(MappedFile file) {
        waiting.incrementAndGet();
        rcu.call(() -> queue(file));
    }

    private void queue(MappedFile file) {
        long now = steps.schedule().nanoTime();
        synchronized (this) {
            if (ready.isEmpty()) {
                due = now + JIFFY_NANOS;
            }
            ready.add(file);
        }
    }

    /// How many files wait to be released.
    public int waiting() {
        return waiting.get();
    }

    /// How many of them nobody looks at any more: they wait for the worker.
    public synchronized int ready() {
        return ready.size();
    }

    /// Releases the files whose time has come. Without locks, because it may wait.
    public void run() {
        if (waiting.get() == 0) {
            return;
        }
        rcu.quiesce();
        long now = steps.schedule().nanoTime();
        MappedFile file;
        while ((file = takeDue(now)) != null) {
            file.put();
            waiting.decrementAndGet();
        }
    }

    private synchronized @Nullable MappedFile takeDue(long now) {
        return now < due ? null : ready.poll();
    }
}
