package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// remap_file_pages, as since Linux 4.0: nonlinear mappings are gone, and the call maps other pages of the file
/// over a part of a shared mapping.
public final class NonlinearCalls {

    private final Mm mm;
    private final PageGeometry geometry;

    public NonlinearCalls(Mm mm) {
        this.mm = mm;
        this.geometry = mm.geometry();
    }

    /// Maps `length` bytes of the file that is mapped at `from`, from its page `pgoff` on, in their place. `flags`
    /// are the kernel's MAP_* bits, of which MAP_NONBLOCK counts; without it the caller populates afterwards.
    public void remap(long from, long length, long prot, long pgoff, int flags) {
        long start = geometry.down(from);
        long bytes = geometry.down(length);
        long end = start + bytes;
        if (prot != 0
                || Long.compareUnsigned(end, start) <= 0
                || Long.compareUnsigned(pgoff + (bytes >>> geometry.shift()), pgoff) < 0) {
            throw Errno.EINVAL.exception();
        }
        mm.writeLockKillable();
        MappedFile file = null;
        try {
            Vma vma = mm.vmaAt(start);
            if (vma == null || !isOneMapping(vma, end)) {
                throw Errno.EINVAL.exception();
            }
            file = vma.file();
            if (file == null) {
                throw Errno.EINVAL.exception();
            }
            // The mapping is about to give its own reference back.
            file.get();
            int locked = vma.has(VM_LOCKED) ? MAP_LOCKED : 0;
            int how = flags & MAP_NONBLOCK | MAP_SHARED | MAP_FIXED | MAP_POPULATE | locked;
            new MmapCalls(mm).mmapLocked(start, bytes, vma.flags() & VM_ACCESS, how, file, pgoff << geometry.shift());
        } finally {
            mm.mmapLock().writeUnlock();
            if (file != null) {
                file.put();
            }
        }
    }

    /// Whether shared mappings of one file, with the same flags, reach without a gap to `end`.
    private boolean isOneMapping(Vma first, long end) {
        if (!first.isShared()) {
            return false;
        }
        long at = first.end();
        while (Long.compareUnsigned(at, end) < 0) {
            Vma next = mm.vmaAt(at);
            if (next == null || next.file() != first.file() || next.flags() != first.flags()) {
                return false;
            }
            at = next.end();
        }
        return true;
    }
}
