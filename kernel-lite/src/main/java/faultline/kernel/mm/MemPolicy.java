package faultline.kernel.mm;

import faultline.kernel.mm.page.InterleaveWeights;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PagePlacer;
import faultline.kernel.mm.page.Placement;
import org.jspecify.annotations.Nullable;

/// Where the pages of a VMA, or of a task, are to be allocated: `struct mempolicy`. It does not change; who changes a
/// policy puts another in its place, so that a fault that has one may keep it (M19).
///
/// @param mode MPOL_*, without flags
/// @param flags MPOL_F_STATIC_NODES and the like, as programs give them
/// @param nodes where pages go: one bit a node
/// @param userNodes what was asked for, where [#flags] keep that
/// @param homeNode from where the nearest one is looked for; -1 for where the task runs
public record MemPolicy(int mode, int flags, long nodes, long userNodes, int homeNode) implements Placement {

    public static final int MPOL_DEFAULT = 0;
    public static final int MPOL_PREFERRED = 1;
    public static final int MPOL_BIND = 2;
    public static final int MPOL_INTERLEAVE = 3;
    public static final int MPOL_LOCAL = 4;
    public static final int MPOL_PREFERRED_MANY = 5;
    public static final int MPOL_WEIGHTED_INTERLEAVE = 6;

    public static final int MPOL_F_NUMA_BALANCING = 1 << 13;
    public static final int MPOL_F_RELATIVE_NODES = 1 << 14;
    public static final int MPOL_F_STATIC_NODES = 1 << 15;
    public static final int MPOL_MODE_FLAGS = MPOL_F_NUMA_BALANCING | MPOL_F_RELATIVE_NODES | MPOL_F_STATIC_NODES;

    // MPOL_MF_*: what mbind and its kin do about pages that are there.

    /// Pages that are where the policy does not want them are an error.
    static final int MPOL_MF_STRICT = 1;

    /// Pages that only this process has are moved.
    public static final int MPOL_MF_MOVE = 1 << 1;

    /// Pages are moved, whoever has them.
    public static final int MPOL_MF_MOVE_ALL = 1 << 2;

    static final int MPOL_MF_VALID = MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL;

    private static final int NO_NODE = -1;

    private static final String[] NAMES = {
        "default", "prefer", "bind", "interleave", "local", "prefer (many)", "weighted interleave"
    };

    MemPolicy(int mode, int flags, long nodes, long userNodes) {
        this(mode, flags, nodes, userNodes, NO_NODE);
    }

    MemPolicy withHomeNode(int node) {
        return new MemPolicy(mode, flags, nodes, userNodes, node);
    }

    /// Whether pages go to one node after the other.
    public boolean interleaves() {
        return mode == MPOL_INTERLEAVE;
    }

    // Where pages go.

    @Override
    public @Nullable Page alloc(PageAllocator allocator, long index, boolean zeroed) {
        int node = firstNode(allocator, index);
        if (mode == MPOL_PREFERRED_MANY) {
            // Nothing is reclaimed before the other nodes were asked as well: alloc_pages_preferred_many.
            Page page = allocator.tryAllocOn(node, nodes, zeroed);
            return page == null ? allocator.allocOn(node, PageAllocator.ALL_NODES, zeroed) : page;
        }
        Page page = allocator.allocOn(node, allowed(), zeroed);
        if (page != null && takesTurns() && allocator.nodeOf(page.pfn()) == node) {
            allocator.countInterleaved(node);
        }
        return page;
    }

    @Override
    public @Nullable Page allocHuge(PageAllocator allocator, int count, boolean drains, long index) {
        int node = firstNode(allocator, index);
        if (mode == MPOL_PREFERRED_MANY) {
            Page head = allocator.allocHuge(count, drains, node, nodes);
            return head == null ? allocator.allocHuge(count, drains, node, PageAllocator.ALL_NODES) : head;
        }
        return allocator.allocHuge(count, drains, node, allowed());
    }

    /// The nodes that pages may be on: `policy_nodemask`.
    private long allowed() {
        return mode == MPOL_BIND ? nodes : PageAllocator.ALL_NODES;
    }

    /// The node that is asked first for the page of an index.
    private int firstNode(PageAllocator allocator, long index) {
        return switch (mode) {
            case MPOL_PREFERRED -> Long.numberOfTrailingZeros(nodes);
            case MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE -> turn(allocator, index);
            default -> homeNode == NO_NODE ? allocator.localNode() : homeNode;
        };
    }

    private int turn(PageAllocator allocator, long index) {
        InterleaveWeights weights = mode == MPOL_WEIGHTED_INTERLEAVE ? allocator.interleaveWeights() : null;
        if (index == NO_INDEX) {
            return Thread.currentThread() instanceof PagePlacer placer
                    ? placer.nextTurn(nodes, weights)
                    : Long.numberOfTrailingZeros(nodes);
        }
        return weights == null ? interleaved(index) : weights.nodeOf(index, nodes);
    }

    /// `interleave_nid`.
    private int interleaved(long index) {
        long left = nodes;
        for (long skip = Long.remainderUnsigned(index, Long.bitCount(nodes)); skip > 0; skip--) {
            left &= left - 1;
        }
        return Long.numberOfTrailingZeros(left);
    }

    /// Whether faults tell where pages are used, and move them there: MPOL_F_MOF and MPOL_F_MORON. The default policy
    /// does, others where MPOL_F_NUMA_BALANCING asks for it.
    public boolean balances() {
        return (flags & MPOL_F_NUMA_BALANCING) != 0;
    }

    /// Whether it names a node.
    public boolean names(int node) {
        return (nodes >>> node & 1) != 0;
    }

    /// Whether pages go to one node after the other, be it by weight.
    public boolean takesTurns() {
        return mode == MPOL_INTERLEAVE || mode == MPOL_WEIGHTED_INTERLEAVE;
    }

    /// The nodes as get_mempolicy tells them: `mpol_store_user_nodemask`, `get_policy_nodemask`.
    public long toldNodes() {
        return (flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)) != 0 ? userNodes : nodes;
    }

    /// As `/proc/PID/numa_maps` prints it: `mpol_to_str`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(NAMES[mode]);
        if (flags != 0) {
            text.append('=');
            text.append((flags & MPOL_F_STATIC_NODES) != 0 ? "static" : "");
            text.append((flags & MPOL_F_RELATIVE_NODES) != 0 ? "relative" : "");
            if ((flags & MPOL_F_NUMA_BALANCING) != 0) {
                text.append(Integer.bitCount(flags) == 1 ? "balancing" : "|balancing");
            }
        }
        if (nodes != 0) {
            text.append(':');
            appendRanges(text, nodes);
        }
        return text.toString();
    }

    /// `0-1,3`.
    static void appendRanges(StringBuilder text, long nodes) {
        String separator = "";
        for (long left = nodes; left != 0; ) {
            int first = Long.numberOfTrailingZeros(left);
            int count = Long.numberOfTrailingZeros(~(left >>> first));
            text.append(separator).append(first);
            if (count > 1) {
                text.append('-').append(first + count - 1);
            }
            separator = ",";
            left = first + count >= Long.SIZE ? 0 : left >>> first + count << first + count;
        }
    }
}
