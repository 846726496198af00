package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.MPOL_BIND;
import static faultline.kernel.mm.MemPolicy.MPOL_DEFAULT;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_MOVE;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_MOVE_ALL;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_STRICT;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_VALID;
import static faultline.kernel.mm.MemPolicy.MPOL_MODE_FLAGS;
import static faultline.kernel.mm.MemPolicy.MPOL_PREFERRED_MANY;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Memory policies of VMAs, and on which node pages are: `mm/mempolicy.c` and `mm/migrate.c` of Linux 6.12.
public final class PolicyCalls {

    private final Mm mm;
    private final PageGeometry geometry;
    private final PageAllocator allocator;

    private final LongConsumer mapAgain;

    public PolicyCalls(Mm mm) {
        this(mm, _ -> {});
    }

    /// `mapAgain` maps a page of a file that was moved where it was mapped, as a load would.
    public PolicyCalls(Mm mm, LongConsumer mapAgain) {
        this.mapAgain = mapAgain;
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
        boolean isDefault = (mode & ~MPOL_MODE_FLAGS) == MPOL_DEFAULT;
        boolean strict = (flags & MPOL_MF_STRICT) != 0 && !isDefault;
        boolean moves = (flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0;
        PageMoves found = new PageMoves(mm, (flags & MPOL_MF_MOVE_ALL) != 0, mapAgain);
        MemPolicy policy;
        mm.mmapLock().writeLock();
        try {
            policy = mm.kernel().nodes().policy(mode, nodes);
            checkMapped(start, end, isDefault);
            // On the only node there is every page is where it is to be.
            if ((strict || moves) && mm.kernel().nodes().count() > 1) {
                collect(found, start, end, policy, strict, moves);
            }
            for (Vma vma = mm.firstVma(start, end); vma != null; ) {
                vma = setPolicy(vma, start, end, policy);
            }
        } catch (ErrnoException failure) {
            found.forget();
            throw failure;
        } finally {
            mm.mmapLock().writeUnlock();
        }
        if (found.moveBy(policy) != 0 && strict) {
            throw Errno.EIO.exception();
        }
    }

    /// Finds the pages on nodes that the policy does not name; EIO where there are some, and they may not be moved.
    private void collect(
            PageMoves moving, long start, long end, @Nullable MemPolicy policy, boolean strict, boolean moves) {
        int count = 0;
        for (Vma vma = mm.firstVma(start, end); vma != null; vma = mm.firstVma(vma.end(), end)) {
            long from = Math.max(start, vma.start());
            long to = Math.min(end, vma.end());
            count += moving.collect(vma, from, to, node -> policy == null || !policy.names(node), moves);
        }
        if (strict && !moves && count != 0) {
            throw Errno.EIO.exception();
        }
    }

    /// migrate_pages: moves the pages that are on nodes of `from` to those of `to`, the n-th to the n-th; returns how
    /// many stayed where they were. `do_migrate_pages`.
    public long migrate(long from, long to, boolean all) {
        int count = mm.kernel().nodes().count();
        int[] targets = new int[count];
        for (int node = 0; node < count; node++) {
            boolean moves =
                    (from >>> node & 1) != 0 && (Long.bitCount(from) == Long.bitCount(to) || (to >>> node & 1) == 0);
            targets[node] = moves ? remap(node, from, to) : node;
        }
        PageMoves found = new PageMoves(mm, all, mapAgain);
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                int _ = found.collect(vma, vma.start(), vma.end(), node -> targets[node] != node, true);
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
        return found.moveTo(targets);
    }

    /// `node_remap`.
    private static int remap(int node, long from, long to) {
        int which = Long.bitCount(from & (1L << node) - 1) % Long.bitCount(to);
        long left = to;
        for (; which > 0; which--) {
            left &= left - 1;
        }
        return Long.numberOfTrailingZeros(left);
    }

    /// Where move_pages tells what became of pages.
    @FunctionalInterface
    public interface Status {
        /// Of the page of an index: its node, or an errno.
        void tell(long index, int status);
    }

    /// What move_pages is asked: `count` pages, their addresses and where they are to be. Both may throw EFAULT, and
    /// the second ENODEV.
    public interface Asked {
        long address(long index);

        int node(long index);
    }

    /// move_pages: moves pages in runs that go to the same node; returns how many did not move of the run in which
    /// some did not, and of those after it. `do_pages_move`.
    public long movePages(Asked asked, long count, boolean all, Status status) {
        PageRun run = new PageRun(all, count, status);
        long i = 0;
        try {
            for (; i < count; i++) {
                long failed = run.take(i, asked.address(i), asked.node(i));
                if (failed != 0) {
                    return failed;
                }
            }
        } catch (ErrnoException failure) {
            // What was found before is moved nevertheless, and what it ended with is not asked.
            run.flush(i);
            throw failure;
        }
        return run.finish(i);
    }

    /// Pages of move_pages that go to the same node, one behind the other.
    private final class PageRun {

        private final PageMoves moves;
        private final long count;
        private final Status status;
        private long first;
        private int goal = -1;

        PageRun(boolean all, long count, Status status) {
            this.moves = new PageMoves(mm, all, mapAgain);
            this.count = count;
            this.status = status;
        }

        /// Adds a page, before which the run ends if it goes to another node, and after which, if it does not move.
        /// Returns what [#movePages] is to return unless it is 0.
        long take(long i, long va, int node) {
            if (node != goal) {
                long failed = finish(i);
                if (failed != 0) {
                    return failed;
                }
                first = i;
                goal = node;
            }
            int result = addLocked(va);
            if (result == -1) {
                return 0;
            }
            status.tell(i, result);
            long failed = finish(i);
            goal = -1;
            // Page i itself did not fail to move.
            return failed > 0 ? failed - 1 : failed;
        }

        private int addLocked(long va) {
            mm.mmapLock().readLock();
            try {
                return moves.add(va, goal);
            } finally {
                mm.mmapLock().readUnlock();
            }
        }

        /// Moves what was added of the pages up to `end`: `move_pages_and_store_status`.
        long finish(long end) {
            if (moves.isEmpty()) {
                return 0;
            }
            int failed = moves.moveTo(goal);
            if (failed != 0) {
                return failed > 0 ? failed + count - end : failed;
            }
            for (long i = first; i < end; i++) {
                status.tell(i, goal);
            }
            return 0;
        }

        /// The same, whatever comes of it.
        void flush(long end) {
            try {
                long _ = finish(end);
            } catch (ErrnoException _) {
                // Where the status could not be told. The pages were moved.
            }
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
