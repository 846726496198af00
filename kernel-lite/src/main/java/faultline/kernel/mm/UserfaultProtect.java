package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_UFFD_WP;

import faultline.kernel.Errno;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// Pages whose next store is somebody's in user space to handle: UFFDIO_WRITEPROTECT, `change_protection` with
/// MM_CP_UFFD_WP.
///
/// A page that is there loses its write right and has a bit of software's that says why. Where none is, a marker can
/// say it: for files always, whose pages come and go, for anonymous memory if that was asked for.
public final class UserfaultProtect {

    private UserfaultProtect() {}

    /// Protects the pages of a range, or gives their write rights back: `mwriteprotect_range`. EAGAIN while the address
    /// space changes, ENOENT where a VMA is not registered for it, ESRCH when it is gone, ENOMEM.
    public static void change(Userfaultfd handler, long start, long length, boolean protect) {
        Mm mm = handler.mm();
        if (!mm.tryGet()) {
            throw Errno.ESRCH.exception();
        }
        try {
            mm.mmapLock().readLock();
            try {
                changeLocked(handler, start, start + length, protect);
            } finally {
                mm.mmapLock().readUnlock();
            }
        } finally {
            mm.put();
        }
    }

    private static void changeLocked(Userfaultfd handler, long start, long end, boolean protect) {
        if (handler.isChanging()) {
            throw Errno.EAGAIN.exception();
        }
        Mm mm = handler.mm();
        Vma vma = mm.findVma(start);
        if (vma == null || vma.start() >= end) {
            throw Errno.ENOENT.exception();
        }
        for (; vma != null && vma.start() < end; vma = mm.findVma(vma.end())) {
            if (!vma.has(VM_UFFD_WP)) {
                throw Errno.ENOENT.exception();
            }
            boolean marks = !vma.isAnonymous() || handler.has(Userfaultfd.FEATURE_WP_UNPOPULATED);
            changeVma(vma, Math.max(vma.start(), start), Math.min(vma.end(), end), protect, protect && marks);
        }
    }

    /// Nobody handles stores to a range any more.
    static void unprotect(Vma vma, long start, long end) {
        changeVma(vma, start, end, false, false);
    }

    /// Has the next store to each page of a part of a VMA noticed, also where there is none. The caller holds
    /// `mmap_lock`.
    static void change(Vma vma, long start, long end) {
        changeVma(vma, start, end, true, true);
    }

    /// `uffd_wp_range`.
    private static void changeVma(Vma vma, long start, long end, boolean protect, boolean marks) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        MmuGather gather = mm.gather();
        boolean complete = true;
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.PROTECTION_VMA, start, end);
        for (long va = start; va < end && complete; ) {
            long stop = Math.min(end, table.endOfTable(va));
            long ptePa = marks ? table.findOrMake(va) : table.find(va);
            if (ptePa != 0) {
                changeTable(gather, vma, va, stop, ptePa, protect, marks);
            }
            complete = ptePa != 0 || !marks;
            va = stop;
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.PROTECTION_VMA, start, end);
        gather.finish();
        if (!complete) {
            throw Errno.ENOMEM.exception();
        }
    }

    private static void changeTable(
            MmuGather gather, Vma vma, long start, long stop, long foundPa, boolean protect, boolean marks) {
        PageTable table = vma.mm().pageTable();
        PageTableFormat format = table.format();
        int bytes = vma.mm().geometry().bytes();
        long ptePa = table.lock(start, foundPa);
        if (ptePa == 0) {
            return;
        }
        SpinLock lock = table.lockOf(ptePa);
        for (long va = start; va < stop; va += bytes, ptePa += Long.BYTES) {
            long pte = table.load(ptePa);
            if (!protect) {
                unprotect(gather, vma, va, ptePa, pte);
            } else if (marks || !format.isNone(pte)) {
                protect(gather, vma.mm(), va, ptePa, pte);
            }
        }
        lock.unlock();
    }

    /// Has the next store to the page of a PTE, or to where nothing is, noticed: `make_uffd_wp_pte`. Other markers stay
    /// what they are. The caller has the PTE's lock, and flushes.
    static void protect(MmuGather gather, Mm mm, long va, long ptePa, long pte) {
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        if (format.isPresent(pte)) {
            // Taken out and put back, so that no accessed or dirty bit of the hardware is lost in between.
            table.store(ptePa, format.mkUffdWp(table.getAndClear(va, ptePa)));
            gather.addRange(va, va + mm.geometry().bytes());
        } else if (format.isNone(pte)) {
            table.store(ptePa, format.marker(PageTableFormat.MARKER_UFFD_WP));
        } else if (format.hasSwapBits(pte)) {
            table.store(ptePa, format.mkSwapUffdWp(pte));
        }
    }

    private static void unprotect(MmuGather gather, Vma vma, long va, long ptePa, long pte) {
        PageTable table = vma.mm().pageTable();
        PageTableFormat format = table.format();
        if (format.isPresent(pte)) {
            long changed = format.clearUffdWp(table.getAndClear(va, ptePa));
            table.store(ptePa, ProtectCalls.mayStayWritable(vma, format, changed) ? format.mkWrite(changed) : changed);
            gather.addRange(va, va + vma.mm().geometry().bytes());
        } else if (format.hasSwapBits(pte)) {
            table.store(ptePa, format.clearSwapUffdWp(pte));
        } else if (format.markerOf(pte) == PageTableFormat.MARKER_UFFD_WP) {
            long _ = table.getAndClear(va, ptePa);
        }
    }
}
