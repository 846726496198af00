package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;

/// MADV_FREE: says of anonymous pages that their contents may go. `madvise_free_pte_range`.
///
/// PTE and page become clean, and the page goes to the list of clean pages of files. Reclaim drops it from there,
/// without swap; until then a load finds what was there, and a store, which makes the PTE dirty again, keeps the page
/// ([PageOut]). What is swapped out goes at once.
final class LazyFree {

    private LazyFree() {}

    /// Marks the pages in `[start, end)` of one VMA of anonymous memory. The caller has `mmap_lock` for read, and
    /// flushes.
    static void mark(MmuGather gather, Vma vma, long start, long end) {
        PageTable table = vma.mm().pageTable();
        vma.beginSharedWrite();
        long va = start;
        while (va < end) {
            long stop = Math.min(end, table.endOfTable(va));
            long ptePa = table.lockAt(va);
            if (ptePa != 0) {
                SpinLock lock = table.lockOf(ptePa);
                markTable(gather, vma, va, stop, ptePa);
                lock.unlock();
            }
            va = stop;
        }
        vma.endSharedWrite();
    }

    private static void markTable(MmuGather gather, Vma vma, long start, long stop, long firstPa) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        int bytes = mm.geometry().bytes();
        long swapped = 0;
        long ptePa = firstPa;
        for (long va = start; va < stop; va += bytes, ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (format.isSwap(pte)) {
                swapped += Zap.zapSwapped(mm, va, ptePa);
            } else if (format.hasPage(pte)) {
                markPage(gather, mm, va, ptePa);
            } else if (!format.isNone(pte) && (format.markerOf(pte) & PageTableFormat.MARKER_POISONED) != 0) {
                long _ = table.getAndClear(va, ptePa);
            }
        }
        mm.addRss(RssKind.MM_SWAPENTS, -swapped);
    }

    private static void markPage(MmuGather gather, Mm mm, long va, long ptePa) {
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long pte = table.load(ptePa);
        Page page = mm.kernel().allocator().page(format.pfn(pte));
        if (!page.isAnon() || page.isKsm() || !clean(mm.kernel().swap(), page)) {
            return;
        }
        if (format.isYoung(pte) || format.isDirty(pte)) {
            pte = table.getAndClear(va, ptePa);
            table.store(ptePa, format.mkClean(format.mkOld(pte)));
            gather.addRange(va, va + mm.geometry().bytes());
        }
        if (page.setLazyFree()) {
            mm.kernel().count(VmEvent.PGLAZYFREE, 1);
            page.forgetUse();
            mm.kernel().allocator().lru().moveLazyFree(page);
        }
    }

    /// Makes a page clean, and takes it out of the swap cache; false when somebody else has it too, or its lock.
    private static boolean clean(SwapSpace swap, Page page) {
        if (!page.isSwapCache() && !page.isDirty()) {
            return true;
        }
        if (!swap.locks().tryLock(page)) {
            return false;
        }
        boolean alone = page.mapcount() == 1 && (!page.isSwapCache() || swap.free(page));
        if (alone) {
            boolean _ = page.clearDirty();
        }
        swap.locks().unlock(page);
        return alone;
    }
}
