package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;
import faultline.kernel.lock.SeqCount;

/// `mmap_lock`, and the counter of those who held it for writing: `mmap_seq` of the speculative page
/// faults of 2021 and 2022, whose only hooks these are (`include/linux/mmap_lock.h` of that series).
///
/// The counter is odd while a writer is inside. It moves when the lock has been got and before it is
/// given back or downgraded, so that whoever saw it even and sees it unchanged knows that nobody has
/// written in between. A wait that a signal ended does not count.
public final class MmapLock {

    private final RwSemaphore semaphore;
    private final SeqCount sequence;

    /// `mm_lock_seq`; written by who gives the lock back.
    private volatile long lockSequence;

    MmapLock(Steps steps, long id) {
        this.semaphore = new RwSemaphore(steps, LockRank.MMAP, id);
        this.sequence = new SeqCount(steps, id);
    }

    /// `mmap_seq`, for readers.
    public SeqCount sequence() {
        return sequence;
    }

    /// `mm_lock_seq`: a [VmaLock] of the same number is locked for writing. Each write section has its
    /// own number.
    long lockSequence() {
        return lockSequence;
    }

    /// `vma_end_write_all`. The caller holds the lock for write.
    @SuppressWarnings("NonAtomicVolatileUpdate") // writers are serialised
    private void endWrite() {
        lockSequence++;
        sequence.endWrite();
    }

    // Readers: RwSemaphore has the contracts.

    public void readLock() {
        semaphore.readLock();
    }

    public boolean readLockKillable() {
        return semaphore.readLockKillable();
    }

    public boolean tryReadLock() {
        return semaphore.tryReadLock();
    }

    public void readUnlock() {
        semaphore.readUnlock();
    }

    // Writers.

    public void writeLock() {
        semaphore.writeLock();
        sequence.beginWrite();
    }

    public void writeLockNested() {
        semaphore.writeLockNested();
        sequence.beginWrite();
    }

    public boolean writeLockKillable() {
        boolean taken = semaphore.writeLockKillable();
        if (taken) {
            sequence.beginWrite();
        }
        return taken;
    }

    public void writeUnlock() {
        endWrite();
        semaphore.writeUnlock();
    }

    public void downgrade() {
        endWrite();
        semaphore.downgrade();
    }

    public void assertWriteHeld() {
        semaphore.assertWriteHeld();
    }
}
