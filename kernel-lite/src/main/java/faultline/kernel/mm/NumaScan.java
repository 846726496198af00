package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.concurrent.atomic.AtomicLong;

/// Takes rights away from PTEs of an address space, a part of it at a time, so that the next uses fault and tell from
/// which node the pages are used: `task_numa_work` of Linux 6.12.
///
/// Runs on a task of the address space, on its way back to the program. It only tries `mmap_lock`, for read: faults go
/// on meanwhile, and rest on the PTE lock as with every change of a PTE.
public final class NumaScan {

    /// How much is looked at, in parts of what is changed, where there is little to change.
    private static final int LOOKED_AT = 8;

    private final Mm mm;
    private final NumaBalancing settings;

    /// `numa_next_scan`: when the next one is due.
    private final AtomicLong due;

    /// `numa_scan_offset`. Written by who has moved [#due], read by the next.
    private volatile long offset;

    NumaScan(Mm mm) {
        this.mm = mm;
        this.settings = mm.kernel().balancing();
        this.due = new AtomicLong(now() + settings.nanos(NumaBalancing.Setting.SCAN_DELAY_MS));
    }

    private long now() {
        return mm.kernel().steps().schedule().nanoTime();
    }

    /// Scans a part if it is time to. The caller holds a vCPU and no lock.
    public void runIfDue() {
        long seen = due.get();
        long now = now();
        if (now < seen || !due.compareAndSet(seen, now + settings.nanos(NumaBalancing.Setting.SCAN_PERIOD_MIN_MS))) {
            return;
        }
        run();
    }

    /// Scans a part; nothing where somebody has `mmap_lock` for write.
    public void run() {
        if (!mm.mmapLock().tryReadLock()) {
            return;
        }
        try {
            scan();
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    private void scan() {
        long changes = settings.scanBytes();
        long looks = changes * LOOKED_AT;
        long at = offset;
        Vma vma = mm.findVma(at);
        if (vma == null) {
            at = 0;
            vma = mm.findVma(0);
        }
        HugeEntries huge = mm.pageTable().huge();
        for (; vma != null && changes > 0 && looks > 0; vma = mm.findVma(at)) {
            at = Math.max(at, vma.start());
            if (!isScanned(vma)) {
                at = vma.end();
                continue;
            }
            long end = Math.min(vma.end(), huge.start(at + changes + huge.bytes() - 1));
            if (changeProtNuma(vma, at, end) != 0) {
                changes -= end - at;
            }
            looks -= end - at;
            at = end;
        }
        offset = vma == null ? 0 : at;
    }

    /// Whether pages of a VMA may be moved for where they are used: `vma_migratable`, `vma_policy_mof`. Code of
    /// libraries is used everywhere.
    private static boolean isScanned(Vma vma) {
        MemPolicy policy = vma.policy();
        boolean moves = policy == null ? movesByThread() : policy.balances();
        boolean library = vma.file() != null && vma.isReadable() && !vma.isWritable();
        return moves && !vma.has(Vma.VM_IO | Vma.VM_PFNMAP) && !library && vma.has(Vma.VM_ACCESS);
    }

    private static boolean movesByThread() {
        MemPolicy policy = NumaNodes.policyOfThread();
        return policy == null || policy.balances();
    }

    /// `change_prot_numa`; returns how many PTEs were changed. Counted as a change of the VMA where the fault design
    /// counts those.
    int changeProtNuma(Vma vma, long start, long end) {
        PageTable table = mm.pageTable();
        MmuGather gather = mm.gather();
        long changed = 0;
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.PROTECTION_VMA, start, end);
        vma.beginSharedWrite();
        for (long va = start; va < end; ) {
            long stop = Math.min(end, table.endOfTable(va));
            long ofHuge = changeHuge(gather, vma, va, stop);
            changed += ofHuge >= 0 ? ofHuge : changeTable(gather, vma, va, stop);
            va = stop;
        }
        gather.finish();
        vma.endSharedWrite();
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.PROTECTION_VMA, start, end);
        mm.kernel().count(VmEvent.NUMA_PTE_UPDATES, changed);
        return (int) changed;
    }

    /// The pages of the huge one that `[start, stop)` is if its entry was changed, 0 if not; -1 where there is none.
    private long changeHuge(MmuGather gather, Vma vma, long start, long stop) {
        PageTableFormat format = mm.pageTable().format();
        HugeEntries huge = mm.pageTable().huge();
        long pmdPa = huge.findWhole(start, stop);
        long pmd = pmdPa == 0 ? 0 : huge.lockFound(pmdPa);
        if (pmd == 0) {
            return -1;
        }
        boolean wanted = wants(vma, format, pmd, mm.kernel().allocator().page(format.pfn(pmd)));
        if (wanted) {
            // Until the hardware has set no bit in between.
            while (!huge.compareAndSet(
                    start, pmdPa, pmd, format.mkHuge(format.modify(format.partOf(pmd, 0), none(vma))))) {
                pmd = huge.load(pmdPa);
            }
            gather.addRange(start, stop);
            gather.flushTlb();
            mm.kernel().count(VmEvent.NUMA_HUGE_PTE_UPDATES, 1);
        }
        huge.lock().unlock();
        return wanted ? huge.pages() : 0;
    }

    private long changeTable(MmuGather gather, Vma vma, long start, long stop) {
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        PageAllocator allocator = mm.kernel().allocator();
        PageGeometry geometry = mm.geometry();
        long ptePa = table.lockInTable(start);
        if (ptePa == 0) {
            return 0;
        }
        long changed = 0;
        SpinLock lock = table.lockOf(ptePa);
        for (long va = start; va < stop; va += geometry.bytes(), ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (!format.hasPage(pte) || !wants(vma, format, pte, allocator.page(format.pfn(pte)))) {
                continue;
            }
            mm.kernel().steps().at(PageStep.NUMA_HINT, va);
            // Taken out and put back, so that no accessed or dirty bit of the hardware is lost in between.
            long taken = table.getAndClear(va, ptePa);
            table.store(ptePa, format.modify(taken, none(vma)));
            gather.addRange(va, va + geometry.bytes());
            changed++;
        }
        if (changed != 0) {
            // Before a fault may find the page read-only, and copy it: until then others store to it through their
            // translations.
            gather.flushTlb();
        }
        lock.unlock();
        return changed;
    }

    /// Whether the next use of a page is asked for: `change_pte_range` with MM_CP_PROT_NUMA.
    private boolean wants(Vma vma, PageTableFormat format, long pte, Page page) {
        if (format.isProtNone(pte) || page.isReserved() || page.isKsm() || vma.isCow() && page.mapcount() != 1) {
            return false;
        }
        boolean dirtyFile = page.mapping() != null && !page.isShmem() && (page.isDirty() || format.isDirty(pte));
        PageAllocator allocator = mm.kernel().allocator();
        boolean stays = mm.users() == 1 && allocator.nodeOf(page.pfn()) == allocator.localNode();
        return !dirtyFile && !stays;
    }

    private long none(Vma vma) {
        return mm.pageTable().format().protection(false, false, false, vma.pkey());
    }
}
