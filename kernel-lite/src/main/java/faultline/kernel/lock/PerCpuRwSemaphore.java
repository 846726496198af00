package faultline.kernel.lock;

import faultline.core.step.Steps;
import faultline.kernel.lock.WaitQueue.Sleep;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/// A sleeping lock whose readers write nothing that vCPUs share: `percpu_rw_semaphore`.
///
/// Readers only try, and are counted on the vCPU they run on; a reader may let go on another. A writer
/// says that it is there, and waits until the sum is zero. Between the two a reader has a full fence,
/// as [faultline.kernel.rcu.Rcu]'s readers have; Linux's has none while no writer was there for a grace
/// period.
public final class PerCpuRwSemaphore {

    /// Counters are this many longs apart, so that no two vCPUs write one cache line.
    private static final int STRIDE = 16;

    private final Steps steps;
    private final LockRank rank;
    private final long id;
    private final int cpus;

    /// Readers that came on a vCPU less those that left on it. Written by the vCPU's own thread.
    private final AtomicLongArray readers;

    /// Whether a writer is there, or waits for the readers.
    private final AtomicBoolean writer = new AtomicBoolean();

    private final WaitQueue waiters;

    /// `id` names the lock in steps and repeats from run to run.
    public PerCpuRwSemaphore(Steps steps, LockRank rank, long id, int cpus) {
        this.steps = steps;
        this.rank = rank;
        this.id = id;
        this.cpus = cpus;
        this.readers = new AtomicLongArray(cpus * STRIDE);
        this.waiters = new WaitQueue(steps, id);
    }

    /// Takes the lock for reading unless a writer is there or waits.
    public boolean tryReadLock() {
        steps.at(LockStep.READ_TRYLOCK, id);
        add(1);
        // Either the writer sees this reader, or the reader sees the writer. Pairs with fullFence in writeLock.
        VarHandle.fullFence();
        boolean taken = !writer.get();
        if (!taken) {
            leave();
        }
        assert !taken || HeldLocks.acquired(this, rank);
        return taken;
    }

    /// Gives a read lock back.
    public void readUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.READ_UNLOCK, id);
        leave();
    }

    private void leave() {
        add(-1);
        // Either a writer sees that this reader is gone, or the reader sees that it has to wake. Pairs with fullFence
        // in writeLock.
        VarHandle.fullFence();
        if (writer.get()) {
            waiters.wakeAll();
        }
    }

    private void add(int by) {
        int cell = KernelThread.current().vcpu().id() * STRIDE;
        // pairs with getAcquire in hasNoReaders
        readers.setRelease(cell, readers.getPlain(cell) + by);
    }

    /// Takes the lock for writing: keeps readers out and waits for those that are in.
    public void writeLock() {
        assert HeldLocks.acquiring(this, rank, false);
        steps.at(LockStep.WRITE_LOCK, id);
        // pairs with set in writeUnlock
        await(() -> writer.compareAndSet(false, true));
        VarHandle.fullFence();
        await(this::hasNoReaders);
    }

    /// Gives the write lock back.
    public void writeUnlock() {
        assert HeldLocks.released(this);
        steps.at(LockStep.WRITE_UNLOCK, id);
        // pairs with compareAndSet in writeLock and get in tryReadLock
        writer.set(false);
        waiters.wakeAll();
    }

    private void await(BooleanSupplier condition) {
        WaitQueue.Woken _ = waiters.await(condition, Sleep.UNINTERRUPTIBLE, Long.MAX_VALUE);
    }

    /// A reader that leaves on a vCPU has come before on another, and had been seen by the writer that waits for it;
    /// one that only tried leaves where it came.
    private boolean hasNoReaders() {
        long sum = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            // pairs with setRelease in add
            sum += readers.getAcquire(cpu * STRIDE);
        }
        return sum == 0;
    }

    @Override
    public String toString() {
        return rank + " per-cpu semaphore 0x" + Long.toHexString(id);
    }
}
