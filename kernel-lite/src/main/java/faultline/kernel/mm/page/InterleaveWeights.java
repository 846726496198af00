package faultline.kernel.mm.page;

import faultline.kernel.Errno;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// How many pages in a row each node gets where they go to the nodes in turns by weight: `iw_table`, the files of
/// `/sys/kernel/mm/mempolicy/weighted_interleave`. Any thread.
public final class InterleaveWeights {

    private static final int MOST = 255;

    private final AtomicIntegerArray weights;

    InterleaveWeights(int nodes) {
        this.weights = new AtomicIntegerArray(nodes);
        for (int node = 0; node < nodes; node++) {
            weights.set(node, 1);
        }
    }

    public int get(int node) {
        return weights.get(node);
    }

    /// 1 to 255; 0 for what it was at first. Throws `ErrnoException` EINVAL.
    public void set(int node, long weight) {
        if (weight < 0 || weight > MOST) {
            throw Errno.EINVAL.exception();
        }
        weights.set(node, weight == 0 ? 1 : (int) weight);
    }

    /// The node of the page of an index, of those in `nodes`: `weighted_interleave_nid`.
    public int nodeOf(long index, long nodes) {
        long total = 0;
        for (long left = nodes; left != 0; left &= left - 1) {
            total += get(Long.numberOfTrailingZeros(left));
        }
        long target = Long.remainderUnsigned(index, total);
        long left = nodes;
        while (target >= get(Long.numberOfTrailingZeros(left))) {
            target -= get(Long.numberOfTrailingZeros(left));
            left &= left - 1;
            // Somebody may have changed a weight since they were added up.
            left = left == 0 ? nodes : left;
        }
        return Long.numberOfTrailingZeros(left);
    }
}
