package faultline.kernel.mm.pgtable;

import faultline.core.step.Steps;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Collects what an unmapping takes out of page tables, and frees it only when no vCPU can reach it
/// any more: unhook, flush, free (I2). `mmu_gather`.
///
/// Used by one thread. [#finish] must be called; [#flush] may be called in between, without PTE
/// locks.
public final class MmuGather {

    /// Invalidates a range of the address space on every vCPU that may hold translations of it.
    public interface Flusher {
        void flush(long start, long end);

        /// Flushes what others have taken out and put the flush off for.
        void flushDeferred();

        /// Follows a flush after which tables are to be freed.
        void tablesUnhooked();
    }

    /// Linux's MAX_GATHER_BATCH_COUNT times a page of pointers; past it pages are freed in between.
    private static final int MAX_PAGES = 10_000;

    /// MMU_GATHER_BUNDLE, the batch on the stack: most unmappings are small.
    private static final int FIRST_BATCH = 8;

    private final PageAllocator allocator;
    private final TableReclaim reclaim;
    private final Steps steps;
    private final Flusher flusher;

    private Page[] pages = new Page[FIRST_BATCH];
    private int pageCount;
    private final List<Page> tables = new ArrayList<>();

    /// The first pages of runs that were huge pages.
    private final List<Page> huge = new ArrayList<>();

    private int hugeLength;
    private long start;
    private long end;

    public MmuGather(PageAllocator allocator, TableReclaim reclaim, Steps steps, Flusher flusher) {
        this.allocator = allocator;
        this.reclaim = reclaim;
        this.steps = steps;
        this.flusher = flusher;
        resetRange();
    }

    /// Says that the PTE of a page was cleared or lost a right: `tlb_remove_tlb_entry`.
    public void addRange(long from, long to) {
        start = Long.compareUnsigned(from, start) < 0 ? from : start;
        end = Long.compareUnsigned(to, end) > 0 ? to : end;
    }

    /// Takes over the reference that a cleared PTE held. True when so much has been gathered that
    /// the caller should let go of its PTE lock and [#flush].
    public boolean addPage(Page page) {
        if (pageCount == pages.length) {
            pages = Arrays.copyOf(pages, Math.min(pageCount * 4, MAX_PAGES));
        }
        pages[pageCount++] = page;
        return pageCount == MAX_PAGES;
    }

    /// Takes over the references that the entry of a huge page held, one to each of its `count` pages. True as for
    /// [#addPage].
    public boolean addHuge(Page head, int count) {
        hugeLength = count;
        huge.add(head);
        return (long) huge.size() * count >= MAX_PAGES;
    }

    /// Takes over a table that served `va`. Something is flushed even if no entry of it was there: a
    /// hardware walk may be in it.
    void addTable(Page table, long va) {
        addRange(va, va + allocator.geometry().bytes());
        tables.add(table);
    }

    /// Flushes what was cleared so far and frees it.
    public void flush() {
        flushTlb();
        flusher.flushDeferred();
        allocator.putAll(pages, pageCount);
        pageCount = 0;
        if (!huge.isEmpty()) {
            huge.forEach(head -> allocator.putHuge(head, hugeLength));
            huge.clear();
        }
        if (!tables.isEmpty()) {
            flusher.tablesUnhooked();
            reclaim.free(tables);
            tables.clear();
        }
    }

    /// Flushes what was cleared so far, frees nothing. PTE locks may be held.
    public void flushTlb() {
        if (Long.compareUnsigned(start, end) < 0) {
            steps.at(PgtableStep.TLB_FLUSH, start);
            flusher.flush(start, end);
            resetRange();
        }
    }

    /// Flushes and frees the rest.
    public void finish() {
        flush();
    }

    private void resetRange() {
        start = -1L;
        end = 0;
    }
}
