package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifiers;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// Takes pages out of page tables: `unmap_page_range` and its relatives.
///
/// Each PTE is cleared under its lock (I3); the reference it held goes to an [MmuGather], which
/// lets it go after the flush (I2).
final class Zap {

    private Zap() {}

    /// What of a range goes.
    private enum What {
        /// All that is there: the VMA goes too.
        EVERYTHING,
        /// The pages; guards stay where they are.
        PAGES,
        /// The pages that are the file's own.
        FILE_PAGES
    }

    /// Unmaps every page in `[start, end)` of one VMA, which goes itself.
    static void zap(MmuGather gather, Vma vma, long start, long end) {
        zap(gather, vma, start, end, What.EVERYTHING);
    }

    /// Unmaps every page in `[start, end)` of one VMA: `zap_page_range_single`.
    static void zapPages(MmuGather gather, Vma vma, long start, long end) {
        zap(gather, vma, start, end, What.PAGES);
    }

    /// Unmaps pages of a file that truncation takes away; private copies only when `evenPrivate`.
    /// Called with the rmap lock, without mmap_lock.
    static void unmapFilePages(Vma vma, long start, long end, boolean evenPrivate) {
        MmuNotifiers notifiers = vma.mm().notifiers();
        MmuGather gather = vma.mm().gather();
        notifiers.invalidateRangeStart(MmuNotifyEvent.CLEAR, start, end);
        zap(gather, vma, start, end, evenPrivate ? What.PAGES : What.FILE_PAGES);
        notifiers.invalidateRangeEnd(MmuNotifyEvent.CLEAR, start, end);
        gather.finish();
    }

    private static void zap(MmuGather gather, Vma vma, long start, long end, What what) {
        PageTable table = vma.mm().pageTable();
        vma.beginSharedWrite();
        long va = start;
        while (va < end) {
            long stop = Math.min(end, table.endOfTable(va));
            if (HugeMappings.zap(gather, vma, va, stop)) {
                va = stop;
                continue;
            }
            long ptePa = table.find(va);
            va = ptePa == 0 ? stop : zapTable(gather, vma, va, stop, ptePa, what);
        }
        vma.endSharedWrite();
    }

    /// Zaps within one PTE table; returns how far it came before the gather wanted to be flushed.
    private static long zapTable(MmuGather gather, Vma vma, long start, long stop, long foundPa, What what) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        int bytes = mm.geometry().bytes();
        boolean marks = what != What.EVERYTHING && vma.has(Vma.VM_UFFD_WP) && !vma.isAnonymous();
        long[] gone = new long[RssKind.values().length];
        boolean full = false;
        boolean dirtied = false;
        long va = start;
        long firstPtePa = table.lock(start, foundPa);
        if (firstPtePa == 0) {
            return stop;
        }
        SpinLock lock = table.lockOf(firstPtePa);
        for (long ptePa = firstPtePa; va < stop && !full; va += bytes, ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (format.isNone(pte)) {
                continue;
            }
            if (!format.isPresent(pte)) {
                if (format.isMigration(pte)) {
                    // Who moves it finds no entry to put it back to.
                    gone[RssKind.MM_ANONPAGES.ordinal()] += what == What.FILE_PAGES ? 0 : zapMoving(mm, va, ptePa);
                } else if (!format.isSwap(pte)) {
                    zapMarker(table, va, ptePa, what, marks);
                } else if (what != What.FILE_PAGES) {
                    // What is swapped out is private.
                    gone[RssKind.MM_SWAPENTS.ordinal()] += zapSwapped(mm, va, ptePa);
                }
                continue;
            }
            Page page = format.isSpecial(pte) ? null : mm.kernel().allocator().page(format.pfn(pte));
            if (page != null && page.isAnon() && what == What.FILE_PAGES) {
                continue;
            }
            // Read again with the clear: the hardware may have set the dirty bit since.
            pte = table.getAndClear(va, ptePa);
            gather.addRange(va, va + bytes);
            if (marks && format.isUffdWp(pte)) {
                table.store(ptePa, format.marker(PageTableFormat.MARKER_UFFD_WP));
            }
            if (page == null) {
                mm.kernel().ksm().unmapZero(mm, pte);
                continue;
            }
            if (!page.isAnon() && format.isDirty(pte)) {
                page.setDirty();
                dirtied = true;
            }
            mm.kernel().checkAnon(vma, page, va);
            gone[RssKind.of(page).ordinal()]++;
            page.removeMapping();
            if (page.isSwapCache()) {
                mm.kernel().swap().freeUnused(page);
            }
            full = gather.addPage(page);
        }
        if (dirtied) {
            // Until the flush another vCPU may store through its translation: the page must not be cleaned before.
            gather.flushTlb();
        }
        lock.unlock();
        for (RssKind kind : RssKind.values()) {
            if (gone[kind.ordinal()] != 0) {
                mm.addRss(kind, -gone[kind.ordinal()]);
            }
        }
        if (full) {
            gather.flush();
        }
        return va;
    }

    /// Takes a marker out: a guard only with its VMA, and with `marks` none that says what is to be said of stores.
    private static void zapMarker(PageTable table, long va, long ptePa, What what, boolean marks) {
        int marker = table.format().markerOf(table.load(ptePa));
        boolean goes = what == What.EVERYTHING;
        if ((marker & PageTableFormat.MARKER_POISONED) != 0) {
            goes = what != What.FILE_PAGES;
        } else if ((marker & PageTableFormat.MARKER_UFFD_WP) != 0) {
            goes = !marks;
        }
        if (goes) {
            long _ = table.getAndClear(va, ptePa);
        }
    }

    /// Takes a PTE out whose page is swapped out, with its lock; returns how many it were.
    static int zapSwapped(Mm mm, long va, long ptePa) {
        long pte = mm.pageTable().getAndClear(va, ptePa);
        mm.kernel().swap().releaseAndFree(mm.swapEntry(pte));
        return 1;
    }

    /// Takes out the entry of a page that is being moved; returns how many it were.
    private static int zapMoving(Mm mm, long va, long ptePa) {
        long pte = mm.pageTable().getAndClear(va, ptePa);
        mm.kernel().allocator().page(mm.kernel().format().migrationPfn(pte)).addMigrationEntries(-1);
        return 1;
    }

    /// Makes the PTEs of a shared mapping clean and read-only, so that the next store is noticed;
    /// marks the pages of dirty ones. True when there was one. Called with the rmap lock, without
    /// mmap_lock.
    static boolean cleanFilePages(Vma vma, long start, long end) {
        PageTable table = vma.mm().pageTable();
        MmuNotifiers notifiers = vma.mm().notifiers();
        boolean any = false;
        long va = start;
        notifiers.invalidateRangeStart(MmuNotifyEvent.PROTECTION_PAGE, start, end);
        while (va < end) {
            long stop = Math.min(end, table.endOfTable(va));
            long ptePa = table.find(va);
            if (ptePa != 0) {
                any |= cleanTable(vma, va, stop, ptePa);
            }
            va = stop;
        }
        notifiers.invalidateRangeEnd(MmuNotifyEvent.PROTECTION_PAGE, start, end);
        return any;
    }

    private static boolean cleanTable(Vma vma, long start, long stop, long foundPa) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        int bytes = mm.geometry().bytes();
        boolean any = false;
        long ptePa = table.lock(start, foundPa);
        if (ptePa == 0) {
            return false;
        }
        SpinLock lock = table.lockOf(ptePa);
        for (long va = start; va < stop; va += bytes, ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (!format.hasPage(pte)) {
                continue;
            }
            if (!format.isDirty(pte) && !format.isWritable(pte)) {
                continue;
            }
            pte = table.getAndClear(va, ptePa);
            mm.flushTlb(va, va + bytes);
            mm.kernel().allocator().page(format.pfn(pte)).setDirty();
            table.store(ptePa, format.mkClean(format.wrProtect(pte)));
            any = true;
        }
        lock.unlock();
        return any;
    }
}
