package faultline.kernel.mm.fault;

import faultline.core.step.Steps;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.SwapIn;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

/// Faults on pages that are swapped out: `do_swap_page`.
///
/// The slot is what the fault saw in the PTE; the page is the slot's copy in the swap cache, read if need be. With that
/// locked, and the PTE's lock, it is looked at again whether both still belong together. What a design that holds no
/// lock may do of it says [Speculation#swap].
final class SwapFaults {

    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final SwapSpace swap;
    private final SwapReadahead readahead;
    private final SwapIn swapIn;
    private final Steps steps;

    /// `sizeof(pte_t) > sizeof(unsigned long)`: the snapshot may be half of one PTE and half of another, and must be
    /// compared with the lock before anything is made of it. Set before the first fault.
    private boolean wide;

    /// Whether a PTE that is another one by then is reported to callers who take that for COMPLETED (M17). Set before
    /// the first fault.
    private boolean escapes;

    SwapFaults(FaultHandler handler) {
        this.handler = handler;
        this.kernel = handler.kernel();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.swap = kernel.swap();
        this.swapIn = new SwapIn(kernel);
        this.readahead = new SwapReadahead(kernel);
        this.steps = kernel.steps();
    }

    void widePtes() {
        wide = true;
    }

    void lettingEscape() {
        escapes = true;
    }

    FaultOutcome doSwapPage(Vma vma, PageFault fault) {
        steps.at(FaultStep.SWAP_PAGE, fault.address());
        Speculation speculation = fault.speculation;
        if (speculation != null) {
            if (speculation.swap() == Speculation.Swap.NONE) {
                speculation.refused(Speculation.Refusal.SWAPPED);
                return FaultOutcome.Retry.INSTANCE;
            }
            speculation.attempted(Speculation.Kind.SWAP, vma.mm().pageTable());
        }
        FaultOutcome unmapped = wide ? unmapSame(vma, fault) : null;
        if (unmapped != null) {
            return unmapped;
        }
        if ((fault.flags & PageFault.FAULT_NO_SWAP) != 0) {
            fault.refused = true;
            fault.releaseFaultLock(vma);
            return FaultOutcome.Retry.INSTANCE;
        }
        if (format.isMigration(fault.snapshot)) {
            return awaitMigration(vma, fault);
        }
        fault.major = false;
        long entry = vma.mm().swapEntry(fault.snapshot);
        Page page = swap.find(entry);
        if (page == null) {
            if (speculation != null && !mayRead(speculation)) {
                speculation.refused(Speculation.Refusal.NOT_IN_SWAP_CACHE);
                return FaultOutcome.Retry.INSTANCE;
            }
            page = readahead.read(speculation == null ? vma : speculation.liveVma(), fault, entry);
            if (page == null) {
                return withoutPage(vma, fault);
            }
            fault.major = true;
            kernel.count(VmEvent.PGMAJFAULT, 1);
        }
        return withPage(vma, fault, entry, page);
    }

    /// The page is being moved to another frame: waits until it has, and the access is made again. The fault
    /// keeps its locks meanwhile. `migration_entry_wait`.
    private FaultOutcome awaitMigration(Vma vma, PageFault fault) {
        Speculation speculation = fault.speculation;
        if (speculation != null && !speculation.awaitsMigration()) {
            speculation.refused(Speculation.Refusal.NON_SWAP_ENTRY);
            return FaultOutcome.Retry.INSTANCE;
        }
        steps.at(FaultStep.MIGRATION_WAIT, fault.address());
        PageTable table = vma.mm().pageTable();
        // Of a table that nothing keeps for a fault without locks (M4).
        long ptePa = table.lock(fault.address(), fault.ptePa);
        if (ptePa == 0) {
            return FaultOutcome.Done.MINOR;
        }
        SpinLock lock = table.lockOf(ptePa);
        long pte = table.load(ptePa);
        Page page = format.isMigration(pte) ? allocator.page(format.migrationPfn(pte)) : null;
        lock.unlock();
        if (page != null) {
            // Without a reference, or who moves it would take that for somebody who looks at the page.
            swap.locks().awaitMoved(page);
        }
        return FaultOutcome.Done.MINOR;
    }

    /// `pte_unmap_same`: null when the PTE is still the one that was seen. The other two of its three outcomes: another
    /// thread was faster, or the fault is given up.
    private @Nullable FaultOutcome unmapSame(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        SpinLock lock = FaultHandler.lockPte(table, fault);
        if (lock == null) {
            return FaultHandler.withoutLock(fault);
        }
        boolean same = FaultHandler.isUnchanged(table, fault);
        lock.unlock();
        if (same) {
            return null;
        }
        steps.at(FaultStep.PTE_CHANGED, fault.address());
        // VM_FAULT_PTNOTSAME was 0x4000, which is VM_FAULT_COMPLETED today.
        return escapes ? FaultOutcome.Done.MINOR.andUnlocked() : FaultOutcome.Done.MINOR;
    }

    private boolean mayRead(Speculation speculation) {
        return switch (speculation.swap()) {
            case NONE, CACHED -> false;
            case READ_ALONE -> swap.isSynchronous();
            case READ_AHEAD -> true;
        };
    }

    /// No frame, or the slot is free by now and the PTE another.
    private FaultOutcome withoutPage(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        SpinLock lock = FaultHandler.lockPte(table, fault);
        if (lock == null) {
            return FaultHandler.withoutLock(fault);
        }
        boolean same = FaultHandler.isUnchanged(table, fault);
        lock.unlock();
        return same ? FaultOutcome.OutOfMemory.INSTANCE : FaultOutcome.Done.MINOR;
    }

    /// Takes over the reference to the page.
    private FaultOutcome withPage(Vma vma, PageFault fault, long entry, Page page) {
        if (!lockPage(vma, fault, page)) {
            allocator.put(page);
            return FaultOutcome.Retry.INSTANCE;
        }
        // Without the lock it may have left the cache, and be another slot's copy by now.
        if (!swap.isCopyOf(page, entry)) {
            return giveUp(page, null, FaultOutcome.Done.MINOR);
        }
        Page copy = null;
        if (kernel.ksm().isAnothers(vma, fault.address(), page)) {
            copy = swapIn.copyFor(page);
            if (copy == null) {
                return giveUp(page, null, FaultOutcome.OutOfMemory.INSTANCE);
            }
        }
        PageTable table = vma.mm().pageTable();
        SpinLock lock = FaultHandler.lockPte(table, fault);
        if (lock == null) {
            return giveUp(page, copy, FaultHandler.withoutLock(fault));
        }
        if (!handler.isUnchangedElseUnlock(table, fault, lock)) {
            return giveUp(page, copy, FaultOutcome.Done.MINOR);
        }
        // Takes over the reference.
        fault.snapshot = swapIn.map(vma, fault.address(), fault.ptePa, fault.snapshot, page, copy, fault.isWrite());
        swap.locks().unlock(page);
        FaultOutcome outcome = FaultOutcome.Done.MINOR;
        if (fault.isWrite() && !format.isWritable(fault.snapshot)) {
            // Gives the lock back.
            outcome = handler.doWpPage(vma, fault, lock);
        } else {
            FaultHandler.updateCache(table, fault.ptePa, fault);
            lock.unlock();
        }
        if (copy != null) {
            allocator.put(page);
        }
        return fault.major && outcome == FaultOutcome.Done.MINOR ? FaultOutcome.Done.MAJOR : outcome;
    }

    /// False when the fault starts over.
    private boolean lockPage(Vma vma, PageFault fault, Page page) {
        Speculation speculation = fault.speculation;
        if (speculation == null) {
            return PageLockWait.lockOrRetry(vma, fault, swap.locks(), page);
        }
        if (speculation.swap() != Speculation.Swap.CACHED) {
            // lock_page_or_retry without ALLOW_RETRY: it waits.
            swap.locks().lock(page);
            return true;
        }
        if (swap.locks().tryLock(page)) {
            return true;
        }
        speculation.refused(Speculation.Refusal.SWAP_PAGE_LOCKED);
        return false;
    }

    private FaultOutcome giveUp(Page page, @Nullable Page copy, FaultOutcome outcome) {
        swap.locks().unlock(page);
        allocator.put(page);
        if (copy != null) {
            allocator.put(copy);
        }
        return outcome;
    }
}
