package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Puts a huge page in the place of what one PTE table maps: `collapse_huge_page`, for khugepaged and MADV_COLLAPSE.
///
/// Write lock → PMD cleared, flushed → PTEs taken out under the old table's lock, let go → copied → PMD maps the
/// copies. From the first to the last no translation is there, and faults wait for `mmap_lock`. Who walks without it
/// may still be in the old table, and fill it behind the copying (M18): either its design notices the write lock, or
/// the flush waits for its walk.
///
/// Pages that a child has too are copied, and stay the child's. The old table is freed; the deposit is a fresh one.
public final class Collapse {

    /// What came of it: `enum scan_result`.
    public enum Result {
        SUCCEED,
        /// It is one already.
        PMD_MAPPED,
        /// There is no PTE table.
        PMD_NULL,
        EXCEED_NONE_PTE,
        EXCEED_SWAP_PTE,
        EXCEED_SHARED_PTE,
        /// A page is swapped out, or there is a marker.
        PTE_NON_PRESENT,
        /// Somebody in user space handles stores to a page.
        PTE_UFFD_WP,
        /// No page may be written to.
        PAGE_RO,
        /// No page was used lately.
        LACK_REFERENCED_PAGE,
        /// A page is not of anonymous memory.
        PAGE_ANON,
        /// Somebody has a reference to a page beside who maps it.
        PAGE_COUNT,
        /// The address space has gone.
        ANY_PROCESS,
        VMA_NULL,
        VMA_CHECK,
        ADDRESS_RANGE,
        ALLOC_HUGE_PAGE_FAIL;

        /// Whether there is a huge page now.
        boolean isThere() {
            return this == SUCCEED || this == PMD_MAPPED;
        }

        /// Whether it was for pages of this one, so that the next may do better (`madvise_collapse`).
        boolean isOfPages() {
            return switch (this) {
                case PMD_NULL, PTE_NON_PRESENT, PTE_UFFD_WP, PAGE_RO, LACK_REFERENCED_PAGE, PAGE_COUNT -> true;
                default -> false;
            };
        }
    }

    /// What may be put together.
    ///
    /// @param mostNone empty PTEs
    /// @param mostShared pages that others map too
    /// @param mostSwapped pages that are swapped out, and read first
    /// @param wantsUse whether a page must have been used lately
    public record Rules(int mostNone, int mostShared, int mostSwapped, boolean wantsUse) {

        /// Those of MADV_COLLAPSE: whatever there is.
        public static final Rules ALL = new Rules(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, false);
    }

    /// Brings pages back that are swapped out.
    public interface SwapReader {

        /// Faults the page at `va` in, as a load would; false when it cannot be had. Called with no lock.
        boolean read(Mm mm, long va);
    }

    private final Mm mm;
    private final PageTable table;
    private final HugeEntries huge;
    private final PageTableFormat format;
    private final PageAllocator allocator;
    private final Rules rules;
    private final @Nullable SwapReader reader;
    private final boolean counts;
    private final boolean interrupts;

    /// `counts` has the VMA's sequence move, for faults that rely on it, as both series of speculative faults
    /// have it. `interrupts` waits after the flush until every vCPU has had interrupts on
    /// (`tlb_remove_table_sync_one`, since Linux 6.1): where flushes are broadcast nothing else holds a walk
    /// with interrupts off up.
    private Collapse(Mm mm, Rules rules, @Nullable SwapReader reader, boolean counts, boolean interrupts) {
        this.mm = mm;
        this.table = mm.pageTable();
        this.huge = table.huge();
        this.format = table.format();
        this.allocator = mm.kernel().allocator();
        this.rules = rules;
        this.reader = reader;
        this.counts = counts;
        this.interrupts = interrupts;
    }

    /// As above, of whatever there is in memory.
    public Collapse(Mm mm, boolean counts, boolean interrupts) {
        this(mm, Rules.ALL, null, counts, interrupts);
    }

    /// The way of Linux 6.12.
    public Collapse(Mm mm, Rules rules, SwapReader reader) {
        this(mm, rules, reader, true, true);
    }

    /// Collapses the PTE table that begins at `va`, as far as the rules permit. The caller holds a vCPU and no lock.
    public Result collapse(long va) {
        BitSet swapped = new BitSet();
        Result result = scan(va, swapped);
        if (result == Result.SUCCEED && !swapped.isEmpty()) {
            result = read(va, swapped);
        }
        if (result != Result.SUCCEED) {
            return result;
        }
        Page head = allocator.allocHuge(huge.pages(), true);
        mm.kernel().count(head == null ? VmEvent.THP_COLLAPSE_ALLOC_FAILED : VmEvent.THP_COLLAPSE_ALLOC, 1);
        if (head == null) {
            return Result.ALLOC_HUGE_PAGE_FAIL;
        }
        long deposit = table.newTable();
        if (deposit == 0) {
            allocator.putHuge(head, huge.pages());
            return Result.ALLOC_HUGE_PAGE_FAIL;
        }
        MmuGather gather = mm.gather();
        mm.mmapLock().writeLock();
        Vma vma = mm.vmaAt(va);
        result = check(vma, va);
        if (result == Result.SUCCEED && vma != null) {
            result = collapse(gather, vma, va, head, deposit);
        }
        gather.finish();
        mm.mmapLock().writeUnlock();
        if (result != Result.SUCCEED) {
            table.discard(deposit);
            allocator.putHuge(head, huge.pages());
        }
        return result;
    }

    /// Looks whether there is something to collapse, before a run of frames is looked for:
    /// `hpage_collapse_scan_pmd`.
    private Result scan(long va, BitSet swapped) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(va);
            Result result = check(vma, va);
            if (result != Result.SUCCEED) {
                return result;
            }
            long ptePa = table.lockInTable(va);
            if (ptePa == 0) {
                return huge.find(va) == 0 ? Result.PMD_NULL : Result.PMD_MAPPED;
            }
            result = look(ptePa, swapped);
            table.lockOf(ptePa).unlock();
            return result;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// `__collapse_huge_page_swapin`.
    private Result read(long va, BitSet swapped) {
        for (int i = swapped.nextSetBit(0); i >= 0; i = swapped.nextSetBit(i + 1)) {
            if (reader == null || !reader.read(mm, va + (long) i * mm.geometry().bytes())) {
                return Result.PTE_NON_PRESENT;
            }
        }
        return Result.SUCCEED;
    }

    /// `hugepage_vma_revalidate`. Huge pages need not be wanted here: who asks has looked at that.
    private Result check(@Nullable Vma vma, long va) {
        if (vma == null) {
            return Result.VMA_NULL;
        }
        if (va != huge.start(va) || va < vma.start() || va + huge.bytes() > vma.end()) {
            return Result.ADDRESS_RANGE;
        }
        return HugePageSettings.suits(vma) && vma.hasAnonVma() ? Result.SUCCEED : Result.VMA_CHECK;
    }

    /// Whether the PTEs that begin at `firstPa`, whose lock the caller has, are what the rules permit. Pages that
    /// are swapped out are left in `swapped`; without, there must be none.
    private Result look(long firstPa, @Nullable BitSet swapped) {
        int none = 0;
        int shared = 0;
        boolean writable = false;
        boolean used = false;
        for (int i = 0; i < huge.pages(); i++) {
            long pte = table.load(firstPa + (long) i * Long.BYTES);
            if (format.isNone(pte) || format.isPresent(pte) && format.isSpecial(pte)) {
                if (++none > rules.mostNone()) {
                    return Result.EXCEED_NONE_PTE;
                }
                continue;
            }
            if (!format.isPresent(pte)) {
                if (swapped == null || !format.isSwap(pte)) {
                    return Result.PTE_NON_PRESENT;
                }
                swapped.set(i);
                if (swapped.cardinality() > rules.mostSwapped()) {
                    return Result.EXCEED_SWAP_PTE;
                }
                continue;
            }
            if (format.isUffdWp(pte)) {
                return Result.PTE_UFFD_WP;
            }
            Page page = allocator.page(format.pfn(pte));
            if (!page.isAnon()) {
                return Result.PAGE_ANON;
            }
            if (page.mapcount() > 1 && ++shared > rules.mostShared()) {
                return Result.EXCEED_SHARED_PTE;
            }
            if (page.refcount() != page.mapcount() + (page.isSwapCache() ? 1 : 0)) {
                return Result.PAGE_COUNT;
            }
            writable |= format.isWritable(pte);
            used |= format.isYoung(pte);
        }
        if (!writable && (swapped == null || swapped.isEmpty())) {
            return Result.PAGE_RO;
        }
        return rules.wantsUse() && !used ? Result.LACK_REFERENCED_PAGE : Result.SUCCEED;
    }

    private Result collapse(MmuGather gather, Vma vma, long va, Page head, long deposit) {
        vma.startWrite();
        if (counts) {
            vma.beginWrite();
        }
        // Nobody finds the pages by their AnonVma while they move.
        AnonVma anon = vma.anonVma();
        if (anon != null) {
            anon.lock();
        }
        Result result = exchange(gather, vma, va, head, deposit);
        if (anon != null) {
            anon.unlock();
        }
        if (counts) {
            vma.endWrite();
        }
        return result;
    }

    private Result exchange(MmuGather gather, Vma vma, long va, Page head, long deposit) {
        long end = va + huge.bytes();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        long old = table.unhook(va);
        if (old != 0) {
            mm.flushUnhooked(va, end);
        }
        // From here on nobody finds a page to translate to before mmap_lock is given back.
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (old == 0) {
            return huge.find(va) == 0 ? Result.PMD_NULL : Result.PMD_MAPPED;
        }
        if (interrupts) {
            mm.kernel().tableReclaim().interruptAll();
        }
        long[] entries = new long[huge.pages()];
        Result result = takeOut(va, old, entries);
        if (result != Result.SUCCEED) {
            table.hook(va, old);
            return result;
        }
        copy(gather, entries, head);
        long pmdPa = huge.findOrMakePlace(va);
        if (!format.isNone(huge.load(pmdPa))) {
            throw new IllegalStateException("pgtable: a table was made for 0x" + Long.toHexString(va)
                    + " while the range was collapsed under mmap_lock");
        }
        long pte = format.mkDirty(format.leaf(head.pfn(), vma.pageProt()));
        long pmd = format.mkHuge(vma.isWritable() ? format.mkWrite(pte) : pte);
        huge.lock().lock();
        HugeMappings.map(vma, va, pmdPa, head, pmd, deposit);
        huge.lock().unlock();
        table.give(gather, old, va);
        return Result.SUCCEED;
    }

    /// `__collapse_huge_page_isolate`: looks once more, at what is there now that nobody comes any more.
    private Result takeOut(long va, long old, long[] entries) {
        int bytes = mm.geometry().bytes();
        SpinLock lock = table.lockOf(old);
        lock.lock();
        Result result = look(old, null);
        if (result == Result.SUCCEED) {
            for (int i = 0; i < entries.length; i++) {
                long ptePa = old + (long) i * Long.BYTES;
                if (!format.isNone(table.load(ptePa))) {
                    entries[i] = table.getAndClear(va + (long) i * bytes, ptePa);
                }
            }
            table.emptied(old);
        }
        lock.unlock();
        return result;
    }

    /// `__collapse_huge_page_copy`. What was empty, or the zero page, is zero already.
    private void copy(MmuGather gather, long[] entries, Page head) {
        int bytes = mm.geometry().bytes();
        int gone = 0;
        for (int i = 0; i < entries.length; i++) {
            long pte = entries[i];
            if (format.isNone(pte) || format.isSpecial(pte)) {
                mm.kernel().ksm().unmapZero(mm, pte);
                continue;
            }
            Page page = allocator.page(format.pfn(pte));
            mm.kernel().memory().copy(page.pa(), head.pa() + (long) i * bytes, bytes);
            page.removeMapping();
            if (page.isSwapCache()) {
                mm.kernel().swap().freeUnused(page);
            }
            gone++;
            // A table has fewer pages than a gather holds.
            boolean _ = gather.addPage(page);
        }
        mm.addRss(RssKind.MM_ANONPAGES, -gone);
    }
}
