package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import org.jspecify.annotations.Nullable;

/// How the pages of a file that has no other storage leave memory and come back: `mm/shmem.c`.
///
/// The name of the slot stands in the cache where the page was, so that whoever looks the page up finds that instead.
/// A page is in one of the two caches, but for a moment with its lock. Who has a reference from a lookup may write to
/// the page without its lock; so it goes only when nobody has, and comes back into the file before anybody gets it.
final class SwappedPages {

    private final PageCache cache;
    private final CachedPages pages;
    private final PageAllocator allocator;
    private final SwapBacking swap;
    private final Steps steps;

    SwappedPages(PageCache cache, CachedPages pages, PageAllocator allocator, SwapBacking swap, Steps steps) {
        this.cache = cache;
        this.pages = pages;
        this.allocator = allocator;
        this.swap = swap;
        this.steps = steps;
    }

    /// Whether the page at an index is swapped out, and no copy of it is in memory.
    boolean mustRead(long index) {
        long entry = pages.swapped(index);
        Page copy = entry == 0 ? null : swap.find(entry);
        if (copy != null) {
            allocator.put(copy);
        }
        return entry != 0 && copy == null;
    }

    /// The copy in memory of what is swapped out at an index, with a reference, or null.
    @Nullable
    Page findCopy(long index) {
        long entry = pages.swapped(index);
        return entry == 0 ? null : swap.find(entry);
    }

    /// Writes a page of the file, which the caller has locked and has a reference to and nobody maps, to swap:
    /// `shmem_writepage`. True when that reference is the last. A clean page is dropped: it is a hole, or what the
    /// file was made with.
    boolean out(Page page) {
        if (!page.isDirty()) {
            return pages.removeUnused(cache, page);
        }
        if (!swap.add(page)) {
            return false;
        }
        long entry = page.swap();
        swap.duplicate(entry);
        if (!pages.swapOut(cache, page, entry)) {
            boolean _ = swap.release(entry);
            boolean _ = swap.free(page);
            return false;
        }
        swap.write(page);
        return !swap.isUnderWriteback(page) && swap.removeUnused(page);
    }

    /// Brings the page of a slot back to its index: `shmem_swapin_folio`. With a reference; null without a free frame,
    /// and when the file has something else there by now. Waits for the device, whatever locks the caller has.
    @Nullable
    Page in(long index, long entry) {
        Page page = swap.findOrReadAround(entry);
        if (page == null) {
            return null;
        }
        swap.locks().lock(page);
        boolean back = swap.isCopyOf(page, entry) && swap.locks().isUptodate(page) && back(index, entry, page);
        swap.locks().unlock(page);
        if (!back) {
            allocator.put(page);
            return null;
        }
        return page;
    }

    /// Begins to read copies of what is swapped out of the pages `[first, end)`.
    void readAhead(long first, long end) {
        for (long index = pages.nextSwapped(first, end); index >= 0; index = pages.nextSwapped(index + 1, end)) {
            long entry = pages.swapped(index);
            Page page = entry == 0 ? null : swap.findOrRead(entry);
            if (page != null) {
                allocator.put(page);
            }
        }
    }

    /// The page is locked.
    private boolean back(long index, long entry, Page page) {
        if (Thread.currentThread() instanceof KernelThread) {
            swap.awaitWriteback(page);
        }
        if (!pages.swapIn(cache, index, entry, page)) {
            return false;
        }
        steps.at(PageStep.SWAPPED_BACK, index);
        boolean _ = swap.release(entry);
        // Dirty from here on: it is nowhere else.
        boolean _ = swap.free(page);
        return true;
    }

    /// Forgets what is swapped out at an index, if it is still that.
    boolean forget(long index, long entry) {
        if (!pages.forget(cache, index, entry)) {
            return false;
        }
        swap.releaseAndFree(entry);
        return true;
    }
}
