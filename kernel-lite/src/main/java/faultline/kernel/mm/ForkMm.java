package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_DONTCOPY;
import static faultline.kernel.mm.Vma.VM_LOCKED;
import static faultline.kernel.mm.Vma.VM_LOCKONFAULT;
import static faultline.kernel.mm.Vma.VM_WIPEONFORK;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifiers;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.ArrayList;
import java.util.List;

/// Copies an address space for a child process, copy-on-write: `dup_mmap` and `copy_page_range`.
///
/// The parent's `mmap_lock` is held for write from before the first PTE loses its write right until
/// after the flush that makes every vCPU notice (I6): no fault of the parent copies a page that
/// another of its threads still writes.
final class ForkMm {

    private final Mm parent;
    private final PageGeometry geometry;
    private final KernelMemory kernel;

    /// VMAs of the parent that are closed to faults without mmap_lock until the flush.
    private final List<Vma> closed = new ArrayList<>();

    ForkMm(Mm parent) {
        this.parent = parent;
        this.geometry = parent.geometry();
        this.kernel = parent.kernel();
    }

    Mm fork(MmLimits limits) {
        parent.writeLockKillable();
        Mm child;
        boolean complete = false;
        try {
            child = kernel.newMm(parent.mmapBase(), limits);
            child.mmapLock().writeLockNested();
            try {
                complete = copyVmas(child);
            } finally {
                // Before anybody else may fault in the parent, whether the copy is whole or not (I6).
                parent.flushTlb(0, kernel.format().userEnd());
                closed.forEach(Vma::endWrite);
                child.mmapLock().writeUnlock();
            }
        } finally {
            parent.mmapLock().writeUnlock();
        }
        if (!complete) {
            child.put();
            throw Errno.ENOMEM.exception();
        }
        return child;
    }

    private boolean copyVmas(Mm child) {
        child.copyLayout(parent);
        child.keys.copyFrom(parent.keys);
        for (Vma vma = parent.findVma(0); vma != null; vma = parent.findVma(vma.end())) {
            if (!vma.has(VM_DONTCOPY) && !copyVma(child, vma)) {
                return false;
            }
        }
        return true;
    }

    private boolean copyVma(Mm child, Vma vma) {
        if (vma.has(Vma.VM_ACCOUNT)) {
            try {
                kernel.commit(vma.pages());
            } catch (ErrnoException _) {
                return false;
            }
        }
        Vma copy = new Vma(child, vma);
        copy.setRights(vma.flags() & ~(VM_LOCKED | VM_LOCKONFAULT), vma.pkey());
        boolean wiped = vma.has(VM_WIPEONFORK);
        if (vma.anonVma() != null && !wiped) {
            copy.anonChain().forkFrom(vma, kernel.anonVmas());
        }
        try {
            child.editor.add(copy);
        } catch (ErrnoException _) {
            return false;
        }
        if (kernel.vmaGuards().fork()) {
            // Until after the flush no fault copies a page of it (I6).
            vma.startWrite();
            vma.beginWrite();
            closed.add(vma);
        }
        // Without private pages there is nothing to copy: faults of the child find the file's or make new ones.
        return vma.anonVma() == null || wiped || tellAndCopyPages(child, vma);
    }

    /// Only private pages lose rights in the parent.
    private boolean tellAndCopyPages(Mm child, Vma vma) {
        if (!vma.isCow()) {
            return copyPages(child, vma);
        }
        MmuNotifiers notifiers = parent.notifiers();
        notifiers.invalidateRangeStart(MmuNotifyEvent.PROTECTION_PAGE, vma.start(), vma.end());
        boolean copied = copyPages(child, vma);
        notifiers.invalidateRangeEnd(MmuNotifyEvent.PROTECTION_PAGE, vma.start(), vma.end());
        return copied;
    }

    private boolean copyPages(Mm child, Vma vma) {
        PageTable from = parent.pageTable();
        long va = vma.start();
        while (va < vma.end()) {
            long stop = Math.min(vma.end(), from.endOfTable(va));
            long fromPa = from.find(va);
            if (fromPa != 0) {
                long toPa = child.pageTable().findOrMake(va);
                if (toPa == 0) {
                    return false;
                }
                copyTable(child, vma, va, stop, fromPa, toPa);
            }
            va = stop;
        }
        return true;
    }

    private void copyTable(Mm child, Vma vma, long start, long stop, long firstFromPa, long firstToPa) {
        PageTable from = parent.pageTable();
        PageTable to = child.pageTable();
        SpinLock toLock = to.lockOf(firstToPa);
        SpinLock fromLock = from.lockOf(firstFromPa);
        toLock.lock();
        // The child's lock first, then the parent's: the child is known to nobody else.
        fromLock.lockNested();
        long fromPa = firstFromPa;
        long toPa = firstToPa;
        for (long va = start; va < stop; va += geometry.bytes(), fromPa += Long.BYTES, toPa += Long.BYTES) {
            long pte = from.load(fromPa);
            if (from.format().isSwap(pte)) {
                to.store(toPa, copySwapped(child, fromPa, pte));
            } else if (!from.format().isNone(pte)) {
                to.store(toPa, copyPte(child, vma, va, fromPa, pte));
            }
        }
        if (kernel.translation().cache().flushesByTable()) {
            parent.flushTlb(start, stop);
        }
        fromLock.unlock();
        toLock.unlock();
    }

    /// Shares a page that is swapped out, which belongs to neither alone from now on: `copy_nonpresent_pte`.
    private long copySwapped(Mm child, long ptePa, long pte) {
        PageTable table = parent.pageTable();
        kernel.swap().duplicate(parent.swapEntry(pte));
        child.addRss(RssKind.MM_SWAPENTS, 1);
        long shared = pte & ~table.format().swapExclusive();
        if (shared != pte) {
            table.store(ptePa, shared);
        }
        return shared;
    }

    /// Shares one page with the child, read-only in both where writes must copy:
    /// `copy_present_pte`.
    private long copyPte(Mm child, Vma vma, long va, long ptePa, long seen) {
        PageTable table = parent.pageTable();
        PageTableFormat format = table.format();
        long pte = seen;
        if (vma.isCow()) {
            while (format.isWritable(pte)) {
                if (table.compareAndSet(va, ptePa, pte, format.wrProtect(pte))) {
                    pte = format.wrProtect(pte);
                } else {
                    // The hardware has set an accessed or dirty bit.
                    pte = table.load(ptePa);
                }
            }
        }
        if (vma.isShared()) {
            pte = format.mkClean(pte);
        }
        if (!format.isSpecial(pte)) {
            Page page = kernel.allocator().page(format.pfn(pte));
            page.get();
            page.addMapping();
            kernel.checkAnon(child, page, va);
            child.addRss(RssKind.of(page), 1);
        }
        return format.mkOld(pte);
    }
}
