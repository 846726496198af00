package faultline.kernel.mm.fault;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Faults in mappings of files that hold no lock which keeps the VMA: `do_fault` with
/// FAULT_FLAG_SPECULATIVE, in the first form of [SpfMmDesign].
///
/// They only take from the cache what can be had at once: a page that is there, up to date, inside the
/// file, whose lock is free, and with which no readahead goes on. The file is looked at within one read
/// section, which begins with a look at the sequence: then the VMA was still mapped, and its file stays to
/// the end of the section. What truncation relies on holds as for every other fault: a page is mapped
/// under its page lock, and only while it belongs to the file.
///
/// Shared stores do not come here ([Vma#canSpeculate]).
final class SpeculativeFileFaults {

    private final KernelMemory kernel;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Steps steps;

    SpeculativeFileFaults(KernelMemory kernel) {
        this.kernel = kernel;
        this.geometry = kernel.geometry();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.steps = kernel.steps();
    }

    /// A fault where no page is mapped yet. Why it ends with `Retry` has been counted.
    FaultOutcome doFault(Vma vma, PageFault fault, Speculation speculation) {
        speculation.attempted(Speculation.Kind.FILE, vma.mm().pageTable());
        return fault.isWrite() ? doCowFault(vma, fault, speculation) : doReadFault(vma, fault, speculation);
    }

    /// Maps the pages around the fault. As posted, a fault that `map_pages` does not help is given up
    /// before it asks `fault`, which would find no more; `fault` alone is asked where one page is all that
    /// would be mapped around.
    private FaultOutcome doReadFault(Vma vma, PageFault fault, Speculation speculation) {
        steps.at(FaultStep.READ_FAULT, fault.address());
        if (geometry.bytes() < FileFaults.FAULT_AROUND_BYTES) {
            return faultAround(vma, fault, speculation);
        }
        Page page = lockedPage(vma, fault, speculation);
        return page == null
                ? FaultOutcome.Retry.INSTANCE
                : finish(vma, fault, speculation, page, page, format.leaf(page.pfn(), vma.pageProt()));
    }

    /// A private store: the writer gets a copy at once, the file's page is not mapped.
    private FaultOutcome doCowFault(Vma vma, PageFault fault, Speculation speculation) {
        steps.at(FaultStep.COW_FAULT, fault.address());
        if (!speculation.hasAnonVma()) {
            return FaultOutcome.Retry.INSTANCE;
        }
        Page copy = kernel.nodes().newPage(vma, vma.policy(), fault.address(), false);
        if (copy == null) {
            return FaultOutcome.OutOfMemory.INSTANCE;
        }
        Page page = lockedPage(vma, fault, speculation);
        if (page == null) {
            allocator.put(copy);
            return FaultOutcome.Retry.INSTANCE;
        }
        kernel.memory().copy(page.pa(), copy.pa(), geometry.bytes());
        copy.setAnon(vma.anonId(), vma.indexOf(fault.address()));
        FaultOutcome outcome = finish(vma, fault, speculation, page, copy, FaultHandler.writablePte(format, vma, copy));
        allocator.put(page);
        return outcome;
    }

    /// Fills the PTE with `pte`, which takes over the reference of `mapped`, if it is still empty, and
    /// unlocks `page`: `finish_fault`. The file may be released by now; its page is kept by its lock.
    private FaultOutcome finish(Vma vma, PageFault fault, Speculation speculation, Page page, Page mapped, long pte) {
        PageTable table = vma.mm().pageTable();
        SpinLock lock = speculation.lockPte(table, fault);
        boolean empty = lock != null && format.isNone(table.load(fault.ptePa));
        if (empty) {
            FileFaults.map(vma, fault.address(), mapped, fault.ptePa, pte);
            FaultHandler.updateCache(table, fault.ptePa, fault);
        }
        if (lock != null) {
            lock.unlock();
        }
        // Not by way of the file, which is looked at only in a section.
        Objects.requireNonNull(page.mapping(), "a locked page stays in its cache")
                .unlock(page);
        if (!empty) {
            allocator.put(mapped);
        }
        return lock == null ? FaultOutcome.Retry.INSTANCE : FaultOutcome.Done.MINOR;
    }

    // The methods of the file, each within a read section.

    /// The page of the fault with a reference and locked, or null, which has been counted: `filemap_fault`.
    private @Nullable Page lockedPage(Vma vma, PageFault fault, Speculation speculation) {
        if (!speculation.beginFileSection()) {
            return null;
        }
        PageCache cache = FileFaults.cacheOf(vma);
        long index = vma.indexOf(fault.address());
        Page found = cache.find(index);
        boolean usable = found != null && !found.isReadaheadMark() && tryLock(cache, found, index);
        if (usable) {
            noteCached(vma, cache, 1);
        }
        speculation.endFileSection();
        if (usable) {
            return found;
        }
        if (found != null) {
            speculation.giveBack(found);
        }
        speculation.refused(Speculation.Refusal.NO_PAGE);
        return null;
    }

    /// `do_fault_around`.
    private FaultOutcome faultAround(Vma vma, PageFault fault, Speculation speculation) {
        if (!speculation.beginFileSection()) {
            return FaultOutcome.Retry.INSTANCE;
        }
        boolean mapped = mapPages(vma, fault, speculation);
        speculation.endFileSection();
        return mapped ? FaultOutcome.Done.MINOR : FaultOutcome.Retry.INSTANCE;
    }

    /// Maps the pages around the fault that can be had at once: `filemap_map_pages`. All go under one PTE
    /// lock, which is taken for the PTE of the fault when the first page is locked. True if the page of the
    /// fault was among them; else it has been counted why not.
    private boolean mapPages(Vma vma, PageFault fault, Speculation speculation) {
        PageTable table = vma.mm().pageTable();
        PageCache cache = FileFaults.cacheOf(vma);
        long at = geometry.down(fault.address());
        long window = at & -FileFaults.FAULT_AROUND_BYTES;
        long end = Math.min(Math.min(window + FileFaults.FAULT_AROUND_BYTES, vma.end()), table.endOfTable(at));
        SpinLock lock = null;
        boolean mapped = false;
        int found = 0;
        for (long va = Math.max(window, vma.start()); va < end; va += geometry.bytes()) {
            Page page = nextPage(cache, vma.indexOf(va));
            if (page == null) {
                continue;
            }
            if (lock == null) {
                lock = speculation.lockPte(table, fault);
            }
            if (lock == null) {
                cache.unlock(page);
                allocator.put(page);
                return false;
            }
            found++;
            mapped |= mapPage(vma, fault, page, va, at);
            cache.unlock(page);
        }
        if (lock != null) {
            lock.unlock();
            noteCached(vma, cache, found);
        }
        if (!mapped) {
            speculation.refused(Speculation.Refusal.NOT_AMONG_CACHED);
        }
        return mapped;
    }

    /// The page at an index with a reference and locked, if it can be had at once: `next_uptodate_page`.
    private @Nullable Page nextPage(PageCache cache, long index) {
        Page page = cache.find(index);
        if (page == null) {
            return null;
        }
        // Who comes to a marked page is to fault, and have the next ones read.
        if (cache.isUptodate(page) && !page.isReadaheadMark() && tryLock(cache, page, index)) {
            return page;
        }
        allocator.put(page);
        return null;
    }

    /// Locks a page that can be mapped; false, without the lock, for one that cannot.
    private boolean tryLock(PageCache cache, Page page, long index) {
        if (!cache.tryLock(page)) {
            return false;
        }
        if (page.mapping() == cache && cache.isUptodate(page) && FileFaults.isInside(geometry, cache, index)) {
            return true;
        }
        cache.unlock(page);
        return false;
    }

    /// Maps `page` at `va` if nothing is mapped there, or gives its reference back; the PTE lock is held.
    /// True if it is mapped at `at`, for which the fault is.
    private boolean mapPage(Vma vma, PageFault fault, Page page, long va, long at) {
        PageTable table = vma.mm().pageTable();
        long ptePa = fault.ptePa + (va - at >> geometry.shift()) * Long.BYTES;
        if (!format.isNone(table.load(ptePa))) {
            allocator.put(page);
            return false;
        }
        long pte = format.leaf(page.pfn(), vma.pageProt());
        if (va != at) {
            FileFaults.map(vma, va, page, ptePa, format.mkOld(pte));
            return false;
        }
        FileFaults.map(vma, va, page, ptePa, pte);
        FaultHandler.updateCache(table, ptePa, fault);
        return true;
    }

    private static void noteCached(Vma vma, PageCache cache, int pages) {
        FileReadahead ahead = cache.readsAhead() ? FileFaults.fileOf(vma).readahead() : null;
        if (ahead != null) {
            ahead.foundCached(pages, vma.has(Vma.VM_RAND_READ));
        }
    }
}
