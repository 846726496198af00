package faultline.kernel.mm.page;

import org.jspecify.annotations.Nullable;

/// A thread that may say from which nodes its frames come: `current->mempolicy`. Asked on the thread itself, and on a
/// machine of several nodes only.
public interface PagePlacer {

    /// What it says; null for where it runs.
    @Nullable
    Placement placement();

    /// The node of `nodes`, one bit each, whose turn it is now: `interleave_nodes`, and with weights
    /// `weighted_interleave_nodes`.
    int nextTurn(long nodes, @Nullable InterleaveWeights weights);
}
