package faultline.kernel.mm.page;

import faultline.core.step.Step;

/// The steps of physical pages.
public enum PageStep implements Step {
    PAGE_ALLOC,
    PAGE_FREE,
    PAGE_GET,
    PAGE_PUT,
    PAGE_LOCK,
    PAGE_UNLOCK,
    /// A thread waits until nobody holds the page's lock.
    PAGE_WAIT,
    /// The device begins to read a page, and has its lock.
    READ_BEGIN,
    /// Somebody saw that the device has read a page.
    READ_END,
    /// A PTE is about to lose its rights, so that the next use of its page is noticed.
    NUMA_HINT,
    /// A page is unmapped everywhere, and is copied to another frame next.
    PAGE_MOVE,
    /// The contents of a page are no longer in RAM, or count as such.
    PAGE_EVICT,
    /// A thread waits for the disk because too many pages are dirty.
    DIRTY_WAIT,
    CACHE_LOOKUP,
    CACHE_INSERT,
    CACHE_REMOVE,
    /// A page of shared memory is back in its file, and still in the swap cache.
    SWAPPED_BACK
}
