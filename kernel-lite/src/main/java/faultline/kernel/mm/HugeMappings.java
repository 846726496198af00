package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.function.LongUnaryOperator;

/// What is done to huge pages of anonymous memory as wholes: map, zap, copy for a child, change rights.
///
/// Who meets one only in part does not come here: [PageTable#find] splits it.
public final class HugeMappings {

    private HugeMappings() {}

    /// Whether a fault at `va` may make a huge page: it lies in the VMA, and is wanted there.
    public static boolean mayMap(HugePageSettings settings, Vma vma, long va) {
        if (!settings.permits(vma)) {
            return false;
        }
        HugeEntries huge = vma.mm().pageTable().huge();
        long start = huge.start(va);
        return start >= vma.start() && start + huge.bytes() <= vma.end();
    }

    /// Maps a run of fresh frames at `start`, where nothing is. The caller has the lock of huge entries.
    public static void map(Vma vma, long start, long pmdPa, Page head, long pmd, long deposit) {
        Mm mm = vma.mm();
        HugeEntries huge = mm.pageTable().huge();
        PageAllocator allocator = mm.kernel().allocator();
        long index = vma.indexOf(start);
        for (int i = 0; i < huge.pages(); i++) {
            Page page = allocator.page(head.pfn() + i);
            page.addNewAnonMapping(vma.anonId(), index + i);
            mm.kernel().checkAnon(vma, page, start + (long) i * mm.geometry().bytes());
        }
        mm.addRss(RssKind.MM_ANONPAGES, huge.pages());
        huge.put(pmdPa, pmd, deposit);
        allocator.mappedWhole(head);
    }

    /// Whether nobody else has a page of the run that begins with `pfn`.
    public static boolean isAlone(PageAllocator allocator, HugeEntries huge, long pfn) {
        for (int i = 0; i < huge.pages(); i++) {
            if (allocator.page(pfn + i).refcount() != 1) {
                return false;
            }
        }
        return true;
    }

    /// The pages belong to the VMA alone from now on.
    public static void moveAnon(Vma vma, HugeEntries huge, long pfn) {
        for (int i = 0; i < huge.pages(); i++) {
            vma.mm().kernel().allocator().page(pfn + i).moveAnon(vma.anonId());
        }
    }

    /// Unmaps all of `[start, stop)` if that is one huge page; false where it is none: `zap_huge_pmd`.
    static boolean zap(MmuGather gather, Vma vma, long start, long stop) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        HugeEntries huge = table.huge();
        long pmdPa = huge.findWhole(start, stop);
        if (pmdPa == 0 || huge.lockFound(pmdPa) == 0) {
            return false;
        }
        long pmd = huge.getAndClear(start, pmdPa);
        gather.addRange(start, stop);
        long pfn = table.format().pfn(pmd);
        for (int i = 0; i < huge.pages(); i++) {
            Page page = mm.kernel().allocator().page(pfn + i);
            mm.kernel().checkAnon(vma, page, start + (long) i * mm.geometry().bytes());
            page.removeMapping();
            if (page.isSwapCache()) {
                mm.kernel().swap().freeUnused(page);
            }
        }
        Page head = mm.kernel().allocator().page(pfn);
        mm.kernel().allocator().unmappedWhole(head);
        long deposit = huge.withdraw();
        huge.lock().unlock();
        mm.addRss(RssKind.MM_ANONPAGES, -huge.pages());
        table.give(gather, deposit, start);
        if (gather.addHuge(head, huge.pages())) {
            gather.flush();
        }
        return true;
    }

    /// What a copy for a child came to.
    enum Copied {
        DONE,
        NO_HUGE_PAGE,
        OUT_OF_MEMORY
    }

    /// Shares the huge page that `[start, stop)` is, read-only in both: `copy_huge_pmd`. Called by fork, with both
    /// address spaces locked for write.
    static Copied copy(Vma vma, Vma copy, long start, long stop) {
        PageTable from = vma.mm().pageTable();
        PageTable to = copy.mm().pageTable();
        PageTableFormat format = from.format();
        long fromPa = from.huge().findWhole(start, stop);
        if (fromPa == 0) {
            return Copied.NO_HUGE_PAGE;
        }
        long toPa = to.huge().findOrMakePlace(start);
        long deposit = toPa == 0 ? 0 : to.newTable();
        if (deposit == 0) {
            return Copied.OUT_OF_MEMORY;
        }
        SpinLock toLock = to.huge().lock();
        SpinLock fromLock = from.huge().lock();
        toLock.lock();
        // The child is known to nobody else.
        fromLock.lockNested();
        long pmd = from.huge().load(fromPa);
        // Of one that a device works on the child gets copies, page by page.
        boolean done = format.isHuge(pmd)
                && !isPinned(vma.mm(), format.pfn(pmd), from.huge().pages());
        if (done) {
            pmd = change(from.huge(), start, fromPa, format::wrProtect);
            share(copy, start, format.pfn(pmd), from.huge().pages());
            to.huge().put(toPa, format.mkOld(pmd), deposit);
        }
        fromLock.unlock();
        toLock.unlock();
        if (!done) {
            to.discard(deposit);
        }
        return done ? Copied.DONE : Copied.NO_HUGE_PAGE;
    }

    private static boolean isPinned(Mm parent, long pfn, int pages) {
        for (int i = 0; parent.hasPinned() && i < pages; i++) {
            if (ForkMm.needsCopy(parent, parent.kernel().allocator().page(pfn + i))) {
                return true;
            }
        }
        return false;
    }

    private static void share(Vma copy, long start, long pfn, int pages) {
        Mm child = copy.mm();
        PageAllocator allocator = child.kernel().allocator();
        for (int i = 0; i < pages; i++) {
            Page page = allocator.page(pfn + i);
            page.get();
            page.addMapping();
            child.kernel()
                    .checkAnon(child, page, start + (long) i * child.geometry().bytes());
        }
        allocator.mappedWhole(allocator.page(pfn));
        child.addRss(RssKind.MM_ANONPAGES, pages);
    }

    /// Moves the huge page at `from` to `to`, where nothing is; false where that is none, less than all of it is to
    /// be moved, or it would not lie as a huge page must: `move_huge_pmd`. Called with `mmap_lock` for write.
    static boolean move(MmuGather gather, Mm mm, long from, long to, long bytes) {
        HugeEntries huge = mm.pageTable().huge();
        boolean fits = huge.start(from) == from && huge.start(to) == to && bytes >= huge.bytes();
        long fromPa = fits ? huge.find(from) : 0;
        long toPa = fromPa == 0 ? 0 : huge.findOrMakePlace(to);
        if (toPa == 0 || huge.lockFound(fromPa) == 0) {
            return false;
        }
        PageTableFormat format = mm.pageTable().format();
        boolean empty = format.isNone(huge.load(toPa));
        if (empty) {
            long pmd = huge.getAndClear(from, fromPa);
            gather.addRange(from, from + huge.bytes());
            gather.flushTlb();
            huge.putAgain(toPa, format.mkSoftDirty(pmd));
            for (int i = 0; i < huge.pages(); i++) {
                Page page = mm.kernel().allocator().page(format.pfn(pmd) + i);
                mm.kernel().checkAnon(mm, page, to + (long) i * mm.geometry().bytes());
            }
        }
        huge.lock().unlock();
        return empty;
    }

    /// Changes the huge page that `[start, stop)` is, as one of its PTEs would be; false where it is none. `gather`
    /// flushes.
    static boolean change(MmuGather gather, Mm mm, long start, long stop, LongUnaryOperator how) {
        HugeEntries huge = mm.pageTable().huge();
        long pmdPa = huge.findWhole(start, stop);
        if (pmdPa == 0 || huge.lockFound(pmdPa) == 0) {
            return false;
        }
        PageTableFormat format = mm.pageTable().format();
        long _ = change(huge, start, pmdPa, pmd -> format.mkHuge(how.applyAsLong(format.partOf(pmd, 0))));
        gather.addRange(start, stop);
        huge.lock().unlock();
        return true;
    }

    /// Until the hardware has set no bit in between; returns what the entry is.
    private static long change(HugeEntries huge, long va, long pmdPa, LongUnaryOperator how) {
        while (true) {
            long pmd = huge.load(pmdPa);
            long changed = how.applyAsLong(pmd);
            if (changed == pmd || huge.compareAndSet(va, pmdPa, pmd, changed)) {
                return changed;
            }
        }
    }

    /// Makes the huge page old that has the page `pfn` at `va`, or whatever page where that is -1, once that is its
    /// last one: reclaim looks at each of its pages, in the order of their frames, and all were used if one was.
    /// Returns whether it was young; -1 where there is no huge page.
    static int takeUse(Vma vma, long va, long pfn, UnmapBatch batch) {
        Mm mm = vma.mm();
        HugeEntries huge = mm.pageTable().huge();
        long pmdPa = huge.find(va);
        long pmd = pmdPa == 0 ? 0 : huge.lockFound(pmdPa);
        if (pmd == 0) {
            return -1;
        }
        PageTableFormat format = mm.pageTable().format();
        int index = huge.indexOf(va);
        boolean young = (pfn < 0 || format.pfn(pmd) + index == pfn) && format.isYoung(pmd);
        boolean last = pfn < 0 || index == huge.pages() - 1;
        if (young && last && huge.compareAndSet(va, pmdPa, pmd, format.mkOld(pmd))) {
            batch.aged(mm, huge.start(va));
            batch.aged(mm, huge.start(va) + huge.bytes() - mm.geometry().bytes());
        }
        huge.lock().unlock();
        return young ? 1 : 0;
    }
}
