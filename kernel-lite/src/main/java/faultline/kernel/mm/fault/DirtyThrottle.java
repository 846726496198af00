package faultline.kernel.mm.fault;

import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import java.util.Objects;

/// Ends a fault that has made a page of a shared mapping dirty: its task makes pages dirty no faster than the disk
/// writes them, and holds its lock meanwhile only if its flags say so (`fault_dirty_shared_page`).
///
/// The PTE is stored by then, so nothing is left to do: who gives the lock up ends the fault as VM_FAULT_COMPLETED,
/// `Done` and unlocked. As in Linux the lock is given up whether somebody then waits or not, on pages of shared
/// memory too. [PageLockWait] has the table of who unlocks.
final class DirtyThrottle {

    private DirtyThrottle() {}

    /// Called with the fault's lock and no other, after a fault that came to `outcome`; `dirtied` says that `page`,
    /// which the caller need not have a reference to, was clean before.
    static FaultOutcome end(
            Vma vma, PageFault fault, PageCache cache, Page page, boolean dirtied, FaultOutcome outcome) {
        // Where the first store to a clean page is noticed, it counts whether the page was clean or not.
        if (!(outcome instanceof FaultOutcome.Done done) || !dirtied && !cache.accountsDirty()) {
            return outcome;
        }
        if (!fault.mayGiveLockUp()) {
            balance(fault, cache, page);
            return outcome;
        }
        // The VMA may be gone once its lock is, and with it the last reference to the file.
        MappedFile file = Objects.requireNonNull(vma.file(), "a file's VMA has a file");
        file.get();
        fault.releaseFaultLock(vma);
        balance(fault, cache, page);
        file.put();
        return done.andUnlocked();
    }

    /// A page that was written by another's doing while its fault waited faults again: that one does not wait, so
    /// that the store comes to be made. Linux asks each task only after so many pages.
    private static void balance(PageFault fault, PageCache cache, Page page) {
        if (!fault.storesAgain()) {
            cache.balanceDirtyPages(page);
        }
    }
}
