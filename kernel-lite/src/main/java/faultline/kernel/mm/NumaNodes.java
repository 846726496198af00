package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.*;

import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// The memory nodes of the machine, and what policies may say of them: `mpol_new` and `mpol_set_nodemask` of Linux
/// 6.12. There is one node.
public final class NumaNodes {

    /// MAX_NUMNODES: what a node mask has room for.
    public static final int MAX_NODES = Long.SIZE;

    /// The nodes with memory, one bit each.
    public static final long ONLINE = 1;

    private static final int MODES = MPOL_WEIGHTED_INTERLEAVE + 1;

    private NumaNodes() {}

    /// Whether a node has memory; false for what is no node.
    public static boolean isOnline(long node) {
        return node >= 0 && node < MAX_NODES && (ONLINE & 1L << node) != 0;
    }

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
    public static @Nullable MemPolicy policy(int modeAndFlags, long nodes) {
        checkNodes(modeAndFlags, nodes);
        int mode = modeAndFlags & ~MPOL_MODE_FLAGS;
        int flags = modeAndFlags & MPOL_MODE_FLAGS;
        if (mode == MPOL_DEFAULT) {
            return null;
        }
        if (mode == MPOL_LOCAL || mode == MPOL_PREFERRED && nodes == 0) {
            return new MemPolicy(MPOL_LOCAL, flags, 0, 0);
        }
        long usable = (flags & MPOL_F_RELATIVE_NODES) != 0 ? relative(nodes) : nodes & ONLINE;
        if (usable == 0) {
            throw Errno.EINVAL.exception();
        }
        boolean keeps = (flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)) != 0;
        long placed = mode == MPOL_PREFERRED ? Long.lowestOneBit(usable) : usable;
        return new MemPolicy(mode, flags, placed, keeps ? nodes : 0);
    }

    /// The n-th of the nodes with memory, folded: `mpol_relative_nodemask`.
    private static long relative(long nodes) {
        int count = Long.bitCount(ONLINE);
        long folded = 0;
        for (long left = nodes; left != 0; left &= left - 1) {
            int which = Long.numberOfTrailingZeros(left) % count;
            long online = ONLINE;
            for (int i = 0; i < which; i++) {
                online &= online - 1;
            }
            folded |= Long.lowestOneBit(online);
        }
        return folded;
    }
}
