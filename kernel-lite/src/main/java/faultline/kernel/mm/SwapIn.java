package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

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
        return map(vma, va, ptePa, swapped, page, null, write);
    }

    /// The same; with `copy`, a fresh page of these contents, that one is mapped, and it is the copy's
    /// reference that the PTE takes over.
    public long map(Vma vma, long va, long ptePa, long swapped, Page page, @Nullable Page copy, boolean write) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        boolean exclusive = copy != null || format.isSwapExclusive(swapped);
        Page mapped = copy == null ? page : copy;
        if (!mapped.isAnon()) {
            // Of a page that relatives may have too the AnonVma must be one that they are in.
            mapped.setAnon(exclusive ? vma.anonId() : vma.anonRootId(), vma.indexOf(va));
        } else if (exclusive) {
            mapped.moveAnon(vma.anonId());
        }
        mapped.addMapping();
        kernel.checkAnon(vma, mapped, va);
        boolean unnamed = swap.release(mm.swapEntry(swapped));
        if (unnamed && isSlotUseless(vma, page, write)) {
            boolean _ = swap.free(page);
        }
        mm.addRss(RssKind.MM_ANONPAGES, 1);
        mm.addRss(RssKind.MM_SWAPENTS, -1);
        long pte = format.leaf(mapped.pfn(), vma.pageProt());
        if (write && vma.isWritable() && (exclusive || page.refcount() == 1) && !mapped.isKsm()) {
            pte = format.mkWrite(format.mkDirty(pte));
        }
        if (format.isSwapSoftDirty(swapped)) {
            pte = format.mkSoftDirty(pte);
        }
        if (format.isSwapUffdWp(swapped)) {
            pte = format.mkUffdWp(pte);
        }
        table.store(ptePa, pte);
        return pte;
    }

    /// A copy for a VMA that named the slot and has no part in the page, which the caller has locked; null
    /// without a frame.
    public @Nullable Page copyFor(Page page) {
        Page copy = kernel.allocator().alloc();
        if (copy != null) {
            kernel.memory().copy(page.pa(), copy.pa(), kernel.geometry().bytes());
            kernel.count(VmEvent.KSM_SWPIN_COPY, 1);
        }
        return copy;
    }

    /// `should_try_to_free_swap`. Where reading takes no time nothing is won by keeping what was read from.
    private boolean isSlotUseless(Vma vma, Page page, boolean write) {
        return swap.isSynchronous() || vma.has(Vma.VM_LOCKED) || write && page.refcount() == 2 || swap.isFull();
    }
}
