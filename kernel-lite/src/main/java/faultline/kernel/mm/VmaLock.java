package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;

/// The lock of one VMA, as Linux had it from 6.4 to 6.14: a semaphore and a sequence number.
///
/// A VMA is locked for writing when its number is that of [MmapLock#lockSequence]: so the end of the
/// `mmap_lock` write section unlocks all VMAs at once. The semaphore is held for reading over a fault,
/// and for writing just long enough to have waited for the faults that are under way.
final class VmaLock {

    private final MmapLock mmapLock;

    /// `vm_lock`.
    private final RwSemaphore semaphore;

    /// `vm_lock_seq`: written with both locks held for write. Readers look at it without the semaphore
    /// to spare themselves the attempt, and with it to be sure.
    private volatile long sequence = -1;

    VmaLock(MmapLock mmapLock, Steps steps, long id) {
        this.mmapLock = mmapLock;
        this.semaphore = new RwSemaphore(steps, LockRank.VMA, id);
    }

    /// `vma_start_write`: waits for the faults in the VMA and keeps new ones out until `mmap_lock`,
    /// which the caller holds for write, is given back or downgraded.
    void startWrite() {
        mmapLock.assertWriteHeld();
        long now = mmapLock.lockSequence();
        if (sequence != now) {
            semaphore.writeLock();
            sequence = now;
            semaphore.writeUnlock();
        }
    }

    /// `vma_start_read`: false when a writer has the VMA, has had it or wants it. It may be wrong in
    /// saying no, never in saying yes.
    boolean tryStartRead() {
        if (sequence == mmapLock.lockSequence() || !semaphore.tryReadLock()) {
            return false;
        }
        // A writer that came before the semaphore was taken; one that comes later waits for it.
        if (sequence == mmapLock.lockSequence()) {
            semaphore.readUnlock();
            return false;
        }
        return true;
    }

    /// `vma_end_read`.
    void endRead() {
        semaphore.readUnlock();
    }
}
