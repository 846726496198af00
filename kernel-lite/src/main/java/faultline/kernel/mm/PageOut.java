package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageLocks;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapEntry;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

/// Takes pages out of memory: what `shrink_folio_list` does to one, `try_to_unmap` and `pageout`. Those of files are
/// unmapped here with the others, and are then up to their page cache.
///
/// Of an anonymous page a slot first, then every PTE becomes the slot's name, then the page is written, then it is
/// free; and at each step another may be faster and keep it. A batch of pages is unmapped, then flushed at once, then
/// written; their locks are kept meanwhile, so that whoever swaps one in waits for the flush. Page locks and rmap
/// locks are only tried, for who is short of memory may hold some already.
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

    /// Takes a page, to which the caller has a reference, out of memory. True when that reference is the last, so
    /// that dropping it frees the page; false when it stays, or stays until the device has written it.
    public boolean writeOut(Page page) {
        boolean[] last = new boolean[1];
        boolean _ = writeOut(new Page[] {page}, 1, last);
        return last[0];
    }

    /// The same for so many pages, which are flushed together. Says in `last` what became of each; true when one stays
    /// only because somebody has a lock.
    boolean writeOut(Page[] pages, int count, boolean[] last) {
        UnmapBatch flushes = new UnmapBatch();
        Progress[] progress = new Progress[count];
        @Nullable PageCache[] caches = new @Nullable PageCache[count];
        for (int i = 0; i < count; i++) {
            caches[i] = pages[i].mapping();
            progress[i] = begin(pages[i], caches[i], flushes);
        }
        flushes.flush();
        for (int i = 0; i < count; i++) {
            last[i] = switch (progress[i]) {
                case STAYS -> false;
                case GONE -> true;
                case UNMAPPED -> {
                    PageCache cache = caches[i];
                    if (cache != null) {
                        yield cache.endReclaim(pages[i]);
                    }
                    boolean gone = writeUnmapped(pages[i]);
                    swap.locks().unlock(pages[i]);
                    yield gone;
                }
            };
        }
        return flushes.isBusy();
    }

    /// How far a page has come.
    private enum Progress {
        STAYS,
        /// The caller's reference is the last.
        GONE,
        /// It is locked, and no PTE maps it that could be had; but it may be translated until the flush.
        UNMAPPED
    }

    /// Whether an anonymous page was used since the last call: `folio_referenced`. False where that cannot be said
    /// without waiting. The next use is noted after `flushes`.
    boolean wasUsed(Page page, UnmapBatch flushes) {
        if (page.isKsm()) {
            return wasSharedUsed(page, flushes);
        }
        AnonVma anon = page.isAnon() && page.mapcount() != 0 ? kernel.anonVmas().find(page.anonVma()) : null;
        boolean[] used = new boolean[1];
        if (anon != null) {
            boolean _ = anon.tryForEach(vma -> {
                long va = Rmap.addressIn(vma, page);
                used[0] |= va >= 0 && Rmap.takeUse(vma, va, page.pfn(), flushes);
                return true;
            });
        }
        return used[0];
    }

    /// The same of a page that is shared for its contents, whose places its lock guards: one that is locked
    /// counts as used.
    private boolean wasSharedUsed(Page page, UnmapBatch flushes) {
        if (!swap.locks().tryLock(page)) {
            return true;
        }
        boolean[] used = new boolean[1];
        boolean _ =
                kernel.ksm().tryForEachPlace(page, (vma, va) -> used[0] |= Rmap.takeUse(vma, va, page.pfn(), flushes));
        swap.locks().unlock(page);
        return used[0];
    }

    private Progress begin(Page page, @Nullable PageCache cache, UnmapBatch flushes) {
        if (cache != null) {
            return cache.beginReclaim(page, flushes) ? Progress.UNMAPPED : Progress.STAYS;
        }
        PageLocks locks = swap.locks();
        if (!page.isAnon() && !page.isSwapCache()) {
            return Progress.STAYS;
        }
        if (!locks.tryLock(page)) {
            flushes.noteBusy();
            return Progress.STAYS;
        }
        Progress progress = page.mapping() == null ? beginLocked(page, flushes) : Progress.STAYS;
        if (progress != Progress.UNMAPPED) {
            locks.unlock(page);
        }
        return progress;
    }

    private Progress beginLocked(Page page, UnmapBatch flushes) {
        if (swap.isUnderWriteback(page)) {
            return Progress.STAYS;
        }
        if (page.mapcount() == 0 && swap.free(page)) {
            // Its last name went while somebody had its lock.
            return page.refcount() == 1 ? Progress.GONE : Progress.STAYS;
        }
        if (page.isLazyFree() && !page.isSwapCache()) {
            return dropLocked(page, flushes) ? Progress.GONE : Progress.STAYS;
        }
        // A device is not to work on what the program has no longer.
        if (page.isPinned()) {
            return Progress.STAYS;
        }
        // A page that is not mapped yet is somebody's who has made it.
        if (!page.isSwapCache() && (!page.isAnon() || page.mapcount() == 0 || !swap.add(page))) {
            return Progress.STAYS;
        }
        // Too late: what is in it goes to the slot.
        page.clearLazyFree();
        unmap(page, false, flushes);
        return Progress.UNMAPPED;
    }

    private boolean writeUnmapped(Page page) {
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

    /// Drops a page whose contents may go, unless somebody has stored to it since.
    private boolean dropLocked(Page page, UnmapBatch flushes) {
        unmap(page, true, flushes);
        if (page.mapcount() != 0 || page.isDirty() || page.refcount() != 1) {
            return false;
        }
        kernel.count(VmEvent.PGLAZYFREED, 1);
        return true;
    }

    /// `try_to_unmap`: has every PTE that maps the page name its slot, as far as nobody keeps it; or takes it out, with
    /// `lazy`, until one shows that the page was stored to.
    private void unmap(Page page, boolean lazy, UnmapBatch flushes) {
        if (!tryUnmap(page, lazy, flushes)) {
            flushes.noteBusy();
        }
    }

    /// False when somebody has an rmap lock.
    private boolean tryUnmap(Page page, boolean lazy, UnmapBatch flushes) {
        if (page.isKsm()) {
            return kernel.ksm().tryForEachPlace(page, (vma, va) -> {
                if (page.mapcount() != 0) {
                    unmapAt(vma, va, page, lazy, flushes);
                }
            });
        }
        AnonVma anon = kernel.anonVmas().find(page.anonVma());
        return anon == null
                || page.mapcount() == 0
                || anon.tryForEach(vma -> {
                    unmapIn(vma, page, lazy, flushes);
                    return page.mapcount() != 0 && page.isLazyFree() == lazy;
                });
    }

    private void unmapIn(Vma vma, Page page, boolean lazy, UnmapBatch flushes) {
        long va = Rmap.addressIn(vma, page);
        if (va >= 0) {
            unmapAt(vma, va, page, lazy, flushes);
        }
    }

    private void unmapAt(Vma vma, long va, Page page, boolean lazy, UnmapBatch flushes) {
        if (vma.has(Vma.VM_LOCKED)) {
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
            unmapped = lazy ? drop(mm, page, va, ptePa) : replace(mm, page, va, ptePa, flushes);
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
    private boolean replace(Mm mm, Page page, long va, long ptePa, UnmapBatch flushes) {
        PageTable table = mm.pageTable();
        if (!format.maps(table.load(ptePa), page.pfn())) {
            return false;
        }
        flushes.unmapping(mm, va);
        long pte = table.getAndClear(va, ptePa);
        if (format.isDirty(pte)) {
            page.setDirty();
        }
        long entry = page.swap();
        swap.duplicate(entry);
        // Nobody else maps it or names its slot: who comes back to it may write to it at once.
        boolean exclusive = page.mapcount() == 1 && swap.count(entry) == 1 && !page.isKsm();
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

    /// The same for a page whose contents may go: its PTE is empty afterwards, if the page is clean and nobody has a
    /// reference by which he may store to it. Else the page is one as others are again. The flush comes at once:
    /// who faults next gets another page, and nobody may go on with this one.
    private boolean drop(Mm mm, Page page, long va, long ptePa) {
        PageTable table = mm.pageTable();
        if (!format.maps(table.load(ptePa), page.pfn())) {
            return false;
        }
        long pte = table.getAndClear(va, ptePa);
        mm.flushTlb(va, va + mm.geometry().bytes());
        if (format.isDirty(pte)) {
            page.setDirty();
        }
        if (page.isDirty() || page.refcount() != 1 + page.mapcount()) {
            if (page.isDirty()) {
                page.clearLazyFree();
            }
            table.store(ptePa, pte);
            return false;
        }
        mm.addRss(RssKind.MM_ANONPAGES, -1);
        page.removeMapping();
        return true;
    }
}
