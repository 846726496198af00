package faultline.kernel.lock;

import faultline.core.step.Steps;
import faultline.kernel.check.Oracle;
import faultline.kernel.check.Violation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A lock whose waiters spin and whose holder never blocks: PTE locks and their like.
///
/// A waiter stays on its vCPU in kernel mode, where it counts as having answered interrupts; so a
/// holder may send a shootdown and wait for it. One compare-and-set to take, one release store to
/// give back.
public final class SpinLock {

    /// The lock's memory is free: as poison in it would, this looks taken.
    private static final int DEAD = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(SpinLock.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Steps steps;
    private final LockRank rank;
    private final long id;

    @SuppressWarnings("unused") // through STATE
    private int state;

    /// Who freed its memory, while checks are on. Written before the state becomes [#DEAD].
    private @Nullable Death death;

    /// How a lock came to be no lock any more.
    private record Death(Oracle oracle, String by, String text) {}

    /// `id` names the lock in steps and repeats from run to run.
    public SpinLock(Steps steps, LockRank rank, long id) {
        this.steps = steps;
        this.rank = rank;
        this.id = id;
    }

    /// Takes the lock.
    public void lock() {
        assert HeldLocks.acquiring(this, rank, false);
        acquire();
    }

    /// Takes the lock while another of the same rank is held; the caller orders the two.
    public void lockNested() {
        assert HeldLocks.acquiring(this, rank, true);
        acquire();
    }

    /// Takes the lock if it is free.
    public boolean tryLock() {
        steps.at(LockStep.SPIN_TRYLOCK, id);
        // pairs with setRelease in unlock
        boolean taken = STATE.compareAndSet(this, 0, 1);
        assert !taken || HeldLocks.acquired(this, rank);
        if (!taken) {
            boolean _ = reportsDead();
        }
        return taken;
    }

    /// Gives the lock back.
    public void unlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.SPIN_UNLOCK, id);
        // pairs with compareAndSet in acquire and tryLock
        STATE.setRelease(this, 0);
    }

    /// Whether the calling thread holds the lock: for assertions, which alone keep record of it.
    public boolean isHeld() {
        return isLocked() && HeldLocks.holds(this);
    }

    /// Whether anybody holds the lock.
    public boolean isLocked() {
        return (int) STATE.getOpaque(this) != 0;
    }

    private void acquire() {
        steps.at(LockStep.SPIN_LOCK, id);
        boolean reported = false;
        // pairs with setRelease in unlock
        while (!STATE.compareAndSet(this, 0, 1)) {
            do {
                reported = reported || reportsDead();
                steps.schedule().spin();
            } while (isLocked());
        }
    }

    // Checks.

    /// Says that the lock's memory is free from here on: whoever tries to take it is reported to `oracle`.
    /// Called while checks are on, after nobody should be able to find the lock any more.
    public void destroy(Oracle oracle) {
        String by = Thread.currentThread().getName();
        death = new Death(
                oracle,
                by,
                this + ", which " + by + " freed at " + steps.schedule().nanoTime() + " ns");
        if ((int) STATE.getAndSet(this, DEAD) == 1) {
            oracle.report(new Violation(
                    Violation.Rule.DEAD_LOCK, by, "", by, "lock: " + by + " frees " + this + ", which is held"));
        }
    }

    private boolean reportsDead() {
        Death found = death;
        if ((int) STATE.getAcquire(this) != DEAD || found == null) {
            return false;
        }
        String self = Thread.currentThread().getName();
        found.oracle()
                .report(new Violation(
                        Violation.Rule.DEAD_LOCK, self, "", found.by(), "lock: " + self + " takes " + found.text()));
        return true;
    }

    @Override
    public String toString() {
        return rank + " lock 0x" + Long.toHexString(id);
    }
}
