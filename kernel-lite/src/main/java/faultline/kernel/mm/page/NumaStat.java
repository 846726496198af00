package faultline.kernel.mm.page;

import java.util.Locale;

/// What is counted of where frames came from, for each node: `enum numa_stat_item`, in its order.
public enum NumaStat {
    /// Frames of the node for who wanted them from there.
    NUMA_HIT,

    /// Frames of the node for who wanted them from another.
    NUMA_MISS,

    /// Frames that were wanted from the node and came from another.
    NUMA_FOREIGN,

    /// Frames that went where it was the node's turn.
    INTERLEAVE_HIT,

    /// Frames of the node for a vCPU of it.
    LOCAL_NODE,

    /// Frames of the node for a vCPU of another.
    OTHER_NODE;

    /// The line's name in `/sys/devices/system/node/nodeN/numastat`.
    public String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The line's name in `/proc/vmstat`.
    public String vmstatName() {
        return switch (this) {
            case INTERLEAVE_HIT -> "numa_interleave";
            case LOCAL_NODE -> "numa_local";
            case OTHER_NODE -> "numa_other";
            case NUMA_HIT, NUMA_MISS, NUMA_FOREIGN -> fileName();
        };
    }
}
