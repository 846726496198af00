package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageLocks;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

/// Takes pages from elsewhere in the same address space to where faults wait for them, without a copy:
/// UFFDIO_MOVE, `move_pages` of Linux 6.8. With `mmap_lock` for read.
///
/// A page keeps its frame and gets another AnonVma and index, with its lock, so that neither who swaps it out
/// nor who moves it to another frame looks for it meanwhile. Only a page that is nobody else's can be moved.
public final class UserfaultMove {

    private final Userfaultfd handler;
    private final boolean allowHoles;
    private final Mm mm;
    private final PageGeometry geometry;
    private final PageTable table;
    private final PageTableFormat format;
    private final PageAllocator allocator;
    private final SwapSpace swap;

    /// With `allowHoles` nothing is moved where nothing is: UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES.
    public UserfaultMove(Userfaultfd handler, boolean allowHoles) {
        this.handler = handler;
        this.allowHoles = allowHoles;
        this.mm = handler.mm();
        this.geometry = mm.geometry();
        this.table = mm.pageTable();
        this.format = table.format();
        this.allocator = mm.kernel().allocator();
        this.swap = mm.kernel().swap();
    }

    /// Moves `[from, from + length)` to `to`. Returns how many bytes were moved, or a negative errno where none
    /// was.
    public long move(long to, long from, long length) {
        if (!mm.tryGet()) {
            throw Errno.ESRCH.exception();
        }
        mm.mmapLock().readLock();
        try {
            Vma source = mm.vmaAt(from);
            Vma target = mm.vmaAt(to);
            if (source == null || target == null) {
                return Errno.ENOENT.result();
            }
            if (handler.isChanging()) {
                return Errno.EAGAIN.result();
            }
            if (source.isShared()
                    || from + length > source.end()
                    || target.isShared()
                    || to + length > target.end()
                    || !fit(source, target)) {
                return Errno.EINVAL.result();
            }
            target.prepareAnon();
            return movePages(source, target, to, from, length);
        } finally {
            mm.mmapLock().readUnlock();
            mm.put();
        }
    }

    /// `validate_move_areas`.
    private boolean fit(Vma source, Vma target) {
        int same = Vma.VM_ACCESS | Vma.VM_LOCKED;
        return (source.flags() & same) == (target.flags() & same)
                && source.pageProt() == target.pageProt()
                && source.isWritable()
                && !source.has(Vma.VM_PFNMAP | Vma.VM_IO)
                && !target.has(Vma.VM_PFNMAP | Vma.VM_IO)
                && target.userfault() == handler
                && source.isAnonymous()
                && target.isAnonymous();
    }

    private long movePages(Vma source, Vma target, long to, long from, long length) {
        long done = 0;
        Errno failure = null;
        while (done < length && failure == null) {
            long va = from + done;
            mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, va + geometry.bytes());
            failure = movePage(source, target, to + done, va);
            mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, va + geometry.bytes());
            if (KernelThread.current().fatalSignalPending()) {
                done += failure == null ? geometry.bytes() : 0;
                failure = failure == null || failure == Errno.EAGAIN ? Errno.EINTR : failure;
            } else if (failure == null) {
                done += geometry.bytes();
            } else if (failure == Errno.EAGAIN) {
                // Somebody was faster with a part of it: once more.
                failure = null;
            }
        }
        return done > 0 || failure == null ? done : failure.result();
    }

    /// `move_pages_pte`; EAGAIN to try again.
    private @Nullable Errno movePage(Vma source, Vma target, long to, long from) {
        // A hole has a table too, for the target is looked at first, which needs both locks.
        if (!allowHoles && table.find(from) == 0) {
            return Errno.ENOENT;
        }
        if (table.findOrMake(from) == 0 || table.findOrMake(to) == 0) {
            return Errno.ENOMEM;
        }
        Snapshot seen = look(to, from);
        if (seen == null) {
            return Errno.EAGAIN;
        }
        Page page = seen.page;
        PageLocks locks = swap.locks();
        Errno failure;
        if (page == null) {
            failure = move(source, target, to, from, seen);
        } else {
            locks.lock(page);
            failure = move(source, target, to, from, seen);
            locks.unlock(page);
            allocator.put(page);
        }
        if (failure == Errno.EAGAIN && format.isMigration(seen.pte)) {
            swap.locks().awaitMoved(allocator.page(format.migrationPfn(seen.pte)));
        }
        return failure;
    }

    /// What is to be moved.
    ///
    /// @param page the anonymous page that is mapped, or the copy of one that is swapped out, with a reference
    private record Snapshot(long pte, @Nullable Page page) {}

    private @Nullable Snapshot look(long to, long from) {
        Places places = lock(to, from);
        if (places == null) {
            return null;
        }
        long pte = table.load(places.fromPa);
        Page page = null;
        if (format.hasPage(pte)) {
            page = allocator.page(format.pfn(pte));
            page.get();
        }
        places.unlock();
        return new Snapshot(pte, page == null && format.isSwap(pte) ? swap.find(mm.swapEntry(pte)) : page);
    }

    /// The two PTEs, whose locks are held.
    private record Places(PageTable table, long toPa, long fromPa) {

        void unlock() {
            SpinLock toLock = table.lockOf(toPa);
            SpinLock fromLock = table.lockOf(fromPa);
            if (toLock != fromLock) {
                toLock.unlock();
            }
            fromLock.unlock();
        }
    }

    /// `double_pt_lock`: that of the lower frame first, so that two who move in opposite directions do not wait
    /// for each other. Null where a table has gone.
    private @Nullable Places lock(long to, long from) {
        table.beginLook();
        long toPa = table.find(to);
        long fromPa = table.find(from);
        if (toPa == 0 || fromPa == 0) {
            table.endLook();
            return null;
        }
        SpinLock first = table.lockOf(Math.min(toPa, fromPa));
        SpinLock second = table.lockOf(Math.max(toPa, fromPa));
        first.lock();
        if (second != first) {
            second.lockNested();
        }
        Places places = new Places(table, toPa, fromPa);
        boolean hooked = table.find(to) == toPa && table.find(from) == fromPa;
        if (!hooked) {
            places.unlock();
        }
        table.endLook();
        return hooked ? places : null;
    }

    /// With the page's lock.
    private @Nullable Errno move(Vma source, Vma target, long to, long from, Snapshot seen) {
        Places places = lock(to, from);
        if (places == null) {
            return Errno.EAGAIN;
        }
        try {
            if (!format.isNone(table.load(places.toPa))) {
                return Errno.EEXIST;
            }
            long pte = table.load(places.fromPa);
            if (!format.isSame(pte, seen.pte)) {
                return Errno.EAGAIN;
            }
            if (format.isNone(pte)) {
                return allowHoles ? null : Errno.ENOENT;
            }
            return movePte(source, target, to, from, places, seen);
        } finally {
            places.unlock();
        }
    }

    private @Nullable Errno movePte(Vma source, Vma target, long to, long from, Places places, Snapshot seen) {
        Page page = seen.page;
        if (format.isSpecial(seen.pte) && format.isPresent(seen.pte)) {
            clear(source, from, places);
            table.store(places.toPa, format.mkSpecial(format.leaf(format.pfn(seen.pte), target.pageProt())));
            return null;
        }
        if (format.isPresent(seen.pte)) {
            if (page == null || !isExclusive(page)) {
                return Errno.EBUSY;
            }
            long old = clear(source, from, places);
            if (!isExclusive(page)) {
                // Somebody has looked it up without locks: from now on they would see that the PTE is another.
                table.store(places.fromPa, old);
                return Errno.EBUSY;
            }
            page.moveAnon(target.anonId(), target.indexOf(to));
            mm.kernel().checkAnon(target, page, to);
            long pte = format.mkSoftDirty(format.leaf(page.pfn(), target.pageProt()));
            table.store(places.toPa, format.mkWrite(format.isDirty(old) ? format.mkDirty(pte) : pte));
            return null;
        }
        if (!format.isSwap(seen.pte)) {
            return format.isMigration(seen.pte) ? Errno.EAGAIN : Errno.EFAULT;
        }
        if (!format.isSwapExclusive(seen.pte)) {
            return Errno.EBUSY;
        }
        if (page != null && !swap.isCopyOf(page, mm.swapEntry(seen.pte))) {
            return Errno.EAGAIN;
        }
        if (page != null && page.isAnon()) {
            page.moveAnon(target.anonId(), target.indexOf(to));
        }
        long old = clear(source, from, places);
        table.store(places.toPa, format.mkSwapSoftDirty(format.clearSwapUffdWp(old)));
        return null;
    }

    /// Nobody has it but this PTE, the swap cache and who moves it: PageAnonExclusive, and not pinned.
    private boolean isExclusive(Page page) {
        int known = page.isSwapCache() ? 3 : 2;
        boolean named = page.isSwapCache() && swap.count(page.swap()) != 0;
        return page.isAnon() && page.mapcount() == 1 && page.refcount() == known && !named && !page.isKsm();
    }

    /// No store may come to the page by its old place once it can be reached at the new one: `ptep_clear_flush`.
    private long clear(Vma source, long from, Places places) {
        long old = table.getAndClear(from, places.fromPa);
        long page = geometry.down(from);
        source.mm().flushTlb(page, page + geometry.bytes());
        return old;
    }
}
