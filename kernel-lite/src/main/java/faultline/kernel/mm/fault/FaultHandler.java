package faultline.kernel.mm.fault;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.check.Violation;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.MemPolicy;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmapLock;
import faultline.kernel.mm.RssKind;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaPolicy;
import faultline.kernel.mm.notifier.MmuNotifiers;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// What every design does once it holds a stable VMA that permits the access: `handle_mm_fault`.
///
/// The commit rule everywhere: take the PTE lock, read the PTE again, go on only if it is the one
/// the decision was made on; otherwise someone else (another fault, or the hardware's accessed bit)
/// was first, and the instruction runs again. Nothing here allocates on the Java heap.
public final class FaultHandler {

    private final KernelMemory kernel;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Steps steps;
    private final FileFaults files;
    private final HugeFaults huge;
    private final Userfaults userfaults;
    private final SwapFaults swap;
    private final NumaFaults numa;
    private final boolean checks;

    /// What no fault needs. The most passes have a fault that waits under its VMA's lock, has that once more, and
    /// then `mmap_lock` twice.
    private static final int MOST_PASSES = 8;

    public FaultHandler(KernelMemory kernel) {
        this.kernel = kernel;
        this.geometry = kernel.geometry();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.steps = kernel.steps();
        this.userfaults = new Userfaults(kernel);
        this.files = new FileFaults(kernel, userfaults);
        this.numa = new NumaFaults(this);
        this.huge = new HugeFaults(kernel, numa);
        this.swap = new SwapFaults(this);
        this.checks = kernel.checks();
    }

    /// Faults on what is swapped out.
    SwapFaults swap() {
        return swap;
    }

    public KernelMemory kernel() {
        return kernel;
    }

    /// Handles a fault in `vma`, which contains the address and permits the access. The caller
    /// keeps the VMA stable.
    public FaultOutcome handleMmFault(Vma vma, PageFault fault) {
        begin(fault);
        PageTable table = vma.mm().pageTable();
        look(table, fault);
        if (fault.ptePa == 0 && vma.isAnonymous()) {
            FaultOutcome outcome = handlePmdFault(vma, fault);
            if (outcome != null) {
                return outcome;
            }
        }
        return handlePteFault(vma, fault);
    }

    /// Leaves the place of the PTE and what is there in `fault`, 0 where there is no PTE table; and in its place what
    /// is there.
    private void look(PageTable table, PageFault fault) {
        table.beginLook();
        fault.ptePa = 0;
        fault.pmdPa = table.findPmd(fault.address());
        fault.pmd = fault.pmdPa == 0 ? 0 : table.loadPmd(fault.pmdPa);
        if (format.isPresent(fault.pmd) && !format.isHuge(fault.pmd)) {
            fault.ptePa = table.pteIn(fault.pmd, fault.address());
            fault.snapshot = table.load(fault.ptePa);
        }
        table.endLook();
    }

    /// A fault where there is no PTE table; null where it goes on with one.
    private @Nullable FaultOutcome handlePmdFault(Vma vma, PageFault fault) {
        if (!format.isHuge(fault.pmd)) {
            return huge.onMissing(vma, fault);
        }
        FaultOutcome outcome = huge.onPresent(vma, fault);
        if (outcome == null) {
            // It is split: there is a PTE, unless somebody was faster.
            look(vma.mm().pageTable(), fault);
        }
        return outcome;
    }

    /// Handles a fault for which nobody keeps anything stable: `speculation` has a copy of the VMA, and says
    /// whether that still holds. `Retry` where it does not, and where something would have to be waited for.
    FaultOutcome handleSpeculatively(Speculation speculation, PageFault fault) {
        begin(fault);
        Vma vma = speculation.vma();
        if (!speculation.walk(vma.mm().pageTable(), fault)) {
            return FaultOutcome.Retry.INSTANCE;
        }
        fault.speculation = speculation;
        try {
            return handlePteFault(vma, fault);
        } finally {
            fault.speculation = null;
        }
    }

    private void begin(PageFault fault) {
        steps.at(FaultStep.FAULT_BEGIN, fault.address());
        kernel.count(VmEvent.PGFAULT, 1);
        fault.snapshot = 0;
        if (checks) {
            countPass(fault);
        }
    }

    /// One retry and no more: who drops pages as fast as they are read must not keep a fault from ending (M30).
    private void countPass(PageFault fault) {
        if (++fault.passes > MOST_PASSES) {
            String self = KernelThread.current().getName();
            kernel.oracle()
                    .report(
                            Violation.Rule.ENDLESS_FAULT,
                            "fault: " + self + " starts over for the " + fault.passes + "th time on 0x"
                                    + Long.toHexString(fault.address()));
        }
    }

    private FaultOutcome handlePteFault(Vma vma, PageFault fault) {
        // Without a PTE table nothing is there; the table is made when it is certain to be needed.
        if (fault.ptePa == 0 || format.isNone(fault.snapshot)) {
            return doMissing(vma, fault);
        }
        if (!format.isPresent(fault.snapshot)) {
            if (format.hasSwapBits(fault.snapshot)) {
                return swap.doSwapPage(vma, fault);
            }
            FaultOutcome outcome = userfaults.onMarker(vma, fault);
            return outcome == null ? doMissing(vma, fault) : outcome;
        }
        if (format.isProtNone(fault.snapshot) && vma.isAccessible()) {
            attempted(fault, Speculation.Kind.NUMA, vma.mm().pageTable());
            return numa.doNumaPage(vma, fault);
        }
        return doPresent(vma, fault);
    }

    /// `do_pte_missing`.
    private FaultOutcome doMissing(Vma vma, PageFault fault) {
        return vma.isAnonymous() ? doAnonymousPage(vma, fault) : files.doFault(vma, fault);
    }

    /// Whether the PTE, whose lock the caller has, is still the one that was seen: `pte_same`.
    static boolean isUnchanged(PageTable table, PageFault fault) {
        return table.format().isSame(table.load(fault.ptePa), fault.snapshot);
    }

    /// The same; if not, the lock is given back: what is there by now is found when the access is made again.
    boolean isUnchangedElseUnlock(PageTable table, PageFault fault, SpinLock lock) {
        boolean same = isUnchanged(table, fault);
        if (!same) {
            lock.unlock();
            steps.at(FaultStep.PTE_CHANGED, fault.address());
        }
        return same;
    }

    /// Takes the lock of the fault's PTE; null when the fault is speculative and to be given up, or the
    /// table has been reclaimed: then it ends [#withoutLock].
    static @Nullable SpinLock lockPte(PageTable table, PageFault fault) {
        Speculation speculation = fault.speculation;
        if (speculation != null) {
            return speculation.lockPte(table, fault);
        }
        fault.ptePa = table.lock(fault.address(), fault.ptePa);
        return fault.ptePa == 0 ? null : table.lockOf(fault.ptePa);
    }

    /// The access is made again where the table is gone: it faults and makes another.
    static FaultOutcome withoutLock(PageFault fault) {
        return fault.speculation == null ? FaultOutcome.Done.MINOR : FaultOutcome.Retry.INSTANCE;
    }

    /// Tells a speculative fault what it turned out to be.
    private static void attempted(PageFault fault, Speculation.Kind kind, PageTable table) {
        if (fault.speculation != null) {
            fault.speculation.attempted(kind, table);
        }
    }

    /// `vmf_anon_prepare`: false for a fault that may not look at the VMA's neighbours, because nothing
    /// keeps them as they are. A fault that had its VMA's lock has it no more then.
    static boolean prepareAnon(Vma vma, PageFault fault) {
        if (fault.speculation != null) {
            return fault.speculation.hasAnonVma();
        }
        if ((fault.flags & PageFault.FAULT_FLAG_VMA_LOCK) == 0 || vma.hasAnonVma()) {
            vma.prepareAnon();
            return true;
        }
        // mmap_lock ranks above the VMA's lock: it is only tried.
        MmapLock lock = vma.mm().mmapLock();
        if (!lock.tryReadLock()) {
            fault.releaseFaultLock(vma);
            return false;
        }
        vma.prepareAnon();
        lock.readUnlock();
        return true;
    }

    // Nothing there, anonymous memory.

    private FaultOutcome doAnonymousPage(Vma vma, PageFault fault) {
        steps.at(FaultStep.ANONYMOUS_PAGE, fault.address());
        PageTable table = vma.mm().pageTable();
        attempted(fault, Speculation.Kind.ANON, table);
        if (fault.ptePa == 0) {
            fault.ptePa = table.findOrMake(fault.address());
            if (fault.ptePa == 0) {
                return FaultOutcome.OutOfMemory.INSTANCE;
            }
        }
        return fault.isWrite() ? makeAnonymousPage(vma, fault) : mapZeroPage(vma, fault);
    }

    private FaultOutcome mapZeroPage(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        long pte = format.mkSpecial(format.leaf(allocator.zeroPage().pfn(), vma.pageProt()));
        SpinLock lock = lockPte(table, fault);
        if (lock == null) {
            return withoutLock(fault);
        }
        boolean empty = isUnchanged(table, fault);
        boolean handled = empty && vma.has(Vma.VM_UFFD_MISSING);
        if (empty && !handled) {
            table.store(fault.ptePa, Userfaults.keepMarked(format, vma, fault, pte));
            updateCache(table, fault.ptePa, fault);
        }
        lock.unlock();
        return handled ? userfaults.handle(vma, fault, Vma.VM_UFFD_MISSING) : FaultOutcome.Done.MINOR;
    }

    /// A frame for a page of the VMA, from where its policy says: `vma_alloc_folio`. Null when RAM is full.
    @Nullable
    Page newPage(Vma vma, PageFault fault, boolean zeroed) {
        Vma live = fault.speculation == null ? vma : fault.speculation.liveVma();
        VmaPolicy policy = live.policyObject();
        MemPolicy chosen = null;
        if (policy != null) {
            steps.at(FaultStep.MEMORY_POLICY, fault.address());
            chosen = policy.get();
        }
        return kernel.nodes().newPage(vma, chosen, fault.address(), zeroed);
    }

    /// The page is taken and cleared with no lock held.
    private FaultOutcome makeAnonymousPage(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        if (!prepareAnon(vma, fault)) {
            return FaultOutcome.Retry.INSTANCE;
        }
        Page page = newPage(vma, fault, true);
        if (page == null) {
            return FaultOutcome.OutOfMemory.INSTANCE;
        }
        SpinLock lock = lockPte(table, fault);
        if (lock == null) {
            allocator.put(page);
            return withoutLock(fault);
        }
        long ptePa = fault.ptePa;
        boolean empty = isUnchanged(table, fault);
        boolean handled = empty && vma.has(Vma.VM_UFFD_MISSING);
        if (empty && !handled) {
            page.addNewAnonMapping(vma.anonId(), vma.indexOf(fault.address()));
            kernel.checkAnon(vma, page, fault.address());
            vma.mm().addRss(RssKind.MM_ANONPAGES, 1);
            table.store(ptePa, Userfaults.keepMarked(format, vma, fault, writablePte(format, vma, page)));
            updateCache(table, ptePa, fault);
        }
        lock.unlock();
        if (handled) {
            allocator.put(page);
            return userfaults.handle(vma, fault, Vma.VM_UFFD_MISSING);
        }
        if (!empty) {
            steps.at(FaultStep.PTE_CHANGED, fault.address());
            allocator.put(page);
        }
        return FaultOutcome.Done.MINOR;
    }

    /// Grants what a fault asks for; false when the hardware, or who cleans or truncates, was faster.
    static boolean replace(PageTable table, PageFault fault, long pte) {
        boolean done = table.compareAndSet(fault.address(), fault.ptePa, fault.snapshot, pte);
        if (done) {
            updateCache(table, fault.ptePa, fault);
        }
        return done;
    }

    /// The caller has the PTE's lock and has just stored it.
    static void updateCache(PageTable table, long ptePa, PageFault fault) {
        if (fault.repeats()) {
            table.updateCache(fault.address(), ptePa, fault.access());
        }
    }

    /// A dirty PTE of a page that a store has just made, writable if the VMA is:
    /// `maybe_mkwrite(pte_mkdirty(…))`.
    static long writablePte(PageTableFormat format, Vma vma, Page page) {
        long pte = format.mkDirty(format.leaf(page.pfn(), vma.pageProt()));
        return vma.isWritable() ? format.mkWrite(pte) : pte;
    }

    // Something there.

    private FaultOutcome doPresent(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        attempted(fault, Speculation.Kind.PTE, table);
        SpinLock lock = lockPte(table, fault);
        if (lock == null) {
            return withoutLock(fault);
        }
        if (!isUnchangedElseUnlock(table, fault, lock)) {
            return FaultOutcome.Done.MINOR;
        }
        if (fault.isWrite() && !format.isWritable(fault.snapshot)) {
            return doWpPage(vma, fault, lock);
        }
        steps.at(FaultStep.ACCESS_FLAGS, fault.address());
        long pte = format.mkYoung(fault.snapshot);
        if (fault.isWrite()) {
            pte = format.mkDirty(pte);
        }
        if (pte != fault.snapshot) {
            // Lost to the hardware's own update: the instruction runs again and finds out.
            boolean _ = replace(table, fault, pte);
        } else if (fault.isWrite()) {
            // Spurious: this vCPU's translation is older than the PTE.
            long page = geometry.down(fault.address());
            KernelThread.current().vcpu().mem().tlb().flushRange(page, page + geometry.bytes());
        }
        lock.unlock();
        return FaultOutcome.Done.MINOR;
    }

    /// A store to a page that is mapped read-only in a VMA that permits stores. Called with the PTE
    /// lock, which it gives back.
    FaultOutcome doWpPage(Vma vma, PageFault fault, SpinLock lock) {
        attempted(fault, Speculation.Kind.WP, vma.mm().pageTable());
        if (vma.has(Vma.VM_UFFD_WP) && format.isUffdWp(fault.snapshot)) {
            Userfaultfd handler = vma.userfault();
            if (handler == null || !handler.has(Userfaultfd.FEATURE_WP_ASYNC)) {
                lock.unlock();
                return userfaults.handle(vma, fault, Vma.VM_UFFD_WP);
            }
            // Whoever asks later sees that the page was written to.
            long pte = format.clearUffdWp(fault.snapshot);
            if (!replace(vma.mm().pageTable(), fault, pte)) {
                lock.unlock();
                return FaultOutcome.Done.MINOR;
            }
            fault.snapshot = pte;
        }
        Page page = format.isSpecial(fault.snapshot) ? null : allocator.page(format.pfn(fault.snapshot));
        if (vma.has(Vma.VM_SHARED | Vma.VM_MAYSHARE) && page != null) {
            page.get();
            lock.unlock();
            return files.wpPageShared(vma, fault, page);
        }
        // Looked at last: who makes it a shared one has a reference until it is.
        if (page != null && page.isAnon() && isAlone(page) && !page.isKsm()) {
            steps.at(FaultStep.WP_REUSE, fault.address());
            long pte = format.mkDirty(format.mkYoung(fault.snapshot));
            // Not for a debugger's forced write to memory that the program may only read.
            if (vma.isWritable()) {
                pte = format.mkWrite(pte);
            }
            if (replace(vma.mm().pageTable(), fault, pte)) {
                page.moveAnon(vma.anonId());
                kernel.count(VmEvent.PGREUSE, 1);
            }
            lock.unlock();
            return FaultOutcome.Done.MINOR;
        }
        if (page != null) {
            if (page.isKsm()) {
                kernel.count(VmEvent.COW_KSM, 1);
            }
            page.get();
        }
        lock.unlock();
        return wpPageCopy(vma, fault, page);
    }

    /// Whether the PTE has the only reference to its page, once the swap cache has given up its own:
    /// `wp_can_reuse_anon_folio`.
    private boolean isAlone(Page page) {
        if (page.isSwapCache() && page.refcount() == 2 && kernel.swap().locks().tryLock(page)) {
            boolean _ = kernel.swap().free(page);
            kernel.swap().locks().unlock(page);
        }
        return page.refcount() == 1;
    }

    /// Copies a page for its writer: `wp_page_copy`. `old` has a reference that is given back, or
    /// is null for the zero page.
    private FaultOutcome wpPageCopy(Vma vma, PageFault fault, @Nullable Page old) {
        steps.at(FaultStep.WP_COPY, fault.address());
        if (!prepareAnon(vma, fault)) {
            return giveUpCopy(old, null, FaultOutcome.Retry.INSTANCE);
        }
        Page page = newPage(vma, fault, old == null);
        if (page == null) {
            return giveUpCopy(old, null, FaultOutcome.OutOfMemory.INSTANCE);
        }
        if (old != null) {
            kernel.memory().copy(old.pa(), page.pa(), geometry.bytes());
        }
        if (fault.speculation != null && !fault.speculation.beginNotifying()) {
            return giveUpCopy(old, page, FaultOutcome.Retry.INSTANCE);
        }
        MmuNotifiers notifiers = vma.mm().notifiers();
        long va = geometry.down(fault.address());
        notifiers.invalidateRangeStart(MmuNotifyEvent.CLEAR, va, va + geometry.bytes());
        FaultOutcome outcome = putCopy(vma, fault, old, page);
        endCopy(notifiers, fault, va, outcome);
        return outcome;
    }

    /// Puts the copy in the place of the page, if that is still the same.
    private FaultOutcome putCopy(Vma vma, PageFault fault, @Nullable Page old, Page page) {
        PageTable table = vma.mm().pageTable();
        SpinLock lock = lockPte(table, fault);
        if (lock == null) {
            return giveUpCopy(old, page, withoutLock(fault));
        }
        boolean same = isUnchanged(table, fault);
        if (same) {
            replace(vma, fault, old, page);
        }
        lock.unlock();
        if (same && old != null) {
            kernel.swap().freeUnused(old);
            // The reference of the PTE that is gone.
            allocator.put(old);
        } else if (!same) {
            steps.at(FaultStep.PTE_CHANGED, fault.address());
            allocator.put(page);
        }
        if (old != null) {
            allocator.put(old);
        }
        return FaultOutcome.Done.MINOR;
    }

    /// Tells the end of what a copy has invalidated.
    private void endCopy(MmuNotifiers notifiers, PageFault fault, long va, FaultOutcome outcome) {
        Speculation speculation = fault.speculation;
        if (speculation == null || speculation.tellsEndOfGivenUp() || !(outcome instanceof FaultOutcome.Retry)) {
            notifiers.invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, va + geometry.bytes());
        }
        if (speculation != null) {
            speculation.endNotifying();
        }
    }

    private FaultOutcome giveUpCopy(@Nullable Page old, @Nullable Page copy, FaultOutcome outcome) {
        if (old != null) {
            allocator.put(old);
        }
        if (copy != null) {
            allocator.put(copy);
        }
        return outcome;
    }

    /// Clear and flush everywhere, only then the new PTE: no vCPU may read the old page after
    /// another has written the new one (facts of `ptep_clear_flush`; on arm64 also
    /// break-before-make). The PTE lock is held.
    private void replace(Vma vma, PageFault fault, @Nullable Page old, Page page) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long va = geometry.down(fault.address());
        long _ = table.getAndClear(va, fault.ptePa);
        mm.flushTlb(va, va + geometry.bytes());
        page.addNewAnonMapping(vma.anonId(), vma.indexOf(fault.address()));
        kernel.checkAnon(vma, page, va);
        table.store(fault.ptePa, writablePte(format, vma, page));
        updateCache(table, fault.ptePa, fault);
        if (old == null) {
            kernel.ksm().unmapZero(mm, fault.snapshot);
            mm.addRss(RssKind.MM_ANONPAGES, 1);
            return;
        }
        if (RssKind.of(old) != RssKind.MM_ANONPAGES) {
            mm.addRss(RssKind.of(old), -1);
            mm.addRss(RssKind.MM_ANONPAGES, 1);
        }
        old.removeMapping();
    }
}
