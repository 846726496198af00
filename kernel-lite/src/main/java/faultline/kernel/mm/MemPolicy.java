package faultline.kernel.mm;

/// Where the pages of a VMA, or of a task, are to be allocated: `struct mempolicy`. It does not change; who changes a
/// policy puts another in its place, so that a fault that has one may keep it (M19).
///
/// @param mode MPOL_*, without flags
/// @param flags MPOL_F_STATIC_NODES and the like, as programs give them
/// @param nodes where pages go: one bit a node
/// @param userNodes what was asked for, where [#flags] keep that
/// @param homeNode from where the nearest one is looked for; -1 for where the task runs
public record MemPolicy(int mode, int flags, long nodes, long userNodes, int homeNode) {

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
