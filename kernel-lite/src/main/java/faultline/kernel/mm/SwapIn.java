package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;

/// Puts the copy of a slot where a PTE names the slot: the end of `do_swap_page`, and `unuse_pte`.
public final class SwapIn {

    private final KernelMemory kernel;
    private final PageTableFormat format;
    private final SwapSpace swap;

    public SwapIn(KernelMemory kernel) {
        this.kernel = kernel;
        this.format = kernel.format();
        this.swap = kernel.swap();
    }

    /// Maps a page of the swap cache, whose lock and a reference the caller has, at `va` in the place of `swapped`, a
    /// PTE whose lock he has; the PTE takes over the reference. With `write` the new PTE is writable if the page is
    /// nobody else's. Returns it.
    public long map(Vma vma, long va, long ptePa, long swapped, Page page, boolean write) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        boolean exclusive = format.isSwapExclusive(swapped);
        if (!page.isAnon()) {
            // Of a page that relatives may have too the AnonVma must be one that they are in.
            page.setAnon(exclusive ? vma.anonId() : vma.anonRootId(), vma.indexOf(va));
        } else if (exclusive) {
            page.moveAnon(vma.anonId());
        }
        page.addMapping();
        kernel.checkAnon(vma, page, va);
        boolean unnamed = swap.release(mm.swapEntry(swapped));
        if (unnamed && isSlotUseless(vma, page, write)) {
            boolean _ = swap.free(page);
        }
        mm.addRss(RssKind.MM_ANONPAGES, 1);
        mm.addRss(RssKind.MM_SWAPENTS, -1);
        long pte = format.leaf(page.pfn(), vma.pageProt());
        if (write && vma.isWritable() && (exclusive || page.refcount() == 1)) {
            pte = format.mkWrite(format.mkDirty(pte));
        }
        if ((swapped & format.swapSoftDirty()) != 0) {
            pte = format.mkSoftDirty(pte);
        }
        if ((swapped & format.swapUffdWp()) != 0) {
            pte = format.mkUffdWp(pte);
        }
        table.store(ptePa, pte);
        return pte;
    }

    /// `should_try_to_free_swap`. Where reading takes no time nothing is won by keeping what was read from.
    private boolean isSlotUseless(Vma vma, Page page, boolean write) {
        return swap.isSynchronous() || vma.has(Vma.VM_LOCKED) || write && page.refcount() == 2 || swap.isFull();
    }
}
