package faultline.kernel.mm.fault;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

/// Which pages are read with one that is swapped in: `swapin_readahead` by the neighbours in the VMA
/// (`swap_vma_readahead`).
///
/// The window grows while the faults of a VMA come in a row, and is a page where they do not. A device that takes no
/// time has nothing read ahead.
final class SwapReadahead {

    private final KernelMemory kernel;
    private final PageGeometry geometry;
    private final PageTableFormat format;
    private final SwapSpace swap;

    SwapReadahead(KernelMemory kernel) {
        this.kernel = kernel;
        this.geometry = kernel.geometry();
        this.format = kernel.format();
        this.swap = kernel.swap();
    }

    /// The page of a slot, begun to be read, with a reference; null without a frame, and when the slot is free.
    @Nullable
    Page read(Vma vma, PageFault fault, long entry) {
        if (!swap.isSynchronous()) {
            readAround(vma, fault);
        }
        return swap.findOrRead(entry);
    }

    private void readAround(Vma vma, PageFault fault) {
        int most = 1 << kernel.reclaimSettings().pageCluster();
        long page = fault.address() >>> geometry.shift();
        long before = vma.lastSwapIn();
        int window = before == 0 ? 1 : windowAfter(vma, page, before, most);
        vma.setSwapReadahead(page, window);
        if (window == 1) {
            return;
        }
        long first = before + 1 == page ? page : page + 1 == before ? page - window + 1 : page - (window - 1) / 2;
        PageTable table = vma.mm().pageTable();
        long start = Math.max(Math.max(first, vma.start() >>> geometry.shift()), tableStart(table, fault));
        long end = Math.min(
                Math.min(first + window, vma.end() >>> geometry.shift()),
                table.endOfTable(fault.address()) >>> geometry.shift());
        if (page < start || page >= end) {
            // The kernel goes over so many PTEs as the difference says, and past the end of their array.
            throw new IllegalStateException(
                    "swap: reads ahead from 0x" + Long.toHexString(start) + " to 0x" + Long.toHexString(end)
                            + " for a fault on page 0x" + Long.toHexString(page) + " outside of " + vma);
        }
        readRange(vma.mm(), fault, start, end);
    }

    private long tableStart(PageTable table, PageFault fault) {
        long end = table.endOfTable(fault.address()) >>> geometry.shift();
        return end - format.entries(0);
    }

    /// `__swapin_nr_pages`: faults in a row double it, others halve it.
    private static int windowAfter(Vma vma, long page, long before, int most) {
        boolean inRow = page == before + 1 || page + 1 == before;
        int last = vma.swapWindow();
        int wanted = inRow ? Math.max(4, last * 2) : 1;
        return Math.min(most, Math.max(wanted, last / 2));
    }

    private void readRange(Mm mm, PageFault fault, long start, long end) {
        PageTable table = mm.pageTable();
        for (long page = start; page < end; page++) {
            long va = page << geometry.shift();
            if (va == geometry.down(fault.address())) {
                continue;
            }
            table.beginLook();
            long pte = table.look(va);
            table.endLook();
            if (format.isSwap(pte)) {
                Page ahead = swap.findOrRead(mm.swapEntry(pte));
                if (ahead == null) {
                    return;
                }
                kernel.allocator().put(ahead);
            }
        }
    }
}
