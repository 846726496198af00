package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;

/// MADV_WILLNEED of what is swapped out: its slots are begun to be read, and nothing is mapped. `swapin_walk_ops`,
/// `shmem_swapin_range`.
final class SwapPrefetch {

    private SwapPrefetch() {}

    /// Begins to read what private pages in `[start, end)` of a VMA have in swap. The caller has `mmap_lock`.
    static void read(Vma vma, long start, long end) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        SwapSpace swap = mm.kernel().swap();
        int bytes = mm.geometry().bytes();
        for (long va = start; va < end; va += bytes) {
            table.beginLook();
            boolean none = table.findPmd(va) == 0;
            long pte = none ? 0 : table.look(va);
            table.endLook();
            if (none) {
                va = table.endOfTable(va) - bytes;
            } else if (format.isSwap(pte)) {
                Page page = swap.findOrRead(mm.swapEntry(pte));
                if (page != null) {
                    mm.kernel().allocator().put(page);
                }
            }
        }
    }
}
