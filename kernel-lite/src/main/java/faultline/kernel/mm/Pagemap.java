package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// One word for each page of an address space: what `/proc/PID/pagemap` holds.
public final class Pagemap {

    /// Of one entry.
    public static final int ENTRY_BYTES = 8;

    private static final long PM_SOFT_DIRTY = 1L << 55;
    private static final long PM_MMAP_EXCLUSIVE = 1L << 56;
    private static final long PM_UFFD_WP = 1L << 57;
    private static final long PM_GUARD_REGION = 1L << 58;
    private static final long PM_FILE = 1L << 61;
    private static final long PM_SWAP = 1L << 62;
    private static final long PM_PRESENT = 1L << 63;
    private static final long PM_PFRAME = (1L << 55) - 1;

    /// MAX_SWAPFILES_SHIFT: in the place of the frame the type of a swap entry, and above it the offset.
    private static final int SWAP_TYPE_BITS = 5;

    private final Mm mm;
    private final boolean showPfn;

    /// `showPfn` for who has CAP_SYS_ADMIN: frame numbers help against others.
    public Pagemap(Mm mm, boolean showPfn) {
        this.mm = mm;
        this.showPfn = showPfn;
    }

    /// The entries of up to `most` pages from the page numbered `first` on; none behind user space.
    public long[] entries(long first, int most) {
        PageGeometry geometry = mm.geometry();
        long pages = mm.kernel().format().userEnd() >>> geometry.shift();
        if (first < 0 || first >= pages) {
            return new long[0];
        }
        long[] entries = new long[(int) Math.min(most, pages - first)];
        mm.mmapLock().readLock();
        try {
            Vma vma = null;
            for (int i = 0; i < entries.length; i++) {
                long va = first + i << geometry.shift();
                if (vma == null || va >= vma.end()) {
                    vma = mm.findVma(va);
                }
                if (vma == null) {
                    break;
                }
                entries[i] = vma.start() <= va ? entry(vma, va) : 0;
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
        return entries;
    }

    private long entry(Vma vma, long va) {
        long fresh = vma.has(Vma.VM_SOFTDIRTY) ? PM_SOFT_DIRTY : 0;
        Long there = mm.pageTable().readPte(va, this::there);
        return there == null ? fresh : fresh | there;
    }

    /// Called with the PTE's lock, which keeps the page.
    private long there(long pte) {
        PageTableFormat format = mm.pageTable().format();
        if (format.isPresent(pte)) {
            return present(format, pte);
        }
        if (format.hasSwapBits(pte)) {
            return swapped(format, pte);
        }
        return format.isNone(pte) ? 0 : PM_SWAP | marker(format.markerOf(pte));
    }

    private static long marker(int marker) {
        return ((marker & PageTableFormat.MARKER_UFFD_WP) != 0 ? PM_UFFD_WP : 0)
                | ((marker & PageTableFormat.MARKER_GUARD) != 0 ? PM_GUARD_REGION : 0);
    }

    private long swapped(PageTableFormat format, long pte) {
        long entry = PM_SWAP;
        entry |= format.isSwapSoftDirty(pte) ? PM_SOFT_DIRTY : 0;
        entry |= format.isSwapUffdWp(pte) ? PM_UFFD_WP : 0;
        return showPfn ? entry | format.swapType(pte) | format.swapOffset(pte) << SWAP_TYPE_BITS : entry;
    }

    private long present(PageTableFormat format, long pte) {
        long entry = PM_PRESENT | (format.isSoftDirty(pte) ? PM_SOFT_DIRTY : 0);
        entry |= format.isUffdWp(pte) ? PM_UFFD_WP : 0;
        if (showPfn) {
            entry |= format.pfn(pte) & PM_PFRAME;
        }
        @Nullable
        Page page = format.isSpecial(pte) ? null : mm.kernel().allocator().page(format.pfn(pte));
        if (page != null) {
            entry |= page.isAnon() ? 0 : PM_FILE;
            entry |= page.mapcount() == 1 ? PM_MMAP_EXCLUSIVE : 0;
        }
        return entry;
    }
}
