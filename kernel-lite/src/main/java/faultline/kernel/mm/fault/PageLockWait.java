package faultline.kernel.mm.fault;

import faultline.kernel.mm.MmapLock;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageLocks;

/// Locks a page of a file, or of the swap cache, for a fault and decides, if somebody else has the lock, who keeps
/// the fault's own meanwhile: `lock_folio_maybe_drop_mmap`. The device has it until it has read the page.
///
/// What a design that sets flags gets back from `handle_mm_fault`:
///
/// | result | who unlocks | retried |
/// | --- | --- | --- |
/// | `Done`, `Signal`, `OutOfMemory` | the design | no |
/// | `Done`, unlocked: COMPLETED, see [DirtyThrottle] | unlocked already | no |
/// | `Retry`, with RETRY_NOWAIT | the design | as it likes |
/// | `Retry`, a signal is pending: a fatal one, or any in user mode | unlocked already | no: user mode takes the
/// signal, kernel mode gives its access up |
/// | `Retry` else | unlocked already | yes: lock, **find the VMA again** |
/// | `Retry`, of a fault with PF_FAULT_MAYRETRY | the design: the lock was taken again | once, from finding
/// the VMA on
/// |
final class PageLockWait {

    private PageLockWait() {}

    /// Locks the page, to which the caller has a reference, and returns true with the fault's lock held as before; or
    /// waits as long as it is locked and returns false: `Retry`, in the table above.
    static boolean lockOrRetry(Vma vma, PageFault fault, PageLocks locks, Page page) {
        if (locks.tryLock(page)) {
            return true;
        }
        if (fault.mayRetry && page.mapping() != null && !locks.isUptodate(page)) {
            return waitAndLockAgain(vma, fault, locks, page);
        }
        int flags = fault.flags;
        boolean killable = (flags & PageFault.FAULT_FLAG_KILLABLE) != 0;
        if ((flags & (PageFault.FAULT_FLAG_ALLOW_RETRY | PageFault.FAULT_FLAG_TRIED))
                != PageFault.FAULT_FLAG_ALLOW_RETRY) {
            return lock(vma, fault, locks, page, killable);
        }
        if ((flags & PageFault.FAULT_FLAG_RETRY_NOWAIT) == 0) {
            // From here on the VMA may be gone and the file with it; the page stays, by the caller's reference.
            fault.releaseFaultLock(vma);
            boolean _ = locks.awaitUnlocked(page, killable);
        }
        return false;
    }

    /// With the fault's lock held throughout; if a fatal signal ends the wait it is given back, for only who sees
    /// `Retry` looks for signals.
    private static boolean lock(Vma vma, PageFault fault, PageLocks locks, Page page, boolean killable) {
        if (!killable) {
            locks.lock(page);
            return true;
        }
        boolean taken = locks.lockKillable(page);
        if (!taken) {
            fault.releaseFaultLock(vma);
        }
        return taken;
    }

    /// As in 2006: signals are not looked at, and the lock is taken again.
    private static boolean waitAndLockAgain(Vma vma, PageFault fault, PageLocks locks, Page page) {
        MmapLock lock = vma.mm().mmapLock();
        long seen = lock.sequence().beginRead();
        lock.readUnlock();
        boolean _ = locks.awaitUnlocked(page, false);
        lock.readLock();
        if (!fault.comparesSequence || lock.sequence().retry(seen)) {
            return false;
        }
        // Nobody has written meanwhile: the VMA is the one it was.
        locks.lock(page);
        return true;
    }
}
