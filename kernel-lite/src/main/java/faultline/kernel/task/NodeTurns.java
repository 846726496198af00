package faultline.kernel.task;

import faultline.kernel.mm.page.InterleaveWeights;
import org.jspecify.annotations.Nullable;

/// Whose turn it is where the pages of a task go to one node after the other: `il_prev` and `il_weight` of
/// `task_struct`. The task itself, before it runs who makes it.
public final class NodeTurns {

    private int previous = Long.SIZE - 1;

    /// How many pages are left to the turn of [#previous].
    private int weight;

    /// A new policy.
    void begin() {
        previous = Long.SIZE - 1;
        weight = 0;
    }

    /// A child goes on where its parent is.
    void copyFrom(NodeTurns parent) {
        previous = parent.previous;
        weight = parent.weight;
    }

    /// The node of `nodes` that is next, without its turn being over: what get_mempolicy tells.
    public int peek(long nodes, boolean weighted) {
        return weighted && weight > 0 ? previous : nextIn(nodes);
    }

    /// The node whose turn it is.
    int next(long nodes, @Nullable InterleaveWeights weights) {
        if (weights == null) {
            previous = nextIn(nodes);
            return previous;
        }
        if (weight == 0 || (nodes >>> previous & 1) == 0) {
            previous = nextIn(nodes);
            weight = weights.get(previous);
        }
        weight--;
        return previous;
    }

    /// `next_node_in`.
    private int nextIn(long nodes) {
        long behind = previous == Long.SIZE - 1 ? 0 : nodes & -1L << previous + 1;
        return Long.numberOfTrailingZeros(behind == 0 ? nodes : behind);
    }
}
