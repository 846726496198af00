package faultline.kernel.rcu;

import faultline.core.cpu.Vcpu;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Read-copy-update whose readers may sleep: `srcu_struct`.
///
/// A read section belongs to a thread, which may block in it and end it on another vCPU. Sections are
/// counted in two banks, one of which is in use: each vCPU has for each bank how many sections have
/// begun on it and how many have ended. A grace period waits until the bank that is not in use is
/// empty, makes it the one in use, and waits until the other is. So it waits for every section that
/// was counted before it began, and for none that begins behind the change of banks.
///
/// Nothing runs in the background. What holds a grace period up is a section, so whoever ends one looks
/// whether somebody waits and brings the grace period forward.
public final class Srcu {

    /// Counters of two vCPUs are this many longs apart, so that they do not write one cache line.
    private static final int STRIDE = 16;

    /// Where the two banks' counters of begun sections are in a vCPU's line, and those of ended ones.
    private static final int BEGUN = 0;

    private static final int ENDED = 2;

    /// How far a grace period is.
    private enum Phase {
        /// There is none.
        IDLE(RcuStep.SRCU_BEGIN),
        /// The bank that is not in use may have sections of readers that chose it long ago.
        FLIP(RcuStep.SRCU_FLIP),
        /// The bank that was in use empties.
        END(RcuStep.SRCU_END);

        /// What is passed before a look whether it is over.
        final RcuStep step;

        Phase(RcuStep step) {
            this.step = step;
        }
    }

    private final Steps steps;
    private final int cpus;
    private final AtomicLongArray counts;

    /// `srcu_idx`: where sections are counted that begin now.
    private volatile int bank;

    /// Whether a callback waits: all that who ends a section looks at.
    private volatile boolean waiting;

    private final Object queueLock = new Object();

    // Written under queueLock.
    private volatile Phase phase = Phase.IDLE;
    private ArrayDeque<Runnable> current = new ArrayDeque<>();
    private ArrayDeque<Runnable> next = new ArrayDeque<>();

    public Srcu(int cpus, Steps steps) {
        this.steps = steps;
        this.cpus = cpus;
        this.counts = new AtomicLongArray(cpus * STRIDE);
    }

    /// Begins a read section; returns what [#readUnlock] wants. Sections nest.
    public int readLock(Vcpu self) {
        steps.at(RcuStep.SRCU_READ_LOCK, self.id());
        int section = bank;
        steps.at(RcuStep.SRCU_READ_COUNT, self.id());
        int cell = self.id() * STRIDE + BEGUN + section;
        // Only the vCPU's thread writes its counters.
        counts.setOpaque(cell, counts.getPlain(cell) + 1);
        // Counted before anything in the section is read. Pairs with fullFence in isEmpty.
        VarHandle.fullFence();
        return section;
    }

    /// Ends a read section, on the vCPU that the thread has now.
    public void readUnlock(Vcpu self, int section) {
        steps.at(RcuStep.SRCU_READ_UNLOCK, self.id());
        int cell = self.id() * STRIDE + ENDED + section;
        // pairs with getAcquire in sum
        counts.setRelease(cell, counts.getPlain(cell) + 1);
        // Either who waits sees that the section is over, or this thread sees that he waits. Pairs with fullFence in
        // isEmpty.
        VarHandle.fullFence();
        if (waiting) {
            quiesce();
        }
    }

    /// Runs `callback` after a grace period: when no read section that may have seen the past is left. It
    /// must neither block nor take a lock; any thread may run it, beside those of other grace periods.
    public void call(Runnable callback) {
        steps.at(RcuStep.CALL_SRCU, 0);
        synchronized (queueLock) {
            next.add(callback);
            waiting = true;
        }
        quiesce();
    }

    /// Returns when a full grace period has passed. The caller is in no read section and may block. Callbacks
    /// of earlier grace periods may still run, as `synchronize_srcu` says of those of `call_srcu`.
    public void synchronize() {
        Waiter waiter = new Waiter(KernelThread.current());
        call(waiter);
        while (!waiter.over) {
            waiter.thread.block(Long.MAX_VALUE);
        }
    }

    private static final class Waiter implements Runnable {
        final KernelThread thread;
        volatile boolean over;

        Waiter(KernelThread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            over = true;
            thread.wake();
        }
    }

    /// Brings grace periods as far as read sections permit, and runs the callbacks of those that end.
    private void quiesce() {
        while (waiting) {
            // Outside the monitor: a schedule may switch threads here.
            steps.at(phase.step, bank);
            ArrayDeque<Runnable> ready = null;
            synchronized (queueLock) {
                Phase before = phase;
                if (!advance()) {
                    return;
                }
                if (before == Phase.END) {
                    ready = current;
                    current = new ArrayDeque<>();
                }
            }
            run(ready);
        }
    }

    private static void run(@Nullable ArrayDeque<Runnable> ready) {
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
    }

    /// Goes on to the next phase; false when a section is in the way, or nobody waits.
    @SuppressWarnings("NonAtomicVolatileUpdate") // under queueLock
    private boolean advance() {
        switch (phase) {
            case IDLE -> {
                if (next.isEmpty()) {
                    waiting = false;
                    return false;
                }
                current = next;
                next = new ArrayDeque<>();
                phase = Phase.FLIP;
            }
            case FLIP -> {
                if (!isEmpty(1 - bank)) {
                    return false;
                }
                bank = 1 - bank;
                phase = Phase.END;
            }
            case END -> {
                if (!isEmpty(1 - bank)) {
                    return false;
                }
                phase = Phase.IDLE;
            }
        }
        return true;
    }

    /// Whether no section is counted in a bank. What has ended is counted first: a section that ends
    /// meanwhile is one too many then, not one too few.
    private boolean isEmpty(int of) {
        // Whoever is not counted yet sees what the callers have done before. Pairs with fullFence in readLock and
        // readUnlock.
        VarHandle.fullFence();
        long ended = sum(ENDED + of);
        VarHandle.fullFence();
        return ended == sum(BEGUN + of);
    }

    private long sum(int counter) {
        long sum = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            // pairs with setRelease in readUnlock
            sum += counts.getAcquire(cpu * STRIDE + counter);
        }
        return sum;
    }
}
