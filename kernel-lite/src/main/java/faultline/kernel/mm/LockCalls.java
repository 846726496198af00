package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// mlock and its family: accounting and VMA flags; nothing is ever swapped, so locking needs no
/// more than populating, which the caller does. `mm/mlock.c` of Linux 6.12.
public final class LockCalls {

    private static final int BITS = VM_LOCKED | VM_LOCKONFAULT;

    private final Mm mm;
    private final PageGeometry geometry;

    public LockCalls(Mm mm) {
        this.mm = mm;
        this.geometry = mm.geometry();
    }

    /// mlock and mlock2; the caller populates the range afterwards, strictly.
    public void mlock(long start, long length, int flags) {
        if ((flags & ~MLOCK_ONFAULT) != 0) {
            throw Errno.EINVAL.exception();
        }
        if (!mayLock()) {
            throw Errno.EPERM.exception();
        }
        long first = geometry.down(start);
        long bytes = geometry.up(length + (start - first));
        mm.writeLockKillable();
        try {
            long locked = mm.counters.locked() + (bytes >>> geometry.shift()) - lockedPages(first, first + bytes);
            if (!mm.limits().mayLockAll()
                    && locked > new MmapCalls(mm).pagesOf(mm.limits().locked())) {
                throw Errno.ENOMEM.exception();
            }
            apply(first, bytes, (flags & MLOCK_ONFAULT) != 0 ? BITS : VM_LOCKED);
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    public void munlock(long start, long length) {
        long first = geometry.down(start);
        mm.writeLockKillable();
        try {
            apply(first, geometry.up(length + (start - first)), 0);
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// mlockall; the caller populates everything when MCL_CURRENT is set, as far as it goes.
    public void mlockAll(int flags) {
        if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) != 0 || flags == MCL_ONFAULT) {
            throw Errno.EINVAL.exception();
        }
        if (!mayLock()) {
            throw Errno.EPERM.exception();
        }
        mm.writeLockKillable();
        try {
            boolean current = (flags & MCL_CURRENT) != 0;
            if (current
                    && !mm.limits().mayLockAll()
                    && mm.counters.total()
                            > new MmapCalls(mm).pagesOf(mm.limits().locked())) {
                throw Errno.ENOMEM.exception();
            }
            int bits = (flags & MCL_ONFAULT) != 0 ? BITS : VM_LOCKED;
            mm.defaultFlags = (flags & MCL_FUTURE) != 0 ? bits : 0;
            if (current) {
                applyToAll(bits);
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    public void munlockAll() {
        mm.writeLockKillable();
        try {
            mm.defaultFlags = 0;
            applyToAll(0);
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    private boolean mayLock() {
        return mm.limits().locked() != 0 || mm.limits().mayLockAll();
    }

    private long lockedPages(long start, long end) {
        long pages = 0;
        for (Vma vma = mm.findVma(start);
                vma != null && Long.compareUnsigned(vma.start(), end) < 0;
                vma = mm.findVma(vma.end())) {
            if (vma.has(VM_LOCKED)) {
                pages += (vma.endBelow(end) - Math.max(vma.start(), start)) >>> geometry.shift();
            }
        }
        return pages;
    }

    private void apply(long start, long bytes, int bits) {
        long end = start + bytes;
        if (Long.compareUnsigned(end, start) < 0) {
            throw Errno.EINVAL.exception();
        }
        // The range may end above all there can be: what is mapped of it is locked first.
        for (long at = start; Long.compareUnsigned(at, end) < 0; ) {
            Vma vma = mm.vmaAt(at);
            if (vma == null) {
                throw Errno.ENOMEM.exception();
            }
            long stop = vma.endBelow(end);
            change(vma, at, stop, bits);
            at = stop;
        }
    }

    private void applyToAll(int bits) {
        for (Vma vma = mm.findVma(0); vma != null; ) {
            long end = vma.end();
            change(vma, vma.start(), end, bits);
            vma = mm.findVma(end);
        }
    }

    private void change(Vma vma, long start, long end, int bits) {
        int flags = vma.flags() & ~BITS | bits;
        if (flags != vma.flags() && !vma.has(VM_SPECIAL)) {
            mm.editor.changeRights(vma, start, end, flags, vma.pkey());
        }
    }
}
