package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_SEALED;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// mseal: takes from a range of mappings, for as long as the address space lives, every call that would unmap,
/// move, replace or protect it. `mm/mseal.c`, which Linux has since 6.10.
///
/// Who refuses: [MmapCalls] (munmap, MAP_FIXED, brk downwards), [ProtectCalls], [RemapCalls], and [AdviceCalls]
/// where advice would throw away what the program may not write.
public final class SealCalls {

    private final Mm mm;

    public SealCalls(Mm mm) {
        this.mm = mm;
    }

    /// Seals all of `[start, start + length)`, or with a hole in it nothing: ENOMEM.
    public void mseal(long start, long length, long flags) {
        PageGeometry geometry = mm.geometry();
        long bytes = geometry.up(length);
        long end = start + bytes;
        if (flags != 0
                || !geometry.isAligned(start)
                || length != 0 && bytes == 0
                || Long.compareUnsigned(end, start) < 0) {
            throw Errno.EINVAL.exception();
        }
        if (end == start) {
            return;
        }
        mm.writeLockKillable();
        try {
            requireMapped(start, end);
            for (long at = start; at != end; ) {
                Vma vma = mm.vmaAt(at);
                if (vma == null) {
                    throw new IllegalStateException("mm: vma at 0x" + Long.toHexString(at) + " vanished in mseal");
                }
                long stop = Math.min(end, vma.end());
                if (!vma.has(VM_SEALED)) {
                    mm.editor.changeRights(vma, at, stop, vma.flags() | VM_SEALED, vma.pkey());
                }
                at = stop;
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    private void requireMapped(long start, long end) {
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            Vma vma = mm.vmaAt(at);
            if (vma == null) {
                throw Errno.ENOMEM.exception();
            }
            at = vma.end();
        }
    }
}
