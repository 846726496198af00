package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.VmaEditor.Rights;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableMoves;

/// mremap: grows, shrinks and moves mappings. `mm/mremap.c` of Linux 6.12.
public final class RemapCalls {

    /// How many VMAs a move may leave more than there were: one at the new place, and the old one in three.
    private static final int MAPS_OF_A_MOVE = 3;

    /// How many more unmapping makes before it: one where the new place is cut out, one where the old one is.
    private static final int MOST_SPLITS = 2;

    private final Mm mm;
    private final PageGeometry geometry;
    private final KernelMemory kernel;
    private final MmapCalls calls;
    private final boolean opensEarly;

    public RemapCalls(Mm mm) {
        this(mm, false);
    }

    /// With `opensEarly` faults are let into the new place before its pages are there, as in the series of 2017
    /// up to v5 (M8).
    public RemapCalls(Mm mm, boolean opensEarly) {
        this.opensEarly = opensEarly;
        this.mm = mm;
        this.geometry = mm.geometry();
        this.kernel = mm.kernel();
        this.calls = new MmapCalls(mm);
    }

    /// Returns where the mapping is now. The caller populates what a locked mapping has gained.
    public long mremap(long from, long oldLength, long newLength, int flags, long to) {
        boolean fixed = (flags & MREMAP_FIXED) != 0;
        boolean keep = (flags & MREMAP_DONTUNMAP) != 0;
        boolean mayMove = (flags & MREMAP_MAYMOVE) != 0;
        if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) != 0
                || fixed && !mayMove
                || keep && (!mayMove || oldLength != newLength)
                || !geometry.isAligned(from)) {
            throw Errno.EINVAL.exception();
        }
        long oldBytes = geometry.up(oldLength);
        long newBytes = geometry.up(newLength);
        if (newBytes == 0 || Long.compareUnsigned(newBytes, kernel.format().userEnd()) > 0) {
            throw Errno.EINVAL.exception();
        }
        mm.writeLockKillable();
        try {
            Vma vma = mm.vmaAt(from);
            if (vma == null) {
                throw Errno.EFAULT.exception();
            }
            if (vma.has(VM_SEALED)) {
                throw Errno.EPERM.exception();
            }
            if (fixed || keep) {
                return moveTo(from, oldBytes, newBytes, flags, to);
            }
            return resize(vma, from, oldBytes, newBytes, mayMove);
        } finally {
            mm.mmapLock().writeUnlock();
            calls.userfaults.tell();
        }
    }

    private long resize(Vma vma, long from, long oldBytes, long newBytes, boolean mayMove) {
        if (Long.compareUnsigned(oldBytes, newBytes) >= 0) {
            if (oldBytes != newBytes) {
                shrink(from, oldBytes, newBytes);
            }
            return from;
        }
        checkResize(vma, from, oldBytes, newBytes, false);
        long added = newBytes - oldBytes;
        if (oldBytes == vma.end() - from && canGrowInPlace(vma, added)) {
            mapFor(vma, vma.end(), added, vma.pgoffAt(vma.end()), 0).endWrite();
            return from;
        }
        if (!mayMove) {
            throw Errno.ENOMEM.exception();
        }
        return move(vma, from, oldBytes, newBytes, calls.findFree(newBytes), false);
    }

    /// Unmaps what a shorter mapping has no more; EINVAL for what is no range: `do_munmap`.
    private void shrink(long from, long oldBytes, long newBytes) {
        long start = from + newBytes;
        long bytes = oldBytes - newBytes;
        long userEnd = kernel.format().userEnd();
        if (Long.compareUnsigned(start, userEnd) > 0 || Long.compareUnsigned(bytes, userEnd - start) > 0) {
            throw Errno.EINVAL.exception();
        }
        calls.unmapLocked(start, start + bytes);
    }

    private boolean canGrowInPlace(Vma vma, long added) {
        long end = vma.end() + added;
        return end > vma.end()
                && Long.compareUnsigned(end, kernel.format().userEnd()) <= 0
                && !calls.intersects(vma.end(), end);
    }

    /// `vma_to_resize`.
    private void checkResize(Vma vma, long from, long oldBytes, long newBytes, boolean keep) {
        if (oldBytes == 0 && !vma.has(VM_SHARED | VM_MAYSHARE) || keep && vma.has(VM_DONTEXPAND | VM_PFNMAP)) {
            throw Errno.EINVAL.exception();
        }
        if (Long.compareUnsigned(oldBytes, vma.end() - from) > 0) {
            throw Errno.EFAULT.exception();
        }
        if (oldBytes == newBytes) {
            return;
        }
        long pgoff = vma.pgoffAt(from);
        if (pgoff + (newBytes >>> geometry.shift()) < pgoff) {
            throw Errno.EINVAL.exception();
        }
        if (vma.has(VM_DONTEXPAND | VM_PFNMAP)) {
            throw Errno.EFAULT.exception();
        }
        if (vma.has(VM_LOCKED) && !calls.mayLockMore(newBytes - oldBytes)) {
            throw Errno.EAGAIN.exception();
        }
        if (!calls.mayExpand(vma.flags(), (newBytes - oldBytes) >>> geometry.shift())) {
            throw Errno.ENOMEM.exception();
        }
    }

    /// MREMAP_FIXED and MREMAP_DONTUNMAP: `mremap_to`.
    private long moveTo(long from, long oldLength, long newBytes, int flags, long to) {
        boolean fixed = (flags & MREMAP_FIXED) != 0;
        boolean keep = (flags & MREMAP_DONTUNMAP) != 0;
        checkPlaces(from, oldLength, newBytes, to);
        if (mm.mapCount() + MOST_SPLITS >= kernel.maxMapCount() - MAPS_OF_A_MOVE) {
            // Before anything is unmapped that a refusal by move would be too late for.
            throw Errno.ENOMEM.exception();
        }
        if (fixed) {
            calls.makeRoom(to, to + newBytes);
        }
        long oldBytes = oldLength;
        if (Long.compareUnsigned(oldBytes, newBytes) > 0) {
            shrink(from, oldBytes, newBytes);
            oldBytes = newBytes;
        }
        Vma vma = mm.vmaAt(from);
        if (vma == null) {
            throw Errno.EFAULT.exception();
        }
        checkResize(vma, from, oldBytes, newBytes, keep);
        if (keep && !calls.mayExpand(vma.flags(), oldBytes >>> geometry.shift())) {
            throw Errno.ENOMEM.exception();
        }
        return move(vma, from, oldBytes, newBytes, fixed ? fixedPlace(to) : freePlace(to, newBytes), keep);
    }

    private void checkPlaces(long from, long oldBytes, long newBytes, long to) {
        long userEnd = kernel.format().userEnd();
        boolean overlap =
                Long.compareUnsigned(from + oldBytes, to) > 0 && Long.compareUnsigned(to + newBytes, from) > 0;
        if (!geometry.isAligned(to)
                || Long.compareUnsigned(newBytes, userEnd) > 0
                || Long.compareUnsigned(to, userEnd - newBytes) > 0
                || overlap) {
            throw Errno.EINVAL.exception();
        }
    }

    /// `security_mmap_addr`, which Linux asks after all else.
    private long fixedPlace(long to) {
        if (to < kernel.mmapMinAddress()) {
            throw Errno.EPERM.exception();
        }
        return to;
    }

    /// Where it is wished for, if that is free.
    private long freePlace(long wish, long bytes) {
        boolean free = wish != 0 && wish >= kernel.mmapMinAddress() && !calls.intersects(wish, wish + bytes);
        return free ? wish : calls.findFree(bytes);
    }

    /// `move_vma`: a VMA at the new place, the pages over, the old range unmapped unless it is to
    /// be kept empty.
    private long move(Vma vma, long from, long oldBytes, long newBytes, long to, boolean keep) {
        if (mm.mapCount() >= kernel.maxMapCount() - MAPS_OF_A_MOVE) {
            throw Errno.ENOMEM.exception();
        }
        // Shared pages are looked for at the addresses they were put to.
        if (vma.has(VM_MERGEABLE) && vma.hasAnonVma() && !KsmBreak.range(vma, from, from + oldBytes)) {
            throw Errno.ENOMEM.exception();
        }
        // Anonymous memory without pages of its own takes the page offsets of its new place, so that it can merge.
        boolean fresh = vma.isAnonymous() && vma.anonVma() == null;
        long pgoff = fresh ? to >>> geometry.shift() : vma.pgoffAt(from);
        // What moves is promised already, and is kept: the old place gives it back.
        Vma moved = mapFor(vma, to, newBytes, pgoff, keep ? 0 : oldBytes);
        // Merging may have changed the VMA that the pages come from.
        Vma source = mm.vmaAt(from);
        if (source == null) {
            throw new IllegalStateException("mm: vma at 0x" + Long.toHexString(from) + " vanished in mremap");
        }
        // Its bounds may stay: it is locked for its pages.
        source.startWrite();
        if (source != moved) {
            source.beginWrite();
        }
        if (opensEarly) {
            moved.endWrite();
        }
        kernel.steps().at(PgtableStep.PAGES_MOVE, from);
        MmuGather gather = mm.gather();
        boolean complete = movePages(gather, source, moved, from, to, oldBytes);
        gather.finish();
        if (complete) {
            calls.userfaults.remap(moved, from, to, oldBytes);
        }
        if (!opensEarly) {
            moved.endWrite();
        }
        if (source != moved) {
            source.endWrite();
        }
        if (!complete) {
            calls.unmapLocked(to, to + newBytes);
            throw Errno.ENOMEM.exception();
        }
        if (keep) {
            int unlocked = source.flags() & ~(VM_LOCKED | VM_LOCKONFAULT);
            mm.editor.changeRights(source, from, from + oldBytes, unlocked, source.pkey());
        } else if (oldBytes != 0) {
            unmapOld(from, from + oldBytes);
        }
        return to;
    }

    /// Where there is no room for what is left on both sides, the old place stays, and is empty.
    private void unmapOld(long start, long end) {
        try {
            calls.unmapLocked(start, end);
        } catch (ErrnoException _) {
            // The move is done.
        }
    }

    /// Maps a free range for pages of `vma`, and promises the memory for it: asked for is what it has more than the
    /// `replaced` bytes that are about to go.
    private Vma mapFor(Vma vma, long start, long bytes, long pgoff, long replaced) {
        long promised = vma.has(VM_ACCOUNT) ? bytes >>> geometry.shift() : 0;
        if (promised != 0) {
            long kept = replaced >>> geometry.shift();
            mm.commit(promised - kept);
            kernel.overcommit().account(kept);
        }
        try {
            return mm.editor.mapFor(vma, start, start + bytes, Rights.of(vma), pgoff);
        } catch (ErrnoException full) {
            mm.uncommit(promised);
            throw full;
        }
    }

    /// Moves PTEs: `move_page_tables`. Truncation, writeback and who looks for anonymous pages are kept out,
    /// for they might look at the new place before a page arrives and at the old one after it has left. False
    /// without a frame for a table; then everything is back.
    private boolean movePages(MmuGather gather, Vma source, Vma target, long from, long to, long bytes) {
        MappedFile file = source.file();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.UNMAP, from, from + bytes);
        if (file != null) {
            file.pages().lockMappings();
        }
        // Nor may who moves a page to another frame, or looks for its uses, pass by on the way, or go on by an old
        // address in a table that has moved.
        AnonVma anon = source.anonVma();
        if (anon != null) {
            anon.lock();
        }
        Userfaultfd handler = source.userfault();
        boolean forgets = handler != null && !handler.has(Userfaultfd.FEATURE_EVENT_REMAP);
        long done = moveSome(gather, from, to, bytes, forgets);
        boolean complete = done == bytes;
        if (!complete && moveSome(gather, to, from, done, forgets) != done) {
            // What went as a whole goes back as a whole, and the tables that single pages came from are there.
            throw new IllegalStateException("mm: mremap cannot take back what it moved");
        }
        if (anon != null) {
            anon.unlock();
        }
        if (file != null) {
            file.pages().unlockMappings();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.UNMAP, from, from + bytes);
        assert target.mm() == source.mm();
        return complete;
    }

    /// Returns how far it came before there was no frame for a table.
    private long moveSome(MmuGather gather, long from, long to, long bytes, boolean forgets) {
        PageTable table = mm.pageTable();
        long done = 0;
        while (done < bytes) {
            long at = from + done;
            long left = bytes - done;
            if (HugeMappings.move(gather, mm, at, to + done, left)) {
                done += table.huge().bytes();
            } else if (table.find(at) == 0) {
                // Nothing as far as the table would go: a mapping may be most of the address space.
                done += Math.min(left, table.endOfTable(at) - at);
            } else if (!forgets && moveTable(at, to + done, left)) {
                done += table.endOfTable(at) - at;
            } else if (movePage(gather, at, to + done, forgets)) {
                done += geometry.bytes();
            } else {
                break;
            }
        }
        return done;
    }

    private boolean movesTables() {
        return kernel.tableReclaim().moves() != TableMoves.PTE
                && kernel.translation().cache().movesTables();
    }

    /// Moves the PTE table at `from` as a whole, if it has nothing but what moves; false where its pages are to be
    /// moved one by one.
    private boolean moveTable(long from, long to, long left) {
        PageTable table = mm.pageTable();
        long span = table.endOfTable(from) - from;
        boolean whole = table.endOfTable(from - 1) == from && table.endOfTable(to - 1) == to && left >= span;
        return whole
                && movesTables()
                && table.moveTable(from, to, kernel.tableReclaim().moves() == TableMoves.PMD_LOCKED);
    }

    /// With `forgets` nobody handles stores to the page in its new place.
    private boolean movePage(MmuGather gather, long from, long to, boolean forgets) {
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long fromPa = table.find(from);
        if (fromPa == 0 || format.isNone(table.load(fromPa))) {
            return true;
        }
        long toPa = table.findOrMake(to);
        if (toPa == 0) {
            return false;
        }
        SpinLock fromLock = table.lockOf(fromPa);
        SpinLock toLock = table.lockOf(toPa);
        fromLock.lock();
        if (toLock != fromLock) {
            // No other path takes two PTE locks of one address space without mmap_lock for write.
            toLock.lockNested();
        }
        long pte = table.getAndClear(from, fromPa);
        gather.addRange(from, from + geometry.bytes());
        // Nobody may store through the old translation once the page can be reached, and cleaned, at the new place.
        gather.flushTlb();
        boolean marker = format.markerOf(pte) == PageTableFormat.MARKER_UFFD_WP;
        if (!forgets || !marker) {
            table.store(toPa, moved(format, forgets ? forgetUserfault(format, pte) : pte));
        }
        if (format.hasPage(pte)) {
            kernel.checkAnon(mm, kernel.allocator().page(format.pfn(pte)), to);
        }
        if (toLock != fromLock) {
            toLock.unlock();
        }
        fromLock.unlock();
        return true;
    }

    /// `pte_clear_uffd_wp` and `pte_swp_clear_uffd_wp`.
    private static long forgetUserfault(PageTableFormat format, long pte) {
        if (format.isPresent(pte)) {
            return format.clearUffdWp(pte);
        }
        return format.hasSwapBits(pte) ? format.clearSwapUffdWp(pte) : pte;
    }

    /// `move_soft_dirty_pte`: so that who looks at soft-dirty bits learns that pages have moved.
    private static long moved(PageTableFormat format, long pte) {
        if (format.isPresent(pte)) {
            return format.mkSoftDirty(pte);
        }
        return format.hasSwapBits(pte) ? format.mkSwapSoftDirty(pte) : pte;
    }
}
