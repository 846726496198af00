package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;

/// The lock of a VMA from Linux 6.4 to 6.14: `vm_lock`, a semaphore.
final class VmaSemaphore extends VmaLock {

    private final RwSemaphore semaphore;

    VmaSemaphore(MmapLock mmapLock, Steps steps, long id) {
        super(mmapLock);
        this.semaphore = new RwSemaphore(steps, LockRank.VMA, id);
    }

    @Override
    boolean tryEnter() {
        return semaphore.tryReadLock();
    }

    @Override
    void endRead() {
        semaphore.readUnlock();
    }

    @Override
    void excludeReaders() {
        semaphore.writeLock();
    }

    @Override
    void admitReaders() {
        semaphore.writeUnlock();
    }
}
