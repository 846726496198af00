package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// MADV_GUARD_INSTALL and MADV_GUARD_REMOVE, as since Linux 6.13: parts of a mapping where every access is an
/// error, without a VMA of their own.
///
/// A guard is a PTE, neither empty nor present. Faults that found the PTE empty see it when they have its lock. It
/// stays over MADV_DONTNEED and truncation, is copied by fork, and goes with the VMA. The caller holds `mmap_lock`
/// for read.
final class GuardRegions {

    private final Mm mm;
    private final PageTable table;
    private final PageTableFormat format;

    GuardRegions(Mm mm) {
        this.mm = mm;
        this.table = mm.pageTable();
        this.format = table.format();
    }

    /// Puts a guard in the place of every page; the pages go. EINVAL where memory is locked or not ordinary,
    /// ENOMEM.
    void install(MmuGather gather, Vma vma, long start, long end) {
        if (vma.has(Vma.VM_SPECIAL | Vma.VM_LOCKED)) {
            throw Errno.EINVAL.exception();
        }
        // The range is no longer empty: fork has to look at it.
        vma.prepareAnon();
        // Others may fault pages in where some were just zapped.
        while (!fill(start, end)) {
            mm.noteHighWater();
            mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, start, end);
            Zap.zapPages(gather, vma, start, end);
            gather.flush();
            mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, start, end);
        }
    }

    /// Puts guards where nothing is; false at the first page.
    private boolean fill(long start, long end) {
        int bytes = mm.geometry().bytes();
        for (long va = start; va < end; ) {
            long ptePa = table.findOrMake(va);
            if (ptePa == 0) {
                throw Errno.ENOMEM.exception();
            }
            ptePa = table.lock(va, ptePa);
            if (ptePa == 0) {
                // The table was empty and was reclaimed: make another.
                continue;
            }
            SpinLock lock = table.lockOf(ptePa);
            long pte = table.load(ptePa);
            boolean empty = format.isNone(pte);
            if (empty) {
                table.store(ptePa, format.marker(PageTableFormat.MARKER_GUARD));
            }
            lock.unlock();
            if (!empty && !format.isGuard(pte)) {
                return false;
            }
            va += bytes;
        }
        return true;
    }

    /// Takes guards out; pages stay. EINVAL where memory is not ordinary.
    void remove(Vma vma, long start, long end) {
        if (vma.has(Vma.VM_SPECIAL)) {
            throw Errno.EINVAL.exception();
        }
        long va = start;
        while (va < end) {
            long stop = Math.min(end, table.endOfTable(va));
            long ptePa = table.lockInTable(va);
            if (ptePa != 0) {
                SpinLock lock = table.lockOf(ptePa);
                for (; va < stop; va += mm.geometry().bytes(), ptePa += Long.BYTES) {
                    if (format.isGuard(table.load(ptePa))) {
                        long _ = table.getAndClear(va, ptePa);
                    }
                }
                lock.unlock();
            }
            va = stop;
        }
    }
}
