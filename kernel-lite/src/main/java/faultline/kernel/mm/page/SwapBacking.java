package faultline.kernel.mm.page;

import org.jspecify.annotations.Nullable;

/// Where pages of shared memory go when memory is short: what their caches ask of the swap areas. An entry, which names
/// a slot, is never 0.
public interface SwapBacking {

    /// The locks of pages in the swap cache. Pages of shared memory have the same, for they go from one cache to the
    /// other and back while somebody waits for them.
    PageLocks locks();

    /// Gives a page, which the caller has locked and has a reference to, a slot, and makes it dirty: `add_to_swap`.
    /// False when no area has room.
    boolean add(Page page);

    /// One more names a slot.
    void duplicate(long entry);

    /// One less names a slot: `swap_free`. True when nothing but a copy in memory is left.
    boolean release(long entry);

    /// The same; the copy goes too, unless somebody uses it: `free_swap_and_cache`.
    void releaseAndFree(long entry);

    /// The page that is the copy of a slot, with a reference, or null.
    @Nullable
    Page find(long entry);

    /// The same, made and begun to be read if there is none; null without a free frame, and when nobody names the slot
    /// any more.
    @Nullable
    Page findOrRead(long entry);

    /// The same; where that takes time, slots beside it are read too.
    @Nullable
    Page findOrReadAround(long entry);

    /// Whether the page, which the caller has locked, is the copy of the slot.
    boolean isCopyOf(Page page, long entry);

    /// Takes a page, which the caller has locked and has a reference to, out of the swap cache if nobody names its
    /// slot,
    /// and frees that: `folio_free_swap`.
    boolean free(Page page);

    /// Writes a page, which the caller has locked and nobody maps, to its slot; it counts as clean from now on.
    void write(Page page);

    /// Whether the device is still writing the page.
    boolean isUnderWriteback(Page page);

    /// Waits until it is not, with the page's lock.
    void awaitWriteback(Page page);

    /// Takes a page, which the caller has locked and has the only other reference to, out of the swap cache if its slot
    /// has what it has.
    boolean removeUnused(Page page);
}
