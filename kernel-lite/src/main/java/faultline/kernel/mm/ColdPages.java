package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// MADV_COLD and MADV_PAGEOUT: pages nobody wants soon, for madvise and process_madvise.
///
/// Pages that others map too are left alone: what one process says of them is not the whole truth.
public final class ColdPages {

    /// SWAP_CLUSTER_MAX.
    private static final int BATCH = 32;

    private final Mm mm;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Page[] found = new Page[BATCH];
    private final boolean[] last = new boolean[BATCH];

    public ColdPages(Mm mm) {
        this.mm = mm;
        this.allocator = mm.kernel().allocator();
        this.format = mm.pageTable().format();
    }

    /// Makes the pages of a part of one VMA look unused, and with `out` takes them out of memory: to swap, or written
    /// to their file if they are dirty, and dropped. The caller has `mmap_lock` for read. Throws `ErrnoException`
    /// EINVAL for memory that is locked.
    public void advise(MmuGather gather, Vma vma, long start, long end, boolean out) {
        if (vma.has(Vma.VM_LOCKED | Vma.VM_PFNMAP)) {
            throw Errno.EINVAL.exception();
        }
        MappedFile file = vma.file();
        boolean anonOnly = out && file != null && !file.mayPageOut();
        if (anonOnly && vma.isShared()) {
            return;
        }
        PageTable table = mm.pageTable();
        long va = start;
        while (va < end) {
            long stop = Math.min(
                    Math.min(end, table.endOfTable(va)),
                    va + (long) BATCH * mm.geometry().bytes());
            long ptePa = table.find(va);
            int count = ptePa == 0 ? 0 : age(gather, va, stop, ptePa, anonOnly);
            // Nobody finds the page young again by an old translation.
            gather.flushTlb();
            if (out) {
                // reclaim_folio_list.
                mm.kernel().pageOut().writeOut(found, count, last);
            }
            for (int i = 0; i < count; i++) {
                allocator.put(found[i]);
            }
            va = stop;
        }
    }

    /// Makes the PTEs of a batch old, with `anonOnly` those of private copies; leaves their pages, with references, in
    /// `found` and returns how many.
    private int age(MmuGather gather, long start, long stop, long foundPa, boolean anonOnly) {
        PageTable table = mm.pageTable();
        int bytes = mm.geometry().bytes();
        int count = 0;
        long ptePa = table.lock(start, foundPa);
        if (ptePa == 0) {
            return 0;
        }
        SpinLock lock = table.lockOf(ptePa);
        for (long va = start; va < stop; va += bytes, ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (!format.hasPage(pte)) {
                continue;
            }
            Page page = allocator.page(format.pfn(pte));
            if (page.mapcount() != 1 || anonOnly && !page.isAnon()) {
                continue;
            }
            if (format.isYoung(pte) && table.compareAndSet(va, ptePa, pte, format.mkOld(pte))) {
                gather.addRange(va, va + bytes);
            }
            page.get();
            found[count++] = page;
        }
        lock.unlock();
        return count;
    }
}
