package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_DONTEXPAND;
import static faultline.kernel.mm.Vma.VM_IO;
import static faultline.kernel.mm.Vma.VM_MAYSHARE;
import static faultline.kernel.mm.Vma.VM_MERGEABLE;
import static faultline.kernel.mm.Vma.VM_PFNMAP;
import static faultline.kernel.mm.Vma.VM_SHARED;

import faultline.kernel.Errno;

/// Which pages of an address space may be merged with others of the same contents: what MADV_MERGEABLE and
/// PR_SET_MEMORY_MERGE have in common.
public final class MergeCalls {

    private final Mm mm;

    public MergeCalls(Mm mm) {
        this.mm = mm;
    }

    /// Whether a VMA with these flags may have such pages: `vma_ksm_compatible`.
    static boolean isMergeable(int flags) {
        return (flags & (VM_SHARED | VM_MAYSHARE | VM_PFNMAP | VM_IO | VM_DONTEXPAND)) == 0;
    }

    /// Gives a part of a VMA pages of its own again; ENOMEM. The caller holds `mmap_lock` for write.
    static void unmerge(Vma vma, long start, long end) {
        if (vma.has(VM_MERGEABLE) && vma.hasAnonVma() && !KsmBreak.range(vma, start, end)) {
            throw Errno.ENOMEM.exception();
        }
    }

    /// Has all pages of the address space, and those to come, merged: `ksm_enable_merge_any`. EINTR, ENOMEM.
    public void enable() {
        mm.writeLockKillable();
        try {
            if (!mm.mergesAny()) {
                mm.mergeAny(true);
                changeAll(true);
                mm.kernel().ksm().enter(mm);
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// No page is merged any more, not even where MADV_MERGEABLE asked for it, and those that are have their
    /// own again: `ksm_disable_merge_any`. EINTR; ENOMEM, and all is as before.
    public void disable() {
        mm.writeLockKillable();
        try {
            if (!mm.mergesAny()) {
                return;
            }
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                unmerge(vma, vma.start(), vma.end());
            }
            changeAll(false);
            mm.mergeAny(false);
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    private void changeAll(boolean to) {
        long end;
        for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(end)) {
            end = vma.end();
            int flags = vma.flags();
            int changed = to && isMergeable(flags) ? flags | VM_MERGEABLE : to ? flags : flags & ~VM_MERGEABLE;
            if (changed != flags) {
                mm.editor.changeRights(vma, vma.start(), vma.end(), changed, vma.pkey());
            }
        }
    }
}
