package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which pages of a range are of some kind, and has their next store noticed in the same step: PAGEMAP_SCAN,
/// `do_pagemap_scan` of Linux 6.8 to 6.18.
///
/// A page that is told to have been written, and is to be watched, is write-protected and flushed under its PTE
/// lock: no store is in neither this answer nor the next. The caller keeps the address space; a thread makes
/// one for a call.
public final class PagemapScan {

    /// PM_SCAN_WP_MATCHING: has the next store to each page that is told of noticed.
    public static final long WP_MATCHING = 1;

    /// PM_SCAN_CHECK_WPASYNC: EPERM where stores cannot be noticed like that.
    public static final long CHECK_WPASYNC = 1 << 1;

    /// What there is of the two.
    public static final long FLAGS = WP_MATCHING | CHECK_WPASYNC;

    // PAGE_IS_*: of what kinds a page is.

    private static final long WPALLOWED = 1;
    private static final long WRITTEN = 1 << 1;
    private static final long FILE = 1 << 2;
    private static final long PRESENT = 1 << 3;
    private static final long SWAPPED = 1 << 4;
    private static final long PFNZERO = 1 << 5;
    private static final long SOFT_DIRTY = 1 << 7;
    private static final long GUARD = 1 << 8;

    /// All kinds; huge pages are among them.
    public static final long CATEGORIES = (1 << 9) - 1;

    /// PAGEMAP_WALK_SIZE, in entries: so many ranges are found under one hold of mmap_lock.
    private static final int BATCH = 512;

    /// What is asked for: `struct pm_scan_arg`.
    ///
    /// @param collects whether there is room for ranges at all; without, pages are only protected
    /// @param room for how many ranges
    /// @param most how many pages may be told of, as an unsigned number
    /// @param inverted kinds whose absence counts
    /// @param mask kinds that a page must be of
    /// @param anyOf of one of which it must be, if there are any
    /// @param told which of its kinds are told
    public record Request(
            long flags,
            long start,
            long end,
            boolean collects,
            long room,
            long most,
            long inverted,
            long mask,
            long anyOf,
            long told) {}

    /// Pages in a row of the same kinds: `struct page_region`.
    public record Region(long start, long end, long categories) {}

    private final Mm mm;
    private final Request request;
    private final PageGeometry geometry;
    private final PageTable table;
    private final PageTableFormat format;
    private final List<Region> regions = new ArrayList<>();

    private long pages;
    private long walkEnd;
    private @Nullable Errno failure;

    /// How many regions there may be before the lock is given back.
    private long batchEnd;

    /// Of the VMA that is being looked at.
    private long vmaCategories;

    public PagemapScan(Mm mm, Request request) {
        this.mm = mm;
        this.request = request;
        this.geometry = mm.geometry();
        this.table = mm.pageTable();
        this.format = table.format();
    }

    /// Looks at the range until its end, or nothing more may be told.
    public void run() {
        boolean more = request.start < request.end;
        long at = request.start;
        while (more) {
            if (KernelThread.current().fatalSignalPending() || !mm.mmapLock().readLockKillable()) {
                failure = Errno.EINTR;
                break;
            }
            batchEnd = Math.min(request.room, regions.size() + (long) BATCH);
            boolean complete;
            try {
                complete = walk(at);
            } finally {
                mm.mmapLock().readUnlock();
            }
            at = walkEnd;
            more = failure == null && !complete && regions.size() < request.room && pages != request.most;
        }
        walkEnd = walkEnd == 0 ? request.end : walkEnd;
    }

    /// What was found.
    public List<Region> regions() {
        return regions;
    }

    /// Where it stopped.
    public long walkEnd() {
        return walkEnd;
    }

    /// What went wrong; what was found before counts all the same.
    public @Nullable Errno failure() {
        return failure;
    }

    private boolean protects() {
        return (request.flags & WP_MATCHING) != 0;
    }

    /// False when it has stopped, at `walkEnd`.
    private boolean walk(long from) {
        if (protects()) {
            mm.notifiers().invalidateRangeStart(MmuNotifyEvent.PROTECTION_VMA, from, request.end);
        }
        MmuGather gather = mm.gather();
        boolean complete = true;
        for (Vma vma = mm.firstVma(from, request.end);
                vma != null && complete;
                vma = mm.firstVma(vma.end(), request.end)) {
            complete =
                    !begin(vma) || walkVma(gather, vma, Math.max(from, vma.start()), Math.min(request.end, vma.end()));
            complete &= failure == null;
        }
        gather.finish();
        if (protects()) {
            mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.PROTECTION_VMA, from, request.end);
        }
        walkEnd = complete ? 0 : walkEnd;
        return complete;
    }

    /// Whether a VMA is to be looked at: `pagemap_scan_test_walk`.
    private boolean begin(Vma vma) {
        boolean noticed = noticesStores(vma);
        if (!noticed && (request.flags & CHECK_WPASYNC) != 0) {
            failure = Errno.EPERM;
            return false;
        }
        if (!noticed && protects() || vma.has(Vma.VM_PFNMAP)) {
            return false;
        }
        vmaCategories = (noticed ? WPALLOWED : 0) | (vma.has(Vma.VM_SOFTDIRTY) ? SOFT_DIRTY : 0);
        long required = request.mask & WPALLOWED;
        return ((vmaCategories ^ request.inverted) & required) == required;
    }

    /// Whether a store to a page that is write-protected changes the PTE without anybody else:
    /// `userfaultfd_wp_async`, and markers where nothing is.
    private static boolean noticesStores(Vma vma) {
        Userfaultfd handler = vma.userfault();
        return handler != null
                && vma.has(Vma.VM_UFFD_WP)
                && handler.has(Userfaultfd.FEATURE_WP_ASYNC)
                && (!vma.isAnonymous() || handler.has(Userfaultfd.FEATURE_WP_UNPOPULATED));
    }

    private boolean walkVma(MmuGather gather, Vma vma, long start, long end) {
        boolean complete = true;
        for (long va = start; va < end && complete; ) {
            long stop = Math.min(end, table.endOfTable(va));
            long ptePa = table.lockAt(va);
            complete = ptePa == 0 ? hole(vma, va, stop) : walkTable(gather, va, stop, ptePa);
            va = stop;
        }
        return complete;
    }

    /// Where there is no table: `pagemap_scan_pte_hole`.
    private boolean hole(Vma vma, long start, long end) {
        if (!isInteresting(vmaCategories)) {
            return true;
        }
        long reached = output(vmaCategories, start, end);
        if (reached > start && protects()) {
            UserfaultProtect.change(vma, start, reached);
        }
        return reached == end;
    }

    /// `pagemap_scan_pmd_entry`; gives the lock of the PTEs back.
    private boolean walkTable(MmuGather gather, long start, long end, long firstPtePa) {
        SpinLock lock = table.lockOf(firstPtePa);
        boolean all = protects() && !request.collects;
        boolean complete = true;
        long ptePa = firstPtePa;
        for (long va = start; va < end && complete; va += geometry.bytes(), ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            long categories = vmaCategories | categoriesOf(pte);
            if (all) {
                protect(gather, va, ptePa, pte);
            } else if (isInteresting(categories)) {
                complete = output(categories, va, va + geometry.bytes()) > va;
                if (complete && protects() && (categories & WRITTEN) != 0) {
                    protect(gather, va, ptePa, pte);
                }
            }
        }
        // Who stores from here on faults, and is in the next answer.
        gather.flushTlb();
        lock.unlock();
        return complete;
    }

    private boolean isInteresting(long categories) {
        long seen = categories ^ request.inverted;
        return (seen & request.mask) == request.mask && (request.anyOf == 0 || (seen & request.anyOf) != 0);
    }

    /// `pagemap_page_category`, with the PTE's lock.
    private long categoriesOf(long pte) {
        // What is not there counts as written, where there is a table.
        if (format.isNone(pte)) {
            return WRITTEN;
        }
        long written = isProtected(pte) ? 0 : WRITTEN;
        if (format.isPresent(pte)) {
            boolean special = format.isSpecial(pte);
            Page page = special ? null : mm.kernel().allocator().page(format.pfn(pte));
            return written
                    | PRESENT
                    | (page != null && !page.isAnon() ? FILE : 0)
                    | (special ? PFNZERO : 0)
                    | (format.isSoftDirty(pte) ? SOFT_DIRTY : 0);
        }
        return written
                | SWAPPED
                | (format.isGuard(pte) ? GUARD : 0)
                | (format.hasSwapBits(pte) && format.isSwapSoftDirty(pte) ? SOFT_DIRTY : 0);
    }

    /// `pte_uffd_wp` and `pte_swp_uffd_wp_any`.
    private boolean isProtected(long pte) {
        if (format.isPresent(pte)) {
            return format.isUffdWp(pte);
        }
        return format.hasSwapBits(pte)
                ? format.isSwapUffdWp(pte)
                : (format.markerOf(pte) & PageTableFormat.MARKER_UFFD_WP) != 0;
    }

    private void protect(MmuGather gather, long va, long ptePa, long pte) {
        if (!isProtected(pte)) {
            UserfaultProtect.protect(gather, mm, va, ptePa, pte);
        }
    }

    /// Tells of the pages of `[start, end)`, as far as may be told; returns how far, and if that is not the end
    /// notes it: `pagemap_scan_output`.
    private long output(long categories, long start, long end) {
        if (!request.collects) {
            return end;
        }
        long told = categories & request.told;
        long count = (end - start) >>> geometry.shift();
        long left = request.most - pages;
        count = Long.compareUnsigned(count, left) > 0 ? left : count;
        if (count != 0 && !push(told, start, start + (count << geometry.shift()))) {
            count = 0;
        }
        pages += count;
        long reached = start + (count << geometry.shift());
        walkEnd = reached == end ? walkEnd : reached;
        return reached;
    }

    /// `pagemap_scan_push_range`: false when there is no room.
    private boolean push(long categories, long start, long end) {
        Region last = regions.isEmpty() ? null : regions.getLast();
        if (last != null && last.end == start && last.categories == categories) {
            regions.set(regions.size() - 1, new Region(last.start, end, categories));
            return true;
        }
        if (regions.size() >= batchEnd) {
            return false;
        }
        regions.add(new Region(start, end, categories));
        return true;
    }
}
