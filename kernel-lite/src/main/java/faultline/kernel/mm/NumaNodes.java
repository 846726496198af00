package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.*;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PagePlacer;
import faultline.kernel.mm.page.Placement;
import org.jspecify.annotations.Nullable;

/// The memory nodes of the machine, what policies may say of them (`mpol_new` and `mpol_set_nodemask` of Linux 6.12),
/// and the frames of a VMA by its policy. All nodes have memory, and are as far from each other.
public final class NumaNodes {

    /// MAX_NUMNODES: what a node mask has room for.
    public static final int MAX_NODES = Long.SIZE;

    /// How many a machine may have.
    public static final int MOST = 8;

    /// So many frames a node has at least, and those of firmware and kernel.
    public static final long LEAST_FRAMES = 1024;

    /// LOCAL_DISTANCE and REMOTE_DISTANCE: what Linux takes for them without a table of the firmware's.
    private static final int LOCAL_DISTANCE = 10;

    private static final int REMOTE_DISTANCE = 20;

    private static final int MODES = MPOL_WEIGHTED_INTERLEAVE + 1;

    private final PageAllocator allocator;
    private final int cpus;

    NumaNodes(PageAllocator allocator, int cpus) {
        this.allocator = allocator;
        this.cpus = cpus;
    }

    /// How many there are.
    public int count() {
        return allocator.nodes();
    }

    /// The nodes with memory, one bit each.
    public long online() {
        return (1L << count()) - 1;
    }

    /// Whether a node has memory; false for what is no node.
    public boolean isOnline(long node) {
        return node >= 0 && node < count();
    }

    /// The nodes that have vCPUs.
    public long withCpus() {
        long nodes = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            nodes |= 1L << allocator.nodeOfCpu(cpu);
        }
        return nodes;
    }

    /// How many vCPUs there are.
    public int cpus() {
        return cpus;
    }

    /// The node of a vCPU.
    public int ofCpu(int cpu) {
        return allocator.nodeOfCpu(cpu);
    }

    /// `node_distance`.
    public int distance(int from, int to) {
        return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
    }

    /// The node a page is on: `folio_nid`.
    public int of(Page page) {
        return allocator.nodeOf(page.pfn());
    }

    // Frames.

    /// The policy of the running thread, or null.
    static @Nullable Placement ofThread() {
        return Thread.currentThread() instanceof PagePlacer placer ? placer.placement() : null;
    }

    /// The policy of the running thread as what it is, or null.
    public static @Nullable MemPolicy policyOfThread() {
        return ofThread() instanceof MemPolicy policy ? policy : null;
    }

    /// A frame for the page at `va` of a VMA, from where `policy`, which is the VMA's, or else the thread's says:
    /// `vma_alloc_folio`. Null where there is none.
    public @Nullable Page newPage(Vma vma, @Nullable MemPolicy policy, long va, boolean zeroed) {
        if (count() == 1) {
            return zeroed ? allocator.allocZeroed() : allocator.alloc();
        }
        Placement chosen = policy == null ? ofThread() : policy;
        return chosen == null
                ? allocator.allocOn(allocator.localNode(), PageAllocator.ALL_NODES, zeroed)
                : chosen.alloc(allocator, vma.indexOf(va), zeroed);
    }

    /// The same for a huge page of `pages` pages.
    public @Nullable Page newHugePage(Vma vma, long va, int pages, boolean drains) {
        MemPolicy policy = count() == 1 ? null : vma.policy();
        Placement chosen = policy != null || count() == 1 ? policy : ofThread();
        return chosen == null
                ? allocator.allocHuge(pages, drains)
                : chosen.allocHuge(allocator, pages, drains, vma.indexOf(va) / pages);
    }

    // Policies.

    /// EINVAL for a mode that does not exist, or flags that do not go with it: `sanitize_mpol_flags`.
    public static void checkMode(int modeAndFlags) {
        int flags = modeAndFlags & MPOL_MODE_FLAGS;
        int mode = modeAndFlags & ~MPOL_MODE_FLAGS;
        int both = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES;
        boolean balances = (flags & MPOL_F_NUMA_BALANCING) != 0;
        if (mode < 0
                || mode >= MODES
                || (flags & both) == both
                || balances && mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Whether a policy of this mode and these nodes cannot be at all: `mpol_new`. The mode was checked.
    static void checkNodes(int modeAndFlags, long nodes) {
        int mode = modeAndFlags & ~MPOL_MODE_FLAGS;
        boolean placed = (modeAndFlags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)) != 0;
        boolean wrong = switch (mode) {
            case MPOL_DEFAULT -> nodes != 0;
            case MPOL_PREFERRED -> nodes == 0 && placed;
            case MPOL_LOCAL -> nodes != 0 || placed;
            default -> nodes == 0;
        };
        if (wrong) {
            throw Errno.EINVAL.exception();
        }
    }

    /// A policy; null for the default one. EINVAL where no node that it names has memory.
    public @Nullable MemPolicy policy(int modeAndFlags, long nodes) {
        checkNodes(modeAndFlags, nodes);
        int mode = modeAndFlags & ~MPOL_MODE_FLAGS;
        int flags = modeAndFlags & MPOL_MODE_FLAGS;
        if (mode == MPOL_DEFAULT) {
            return null;
        }
        if (mode == MPOL_LOCAL || mode == MPOL_PREFERRED && nodes == 0) {
            return new MemPolicy(MPOL_LOCAL, flags, 0, 0);
        }
        long usable = (flags & MPOL_F_RELATIVE_NODES) != 0 ? relative(nodes) : nodes & online();
        if (usable == 0) {
            throw Errno.EINVAL.exception();
        }
        boolean keeps = (flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)) != 0;
        long placed = mode == MPOL_PREFERRED ? Long.lowestOneBit(usable) : usable;
        return new MemPolicy(mode, flags, placed, keeps ? nodes : 0);
    }

    /// The n-th of the nodes with memory, folded: `mpol_relative_nodemask`.
    private long relative(long nodes) {
        long folded = 0;
        for (long left = nodes; left != 0; left &= left - 1) {
            folded |= 1L << Long.numberOfTrailingZeros(left) % count();
        }
        return folded;
    }
}
