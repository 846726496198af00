package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageLocks;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapEntry;
import faultline.kernel.mm.swap.SwapSpace;

/// Takes anonymous pages out of memory: what `shrink_folio_list` does to one, `try_to_unmap` and `pageout`.
///
/// A slot first, then every PTE becomes the slot's name, then the page is written, then it is free; and at each step
/// another may be faster and keep it. Page locks and rmap locks are only tried, for who is short of memory may hold
/// some already.
public final class PageOut {

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final SwapSpace swap;

    PageOut(KernelMemory kernel) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.swap = kernel.swap();
    }

    /// Writes an anonymous page, to which the caller has a reference, to swap. True when that reference is the last, so
    /// that dropping it frees the page; false when it stays, or stays until the device has written it.
    public boolean writeOut(Page page) {
        PageLocks locks = swap.locks();
        if (!page.isAnon() || !locks.tryLock(page)) {
            return false;
        }
        boolean last = writeOutLocked(page);
        locks.unlock(page);
        return last;
    }

    /// Whether an anonymous page was used since the last call: `folio_referenced`. False where that cannot be said
    /// without waiting.
    public boolean wasUsed(Page page) {
        AnonVma anon = page.isAnon() && page.mapcount() != 0 ? kernel.anonVmas().find(page.anonVma()) : null;
        boolean[] used = new boolean[1];
        if (anon != null) {
            boolean _ = anon.tryForEach(vma -> {
                long va = Rmap.addressIn(vma, page);
                used[0] |= va >= 0 && Rmap.takeUse(vma, va, page.pfn());
                return true;
            });
        }
        return used[0];
    }

    private boolean writeOutLocked(Page page) {
        if (swap.isUnderWriteback(page)) {
            return false;
        }
        // A page that is not mapped yet is somebody's who has made it.
        if (!page.isSwapCache() && (page.mapcount() == 0 || !swap.add(page))) {
            return false;
        }
        unmap(page);
        if (page.mapcount() != 0) {
            // The slot is of no use as long as no PTE names it.
            boolean _ = swap.free(page);
            return false;
        }
        if (page.isDirty()) {
            swap.write(page);
        }
        return !swap.isUnderWriteback(page) && swap.removeUnused(page);
    }

    /// `try_to_unmap`: has every PTE that maps the page name its slot, as far as nobody keeps it.
    private void unmap(Page page) {
        AnonVma anon = kernel.anonVmas().find(page.anonVma());
        if (anon != null && page.mapcount() != 0) {
            anon.tryForEach(vma -> {
                unmapIn(vma, page);
                return page.mapcount() != 0;
            });
        }
    }

    private void unmapIn(Vma vma, Page page) {
        long va = Rmap.addressIn(vma, page);
        if (va < 0 || vma.has(Vma.VM_LOCKED)) {
            return;
        }
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long end = va + mm.geometry().bytes();
        if (table.huge().find(va) != 0) {
            // Its pages go one by one: split_folio.
            kernel.count(VmEvent.THP_SPLIT_PAGE, 1);
        }
        long ptePa = table.find(va);
        if (ptePa == 0) {
            return;
        }
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        ptePa = table.lock(va, ptePa);
        boolean unmapped = false;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            unmapped = replace(mm, page, va, ptePa);
            lock.unlock();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (unmapped) {
            // The reference of the PTE that is gone.
            allocator.put(page);
        }
    }

    /// `try_to_unmap_one`, with the PTE lock. The flush comes before the page is written: what another vCPU still
    /// stores through its translation is written too.
    private boolean replace(Mm mm, Page page, long va, long ptePa) {
        PageTable table = mm.pageTable();
        long pte = table.load(ptePa);
        if (!format.isPresent(pte) || format.isSpecial(pte) || format.pfn(pte) != page.pfn()) {
            return false;
        }
        pte = table.getAndClear(va, ptePa);
        mm.flushTlb(va, va + mm.geometry().bytes());
        if (format.isDirty(pte)) {
            page.setDirty();
        }
        long entry = page.swap();
        swap.duplicate(entry);
        // Nobody else maps it or names its slot: who comes back to it may write to it at once.
        boolean exclusive = page.mapcount() == 1 && swap.count(entry) == 1;
        long swapped = format.swapEntry(SwapEntry.type(entry), SwapEntry.offset(entry));
        swapped |= exclusive ? format.swapExclusive() : 0;
        swapped |= format.isSoftDirty(pte) ? format.swapSoftDirty() : 0;
        swapped |= format.isUffdWp(pte) ? format.swapUffdWp() : 0;
        table.store(ptePa, swapped);
        mm.addRss(RssKind.MM_ANONPAGES, -1);
        mm.addRss(RssKind.MM_SWAPENTS, 1);
        page.removeMapping();
        return true;
    }
}
