package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// Moves what one PTE table maps to fresh frames and puts another table in its place: the way of
/// khugepaged (`collapse_huge_page`), but that the copies are mapped page by page, for this kernel makes
/// no blocks.
///
/// Write lock → PMD cleared, flushed → PTEs taken out under the old table's lock, let go → copied → PMD
/// points to the new table. From the first to the last no translation is there, and faults wait for
/// `mmap_lock`. Who walks without it may still be in the old table, and fill it behind the copying (M18):
/// either its design notices the write lock, or the flush waits for its walk.
public final class Collapse {

    private final Mm mm;
    private final PageTable table;
    private final PageTableFormat format;
    private final PageAllocator allocator;
    private final boolean counts;
    private final boolean interrupts;

    /// `counts` has the VMA's sequence move, for faults that rely on it, as both series of speculative faults
    /// have it. `interrupts` waits after the flush until every vCPU has had interrupts on
    /// (`tlb_remove_table_sync_one`, since Linux 6.1): where flushes are broadcast nothing else holds a walk
    /// with interrupts off up.
    public Collapse(Mm mm, boolean counts, boolean interrupts) {
        this.mm = mm;
        this.table = mm.pageTable();
        this.format = table.format();
        this.allocator = mm.kernel().allocator();
        this.counts = counts;
        this.interrupts = interrupts;
    }

    /// Collapses the PTE table that begins at `va`. False when there is none, or more than one VMA of
    /// anonymous memory in it, or no frame for another. The caller holds a vCPU and no lock.
    public boolean collapse(long va) {
        long fresh = table.newTable();
        if (fresh == 0) {
            return false;
        }
        MmuGather gather = mm.gather();
        mm.mmapLock().writeLock();
        Vma vma = mm.vmaAt(va);
        boolean fits =
                vma != null && vma.isAnonymous() && va == table.endOfTable(va - 1) && table.endOfTable(va) <= vma.end();
        // What is missing or write-protected for somebody in user space stays so: userfaultfd_armed.
        fits &= vma != null && !vma.has(Vma.VM_UFFD);
        boolean done = vma != null && fits && collapse(gather, vma, va, fresh);
        gather.finish();
        mm.mmapLock().writeUnlock();
        if (!done) {
            table.discard(fresh);
        }
        return done;
    }

    private boolean collapse(MmuGather gather, Vma vma, long va, long fresh) {
        vma.startWrite();
        if (counts) {
            vma.beginWrite();
        }
        // Nobody finds the pages by their AnonVma while they move.
        AnonVma anon = vma.anonVma();
        if (anon != null) {
            anon.lock();
        }
        boolean done = exchange(gather, vma, va, fresh);
        if (anon != null) {
            anon.unlock();
        }
        if (counts) {
            vma.endWrite();
        }
        return done;
    }

    private boolean exchange(MmuGather gather, Vma vma, long va, long fresh) {
        long end = table.endOfTable(va);
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        long old = table.unhook(va);
        if (old != 0) {
            mm.flushUnhooked(va, end);
        }
        // From here on nobody finds a page to translate to before mmap_lock is given back.
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (old == 0) {
            return false;
        }
        if (interrupts) {
            mm.kernel().tableReclaim().interruptAll();
        }
        long[] entries = takeOut(va, old);
        if (mm.kernel().translation().cache() != MmuCache.NONE) {
            // What the kernel keeps for the hardware beside the tables went with the entries.
            mm.flushTlb(va, end);
        }
        for (int i = 0; i < entries.length; i++) {
            entries[i] = move(gather, vma, entries[i]);
        }
        putIn(fresh, entries);
        table.hook(va, fresh);
        table.give(gather, old, va);
        return true;
    }

    /// `__collapse_huge_page_isolate`.
    private long[] takeOut(long va, long old) {
        int bytes = mm.geometry().bytes();
        long[] entries = new long[format.entries(0)];
        SpinLock lock = table.lockOf(old);
        lock.lock();
        for (int i = 0; i < entries.length; i++) {
            long ptePa = old + (long) i * Long.BYTES;
            if (!format.isNone(table.load(ptePa))) {
                entries[i] = table.getAndClear(va + (long) i * bytes, ptePa);
            }
        }
        table.emptied(old);
        lock.unlock();
        return entries;
    }

    /// `__collapse_huge_page_copy`: what maps a copy of the page. The zero page, pages that a child has too
    /// or that somebody else looks at, and what there is no frame for stay where they are.
    private long move(MmuGather gather, Vma vma, long pte) {
        if (!format.isPresent(pte) || format.isSpecial(pte)) {
            return pte;
        }
        Page page = allocator.page(format.pfn(pte));
        Page copy = page.isAnon() && page.refcount() == 1 ? allocator.alloc() : null;
        if (copy == null) {
            return pte;
        }
        mm.kernel().memory().copy(page.pa(), copy.pa(), mm.geometry().bytes());
        copy.addNewAnonMapping(page.anonVma(), page.index());
        page.removeMapping();
        // A table has fewer pages than a gather holds.
        boolean _ = gather.addPage(page);
        long moved = format.leaf(copy.pfn(), vma.pageProt());
        moved = format.isWritable(pte) ? format.mkWrite(moved) : moved;
        moved = format.isDirty(pte) ? format.mkDirty(moved) : moved;
        return format.isYoung(pte) ? moved : format.mkOld(moved);
    }

    private void putIn(long fresh, long[] entries) {
        SpinLock lock = table.lockOf(fresh);
        lock.lock();
        for (int i = 0; i < entries.length; i++) {
            if (!format.isNone(entries[i])) {
                table.store(fresh + (long) i * Long.BYTES, entries[i]);
            }
        }
        lock.unlock();
    }
}
