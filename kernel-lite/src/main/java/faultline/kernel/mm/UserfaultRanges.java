package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_MAYWRITE;
import static faultline.kernel.mm.Vma.VM_UFFD;
import static faultline.kernel.mm.Vma.VM_UFFD_MINOR;
import static faultline.kernel.mm.Vma.VM_UFFD_MISSING;
import static faultline.kernel.mm.Vma.VM_UFFD_WP;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// Which VMAs a [Userfaultfd] handles the faults of: UFFDIO_REGISTER and UFFDIO_UNREGISTER. `fs/userfaultfd.c` of Linux
/// 6.12.
public final class UserfaultRanges {

    private final Userfaultfd handler;
    private final Mm mm;
    private final PageGeometry geometry;
    private final boolean brackets;

    public UserfaultRanges(Userfaultfd handler) {
        this(handler, true);
    }

    /// Without `brackets` who registers a range does not say in its sequence that it changes (M36).
    public UserfaultRanges(Userfaultfd handler, boolean brackets) {
        this.brackets = brackets;
        this.handler = handler;
        this.mm = handler.mm();
        this.geometry = mm.geometry();
    }

    /// EINVAL for what can be no range of pages: `validate_range`.
    public void check(long start, long length) {
        if (!geometry.isAligned(start)) {
            throw Errno.EINVAL.exception();
        }
        checkUnaligned(start, length);
    }

    /// The same for where pages are copied from, which may lie anywhere.
    public void checkUnaligned(long start, long length) {
        long userEnd = mm.kernel().format().userEnd();
        if (!geometry.isAligned(length)
                || length == 0
                || Long.compareUnsigned(start, mm.kernel().mmapMinAddress()) < 0
                || Long.compareUnsigned(start, userEnd) >= 0
                || Long.compareUnsigned(length, userEnd - start) > 0) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Handles the faults of a range from now on: `flags` says which (VM_UFFD_*). EINVAL, EPERM, EBUSY, ENOMEM.
    public void register(long start, long length, int flags) {
        if (!mm.tryGet()) {
            throw Errno.ENOMEM.exception();
        }
        try {
            mm.mmapLock().writeLock();
            try {
                registerLocked(start, start + length, flags);
            } finally {
                mm.mmapLock().writeUnlock();
            }
        } finally {
            mm.put();
        }
    }

    private void registerLocked(long start, long end, int flags) {
        Vma first = firstOf(start, end);
        for (Vma vma = first; vma != null && vma.start() < end; vma = mm.findVma(vma.end())) {
            if (!canBeHandled(vma, flags)) {
                throw Errno.EINVAL.exception();
            }
            // A hole that is filled is a write, which who may not write could make of a file.
            if (!vma.has(VM_MAYWRITE)) {
                throw Errno.EPERM.exception();
            }
            if (vma.userfault() != null && vma.userfault() != handler) {
                throw Errno.EBUSY.exception();
            }
        }
        // A VMA may have been split, or reach further: what is left begins where this part ends.
        for (Vma vma = first; vma != null; ) {
            long stop = Math.min(vma.end(), end);
            boolean known = vma.userfault() == handler && (vma.flags() & flags) == flags;
            if (!known) {
                int changed = vma.flags() & ~VM_UFFD | flags;
                mm.editor.changeUserfault(vma, Math.max(vma.start(), start), stop, changed, handler, brackets);
            }
            vma = mm.firstVma(stop, end);
        }
    }

    /// Nobody handles the faults of a range any more; those that wait for a page are made again. EINVAL, ENOMEM.
    public void unregister(long start, long length) {
        if (!mm.tryGet()) {
            throw Errno.ENOMEM.exception();
        }
        try {
            mm.mmapLock().writeLock();
            try {
                unregisterLocked(start, start + length);
            } finally {
                mm.mmapLock().writeUnlock();
            }
        } finally {
            mm.put();
        }
    }

    private void unregisterLocked(long start, long end) {
        Vma first = firstOf(start, end);
        for (Vma vma = first; vma != null && vma.start() < end; vma = mm.findVma(vma.end())) {
            if (!canBeHandled(vma, vma.flags())) {
                throw Errno.EINVAL.exception();
            }
        }
        for (Vma vma = first; vma != null; ) {
            long from = Math.max(vma.start(), start);
            long stop = Math.min(vma.end(), end);
            Userfaultfd owner = vma.userfault();
            if (owner != null) {
                if (vma.has(VM_UFFD_MISSING)) {
                    owner.wake(from, stop - from);
                }
                clear(vma, from, stop);
            }
            vma = mm.firstVma(stop, end);
        }
    }

    /// The first VMA of a range; EINVAL where there is none.
    private Vma firstOf(long start, long end) {
        Vma vma = mm.findVma(start);
        if (vma == null || vma.start() >= end) {
            throw Errno.EINVAL.exception();
        }
        return vma;
    }

    /// Lets go of every VMA: the file is closed. The caller keeps the address space.
    void forget() {
        mm.mmapLock().writeLock();
        for (Vma vma = mm.findVma(0); vma != null; ) {
            long end = vma.end();
            if (vma.userfault() == handler) {
                clear(vma, vma.start(), end);
            }
            vma = mm.findVma(end);
        }
        mm.mmapLock().writeUnlock();
    }

    /// `userfaultfd_clear_vma`.
    private void clear(Vma vma, long start, long end) {
        if (vma.has(VM_UFFD_WP)) {
            UserfaultProtect.unprotect(vma, start, end);
        }
        mm.editor.changeUserfault(vma, start, end, vma.flags() & ~VM_UFFD, null, true);
    }

    /// `vma_can_userfault`.
    private boolean canBeHandled(Vma vma, int flags) {
        int ways = flags & VM_UFFD;
        if ((ways & VM_UFFD_MINOR) != 0 && !vma.isShmem()) {
            return false;
        }
        if (handler.has(Userfaultfd.FEATURE_WP_ASYNC) && ways == VM_UFFD_WP) {
            return true;
        }
        return vma.isAnonymous() || vma.isShmem();
    }
}
