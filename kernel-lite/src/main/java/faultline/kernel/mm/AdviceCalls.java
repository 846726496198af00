package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.swap.SwapSpace;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// madvise, mincore and msync: `mm/madvise.c`, `mm/mincore.c` and `mm/msync.c` of Linux 6.12.
public final class AdviceCalls {

    private static final int MADV_NORMAL = 0;
    private static final int MADV_RANDOM = 1;
    private static final int MADV_SEQUENTIAL = 2;
    private static final int MADV_WILLNEED = 3;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_FREE = 8;
    private static final int MADV_REMOVE = 9;
    private static final int MADV_DONTFORK = 10;
    private static final int MADV_DOFORK = 11;
    private static final int MADV_MERGEABLE = 12;
    private static final int MADV_UNMERGEABLE = 13;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int MADV_DONTDUMP = 16;
    private static final int MADV_DODUMP = 17;
    private static final int MADV_WIPEONFORK = 18;
    private static final int MADV_KEEPONFORK = 19;
    private static final int MADV_COLD = 20;
    private static final int MADV_PAGEOUT = 21;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MADV_DONTNEED_LOCKED = 24;
    private static final int MADV_COLLAPSE = 25;
    private static final int MADV_GUARD_INSTALL = 102;
    private static final int MADV_GUARD_REMOVE = 103;

    private final Mm mm;
    private final PageGeometry geometry;
    private final Collapse.SwapReader reader;
    private final Predicate<Vma> keysPermitStores;

    /// For who does not collapse what is swapped out, and has no protection keys.
    public AdviceCalls(Mm mm) {
        this(mm, (_, _) -> false, _ -> true);
    }

    /// `reader` is asked for pages that are swapped out and shall be put into a huge page, `keysPermitStores` whether
    /// the calling thread's protection keys let it store.
    public AdviceCalls(Mm mm, Collapse.SwapReader reader, Predicate<Vma> keysPermitStores) {
        this.mm = mm;
        this.geometry = mm.geometry();
        this.reader = reader;
        this.keysPermitStores = keysPermitStores;
    }

    /// Whether the advice is to fault pages in, which the caller does (`Gup.populateFor`) after
    /// [#madvise] has checked the range.
    public static boolean populates(int advice) {
        return advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE;
    }

    /// Whether a process may give it to another: `process_madvise_remote_valid`. What throws contents away is not.
    public static boolean isForOthers(int advice) {
        return advice == MADV_COLD || advice == MADV_PAGEOUT || advice == MADV_WILLNEED || advice == MADV_COLLAPSE;
    }

    public static boolean populatesForWrite(int advice) {
        return advice == MADV_POPULATE_WRITE;
    }

    /// Applies advice to `[start, start + length)`. Holes are ENOMEM, after the advice was applied
    /// around them.
    public void madvise(long start, long length, int advice) {
        if (!isKnown(advice) || !geometry.isAligned(start)) {
            throw Errno.EINVAL.exception();
        }
        long bytes = geometry.up(length);
        long end = start + bytes;
        if (length != 0 && bytes == 0 || Long.compareUnsigned(end, start) < 0) {
            throw Errno.EINVAL.exception();
        }
        if (end == start || populates(advice)) {
            return;
        }
        boolean writes = changesVma(advice);
        if (writes) {
            mm.writeLockKillable();
        } else {
            mm.mmapLock().readLock();
        }
        MmuGather gather = mm.gather();
        try {
            walk(gather, start, end, advice);
        } finally {
            gather.finish();
            if (writes) {
                mm.mmapLock().writeUnlock();
            } else {
                mm.mmapLock().readUnlock();
            }
        }
    }

    private void walk(MmuGather gather, long start, long end, int advice) {
        boolean hole = false;
        long at = start;
        // A range may end above all there can be.
        while (Long.compareUnsigned(at, end) < 0) {
            Vma vma = mm.findVma(at);
            if (vma == null || Long.compareUnsigned(vma.start(), end) >= 0) {
                hole = true;
                break;
            }
            if (vma.start() > at) {
                hole = true;
                at = vma.start();
            }
            long stop = vma.endBelow(end);
            advise(gather, vma, at, stop, advice);
            at = stop;
        }
        if (hole) {
            throw Errno.ENOMEM.exception();
        }
    }

    private static boolean isKnown(int advice) {
        return advice >= MADV_NORMAL && advice <= MADV_DONTNEED
                || advice >= MADV_FREE && advice <= MADV_COLLAPSE
                || advice == MADV_GUARD_INSTALL
                || advice == MADV_GUARD_REMOVE;
    }

    private static boolean changesVma(int advice) {
        return switch (advice) {
            case MADV_WILLNEED,
                    MADV_DONTNEED,
                    MADV_DONTNEED_LOCKED,
                    MADV_FREE,
                    MADV_REMOVE,
                    MADV_COLD,
                    MADV_PAGEOUT,
                    MADV_COLLAPSE,
                    MADV_GUARD_INSTALL,
                    MADV_GUARD_REMOVE -> false;
            default -> true;
        };
    }

    private void advise(MmuGather gather, Vma vma, long start, long end, int advice) {
        if (vma.has(VM_SEALED) && isDiscard(advice) && isReadOnlyMemory(vma)) {
            throw Errno.EPERM.exception();
        }
        switch (advice) {
            case MADV_DONTNEED, MADV_DONTNEED_LOCKED, MADV_FREE -> discard(gather, vma, start, end, advice);
            case MADV_REMOVE -> punch(gather, vma, start, end);
            case MADV_GUARD_INSTALL -> new GuardRegions(mm).install(gather, vma, start, end);
            case MADV_GUARD_REMOVE -> new GuardRegions(mm).remove(vma, start, end);
            case MADV_COLLAPSE -> collapse(vma, start, end);
            case MADV_WILLNEED -> willNeed(vma, start, end);
            case MADV_COLD, MADV_PAGEOUT -> new ColdPages(mm).advise(gather, vma, start, end, advice == MADV_PAGEOUT);
            default -> changeAgain(vma, start, end, advice);
        }
    }

    /// `is_ro_anon`.
    private boolean isReadOnlyMemory(Vma vma) {
        return !vma.mapsFile() && !(vma.isWritable() && keysPermitStores.test(vma));
    }

    /// Changes what a VMA notes. What is short here may be there the next time: ENOMEM is for holes.
    private void changeAgain(Vma vma, long start, long end, int advice) {
        try {
            change(vma, start, end, advice);
        } catch (ErrnoException failure) {
            throw failure.errno() == Errno.ENOMEM ? Errno.EAGAIN.exception() : failure;
        }
    }

    private void change(Vma vma, long start, long end, int advice) {
        int flags = vma.flags();
        int changed = switch (advice) {
            case MADV_NORMAL -> flags & ~(VM_RAND_READ | VM_SEQ_READ);
            case MADV_RANDOM -> flags & ~VM_SEQ_READ | VM_RAND_READ;
            case MADV_SEQUENTIAL -> flags & ~VM_RAND_READ | VM_SEQ_READ;
            case MADV_DONTFORK -> flags | VM_DONTCOPY;
            case MADV_DOFORK -> with(vma, VM_IO, flags & ~VM_DONTCOPY);
            case MADV_WIPEONFORK -> wipeOnFork(vma, flags);
            case MADV_KEEPONFORK -> flags & ~VM_WIPEONFORK;
            case MADV_DONTDUMP -> flags | VM_DONTDUMP;
            case MADV_DODUMP -> with(vma, VM_SPECIAL, flags & ~VM_DONTDUMP);
            case MADV_MERGEABLE -> MergeCalls.isMergeable(flags) ? flags | VM_MERGEABLE : flags;
            case MADV_UNMERGEABLE -> {
                MergeCalls.unmerge(vma, start, end);
                yield flags & ~VM_MERGEABLE;
            }
            case MADV_HUGEPAGE -> flags & ~VM_NOHUGEPAGE | VM_HUGEPAGE;
            case MADV_NOHUGEPAGE -> flags & ~VM_HUGEPAGE | VM_NOHUGEPAGE;
            default -> throw Errno.EINVAL.exception();
        };
        if (changed != flags) {
            mm.editor.changeRights(vma, start, end, changed, vma.pkey());
        }
        if ((changed & ~flags & VM_MERGEABLE) != 0) {
            mm.kernel().ksm().enter(mm);
        }
        if (advice == MADV_HUGEPAGE) {
            mm.kernel().khugepaged().enter(mm);
        }
    }

    /// What loses contents, now or in a child.
    private static boolean isDiscard(int advice) {
        return switch (advice) {
            case MADV_FREE,
                    MADV_DONTNEED,
                    MADV_DONTNEED_LOCKED,
                    MADV_REMOVE,
                    MADV_DONTFORK,
                    MADV_WIPEONFORK,
                    MADV_GUARD_INSTALL -> true;
            default -> false;
        };
    }

    private void willNeed(Vma vma, long start, long end) {
        MappedFile file = vma.file();
        if (file == null) {
            SwapPrefetch.read(vma, start, end);
        } else if (file.pages().isShmem()) {
            file.pages().swapInAhead(vma.indexOf(start), vma.indexOf(end));
        } else {
            long offset = vma.indexOf(start) << geometry.shift();
            file.pages().willNeed(offset, offset + (end - start));
        }
    }

    private static int with(Vma vma, int forbidden, int flags) {
        if (vma.has(forbidden)) {
            throw Errno.EINVAL.exception();
        }
        return flags;
    }

    private static int wipeOnFork(Vma vma, int flags) {
        if (vma.mapsFile()) {
            throw Errno.EINVAL.exception();
        }
        return flags | VM_WIPEONFORK;
    }

    private void discard(MmuGather gather, Vma found, long start, long asked, int advice) {
        checkDiscard(found, advice);
        Vma vma = found;
        if (tellRemove(gather, found, start, asked)) {
            mm.mmapLock().readLock();
            vma = mm.vmaAt(start);
            if (vma == null) {
                throw Errno.ENOMEM.exception();
            }
            checkDiscard(vma, advice);
        }
        long end = Math.min(asked, vma.end());
        mm.noteHighWater();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, start, end);
        if (advice == MADV_FREE) {
            LazyFree.mark(gather, vma, start, end);
        } else {
            Zap.zapPages(gather, vma, start, end);
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, start, end);
        if (advice != MADV_FREE && mm.pageTable().reclaimsEmpty()) {
            reclaimTables(gather, start, end);
        }
    }

    private static void checkDiscard(Vma vma, int advice) {
        int forbidden = advice == MADV_DONTNEED ? VM_LOCKED | VM_PFNMAP : VM_PFNMAP;
        if (vma.has(forbidden) || advice == MADV_FREE && (!vma.isAnonymous() || vma.has(VM_LOCKED))) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Has whoever handles the faults of a range know that its pages go, and waits until he does. True where
    /// there is one: then `mmap_lock` was given up, and what was known of VMAs is not any more.
    /// `userfaultfd_remove`.
    private boolean tellRemove(MmuGather gather, Vma vma, long start, long end) {
        Userfaultfd handler = vma.userfault();
        if (handler == null || !handler.has(Userfaultfd.FEATURE_EVENT_REMOVE)) {
            return false;
        }
        handler.beginChange();
        gather.flush();
        mm.mmapLock().readUnlock();
        boolean _ = handler.tell(new UserfaultEvent(UserfaultMessage.remove(start, end)));
        return true;
    }

    /// Frees the PTE tables that have nothing but `[start, end)`, if they are empty still.
    private void reclaimTables(MmuGather gather, long start, long end) {
        PageTable table = mm.pageTable();
        long va = table.endOfTable(start - 1);
        for (long next = table.endOfTable(va); next <= end; next = table.endOfTable(va)) {
            table.reclaim(gather, va);
            va = next;
        }
    }

    /// MADV_REMOVE: a hole in the file, for everybody. `mmap_lock` is given up meanwhile, for the file's locks rank
    /// above it: what was known of VMAs is not any more. `madvise_remove`.
    private void punch(MmuGather gather, Vma vma, long start, long end) {
        MappedFile file = vma.file();
        if (vma.has(VM_LOCKED) || !vma.mapsFile()) {
            throw Errno.EINVAL.exception();
        }
        if (file == null || (vma.flags() & (VM_SHARED | VM_MAYWRITE)) != (VM_SHARED | VM_MAYWRITE)) {
            throw Errno.EACCES.exception();
        }
        long offset = vma.indexOf(start) << geometry.shift();
        file.get();
        if (!tellRemove(gather, vma, start, end)) {
            mm.mmapLock().readUnlock();
        }
        try {
            file.punchHole(offset, end - start);
        } finally {
            file.put();
            mm.mmapLock().readLock();
        }
    }

    /// MADV_COLLAPSE: puts huge pages together, whatever is set where they are made. `mmap_lock` is given up meanwhile:
    /// what was known of VMAs is not any more. ENOMEM without a run of frames, EAGAIN where a page is in somebody's
    /// hands, EINVAL for what cannot be one; after all that could be done, or at what is never to be.
    private void collapse(Vma vma, long start, long end) {
        HugeEntries huge = mm.pageTable().huge();
        if (!HugePageSettings.suits(vma) || !vma.hasAnonVma()) {
            throw Errno.EINVAL.exception();
        }
        long first = huge.start(start + huge.bytes() - 1);
        long last = huge.start(end);
        Collapse.Result failed = first > last ? Collapse.Result.ADDRESS_RANGE : null;
        mm.mmapLock().readUnlock();
        try {
            Collapse collapse = new Collapse(mm, Collapse.Rules.ALL, reader);
            for (long va = first; va < last; va += huge.bytes()) {
                Collapse.Result result = collapse.collapse(va);
                if (!result.isThere()) {
                    failed = result;
                    if (!result.isOfPages()) {
                        break;
                    }
                }
            }
        } finally {
            mm.mmapLock().readLock();
        }
        if (failed != null) {
            throw switch (failed) {
                case ALLOC_HUGE_PAGE_FAIL -> Errno.ENOMEM.exception();
                case PAGE_COUNT -> Errno.EAGAIN.exception();
                default -> Errno.EINVAL.exception();
            };
        }
    }

    // mincore.

    /// Checks the range of a mincore call, and where its answer, a byte a page, is to go: EINVAL, ENOMEM,
    /// EFAULT. Returns how many pages it has.
    public long pagesOfMincore(long start, long length, long answer) {
        if (!geometry.isAligned(start)) {
            throw Errno.EINVAL.exception();
        }
        if (!isUser(start, length)) {
            throw Errno.ENOMEM.exception();
        }
        long pages = geometry.up(length) >>> geometry.shift();
        if (!isUser(answer, pages)) {
            throw Errno.EFAULT.exception();
        }
        return pages;
    }

    /// `access_ok`.
    private boolean isUser(long start, long length) {
        long userEnd = mm.kernel().format().userEnd();
        return Long.compareUnsigned(start, userEnd) <= 0 && Long.compareUnsigned(length, userEnd - start) <= 0;
    }

    /// Which of at most so many pages from `start` on are in memory, as far as one VMA goes: one byte a page.
    /// ENOMEM in a hole. `do_mincore`.
    public byte[] mincore(long start, int most) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(start);
            if (vma == null) {
                throw Errno.ENOMEM.exception();
            }
            long end = Math.min(vma.end(), start + (long) most * geometry.bytes());
            byte[] present = new byte[(int) ((end - start) >>> geometry.shift())];
            boolean told = mayKnow(vma.file());
            for (int i = 0; i < present.length; i++) {
                present[i] = (byte) (!told || isInCore(vma, start + (long) i * geometry.bytes()) ? 1 : 0);
            }
            return present;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// Whether the caller may know what of the memory is there: of a file that is not his, and that he may not
    /// write to, it would say what others read. `can_do_mincore`, with the rule of `can_do_file_pageout`.
    private static boolean mayKnow(@Nullable MappedFile file) {
        return file == null || file.mayPageOut();
    }

    private boolean isInCore(Vma vma, long va) {
        PageTable table = mm.pageTable();
        table.beginLook();
        long pte = table.look(va);
        table.endLook();
        if (table.format().isSwap(pte)) {
            return isInSwapCache(mm.swapEntry(pte));
        }
        if (table.format().isPresent(pte) || table.format().isMigration(pte)) {
            return true;
        }
        MappedFile file = vma.file();
        if (file == null) {
            return false;
        }
        return file.pages().isInMemory(vma.indexOf(va));
    }

    private boolean isInSwapCache(long entry) {
        SwapSpace swap = mm.kernel().swap();
        Page page = swap.find(entry);
        if (page == null) {
            return false;
        }
        boolean inCore = swap.locks().isUptodate(page);
        mm.kernel().allocator().put(page);
        return inCore;
    }

    // msync.

    /// Writes shared file mappings of the range back. EINVAL, EBUSY, ENOMEM for holes (after the
    /// rest was written).
    public void msync(long start, long length, int flags) {
        if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0
                || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC)
                || !geometry.isAligned(start)) {
            throw Errno.EINVAL.exception();
        }
        long end = start + geometry.up(length);
        if (Long.compareUnsigned(end, start) < 0) {
            throw Errno.ENOMEM.exception();
        }
        boolean hole = false;
        for (long at = start; Long.compareUnsigned(at, end) < 0; ) {
            mm.mmapLock().readLock();
            Vma vma = mm.findVma(at);
            if (vma == null || Long.compareUnsigned(vma.start(), end) >= 0) {
                mm.mmapLock().readUnlock();
                hole = true;
                break;
            }
            hole |= vma.start() > at;
            at = syncVma(vma, Math.max(at, vma.start()), end, flags);
        }
        if (hole) {
            throw Errno.ENOMEM.exception();
        }
    }

    /// Writes one VMA's part back; called with mmap_lock for read, which it gives back: I/O is not
    /// waited for under it.
    private long syncVma(Vma vma, long start, long end, int flags) {
        long stop = vma.endBelow(end);
        long offset = vma.indexOf(start) << geometry.shift();
        MappedFile file = vma.file();
        boolean locked = (flags & MS_INVALIDATE) != 0 && vma.has(VM_LOCKED);
        boolean writes = (flags & MS_SYNC) != 0 && file != null && vma.isShared();
        if (writes && file != null) {
            file.get();
        }
        mm.mmapLock().readUnlock();
        if (locked) {
            if (writes && file != null) {
                file.put();
            }
            throw Errno.EBUSY.exception();
        }
        if (writes && file != null) {
            try {
                file.pages().writeback(offset, offset + (stop - start));
            } finally {
                file.put();
            }
        }
        return stop;
    }
}
