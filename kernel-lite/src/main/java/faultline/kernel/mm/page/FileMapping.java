package faultline.kernel.mm.page;

/// A range of an address space that maps a file, as the file's page cache knows it: an entry of
/// `i_mmap`.
///
/// Called with the cache's rmap lock held, without `mmap_lock`; implementations take PTE locks.
public interface FileMapping {

    /// Unmaps the pages with indices in `[first, end)`, in private mappings the copies too when
    /// `evenPrivate`: `unmap_mapping_range`.
    void unmapPages(long first, long end, boolean evenPrivate);

    /// Makes the PTEs of pages with indices in `[first, end)` clean and write-protected and marks
    /// the pages of those that were dirty: `page_mkclean`. True when there was one.
    boolean cleanPages(long first, long end);

    /// Unmaps the page of an index, but not private copies, and leaves the flush to the batch: `try_to_unmap`. The
    /// caller has the page's lock.
    default void unmapForReclaim(long index, FlushBatch flushes) {}

    /// Whether the page of an index is to stay in memory: mlock.
    default boolean locks(long index) {
        return false;
    }

    /// Whether stores through it reach the file, now or after mprotect: `vma_is_shared_maywrite`.
    default boolean mayStore() {
        return false;
    }

    /// Makes the PTE of a page old; whether it was young. The next use is noted after `flushes`.
    default boolean takeUse(long index, FlushBatch flushes) {
        return false;
    }
}
