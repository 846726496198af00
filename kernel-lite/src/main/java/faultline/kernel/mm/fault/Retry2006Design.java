package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;

/// The classic path that lets `mmap_lock` go while another's read of a page is under way: Mike Waychison's
/// patch "NOPAGE_RETRY" of September 2006, and what Andrew Morton proposed in reply.
///
/// The flag lies in the task. It is looked at only where a cached page is not up to date and its lock is
/// taken; then `mmap_lock` is dropped, the page waited for, signals or not, and the lock **taken again**
/// before NOPAGE_RETRY is returned. The fault starts over from finding the VMA, once: the second pass is
/// the old one.
///
/// With `sequence`, who got the lock back looks at a counter of its writers first, and goes on where it
/// stands if nobody has written: a wait costs no second walk then.
///
/// Accounting is the patch's: once a fault has started over it counts as major.
final class Retry2006Design implements FaultDesign {

    private final FaultHandler handler;
    private final VmaSearch search;
    private final boolean sequence;

    Retry2006Design(FaultHandler handler, boolean sequence) {
        this.handler = handler;
        this.search = new VmaSearch(handler.kernel().steps());
        this.sequence = sequence;
    }

    @Override
    public String name() {
        return sequence ? "retry-2006-seq" : "retry-2006";
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!VmaSearch.lock(mm)) {
            return FaultOutcome.Retry.INSTANCE;
        }
        fault.mayRetry = true;
        fault.comparesSequence = sequence;
        FaultOutcome outcome = handleLocked(mm, fault);
        fault.mayRetry = false;
        return outcome;
    }

    /// Gives `mmap_lock` back.
    private FaultOutcome handleLocked(Mm mm, PageFault fault) {
        while (true) {
            Vma vma = search.find(mm, fault);
            if (vma == null) {
                return fault.failure;
            }
            FaultOutcome outcome = fault.accessError(vma) ? fault.badAccess(vma) : handler.handleMmFault(vma, fault);
            if (!(outcome instanceof FaultOutcome.Retry)) {
                mm.mmapLock().readUnlock();
                return outcome == FaultOutcome.Done.MINOR && !fault.mayRetry ? FaultOutcome.Done.MAJOR : outcome;
            }
            if (!fault.mayRetry) {
                throw new IllegalStateException("mm: the second pass of a fault at 0x"
                        + Long.toHexString(fault.address()) + " asks for a third");
            }
            fault.mayRetry = false;
        }
    }
}
