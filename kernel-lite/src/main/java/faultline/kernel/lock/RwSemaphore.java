package faultline.kernel.lock;

import faultline.core.step.Steps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A sleeping lock for many readers or one writer: `mmap_lock`.
///
/// Fair: who comes while somebody waits queues up behind, so that writers are not starved by
/// faults. A lock given back with waiters is handed to the first of them (or to all readers in
/// front). Uncontended, reading costs one compare-and-set and one atomic addition. Waiters give
/// their vCPU up ([KernelThread#block]); who comes to write stays on it for a while first, since most
/// owners are done sooner than a sleep and a wake take. Readers sleep at once, as in Linux since 5.11.
public final class RwSemaphore {

    private static final int WRITER = 1;
    private static final int WAITERS = 2;
    private static final int READER = 4;

    /// How long a writer stays on its vCPU: what Linux allows while readers have the lock
    /// (`rwsem_rspin_threshold`). It does without the question whether the owner runs, for which Linux spins
    /// longer while a writer has it.
    private static final long SPIN_NANOS = 10_000;

    private static final VarHandle STATE;
    private static final VarHandle SPINNER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(RwSemaphore.class, "state", int.class);
            SPINNER = lookup.findVarHandle(RwSemaphore.class, "spinner", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Waiter {
        final KernelThread thread;
        final boolean writes;
        volatile boolean granted;

        Waiter(KernelThread thread, boolean writes) {
            this.thread = thread;
            this.writes = writes;
        }
    }

    private final Steps steps;
    private final LockRank rank;
    private final long id;
    private final @Nullable LockWaits waits;

    /// WRITER, WAITERS and a multiple of READER. WAITERS is set while the queue is not empty; then
    /// only a grant changes the state upwards.
    private volatile int state;

    /// Where one thread runs at a time nobody is done sooner because another stays on its vCPU.
    private final boolean spins;

    /// Whether somebody spins: the others queue up.
    @SuppressWarnings("unused") // through SPINNER
    private boolean spinner;

    private final SpinLock queueLock;
    // Guarded by queueLock.
    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();

    /// `id` names the lock in steps and repeats from run to run.
    public RwSemaphore(Steps steps, LockRank rank, long id) {
        this(steps, rank, id, null);
    }

    /// As above; `waits` is told of every wait.
    public RwSemaphore(Steps steps, LockRank rank, long id, @Nullable LockWaits waits) {
        this.steps = steps;
        this.rank = rank;
        this.id = id;
        this.waits = waits;
        this.spins = !steps.schedule().listens();
        this.queueLock = new SpinLock(steps, LockRank.WAIT_QUEUE, id);
    }

    /// Takes the lock for reading.
    public void readLock() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.READ_LOCK, id);
        if (!grabRead()) {
            await(false, false);
        }
    }

    /// Takes the lock for reading; false, without it, when a fatal signal came first.
    public boolean readLockKillable() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.READ_LOCK, id);
        return grabRead() || await(false, true);
    }

    /// Takes the lock for reading if that needs no waiting.
    public boolean tryReadLock() {
        steps.at(LockStep.READ_TRYLOCK, id);
        boolean taken = grabRead();
        assert !taken || HeldLocks.acquired(this, rank);
        return taken;
    }

    /// Gives a read lock back.
    public void readUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.READ_UNLOCK, id);
        // pairs with compareAndSet in grabWrite and grantLocked
        int left = (int) STATE.getAndAdd(this, -READER) - READER;
        if (left == WAITERS) {
            grant();
        }
    }

    /// Takes the lock for writing.
    public void writeLock() {
        assert HeldLocks.acquiring(this, rank, false);
        acquireWrite();
    }

    /// Takes the lock for writing while another of the same rank is held; the caller orders the
    /// two.
    public void writeLockNested() {
        assert HeldLocks.acquiring(this, rank, true);
        acquireWrite();
    }

    /// Takes the lock for writing; false, without it, when a fatal signal came first.
    public boolean writeLockKillable() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.WRITE_LOCK, id);
        return grabWrite() || await(true, true);
    }

    /// Takes the lock for writing if nobody holds it.
    public boolean tryWriteLock() {
        steps.at(LockStep.WRITE_TRYLOCK, id);
        boolean taken = grabWrite();
        assert !taken || HeldLocks.acquired(this, rank);
        return taken;
    }

    /// Gives the write lock back.
    public void writeUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.WRITE_UNLOCK, id);
        // pairs with compareAndSet in grabRead, grabWrite and grantLocked
        if (((int) STATE.getAndAdd(this, -WRITER) & WAITERS) != 0) {
            grant();
        }
    }

    /// Turns the write lock into a read lock; readers that wait in front may follow.
    public void downgrade() {
        assertWriteHeld();
        steps.at(LockStep.DOWNGRADE, id);
        if (((int) STATE.getAndAdd(this, READER - WRITER) & WAITERS) != 0) {
            grant();
        }
    }

    /// Checks that the calling thread holds the lock for writing.
    public void assertWriteHeld() {
        assert (state & WRITER) != 0 && HeldLocks.holds(this) : this + " is not held for writing";
    }

    /// Checks that the calling thread holds the lock in one way or the other.
    public void assertHeld() {
        assert (state & ~WAITERS) != 0 && HeldLocks.holds(this) : this + " is not held";
    }

    /// Whether a writer or another waiter stands behind the lock: a long reader may want to let go.
    public boolean isContended() {
        return (state & WAITERS) != 0;
    }

    private void acquireWrite() {
        steps.at(LockStep.WRITE_LOCK, id);
        if (!grabWrite()) {
            await(true, false);
        }
    }

    private boolean grabRead() {
        int seen;
        do {
            seen = state;
            if ((seen & (WRITER | WAITERS)) != 0) {
                return false;
            }
            // pairs with getAndAdd in writeUnlock
        } while (!STATE.compareAndSet(this, seen, seen + READER));
        return true;
    }

    private boolean grabWrite() {
        // pairs with getAndAdd in readUnlock and writeUnlock
        return STATE.compareAndSet(this, 0, WRITER);
    }

    /// Waits for the lock; false when a fatal signal ended a killable wait.
    private boolean await(boolean writes, boolean killable) {
        steps.at(LockStep.LOCK_WAIT, id);
        LockWaits told = waits;
        if (told == null) {
            return spinOrSleep(writes, killable);
        }
        long began = System.nanoTime();
        boolean granted = spinOrSleep(writes, killable);
        told.add(System.nanoTime() - began);
        return granted;
    }

    private boolean spinOrSleep(boolean writes, boolean killable) {
        return writes && spins && spinToWrite() || awaitGrant(writes, killable);
    }

    /// `rwsem_optimistic_spin`: one at a time, and nobody while others sleep, who came first. True with the lock.
    private boolean spinToWrite() {
        // pairs with setRelease below
        if (!SPINNER.compareAndSet(this, false, true)) {
            return false;
        }
        long end = System.nanoTime() + SPIN_NANOS;
        boolean taken;
        int seen;
        do {
            steps.schedule().spin();
            seen = state;
            taken = seen == 0 && grabWrite();
        } while (!taken && (seen & WAITERS) == 0 && System.nanoTime() < end);
        SPINNER.setRelease(this, false);
        return taken;
    }

    /// Queues up and sleeps until granted the lock; false when a fatal signal ended a killable wait.
    private boolean awaitGrant(boolean writes, boolean killable) {
        Waiter self = new Waiter(KernelThread.current(), writes);
        queueLock.lock();
        queue.add(self);
        STATE.getAndBitwiseOr(this, WAITERS);
        // The lock may have become free before WAITERS was seen: then nobody else will grant it.
        @Nullable Waiter woken = grantLocked();
        queueLock.unlock();
        wakeGranted(woken);
        while (!self.granted) {
            if (killable && self.thread.fatalSignalPending() && withdraw(self)) {
                assert HeldLocks.released(this);
                return false;
            }
            self.thread.block(Long.MAX_VALUE);
        }
        return true;
    }

    /// Takes a waiter out of the queue; false when it was granted the lock meanwhile.
    private boolean withdraw(Waiter waiter) {
        queueLock.lock();
        boolean withdrawn = !waiter.granted;
        @Nullable Waiter woken = null;
        if (withdrawn) {
            queue.remove(waiter);
            woken = grantLocked();
        }
        queueLock.unlock();
        wakeGranted(woken);
        return withdrawn;
    }

    private void grant() {
        queueLock.lock();
        @Nullable Waiter woken = grantLocked();
        queueLock.unlock();
        wakeGranted(woken);
    }

    /// Hands the lock to whoever is first, as far as its state permits. Returns a writer to wake;
    /// readers are woken here.
    private @Nullable Waiter grantLocked() {
        @Nullable Waiter writer = null;
        while (writer == null && !queue.isEmpty()) {
            Waiter first = queue.getFirst();
            if (first.writes) {
                // pairs with getAndAdd in readUnlock and writeUnlock
                if (!STATE.compareAndSet(this, WAITERS, WAITERS | WRITER)) {
                    return null;
                }
                writer = first;
            } else {
                if ((state & WRITER) != 0) {
                    return null;
                }
                STATE.getAndAdd(this, READER);
            }
            queue.removeFirst();
            first.granted = true;
            if (!first.writes) {
                first.thread.wake();
            }
        }
        if (queue.isEmpty()) {
            STATE.getAndBitwiseAnd(this, ~WAITERS);
        }
        return writer;
    }

    private static void wakeGranted(@Nullable Waiter writer) {
        if (writer != null) {
            writer.thread.wake();
        }
    }

    @Override
    public String toString() {
        return rank + " semaphore 0x" + Long.toHexString(id);
    }
}
