package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// Gives PTEs that map a shared page one of their own again: `break_ksm`, `unmerge_ksm_pages`.
///
/// A copy as a fault with FAULT_FLAG_UNSHARE makes it, in a VMA that may forbid stores. The PTE stays
/// read-only: the next store finds that nobody else has the page. What is swapped out is passed by, and may
/// come back shared.
final class KsmBreak {

    private KsmBreak() {}

    /// The pages of a part of a VMA; false without a frame for one. The caller holds `mmap_lock`, either way.
    static boolean range(Vma vma, long start, long end) {
        PageTable table = vma.mm().pageTable();
        int bytes = vma.mm().geometry().bytes();
        for (long va = start; va < end; va += bytes) {
            if (table.findInTable(va) == 0) {
                // Nothing there is shared: no table, or a huge page.
                va = Math.min(end, table.endOfTable(va)) - bytes;
            } else if (!page(vma, va)) {
                return false;
            }
        }
        return true;
    }

    /// Whether nothing is mapped from `va` to the end of what a PTE table maps.
    static boolean isEmpty(PageTable table, long va) {
        long pmdPa = table.findPmd(va);
        long pmd = pmdPa == 0 ? 0 : table.loadPmd(pmdPa);
        return !table.format().isHuge(pmd) && !table.format().isPresent(pmd);
    }

    /// The page at `va`; false without a frame.
    static boolean page(Vma vma, long va) {
        Mm mm = vma.mm();
        PageAllocator allocator = mm.kernel().allocator();
        PageTable table = mm.pageTable();
        while (true) {
            long ptePa = table.lockInTable(va);
            if (ptePa == 0) {
                return true;
            }
            long pte = table.load(ptePa);
            Page moving = moving(mm, pte);
            Page old = sharedPage(mm, pte);
            if (old != null) {
                old.get();
            }
            table.lockOf(ptePa).unlock();
            if (moving != null) {
                // It comes back as a shared one.
                mm.kernel().swap().locks().awaitMoved(moving);
                continue;
            }
            if (old == null && !mm.kernel().ksm().hasZero(mm, pte)) {
                return true;
            }
            boolean done = copy(vma, va, pte, old);
            if (old != null) {
                allocator.put(old);
            }
            return done;
        }
    }

    /// The shared page that is being moved to another frame, or null.
    private static @Nullable Page moving(Mm mm, long pte) {
        PageTableFormat format = mm.kernel().format();
        if (!format.isMigration(pte)) {
            return null;
        }
        Page page = mm.kernel().allocator().page(format.migrationPfn(pte));
        return page.isKsm() ? page : null;
    }

    /// The shared page that a PTE maps, or null. The caller has the PTE's lock.
    private static @Nullable Page sharedPage(Mm mm, long pte) {
        PageTableFormat format = mm.kernel().format();
        if (!format.hasPage(pte)) {
            return null;
        }
        Page page = mm.kernel().allocator().page(format.pfn(pte));
        return page.isKsm() ? page : null;
    }

    /// `old` is null for the zero page. Where somebody was faster nothing is left to be done.
    private static boolean copy(Vma vma, long va, long seen, @Nullable Page old) {
        Mm mm = vma.mm();
        KernelMemory kernel = mm.kernel();
        PageAllocator allocator = kernel.allocator();
        Page fresh = old == null ? allocator.allocZeroed() : allocator.alloc();
        if (fresh == null) {
            return false;
        }
        long end = va + mm.geometry().bytes();
        if (old != null) {
            kernel.memory().copy(old.pa(), fresh.pa(), mm.geometry().bytes());
        }
        kernel.steps().at(KsmStep.KSM_BREAK, va);
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        PageTable table = mm.pageTable();
        long ptePa = table.lockInTable(va);
        boolean same = false;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            same = table.format().isSame(table.load(ptePa), seen);
            if (same) {
                replace(vma, va, ptePa, old, fresh);
            }
            lock.unlock();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (!same) {
            allocator.put(fresh);
        } else if (old != null) {
            kernel.swap().freeUnused(old);
            // The reference of the PTE that is gone.
            allocator.put(old);
        }
        return true;
    }

    private static void replace(Vma vma, long va, long ptePa, @Nullable Page old, Page fresh) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long pte = table.getAndClear(va, ptePa);
        mm.flushTlb(va, va + mm.geometry().bytes());
        fresh.addNewAnonMapping(vma.anonId(), vma.indexOf(va));
        mm.kernel().checkAnon(vma, fresh, va);
        long now = format.leaf(fresh.pfn(), vma.pageProt());
        now = format.isSoftDirty(pte) ? format.mkSoftDirty(now) : now;
        now = format.isUffdWp(pte) ? format.mkUffdWp(now) : now;
        table.store(ptePa, now);
        if (old == null) {
            mm.kernel().ksm().unmapZero(mm, pte);
            mm.addRss(RssKind.MM_ANONPAGES, 1);
        } else {
            old.removeMapping();
        }
    }
}
