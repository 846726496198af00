package faultline.kernel.mm.page;

/// Who gets frames back for an allocator that has run short.
public interface Reclaimer {

    /// So many pages go at a time: SWAP_CLUSTER_MAX.
    int BATCH = 32;

    /// There is none.
    Reclaimer NONE = new Reclaimer() {
        @Override
        public boolean reclaim(long nodes) {
            return false;
        }

        @Override
        public boolean empty(FrameRun run) {
            return false;
        }

        @Override
        public void low() {}
    };

    /// No frame of the nodes that have a bit is free: frees some, and may block; false when nothing could be freed, or
    /// the caller is where nothing can be waited for. Called without spinning locks:
    /// `__alloc_pages_direct_reclaim`.
    boolean reclaim(long nodes);

    /// Moves the pages of a run elsewhere, so that all its frames are the caller's; may block. False, and they are as
    /// before, when that cannot be done. Called without spinning locks: `__alloc_pages_direct_compact`.
    boolean empty(FrameRun run);

    /// Few frames are free; does not block: `wakeup_kswapd`. Called without spinning locks.
    void low();
}
