package faultline.kernel.mm.fault;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.RssKind;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Faults in mappings of files: `do_fault` and `wp_page_shared`.
///
/// A page of the cache is mapped under its page lock and only while it belongs to the file and lies
/// inside it; that is what truncation relies on. The page lock ranks above the PTE lock.
final class FileFaults {

    /// `fault_around_bytes`.
    static final int FAULT_AROUND_BYTES = 64 << 10;

    private final SpeculativeFileFaults speculative;
    private final KernelMemory kernel;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Steps steps;
    private final Userfaults userfaults;

    FileFaults(KernelMemory kernel, Userfaults userfaults) {
        this.userfaults = userfaults;
        this.speculative = new SpeculativeFileFaults(kernel);
        this.kernel = kernel;
        this.geometry = kernel.geometry();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.steps = kernel.steps();
    }

    /// A fault where no page is mapped yet.
    FaultOutcome doFault(Vma vma, PageFault fault) {
        Speculation speculation = fault.speculation;
        if (speculation != null) {
            return speculative.doFault(vma, fault, speculation);
        }
        if (vma.has(Vma.VM_UFFD_MISSING | Vma.VM_UFFD_MINOR)) {
            boolean inside = isInside(cacheOf(vma), vma.indexOf(fault.address()));
            FaultOutcome outcome = userfaults.onShmem(vma, fault, inside);
            if (outcome != null) {
                return outcome;
            }
        }
        if (!fault.isWrite()) {
            return doReadFault(vma, fault);
        }
        return vma.isShared() ? doSharedFault(vma, fault) : doCowFault(vma, fault);
    }

    static PageCache cacheOf(Vma vma) {
        return fileOf(vma).pages();
    }

    static MappedFile fileOf(Vma vma) {
        return Objects.requireNonNull(vma.file(), "a file's VMA has a file");
    }

    private FaultOutcome doReadFault(Vma vma, PageFault fault) {
        steps.at(FaultStep.READ_FAULT, fault.address());
        PageCache cache = cacheOf(vma);
        Page page = lockedPage(vma, fault);
        if (page == null) {
            return failure(fault);
        }
        FaultOutcome outcome = install(vma, fault, page, format.leaf(page.pfn(), vma.pageProt()));
        cache.unlock(page);
        if (outcome == FaultOutcome.Done.MINOR && !vma.has(Vma.VM_UFFD_WP | Vma.VM_UFFD_MINOR)) {
            // Where reads take no time, those around a miss are made now and mapped with it.
            boolean stored = !cache.isShmem() || cache.source().holds(vma.indexOf(fault.address()));
            faultAround(vma, fault, fault.major && stored && !cache.readsAhead());
        }
        return majorIf(fault, outcome);
    }

    /// A private store: the writer gets a copy at once, the file's page is not mapped.
    private FaultOutcome doCowFault(Vma vma, PageFault fault) {
        steps.at(FaultStep.COW_FAULT, fault.address());
        PageCache cache = cacheOf(vma);
        if (!FaultHandler.prepareAnon(vma, fault)) {
            return FaultOutcome.Retry.INSTANCE;
        }
        Page copy = kernel.nodes().newPage(vma, vma.policy(), fault.address(), false);
        if (copy == null) {
            return FaultOutcome.OutOfMemory.INSTANCE;
        }
        Page page = lockedPage(vma, fault);
        if (page == null) {
            allocator.put(copy);
            return failure(fault);
        }
        kernel.memory().copy(page.pa(), copy.pa(), geometry.bytes());
        copy.setAnon(vma.anonId(), vma.indexOf(fault.address()));
        FaultOutcome outcome = install(vma, fault, copy, FaultHandler.writablePte(format, vma, copy));
        cache.unlock(page);
        allocator.put(page);
        return majorIf(fault, outcome);
    }

    /// A shared store: the page becomes dirty while its lock keeps truncation and writeback out
    /// (`page_mkwrite`).
    private FaultOutcome doSharedFault(Vma vma, PageFault fault) {
        steps.at(FaultStep.SHARED_FAULT, fault.address());
        PageCache cache = cacheOf(vma);
        Page page = lockedPage(vma, fault);
        if (page == null) {
            return failure(fault);
        }
        if (!cache.promise(page)) {
            cache.unlock(page);
            allocator.put(page);
            return FaultOutcome.Signal.busError(fault.address());
        }
        boolean dirtied = page.setDirty();
        FaultOutcome outcome = install(vma, fault, page, FaultHandler.writablePte(format, vma, page));
        cache.unlock(page);
        return DirtyThrottle.end(vma, fault, cache, page, dirtied, majorIf(fault, outcome));
    }

    /// The first store through a shared mapping to a page that is mapped clean. Gives back the
    /// caller's reference.
    FaultOutcome wpPageShared(Vma vma, PageFault fault, Page page) {
        steps.at(FaultStep.WP_SHARED, fault.address());
        PageCache cache = cacheOf(vma);
        PageTable table = vma.mm().pageTable();
        boolean dirtied = false;
        cache.lock(page);
        boolean inside = page.mapping() == cache;
        if (inside && !cache.promise(page)) {
            cache.unlock(page);
            allocator.put(page);
            return FaultOutcome.Signal.busError(fault.address());
        }
        if (inside) {
            dirtied = page.setDirty();
            fault.ptePa = table.lock(fault.address(), fault.ptePa);
            if (fault.ptePa != 0) {
                long pte = format.mkWrite(format.mkDirty(format.mkYoung(fault.snapshot)));
                // Lost to a writeback, a truncation or the hardware: the instruction runs again.
                boolean _ = FaultHandler.replace(table, fault, pte);
                table.lockOf(fault.ptePa).unlock();
            }
        }
        cache.unlock(page);
        allocator.put(page);
        return inside
                ? DirtyThrottle.end(vma, fault, cache, page, dirtied, FaultOutcome.Done.MINOR)
                : FaultOutcome.Done.MINOR;
    }

    private boolean isInside(PageCache cache, long index) {
        return isInside(geometry, cache, index);
    }

    static boolean isInside(PageGeometry geometry, PageCache cache, long index) {
        return index < geometry.up(cache.source().size()) >>> geometry.shift();
    }

    /// The file's page for the fault, up to date, with a reference and locked; null past the end of the file,
    /// when it cannot be read, without a free frame, and when the fault is to start over: `filemap_fault`.
    private @Nullable Page lockedPage(Vma vma, PageFault fault) {
        PageCache cache = cacheOf(vma);
        long index = vma.indexOf(fault.address());
        fault.failure = FaultOutcome.Done.MINOR;
        fault.major = false;
        boolean read = false;
        while (isInside(cache, index)) {
            Page page;
            try {
                page = findOrRead(vma, fault, index);
            } catch (ErrnoException _) {
                // ENOSPC: the file may not have one more.
                return null;
            }
            if (page == null) {
                fault.failure = FaultOutcome.OutOfMemory.INSTANCE;
                return null;
            }
            if (!PageLockWait.lockOrRetry(vma, fault, cache.locks(), page)) {
                allocator.put(page);
                fault.failure = FaultOutcome.Retry.INSTANCE;
                return null;
            }
            boolean inside = page.mapping() == cache && isInside(cache, index);
            if (inside && cache.isUptodate(page)) {
                return page;
            }
            boolean again = !inside || !read || !page.hasFailed();
            if (inside && again) {
                read = true;
                cache.beginRead(page);
            } else {
                cache.unlock(page);
            }
            allocator.put(page);
            if (!again) {
                return null;
            }
        }
        return null;
    }

    /// The page with a reference, after beginning to read it and those around it if nobody has. Null without a free
    /// frame.
    private @Nullable Page findOrRead(Vma vma, PageFault fault, long index) {
        PageCache cache = cacheOf(vma);
        FileReadahead ahead = cache.readsAhead() ? fileOf(vma).readahead() : null;
        if (cache.mustSwapIn(index)) {
            noteMajor(fault);
        }
        Page page = cache.findOrInsert(index);
        if (page == null) {
            return null;
        }
        // A new page of memory is read from nowhere.
        if (page.isUnread() && (!cache.isShmem() || cache.source().holds(index))) {
            noteMajor(fault);
            if (ahead != null) {
                ahead.faultMissed(cache, index, vma.has(Vma.VM_SEQ_READ), vma.has(Vma.VM_RAND_READ));
            }
        } else if (ahead != null && (fault.flags & PageFault.FAULT_FLAG_TRIED) == 0) {
            ahead.faultHit(cache, page, vma.has(Vma.VM_RAND_READ));
        }
        return page;
    }

    private void noteMajor(PageFault fault) {
        fault.major = true;
        kernel.count(VmEvent.PGMAJFAULT, 1);
    }

    /// Why [#lockedPage] had none.
    private static FaultOutcome failure(PageFault fault) {
        return fault.failure == FaultOutcome.Done.MINOR ? FaultOutcome.Signal.busError(fault.address()) : fault.failure;
    }

    private static FaultOutcome majorIf(PageFault fault, FaultOutcome outcome) {
        return fault.major && outcome == FaultOutcome.Done.MINOR ? FaultOutcome.Done.MAJOR : outcome;
    }

    /// Fills the PTE with `pte`, which takes over the reference of `page`, if it is still empty:
    /// `finish_fault`.
    private FaultOutcome install(Vma vma, PageFault fault, Page page, long pte) {
        PageTable table = vma.mm().pageTable();
        long ptePa;
        do {
            ptePa = table.findOrMake(fault.address());
            if (ptePa == 0) {
                allocator.put(page);
                return FaultOutcome.OutOfMemory.INSTANCE;
            }
            // None where the table was reclaimed at once: it is made again.
            ptePa = table.lock(fault.address(), ptePa);
        } while (ptePa == 0);
        SpinLock lock = table.lockOf(ptePa);
        boolean empty = format.isSame(table.load(ptePa), fault.snapshot);
        if (empty) {
            map(vma, fault.address(), page, ptePa, Userfaults.keepMarked(format, vma, fault, pte));
            FaultHandler.updateCache(table, ptePa, fault);
        }
        lock.unlock();
        if (!empty) {
            steps.at(FaultStep.PTE_CHANGED, fault.address());
            allocator.put(page);
        }
        return FaultOutcome.Done.MINOR;
    }

    /// Fills the empty PTE of `va`, whose lock is held; takes over the reference of `page`.
    static void map(Vma vma, long va, Page page, long ptePa, long pte) {
        Mm mm = vma.mm();
        page.addMapping();
        mm.kernel().checkAnon(vma, page, va);
        mm.addRss(RssKind.of(page), 1);
        mm.pageTable().store(ptePa, pte);
    }

    /// Maps what is cached around a read fault, without waiting for locks: `filemap_map_pages`.
    /// With `read`, after a miss, what is not cached is read first, as Linux's read-around does: a
    /// program faults once for each 64 KiB of its text.
    private void faultAround(Vma vma, PageFault fault, boolean read) {
        PageTable table = vma.mm().pageTable();
        long window = fault.address() & -FAULT_AROUND_BYTES;
        long start = Math.max(window, vma.start());
        long end = Math.min(Math.min(window + FAULT_AROUND_BYTES, vma.end()), table.endOfTable(fault.address()));
        PageCache cache = cacheOf(vma);
        for (long va = start; va < end; va += geometry.bytes()) {
            table.beginLook();
            long ptePa = table.find(va);
            boolean empty = ptePa != 0 && format.isNone(table.load(ptePa));
            table.endLook();
            long index = vma.indexOf(va);
            if (!empty || !isInside(cache, index)) {
                continue;
            }
            Page page = read && !vma.has(Vma.VM_RAND_READ) ? readAhead(cache, index) : cache.find(index);
            if (page != null) {
                mapAround(vma, cache, page, va, ptePa);
            }
        }
    }

    private static @Nullable Page readAhead(PageCache cache, long index) {
        try {
            return cache.get(index);
        } catch (ErrnoException _) {
            // Nobody has asked for this page yet; whoever does gets the error.
            return null;
        }
    }

    private void mapAround(Vma vma, PageCache cache, Page page, long va, long ptePa) {
        boolean mapped = false;
        // Who comes to a marked page is to fault, and have the next ones read.
        if (cache.isUptodate(page) && !page.isReadaheadMark() && cache.tryLock(page)) {
            if (page.mapping() == cache && isInside(cache, vma.indexOf(va))) {
                mapped = mapOld(vma, page, va, ptePa);
            }
            cache.unlock(page);
        }
        if (!mapped) {
            allocator.put(page);
        }
    }

    private boolean mapOld(Vma vma, Page page, long va, long foundPa) {
        PageTable table = vma.mm().pageTable();
        long ptePa = table.lock(va, foundPa);
        if (ptePa == 0) {
            return false;
        }
        SpinLock lock = table.lockOf(ptePa);
        boolean empty = format.isNone(table.load(ptePa));
        if (empty) {
            map(vma, va, page, ptePa, format.mkOld(format.leaf(page.pfn(), vma.pageProt())));
        }
        lock.unlock();
        return empty;
    }
}
