package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_DONTCOPY;
import static faultline.kernel.mm.Vma.VM_LOCKED;
import static faultline.kernel.mm.Vma.VM_LOCKONFAULT;
import static faultline.kernel.mm.Vma.VM_UFFD;
import static faultline.kernel.mm.Vma.VM_UFFD_WP;
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
import org.jspecify.annotations.Nullable;

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

    private final ForkedUserfaults userfaults = new ForkedUserfaults();

    /// For the next page that the child does not share: `page_copy_prealloc`.
    private @Nullable Page spare;

    ForkMm(Mm parent) {
        this.parent = parent;
        this.geometry = parent.geometry();
        this.kernel = parent.kernel();
    }

    Mm fork(MmLimits limits) {
        // Before the parent is locked: frames in a row for a root may be long in coming.
        Mm child = kernel.newMm(parent.mmapBase(), limits);
        try {
            parent.writeLockKillable();
        } catch (ErrnoException e) {
            child.put();
            throw e;
        }
        boolean complete = false;
        try {
            child.mmapLock().writeLockNested();
            parent.changeWriteProtectSeq();
            try {
                complete = copyVmas(child);
            } finally {
                parent.changeWriteProtectSeq();
                dropSpare();
                // Before anybody else may fault in the parent, whether the copy is whole or not (I6).
                parent.flushTlb(0, kernel.format().userEnd());
                closed.forEach(Vma::endWrite);
                child.mmapLock().writeUnlock();
            }
        } finally {
            parent.mmapLock().writeUnlock();
            userfaults.tell(complete);
        }
        if (!complete) {
            child.put();
            throw Errno.ENOMEM.exception();
        }
        if (parent.isInKhugepaged()) {
            kernel.khugepaged().enter(child);
        }
        if (kernel.ksm().knows(parent)) {
            kernel.ksm().enter(child);
        }
        return child;
    }

    private boolean copyVmas(Mm child) {
        child.copyLayout(parent);
        child.disableHuge(parent.isHugeDisabled());
        child.mergeAny(parent.mergesAny());
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
                parent.commit(vma.pages());
            } catch (ErrnoException _) {
                return false;
            }
        }
        Vma copy = new Vma(child, vma);
        Userfaultfd handler = userfaults.inherit(vma, child);
        int dropped = VM_LOCKED | VM_LOCKONFAULT | (handler == null ? VM_UFFD : 0);
        copy.setUserfault(handler, vma.flags() & ~dropped);
        boolean wiped = vma.has(VM_WIPEONFORK);
        if (vma.anonVma() != null && !wiped) {
            copy.anonChain().forkFrom(vma, kernel.anonVmas());
        }
        try {
            child.editor.add(copy);
        } catch (ErrnoException _) {
            // Nobody finds it by the child.
            copy.anonChain().unlink();
            parent.uncommit(vma.has(Vma.VM_ACCOUNT) ? vma.pages() : 0);
            return false;
        }
        if (kernel.vmaGuards().fork()) {
            // Until after the flush no fault copies a page of it (I6).
            vma.startWrite();
            vma.beginWrite();
            closed.add(vma);
        }
        // Without private pages there is nothing to copy: faults of the child find the file's or make new ones.
        boolean nothing = vma.anonVma() == null && !copy.has(VM_UFFD_WP);
        return nothing || wiped || tellAndCopyPages(child, vma, copy);
    }

    /// Only private pages lose rights in the parent.
    private boolean tellAndCopyPages(Mm child, Vma vma, Vma copy) {
        if (!vma.isCow()) {
            return copyPages(child, vma, copy);
        }
        MmuNotifiers notifiers = parent.notifiers();
        notifiers.invalidateRangeStart(MmuNotifyEvent.PROTECTION_PAGE, vma.start(), vma.end());
        boolean copied = copyPages(child, vma, copy);
        notifiers.invalidateRangeEnd(MmuNotifyEvent.PROTECTION_PAGE, vma.start(), vma.end());
        return copied;
    }

    private boolean copyPages(Mm child, Vma vma, Vma copy) {
        PageTable from = parent.pageTable();
        long va = vma.start();
        while (va < vma.end()) {
            long stop = Math.min(vma.end(), from.endOfTable(va));
            HugeMappings.Copied copied = HugeMappings.copy(vma, copy, va, stop);
            if (copied == HugeMappings.Copied.OUT_OF_MEMORY) {
                return false;
            }
            long fromPa = copied == HugeMappings.Copied.DONE ? 0 : from.find(va);
            if (fromPa != 0) {
                long toPa = child.pageTable().findOrMake(va);
                if (toPa == 0) {
                    return false;
                }
                if (!copyTable(copy, vma, va, stop, fromPa, toPa)) {
                    return false;
                }
            }
            va = stop;
        }
        return true;
    }

    /// False without a free frame.
    private boolean copyTable(Vma copy, Vma vma, long start, long stop, long firstFromPa, long firstToPa) {
        long va = start;
        while (true) {
            long done = (va - start) / geometry.bytes() * Long.BYTES;
            va = copyPart(copy, vma, va, stop, firstFromPa + done, firstToPa + done);
            if (va == stop) {
                return true;
            }
            // copy_present_page: no frame is asked for with the locks.
            copy.prepareAnon();
            spare = kernel.allocator().alloc();
            if (spare == null) {
                return false;
            }
        }
    }

    /// Copies from `start` on; returns where it needs a frame of its own, `stop` where it was done.
    private long copyPart(Vma copy, Vma vma, long start, long stop, long firstFromPa, long firstToPa) {
        PageTable from = parent.pageTable();
        PageTable to = copy.mm().pageTable();
        SpinLock toLock = to.lockOf(firstToPa);
        SpinLock fromLock = from.lockOf(firstFromPa);
        toLock.lock();
        // The child's lock first, then the parent's: the child is known to nobody else.
        fromLock.lockNested();
        long fromPa = firstFromPa;
        long toPa = firstToPa;
        long va = start;
        for (; va < stop; va += geometry.bytes(), fromPa += Long.BYTES, toPa += Long.BYTES) {
            long pte = from.load(fromPa);
            if (needsCopy(vma, pte)) {
                Page page = spare;
                if (page == null) {
                    break;
                }
                spare = null;
                to.store(toPa, copyContents(copy, va, page, pte));
            } else if (from.format().isPresent(pte)) {
                to.store(toPa, copyPte(copy, vma, va, fromPa, pte));
            } else if (from.format().isSwap(pte)) {
                to.store(toPa, copySwapped(copy, fromPa, pte));
            } else if (from.format().isMigration(pte)) {
                to.store(toPa, copyMoving(copy, fromPa, pte));
            } else if (ForkedUserfaults.keepsMarker(copy, from.format().markerOf(pte))) {
                to.store(toPa, pte);
            }
        }
        if (kernel.translation().cache().flushesByTable()) {
            parent.flushTlb(start, stop);
        }
        fromLock.unlock();
        toLock.unlock();
        return va;
    }

    private boolean needsCopy(Vma vma, long pte) {
        PageTableFormat format = parent.pageTable().format();
        return parent.hasPinned()
                && vma.isCow()
                && format.hasPage(pte)
                && needsCopy(parent, kernel.allocator().page(format.pfn(pte)));
    }

    /// `page_needs_cow_for_dma`: a device works on the page, and it is the parent's alone. It stays that, with the
    /// right to store to it: the next store would make a copy, and the device would go on with what nobody has.
    static boolean needsCopy(Mm parent, Page page) {
        return parent.hasPinned() && page.isPinned() && page.isAnon() && page.mapcount() == 1;
    }

    /// `copy_present_page`.
    private long copyContents(Vma copy, long va, Page page, long pte) {
        PageTableFormat format = parent.pageTable().format();
        kernel.memory().copy(kernel.allocator().page(format.pfn(pte)).pa(), page.pa(), geometry.bytes());
        page.addNewAnonMapping(copy.anonId(), copy.indexOf(va));
        kernel.checkAnon(copy, page, va);
        copy.mm().addRss(RssKind.MM_ANONPAGES, 1);
        long made = format.mkDirty(format.leaf(page.pfn(), copy.pageProt()));
        if (copy.has(VM_UFFD_WP) && format.isUffdWp(pte)) {
            return format.mkUffdWp(made);
        }
        return copy.isWritable() ? format.mkWrite(made) : made;
    }

    private void dropSpare() {
        if (spare != null) {
            kernel.allocator().put(spare);
            spare = null;
        }
    }

    /// Shares a page that is swapped out, which belongs to neither alone from now on: `copy_nonpresent_pte`.
    private long copySwapped(Vma copy, long ptePa, long pte) {
        PageTable table = parent.pageTable();
        kernel.swap().duplicate(parent.swapEntry(pte));
        copy.mm().addRss(RssKind.MM_SWAPENTS, 1);
        long shared = pte & ~table.format().swapExclusive();
        if (shared != pte) {
            table.store(ptePa, shared);
        }
        return copy.has(VM_UFFD_WP) ? shared : table.format().clearSwapUffdWp(shared);
    }

    /// Shares a page that is being moved: it comes back read-only to both.
    private long copyMoving(Vma copy, long ptePa, long pte) {
        PageTable table = parent.pageTable();
        PageTableFormat format = table.format();
        copy.mm().addRss(RssKind.MM_ANONPAGES, 1);
        kernel.allocator().page(format.migrationPfn(pte)).addMigrationEntries(1);
        long shared = format.migrationAs(pte, PageTableFormat.MIGRATION_READ);
        if (shared != pte) {
            table.store(ptePa, shared);
        }
        return copy.has(VM_UFFD_WP) ? shared : format.clearSwapUffdWp(shared);
    }

    /// Shares one page with the child, read-only in both where writes must copy:
    /// `copy_present_pte`.
    private long copyPte(Vma copy, Vma vma, long va, long ptePa, long seen) {
        Mm child = copy.mm();
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
        if (!copy.has(VM_UFFD_WP)) {
            pte = format.clearUffdWp(pte);
        }
        if (!format.isSpecial(pte)) {
            Page page = kernel.allocator().page(format.pfn(pte));
            page.get();
            page.addMapping();
            kernel.checkAnon(child, page, va);
            child.addRss(RssKind.of(page), 1);
        } else if (kernel.ksm().hasZero(parent, pte)) {
            kernel.ksm().mapZero(child);
        }
        return format.mkOld(pte);
    }
}
