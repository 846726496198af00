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
/// A store that makes a page of a shared mapping dirty gives the lock up at its end, to wait for the disk if too many
/// are: [DirtyThrottle].
///
/// It is also what is behind the designs that first try without `mmap_lock`.
///
/// A fault that was tried twice counts as major, as Linux has it: it has waited for I/O.
final class RetryDesign implements FaultDesign {

    private final FaultHandler handler;
    private final VmaSearch search;
    private final boolean completes;

    /// With `completes`, a fault that has given its lock up when nothing was left to do is over, as since 6.0;
    /// without, it starts over.
    RetryDesign(FaultHandler handler, boolean completes) {
        this.handler = handler;
        this.completes = completes;
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
            FaultOutcome outcome =
                    fault.accessError(vma) ? fault.badAccess(vma) : handleMmFault(handler, vma, fault, completes);
            if (!(outcome instanceof FaultOutcome.Retry)) {
                if (!isUnlocked(outcome)) {
                    mm.mmapLock().readUnlock();
                }
                return counted(outcome, fault);
            }
            if (signalPending(fault)) {
                return outcome;
            }
            fault.flags |= FAULT_FLAG_TRIED;
        }
    }

    /// `handle_mm_fault` of a kernel with VM_FAULT_COMPLETED or without: before 6.0 it said VM_FAULT_RETRY in its
    /// place, of which only the caller can tell that nothing is left to do.
    static FaultOutcome handleMmFault(FaultHandler handler, Vma vma, PageFault fault, boolean completes) {
        FaultOutcome outcome = handler.handleMmFault(vma, fault);
        return completes || !isUnlocked(outcome) ? outcome : FaultOutcome.Retry.INSTANCE;
    }

    /// Whether the fault is over and its lock was given back.
    static boolean isUnlocked(FaultOutcome outcome) {
        return outcome instanceof FaultOutcome.Done done && done.unlocked();
    }

    /// A fault that was tried before has been waited for: it is major.
    static FaultOutcome counted(FaultOutcome outcome, PageFault fault) {
        if (!(outcome instanceof FaultOutcome.Done done)) {
            return outcome;
        }
        return done.major() || (fault.flags & FAULT_FLAG_TRIED) != 0
                ? FaultOutcome.Done.MAJOR
                : FaultOutcome.Done.MINOR;
    }

    /// `fault_signal_pending`.
    static boolean signalPending(PageFault fault) {
        KernelThread self = KernelThread.current();
        return self.fatalSignalPending() || fault.isUser() && self.signalPending();
    }
}
