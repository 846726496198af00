package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.VmaEditor.Rights;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.pgtable.MmuGather;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// mmap, munmap, brk and the stack: what makes and removes mappings. `mm/mmap.c` of Linux 6.12.
public final class MmapCalls {

    /// How much room a new stack has below its arguments: `stack_expand` in `setup_arg_pages`.
    private static final long STACK_ROOM = 128 * 1024;

    // Where mappings go that ask for a low address: `find_start_end`.

    private static final long LOW_START = 1L << 30;
    private static final long LOW_END = 1L << 31;

    private final Mm mm;
    private final PageGeometry geometry;
    private final KernelMemory kernel;

    /// What the call is to tell in user space.
    final UserfaultEvents userfaults = new UserfaultEvents();

    public MmapCalls(Mm mm) {
        this.mm = mm;
        this.geometry = mm.geometry();
        this.kernel = mm.kernel();
    }

    // mmap.

    /// Maps `length` bytes; `file` is null with MAP_ANONYMOUS. Returns the address. The caller
    /// populates afterwards when [#populates] says so.
    public long mmap(long hint, long length, int prot, int flags, @Nullable MappedFile file, long offset) {
        mm.writeLockKillable();
        try {
            return mmapLocked(hint, length, prot, flags, file, offset);
        } finally {
            mm.mmapLock().writeUnlock();
            userfaults.tell();
        }
    }

    /// Whether mmap with these flags makes pages present at once.
    public static boolean populates(int flags) {
        return (flags & MAP_LOCKED) != 0 || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
    }

    /// The same with mmap_lock held for write.
    long mmapLocked(long hint, long length, int prot, int asked, @Nullable MappedFile file, long offset) {
        if (length == 0 || !geometry.isAligned(offset)) {
            throw Errno.EINVAL.exception();
        }
        int flags = (asked & MAP_FIXED_NOREPLACE) != 0 ? asked | MAP_FIXED : asked;
        long bytes = geometry.up(length);
        if (bytes == 0) {
            throw Errno.ENOMEM.exception();
        }
        long pgoff = offset >>> geometry.shift();
        if (pgoff + (bytes >>> geometry.shift()) < pgoff || isPastFile(file, offset, bytes)) {
            throw Errno.EOVERFLOW.exception();
        }
        if (mm.mapCount() > kernel.maxMapCount()) {
            throw Errno.ENOMEM.exception();
        }
        long start = unmappedArea(hint, bytes, flags);
        if ((asked & MAP_FIXED_NOREPLACE) != 0 && intersects(start, start + bytes)) {
            throw Errno.EEXIST.exception();
        }
        int vmFlags = protFlags(prot) | mapFlags(flags) | mm.defaultFlags | VM_MAY_ACCESS;
        if ((flags & MAP_LOCKED) != 0 && !mayLock()) {
            throw Errno.EPERM.exception();
        }
        if ((vmFlags & VM_LOCKED) != 0 && !mayLockMore(bytes)) {
            throw Errno.EAGAIN.exception();
        }
        vmFlags = file == null ? anonymousFlags(vmFlags, flags) : fileFlags(vmFlags, prot, flags, file);
        if (file == null) {
            pgoff = (vmFlags & VM_SHARED) != 0 ? 0 : start >>> geometry.shift();
        }
        if ((flags & MAP_NORESERVE) != 0 && kernel.overcommit().honoursNoReserve()) {
            vmFlags |= VM_NORESERVE;
        }
        if (file == null || !file.mapsAsMemory()) {
            return mapRegion(start, bytes, vmFlags, file, null, pgoff);
        }
        String name = (vmFlags & VM_SHARED) == 0 ? file.mapsName() : null;
        return mapRegion(start, bytes, vmFlags, null, name, pgoff);
    }

    /// `file_mmap_ok`: no file is that large, unless it is a device.
    private static boolean isPastFile(@Nullable MappedFile file, long offset, long bytes) {
        return file != null && !file.mapsAsMemory() && (offset < 0 || offset + bytes < 0);
    }

    private static int protFlags(int prot) {
        return prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
    }

    private static int mapFlags(int flags) {
        return ((flags & MAP_GROWSDOWN) != 0 ? VM_GROWSDOWN : 0)
                | ((flags & MAP_LOCKED) != 0 ? VM_LOCKED : 0)
                | ((flags & MAP_STACK) != 0 ? VM_NOHUGEPAGE : 0);
    }

    private static int anonymousFlags(int vmFlags, int flags) {
        switch (flags & MAP_TYPE) {
            case MAP_SHARED -> {
                if ((vmFlags & VM_GROWSDOWN) != 0) {
                    throw Errno.EINVAL.exception();
                }
                return vmFlags | VM_SHARED | VM_MAYSHARE;
            }
            case MAP_PRIVATE -> {
                return vmFlags;
            }
            default -> throw Errno.EINVAL.exception();
        }
    }

    private static int fileFlags(int vmFlags, int prot, int flags, MappedFile file) {
        int result = vmFlags;
        switch (flags & MAP_TYPE) {
            case MAP_SHARED, MAP_SHARED_VALIDATE -> {
                boolean validate = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
                if (validate && (flags & ~(LEGACY_MAP_MASK | MAP_FIXED_NOREPLACE)) != 0) {
                    throw Errno.EOPNOTSUPP.exception();
                }
                if ((prot & PROT_WRITE) != 0 && !file.writable()) {
                    throw Errno.EACCES.exception();
                }
                if ((prot & PROT_WRITE) != 0 && file.isSwapFile()) {
                    throw Errno.ETXTBSY.exception();
                }
                result |= VM_SHARED | VM_MAYSHARE;
                if (!file.writable()) {
                    result &= ~(VM_MAYWRITE | VM_SHARED);
                } else if (file.isWriteSealed()) {
                    result = sealed(result);
                }
            }
            case MAP_PRIVATE -> {
                // Writes go to copies: reading the file is all it needs.
            }
            default -> throw Errno.EINVAL.exception();
        }
        if (!file.readable()) {
            throw Errno.EACCES.exception();
        }
        if (!file.mapsAsMemory()) {
            // ENODEV for what has none, before anything is done that would have to be undone.
            PageCache _ = file.pages();
        }
        if ((result & VM_GROWSDOWN) != 0) {
            throw Errno.EINVAL.exception();
        }
        return result;
    }

    /// What may be read and never stored to: `check_write_seal`.
    private static int sealed(int vmFlags) {
        if ((vmFlags & VM_WRITE) != 0) {
            throw Errno.EPERM.exception();
        }
        return vmFlags & ~VM_MAYWRITE;
    }

    /// Maps a free or to be freed range: `mmap_region`.
    private long mapRegion(
            long start, long bytes, int asked, @Nullable MappedFile asFile, @Nullable String name, long pgoff) {
        long pages = bytes >>> geometry.shift();
        int vmFlags = mm.mergeFlags(asked);
        checkSealed(start, start + bytes);
        if (!mayExpand(vmFlags, pages - mappedPages(start, start + bytes))) {
            throw Errno.ENOMEM.exception();
        }
        MappedFile file = asFile;
        if (file == null && (vmFlags & VM_SHARED) != 0) {
            file = new SharedMemoryFile(mm, bytes, (vmFlags & VM_NORESERVE) == 0);
        }
        boolean accounted = (vmFlags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
        if (accounted) {
            commitInstead(start, start + bytes, pages);
            vmFlags |= VM_ACCOUNT;
        }
        try {
            // Nothing was lost where it is refused by now.
            unmapLocked(start, start + bytes);
            mm.editor.map(start, start + bytes, new Rights(vmFlags, 0, file, name), pgoff);
        } catch (ErrnoException full) {
            mm.uncommit(accounted ? pages : 0);
            if (file != null && asFile == null) {
                file.get();
                file.put();
            }
            throw full;
        }
        checkSealsAgain(start, bytes, vmFlags, asFile);
        return start;
    }

    /// Whoever seals a file looks for mappings after it is sealed, whoever maps it looks for seals after it
    /// is mapped: one of the two sees the other. Linux has `i_mmap_writable` say so.
    private void checkSealsAgain(long start, long bytes, int vmFlags, @Nullable MappedFile file) {
        if (Vma.mayStore(vmFlags) && file != null && file.isWriteSealed()) {
            unmapLocked(start, start + bytes);
            throw Errno.EPERM.exception();
        }
    }

    /// Promises pages of which the mappings they take the place of, and which are about to go, give theirs back: asked
    /// for is the difference alone. `charged -= vms->nr_accounted`.
    private void commitInstead(long start, long end, long pages) {
        long replaced = 0;
        for (Vma vma = mm.vmas().find(start);
                vma != null && vma.start() < end;
                vma = mm.vmas().find(vma.end())) {
            if (vma.has(VM_ACCOUNT)) {
                replaced += (Math.min(vma.end(), end) - Math.max(vma.start(), start)) >>> geometry.shift();
            }
        }
        if (replaced < pages) {
            mm.commit(pages - replaced);
        }
        kernel.overcommit().account(replaced);
    }

    /// Chooses where to map: `get_unmapped_area`, top-down.
    private long unmappedArea(long hint, long bytes, int flags) {
        long userEnd = kernel.format().userEnd();
        if (bytes > userEnd || bytes < 0) {
            throw Errno.ENOMEM.exception();
        }
        if ((flags & MAP_FIXED) != 0) {
            if (Long.compareUnsigned(hint, userEnd - bytes) > 0) {
                throw Errno.ENOMEM.exception();
            }
            if (!geometry.isAligned(hint)) {
                throw Errno.EINVAL.exception();
            }
            if (hint < kernel.mmapMinAddress()) {
                throw Errno.EPERM.exception();
            }
            return hint;
        }
        long wanted = geometry.down(hint);
        if (hint != 0 && Long.compareUnsigned(wanted, kernel.mmapMinAddress()) < 0) {
            wanted = kernel.mmapMinAddress();
        }
        boolean low = (flags & MAP_32BIT) != 0;
        long end = low ? LOW_END : userEnd;
        if (wanted > 0 && wanted <= end - bytes && isFree(wanted, wanted + bytes)) {
            return wanted;
        }
        return low ? findLow(bytes) : findFree(bytes);
    }

    private long findLow(long bytes) {
        long start = mm.vmas().findGapAbove(LOW_START, LOW_END, bytes);
        if (start == -1) {
            throw Errno.ENOMEM.exception();
        }
        return start;
    }

    /// A free range where the kernel may choose.
    long findFree(long bytes) {
        long start = mm.vmas().findGapBelow(kernel.mmapMinAddress(), mm.mmapBase(), bytes);
        if (start == -1) {
            long userEnd = kernel.format().userEnd();
            start = mm.vmas().findGapAbove(geometry.up(userEnd / 3), userEnd, bytes);
        }
        if (start == -1) {
            throw Errno.ENOMEM.exception();
        }
        return start;
    }

    private boolean isFree(long start, long end) {
        Vma next = mm.vmas().find(start);
        return next == null || Long.compareUnsigned(end, next.startWithGap()) <= 0;
    }

    boolean intersects(long start, long end) {
        Vma next = mm.vmas().find(start);
        return next != null && Long.compareUnsigned(next.start(), end) < 0;
    }

    private long mappedPages(long start, long end) {
        long pages = 0;
        for (Vma vma = mm.vmas().find(start);
                vma != null && vma.start() < end;
                vma = mm.vmas().find(vma.end())) {
            pages += (Math.min(vma.end(), end) - Math.max(vma.start(), start)) >>> geometry.shift();
        }
        return pages;
    }

    // Limits.

    /// RLIMIT_AS and RLIMIT_DATA: `may_expand_vm`.
    boolean mayExpand(int vmFlags, long pages) {
        MmLimits limits = mm.limits();
        if (mm.counters.total() + pages > pagesOf(limits.addressSpace())) {
            return false;
        }
        long data = mm.counters.data() + pages;
        // Valgrind sets the limit to 0 and means only the heap: then the hard one counts.
        return !MmCounters.isData(vmFlags)
                || data <= pagesOf(limits.data())
                || limits.data() == 0 && data <= pagesOf(limits.mostData());
    }

    private boolean mayLock() {
        return mm.limits().locked() != 0 || mm.limits().mayLockAll();
    }

    /// RLIMIT_MEMLOCK for `bytes` more: `mlock_future_ok`.
    boolean mayLockMore(long bytes) {
        return mm.limits().mayLockAll()
                || mm.counters.locked() + (bytes >>> geometry.shift())
                        <= pagesOf(mm.limits().locked());
    }

    long pagesOf(long limit) {
        return limit >>> geometry.shift();
    }

    // munmap.

    /// Unmaps `[start, start + length)`.
    public void munmap(long start, long length) {
        mm.writeLockKillable();
        boolean downgraded = false;
        try {
            long end = checkUnmap(start, length);
            MmuGather gather = mm.gather();
            Detached detached = detach(start, end, vma -> userfaults.unmap(vma, start, end, false));
            // From here on nobody can map or fault in the range; faults elsewhere may go on.
            mm.mmapLock().downgrade();
            downgraded = true;
            detached.unmap(gather);
        } finally {
            if (downgraded) {
                mm.mmapLock().readUnlock();
            } else {
                mm.mmapLock().writeUnlock();
            }
            userfaults.tell();
        }
    }

    /// shmdt: unmaps what is left of the segment attached at `address`, and returns it; null when none
    /// is attached there.
    public @Nullable ShmSegment detachSegment(long address) {
        mm.writeLockKillable();
        try {
            ShmSegment segment = null;
            long end = address;
            long next = address;
            for (Vma vma = mm.vmas().find(next);
                    vma != null && (segment == null || vma.start() < end);
                    vma = mm.vmas().find(next)) {
                // It may be gone afterwards.
                next = vma.end();
                ShmSegment found = attachedAt(address, vma);
                if (found != null && (segment == null || segment == found)) {
                    segment = found;
                    end = address + geometry.up(found.size());
                    if (!vma.has(VM_SEALED)) {
                        // Nobody in user space is told.
                        detach(vma.start(), vma.end(), _ -> {}).unmap(mm.gather());
                    }
                }
            }
            return segment;
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// The segment that a VMA maps if it was attached at `address`.
    private @Nullable ShmSegment attachedAt(long address, Vma vma) {
        if (vma.start() - address != vma.pgoff() << geometry.shift()) {
            return null;
        }
        return switch (vma.file()) {
            case ShmSegment segment -> segment;
            case ReadOnlyView(ShmSegment segment) -> segment;
            case null, default -> null;
        };
    }

    private long checkUnmap(long start, long length) {
        long userEnd = kernel.format().userEnd();
        if (!geometry.isAligned(start)
                || Long.compareUnsigned(start, userEnd) > 0
                || Long.compareUnsigned(length, userEnd - start) > 0
                || length == 0) {
            throw Errno.EINVAL.exception();
        }
        return start + geometry.up(length);
    }

    /// Unmaps a range with mmap_lock held for write throughout.
    void unmapLocked(long start, long end) {
        if (intersects(start, end)) {
            detach(start, end, vma -> userfaults.unmap(vma, start, end, false)).unmap(mm.gather());
        }
    }

    /// The same where pages of another mapping are about to come.
    void makeRoom(long start, long end) {
        if (intersects(start, end)) {
            detach(start, end, vma -> userfaults.unmap(vma, start, end, true)).unmap(mm.gather());
        }
    }

    /// EPERM where a sealed VMA would lose its place.
    private void checkSealed(long start, long end) {
        for (Vma vma = mm.vmas().find(start);
                vma != null && vma.start() < end;
                vma = mm.vmas().find(vma.end())) {
            if (vma.has(VM_SEALED)) {
                throw Errno.EPERM.exception();
            }
        }
    }

    /// Splits at the edges and takes the VMAs of a range, which `leaving` sees before, out of the tree. EPERM when one
    /// of them is sealed: then all are still there.
    private Detached detach(long start, long end, Consumer<Vma> leaving) {
        checkSealed(start, end);
        Vma first = mm.vmas().find(start);
        Detached detached = new Detached(mm);
        if (first == null || first.start() >= end) {
            return detached;
        }
        if (first.start() < start) {
            if (end < first.end()) {
                // One becomes two. Whatever else is unmapped leaves no more VMAs than there were, and may pass the
                // limit meanwhile: vms_gather_munmap_vmas.
                mm.editor.requireRoom();
            }
            mm.editor.splitForUnmap(first, start);
        }
        Vma last = mm.vmaAt(end - 1);
        if (last != null && last.end() > end) {
            mm.editor.splitForUnmap(last, end);
        }
        for (Vma vma = mm.vmas().find(start);
                vma != null && vma.start() < end;
                vma = mm.vmas().find(vma.end())) {
            leaving.accept(vma);
            detached.add(vma);
        }
        detached.removeAll();
        return detached;
    }

    // brk.

    /// Moves the end of the heap; returns where it is now, the old place when it cannot move.
    public long brk(long end) {
        mm.writeLockKillable();
        try {
            return brkLocked(end);
        } finally {
            mm.mmapLock().writeUnlock();
            userfaults.tell();
        }
    }

    private long brkLocked(long end) {
        long old = mm.brkEnd();
        if (Long.compareUnsigned(end, mm.startBrk()) < 0
                || Long.compareUnsigned(end, kernel.format().userEnd() - geometry.bytes()) > 0) {
            return old;
        }
        long data = end - mm.startBrk() + (mm.endData() - mm.startData());
        if (Long.compareUnsigned(data, mm.limits().data()) > 0) {
            return old;
        }
        long oldPage = geometry.up(old);
        long newPage = geometry.up(end);
        try {
            if (newPage < oldPage) {
                unmapLocked(newPage, oldPage);
            } else if (newPage > oldPage) {
                growHeap(oldPage, newPage);
            }
        } catch (ErrnoException _) {
            return old;
        }
        mm.setBrk(end);
        return end;
    }

    private void growHeap(long from, long to) {
        Vma next = mm.vmas().find(from);
        int flags = mm.mergeFlags(VM_READ | VM_WRITE | VM_MAY_ACCESS | VM_ACCOUNT | mm.defaultFlags);
        long pages = (to - from) >>> geometry.shift();
        if (next != null && to + geometry.bytes() > next.startWithGap()
                || !mayExpand(flags, pages)
                || mm.mapCount() > kernel.maxMapCount()
                || (flags & VM_LOCKED) != 0 && !mayLockMore(to - from)) {
            throw Errno.ENOMEM.exception();
        }
        Rights rights = new Rights(flags, 0, null, null);
        Vma prev = mm.vmas().findBefore(from);
        // The heap grows into its last VMA only, never into a neighbour above: do_brk_flags.
        if (prev != null && prev.end() == from && mm.editor.canAppend(prev, rights, from >>> geometry.shift())) {
            mm.commit(pages);
            mm.editor.expandUp(prev, to);
            return;
        }
        int all = flags | mm.editor.softDirty();
        add(new Vma(mm, from, to, all, 0, null, from >>> geometry.shift()));
    }

    /// Adds a VMA whose memory is promised first.
    private void add(Vma vma) {
        long pages = vma.pages();
        mm.commit(pages);
        try {
            mm.editor.add(vma);
        } catch (ErrnoException full) {
            mm.uncommit(pages);
            throw full;
        }
    }

    // The stack.

    /// Maps the stack of a new program below `top`: `argumentBytes` now and the room Linux adds at
    /// once. Returns the lowest address mapped.
    public long createStack(long top, long argumentBytes, boolean executable) {
        mm.mmapLock().writeLock();
        try {
            int flags = mm.mergeFlags(VM_READ
                    | VM_WRITE
                    | (executable ? VM_EXEC : 0)
                    | VM_MAY_ACCESS
                    | VM_GROWSDOWN
                    | VM_ACCOUNT
                    | mm.editor.softDirty());
            long limit = geometry.down(mm.limits().stack());
            long bytes = geometry.up(argumentBytes);
            long wanted = bytes + STACK_ROOM;
            if (Long.compareUnsigned(wanted, limit) > 0) {
                wanted = Math.max(limit, bytes);
            }
            long start = top - wanted;
            add(new Vma(mm, start, top, flags, 0, null, start >>> geometry.shift()));
            return start;
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// Grows a stack down to `va`: `expand_downwards`. False when limits, the guard gap or RAM
    /// forbid it. The caller holds mmap_lock for write.
    public boolean expandStack(Vma vma, long va) {
        mm.mmapLock().assertWriteHeld();
        long start = geometry.down(va);
        if (start < kernel.mmapMinAddress()) {
            return false;
        }
        Vma prev = mm.vmas().findBefore(vma.start());
        if (prev != null
                && !prev.has(VM_GROWSDOWN)
                && prev.has(VM_ACCESS)
                && start - prev.end() < kernel.stackGuardGap()) {
            return false;
        }
        if (prev != null && start < prev.end()) {
            return false;
        }
        if (start >= vma.start()) {
            return true;
        }
        long grow = (vma.start() - start) >>> geometry.shift();
        boolean fits = mayExpand(vma.flags(), grow)
                && Long.compareUnsigned(vma.end() - start, mm.limits().stack()) <= 0
                && (!vma.has(VM_LOCKED) || mayLockMore(grow << geometry.shift()));
        if (!fits) {
            return false;
        }
        try {
            mm.commit(grow);
        } catch (ErrnoException _) {
            return false;
        }
        mm.editor.expandDown(vma, start);
        return true;
    }
}
