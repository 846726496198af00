package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.MPOL_BIND;
import static faultline.kernel.mm.MemPolicy.MPOL_DEFAULT;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_MOVE_ALL;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_VALID;
import static faultline.kernel.mm.MemPolicy.MPOL_MODE_FLAGS;
import static faultline.kernel.mm.MemPolicy.MPOL_PREFERRED_MANY;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Memory policies of VMAs, and on which node pages are: `mm/mempolicy.c` and `mm/migrate.c` of Linux 6.12.
public final class PolicyCalls {

    private final Mm mm;
    private final PageGeometry geometry;
    private final PageAllocator allocator;

    public PolicyCalls(Mm mm) {
        this.allocator = mm.kernel().allocator();
        this.mm = mm;
        this.geometry = mm.geometry();
    }

    /// mbind; the mode was checked. EINVAL, EPERM without `privileged`, EFAULT, ENOMEM.
    public void mbind(long start, long length, int mode, long nodes, long flags, boolean privileged) {
        if ((flags & ~MPOL_MF_VALID) != 0) {
            throw Errno.EINVAL.exception();
        }
        if ((flags & MPOL_MF_MOVE_ALL) != 0 && !privileged) {
            throw Errno.EPERM.exception();
        }
        long end = endOf(start, length);
        if (end == start) {
            return;
        }
        NumaNodes.checkNodes(mode, nodes);
        mm.mmapLock().writeLock();
        try {
            MemPolicy policy = mm.kernel().nodes().policy(mode, nodes);
            checkMapped(start, end, (mode & ~MPOL_MODE_FLAGS) == MPOL_DEFAULT);
            for (Vma vma = mm.firstVma(start, end); vma != null; ) {
                vma = setPolicy(vma, start, end, policy);
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// The end of a range of pages; EINVAL.
    private long endOf(long start, long length) {
        long end = start + geometry.up(length);
        if (!geometry.isAligned(start) || Long.compareUnsigned(end, start) < 0) {
            throw Errno.EINVAL.exception();
        }
        return end;
    }

    /// EFAULT for holes, or, with `holes`, where nothing but one is: `queue_pages_range`.
    private void checkMapped(long start, long end, boolean holes) {
        long at = start;
        boolean any = false;
        for (Vma vma = mm.findVma(start); vma != null && vma.start() < end; vma = mm.findVma(vma.end())) {
            if (!holes && vma.start() > at) {
                throw Errno.EFAULT.exception();
            }
            any = true;
            at = vma.end();
        }
        if (!any || !holes && Long.compareUnsigned(at, end) < 0) {
            throw Errno.EFAULT.exception();
        }
    }

    /// `mbind_range`; returns the first VMA of what is left.
    private @Nullable Vma setPolicy(Vma vma, long start, long end, @Nullable MemPolicy policy) {
        long stop = Math.min(vma.end(), end);
        if (!Objects.equals(vma.policy(), policy)) {
            mm.editor.changePolicy(vma, Math.max(vma.start(), start), stop, policy);
        }
        return mm.firstVma(stop, end);
    }

    /// set_mempolicy_home_node. EINVAL, ENOENT where no VMA has a policy, EOPNOTSUPP.
    public void setHomeNode(long start, long length, long node, long flags) {
        if (!geometry.isAligned(start) || flags != 0 || !mm.kernel().nodes().isOnline(node)) {
            throw Errno.EINVAL.exception();
        }
        long end = endOf(start, length);
        if (end == start) {
            return;
        }
        mm.mmapLock().writeLock();
        try {
            boolean any = false;
            for (Vma vma = mm.firstVma(start, end); vma != null; ) {
                MemPolicy policy = vma.policy();
                if (policy == null) {
                    vma = mm.firstVma(vma.end(), end);
                    continue;
                }
                if (policy.mode() != MPOL_BIND && policy.mode() != MPOL_PREFERRED_MANY) {
                    throw Errno.EOPNOTSUPP.exception();
                }
                any = true;
                vma = setPolicy(vma, start, end, policy.withHomeNode((int) node));
            }
            if (!any) {
                throw Errno.ENOENT.exception();
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// The policy of what is mapped at an address; EFAULT.
    public @Nullable MemPolicy policyAt(long va) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(va);
            if (vma == null) {
                throw Errno.EFAULT.exception();
            }
            return vma.policy();
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// The node of the page at an address, or an errno as a system call returns it: nothing mapped there, no page, or
    /// the zero page, which is of no node.
    public long nodeOf(long va) {
        mm.mmapLock().readLock();
        try {
            if (mm.vmaAt(va) == null) {
                return Errno.EFAULT.result();
            }
            PageTable table = mm.pageTable();
            PageTableFormat format = table.format();
            table.beginLook();
            long pte = table.look(va);
            table.endLook();
            if (!format.isPresent(pte)) {
                return Errno.ENOENT.result();
            }
            return format.isSpecial(pte) ? Errno.EFAULT.result() : allocator.nodeOf(format.pfn(pte));
        } finally {
            mm.mmapLock().readUnlock();
        }
    }
}
