package faultline.kernel.rcu;

import faultline.core.cpu.Vcpu;
import faultline.core.step.Steps;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Read-copy-update: read sections that never wait, and grace periods that wait for them.
///
/// A read section belongs to the vCPU it runs on and does not block, so a grace period is over when
/// every vCPU has been seen outside the sections it was in at the start. Nothing runs in the
/// background: [#quiesce], called by the scheduler whenever a vCPU changes hands, and [#call] look
/// whether a grace period has ended and run its callbacks.
public final class Rcu {

    /// Counters are this many longs apart, so that no two vCPUs write one cache line.
    private static final int STRIDE = 16;

    private final Steps steps;
    private final int cpus;

    /// One counter a vCPU: odd inside a read section. Written by the vCPU's own thread.
    private final AtomicLongArray sections;

    /// How deep each vCPU's read sections are nested; touched by its own thread.
    private final int[] depth;

    private final Object queueLock = new Object();

    // Guarded by queueLock.
    private final long[] seenAtStart;
    private ArrayDeque<Runnable> current = new ArrayDeque<>();
    private ArrayDeque<Runnable> next = new ArrayDeque<>();
    private long gracePeriods;

    /// Whether a callback waits: spares who only looks the lock.
    private volatile boolean waiting;

    public Rcu(int cpus, Steps steps) {
        this.steps = steps;
        this.cpus = cpus;
        this.sections = new AtomicLongArray(cpus * STRIDE);
        this.depth = new int[cpus * STRIDE];
        this.seenAtStart = new long[cpus];
    }

    /// Begins a read section; sections nest. The thread keeps its vCPU until [#readUnlock].
    public void readLock(Vcpu self) {
        if (enter(self)) {
            // The counter is odd before anything in the section is read. Pairs with get in start.
            VarHandle.fullFence();
        }
    }

    /// [#readLock] by who passes a full fence of its own before it reads anything.
    public void readLockUnfenced(Vcpu self) {
        boolean _ = enter(self);
    }

    /// True for the outermost section. Only the vCPU's thread writes its counter.
    private boolean enter(Vcpu self) {
        int slot = self.id() * STRIDE;
        if (depth[slot]++ != 0) {
            return false;
        }
        steps.at(RcuStep.RCU_READ_LOCK, self.id());
        sections.setOpaque(slot, sections.getPlain(slot) + 1);
        return true;
    }

    /// Ends a read section.
    public void readUnlock(Vcpu self) {
        int slot = self.id() * STRIDE;
        if (--depth[slot] == 0) {
            steps.at(RcuStep.RCU_READ_UNLOCK, self.id());
            // pairs with get in isOver
            sections.setRelease(slot, sections.getPlain(slot) + 1);
        }
    }

    /// How deep in read sections the running thread is, which holds the vCPU.
    public int depth(Vcpu self) {
        return depth[self.id() * STRIDE];
    }

    /// Runs `callback` after a grace period: when no read section that may have seen the past is
    /// left. It must not block; any thread may run it.
    public void call(Runnable callback) {
        steps.at(RcuStep.CALL_RCU, 0);
        synchronized (queueLock) {
            next.add(callback);
            waiting = true;
        }
        quiesce();
    }

    /// Runs the callbacks of a grace period that has ended, if one has.
    public void quiesce() {
        if (!waiting) {
            return;
        }
        ArrayDeque<Runnable> ready;
        // Steps stand outside the monitor: a schedule may switch threads at each, and would wait for one that waits
        // for the monitor.
        steps.at(RcuStep.GRACE_PERIOD_BEGIN, 0);
        while ((ready = takeReady()) != null) {
            steps.at(RcuStep.GRACE_PERIOD_END, 0);
            for (Runnable callback : ready) {
                callback.run();
            }
        }
    }

    /// Returns when a full grace period has passed. The caller is outside read sections and may
    /// wait.
    public void synchronize() {
        long target;
        synchronized (queueLock) {
            // A grace period that is under way began too early for the caller; the one behind it will do.
            target = gracePeriods + (current.isEmpty() ? 1 : 2);
            next.add(() -> {});
            waiting = true;
        }
        while (!reached(target)) {
            quiesce();
            if (!reached(target)) {
                steps.schedule().spin();
            }
        }
    }

    /// How many grace periods have ended.
    public long gracePeriods() {
        synchronized (queueLock) {
            return gracePeriods;
        }
    }

    private boolean reached(long target) {
        return gracePeriods() >= target;
    }

    private @Nullable ArrayDeque<Runnable> takeReady() {
        synchronized (queueLock) {
            if (current.isEmpty()) {
                if (next.isEmpty()) {
                    waiting = false;
                    return null;
                }
                start();
            }
            if (!isOver()) {
                return null;
            }
            gracePeriods++;
            ArrayDeque<Runnable> ready = current;
            current = new ArrayDeque<>();
            return ready;
        }
    }

    private void start() {
        current = next;
        next = new ArrayDeque<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            seenAtStart[cpu] = sections.get(cpu * STRIDE);
        }
    }

    private boolean isOver() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            long seen = seenAtStart[cpu];
            if ((seen & 1) != 0 && sections.get(cpu * STRIDE) == seen) {
                return false;
            }
        }
        return true;
    }
}
