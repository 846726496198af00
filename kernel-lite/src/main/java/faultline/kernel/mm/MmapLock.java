package faultline.kernel.mm;

import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.check.Violation;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;
import faultline.kernel.lock.SeqCount;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.trace.TraceBus;
import faultline.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `mmap_lock`, and the counter of those who held it for writing: `mmap_seq` of the speculative page
/// faults of 2021 and 2022, whose only hooks these are (`include/linux/mmap_lock.h` of that series).
///
/// The counter is odd while a writer is inside. It moves when the lock has been got and before it is
/// given back or downgraded, so that whoever saw it even and sees it unchanged knows that nobody has
/// written in between. A wait that a signal ended does not count.
public final class MmapLock {

    private final KernelMemory kernel;
    private final RwSemaphore semaphore;
    private final SeqCount sequence;
    private final TraceBus trace;
    private final long id;

    /// The address space's, null without checks.
    private final @Nullable Life life;

    /// `mm_lock_seq`; written by who gives the lock back.
    private volatile long lockSequence;

    // For checks. Guarded by the lock held for write.
    private long sequenceAtBegin;
    private final List<Vma> begun = new ArrayList<>(0);

    MmapLock(KernelMemory kernel, long id, @Nullable Life life) {
        this.life = life;
        this.kernel = kernel;
        this.semaphore = new RwSemaphore(kernel.steps(), LockRank.MMAP, id, kernel.mmapLockWaits());
        this.sequence = new SeqCount(kernel.steps(), id, kernel.sequenceCheck("mmap_seq of mm ", id));
        this.trace = kernel.trace();
        this.id = id;
    }

    /// `mmap_seq`, for readers.
    public SeqCount sequence() {
        return sequence;
    }

    /// `mm_lock_seq`: a [VmaLock] of the same number is locked for writing. Each write section has its
    /// own number.
    long lockSequence() {
        touch();
        return lockSequence;
    }

    private void beginWrite() {
        sequence.beginWrite();
        sequenceAtBegin = lockSequence;
        kernel.count(VmEvent.MMAP_LOCK_WRITE, 1);
    }

    /// With checks: the running thread, which holds the lock for write, has begun to write a VMA.
    void begun(Vma vma) {
        begun.add(vma);
    }

    /// Whoever has begun to write a VMA in this section has ended it, and nobody has moved `mm_lock_seq`.
    private void checkClosed() {
        for (Vma vma : begun) {
            vma.checkClosed();
        }
        begun.clear();
        if (lockSequence != sequenceAtBegin) {
            String self = Thread.currentThread().getName();
            kernel.oracle()
                    .report(
                            Violation.Rule.SEQUENCE,
                            "sequence: mm_lock_seq of mm " + id + " has moved while " + self + " held mmap_lock");
        }
    }

    /// `vma_end_write_all`. The caller holds the lock for write.
    @SuppressWarnings("NonAtomicVolatileUpdate") // writers are serialised
    private void endWrite() {
        if (life != null) {
            checkClosed();
        }
        lockSequence++;
        sequence.endWrite();
    }

    /// The running thread is about to use the address space.
    void touch() {
        if (life != null) {
            life.touched();
        }
    }

    private void starts(boolean write) {
        touch();
        if (trace.isOn(TraceEvent.MMAP_LOCK_START_LOCKING)) {
            trace.emit(TraceEvent.MMAP_LOCK_START_LOCKING, "mm=" + id + " write=" + write);
        }
    }

    /// Says whether it was got, and gives that back.
    private boolean returns(boolean write, boolean success) {
        if (trace.isOn(TraceEvent.MMAP_LOCK_ACQUIRE_RETURNED)) {
            trace.emit(TraceEvent.MMAP_LOCK_ACQUIRE_RETURNED, "mm=" + id + " write=" + write + " success=" + success);
        }
        return success;
    }

    private void released(boolean write) {
        touch();
        if (trace.isOn(TraceEvent.MMAP_LOCK_RELEASED)) {
            trace.emit(TraceEvent.MMAP_LOCK_RELEASED, "mm=" + id + " write=" + write);
        }
    }

    // Readers: RwSemaphore has the contracts.

    public void readLock() {
        starts(false);
        semaphore.readLock();
        kernel.count(VmEvent.MMAP_LOCK_READ, 1);
        boolean _ = returns(false, true);
    }

    public boolean readLockKillable() {
        starts(false);
        return counted(semaphore.readLockKillable());
    }

    public boolean tryReadLock() {
        starts(false);
        return counted(semaphore.tryReadLock());
    }

    private boolean counted(boolean taken) {
        if (taken) {
            kernel.count(VmEvent.MMAP_LOCK_READ, 1);
        }
        return returns(false, taken);
    }

    public void readUnlock() {
        released(false);
        semaphore.readUnlock();
    }

    // Writers.

    public void writeLock() {
        starts(true);
        semaphore.writeLock();
        beginWrite();
        boolean _ = returns(true, true);
    }

    public void writeLockNested() {
        starts(true);
        semaphore.writeLockNested();
        beginWrite();
        boolean _ = returns(true, true);
    }

    public boolean writeLockKillable() {
        starts(true);
        boolean taken = semaphore.writeLockKillable();
        if (taken) {
            beginWrite();
        }
        return returns(true, taken);
    }

    public void writeUnlock() {
        released(true);
        endWrite();
        semaphore.writeUnlock();
    }

    /// From writing to reading: told as having got it for reading, as Linux does.
    public void downgrade() {
        boolean _ = returns(false, true);
        endWrite();
        semaphore.downgrade();
    }

    public void assertWriteHeld() {
        semaphore.assertWriteHeld();
    }
}
