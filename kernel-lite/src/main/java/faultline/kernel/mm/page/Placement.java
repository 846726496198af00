package faultline.kernel.mm.page;

import org.jspecify.annotations.Nullable;

/// From which nodes frames come: a memory policy as the allocator knows it.
public interface Placement {

    /// No index: the thread counts whose turn it is. NO_INTERLEAVE_INDEX.
    long NO_INDEX = -1;

    /// A frame for the page of an index, which says whose turn it is where nodes take turns; null when there is none.
    /// `alloc_pages_mpol`.
    @Nullable
    Page alloc(PageAllocator allocator, long index, boolean zeroed);

    /// The same of a run for a huge page, whose index counts such runs: [PageAllocator#allocHuge].
    @Nullable
    Page allocHuge(PageAllocator allocator, int count, boolean drains, long index);
}
