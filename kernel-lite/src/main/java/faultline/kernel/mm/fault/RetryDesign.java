package faultline.kernel.mm.fault;

import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_ALLOW_RETRY;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_KILLABLE;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_TRIED;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/// The classic path that gives `mmap_lock` up while it waits for a page: `VM_FAULT_RETRY`, as Linux has
/// it since 2.6.37 (Michel Lespinasse), in the form it has since 5.7.
///
/// The first attempt may give the lock up, and then starts over from finding the VMA; the second keeps
/// it, so that no fault starts over for ever. Waits for the page end with a fatal signal. After a wait
/// any signal ends the fault of a program, which takes the signal and faults again; the kernel's own
/// access ends only with a fatal one. [PageLockWait] has the table of who unlocks.
///
/// It is also what is behind the designs that first try without `mmap_lock`.
///
/// A fault that was tried twice counts as major, as Linux has it: it has waited for I/O.
final class RetryDesign implements FaultDesign {

    private final FaultHandler handler;
    private final VmaSearch search;

    RetryDesign(FaultHandler handler) {
        this.handler = handler;
        this.search = new VmaSearch(handler.kernel().steps());
    }

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        return handle(mm, fault, 0, null);
    }

    /// The same for a fault that has pinned its VMA before. The first attempt may take it over; whoever
    /// starts over has given `mmap_lock` up, and finds the VMA again (M25).
    FaultOutcome handle(Mm mm, PageFault fault, @Nullable Vma pinned) {
        return handle(mm, fault, 0, pinned);
    }

    /// The same for a fault that has waited before, under another lock.
    FaultOutcome handleAgain(Mm mm, PageFault fault) {
        return handle(mm, fault, FAULT_FLAG_TRIED, null);
    }

    private FaultOutcome handle(Mm mm, PageFault fault, int tried, @Nullable Vma pinned) {
        fault.flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | tried;
        Vma found = pinned;
        while (true) {
            Vma vma = search.lockAndFind(mm, fault, found);
            found = null;
            if (vma == null) {
                return fault.failure;
            }
            FaultOutcome outcome = fault.accessError(vma) ? fault.badAccess(vma) : handler.handleMmFault(vma, fault);
            if (!(outcome instanceof FaultOutcome.Retry)) {
                mm.mmapLock().readUnlock();
                return counted(outcome, fault);
            }
            if (signalPending(fault)) {
                return outcome;
            }
            fault.flags |= FAULT_FLAG_TRIED;
        }
    }

    /// A fault that was tried before has been waited for: it is major.
    static FaultOutcome counted(FaultOutcome outcome, PageFault fault) {
        boolean tried = (fault.flags & FAULT_FLAG_TRIED) != 0;
        return tried && outcome instanceof FaultOutcome.Done ? FaultOutcome.Done.MAJOR : outcome;
    }

    /// `fault_signal_pending`.
    static boolean signalPending(PageFault fault) {
        KernelThread self = KernelThread.current();
        return self.fatalSignalPending() || fault.isUser() && self.signalPending();
    }
}
