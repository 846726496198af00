package faultline.kernel.lock;

import faultline.core.step.Steps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A spinning lock that readers share: `rwlock_t`. Nobody blocks while holding it, and a reader passes
/// a writer that waits.
public final class RwSpinLock {

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RwSpinLock.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int WRITER = -1;

    private final Steps steps;
    private final LockRank rank;
    private final long id;

    /// How many readers there are, or [#WRITER].
    @SuppressWarnings("unused") // through STATE
    private int state;

    /// `id` names the lock in steps and repeats from run to run.
    public RwSpinLock(Steps steps, LockRank rank, long id) {
        this.steps = steps;
        this.rank = rank;
        this.id = id;
    }

    public void readLock() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.READ_LOCK, id);
        while (true) {
            int seen = (int) STATE.getOpaque(this);
            // pairs with setRelease in writeUnlock
            if (seen != WRITER && STATE.compareAndSet(this, seen, seen + 1)) {
                return;
            }
            if (seen == WRITER) {
                steps.schedule().spin();
            }
        }
    }

    public void readUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.READ_UNLOCK, id);
        // pairs with compareAndSet in writeLock
        int before = (int) STATE.getAndAddRelease(this, -1);
        assert before > 0 : "lock: " + this + " has no reader";
    }

    public void writeLock() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.WRITE_LOCK, id);
        // pairs with getAndAddRelease in readUnlock and setRelease in writeUnlock
        while (!STATE.compareAndSet(this, 0, WRITER)) {
            steps.schedule().spin();
        }
    }

    public void writeUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.WRITE_UNLOCK, id);
        // pairs with compareAndSet in readLock and writeLock
        STATE.setRelease(this, 0);
    }

    @Override
    public String toString() {
        return rank + " lock 0x" + Long.toHexString(id);
    }
}
