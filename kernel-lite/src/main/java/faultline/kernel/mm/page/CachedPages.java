package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The pages of one file by index: `i_pages`. Each is in it with one reference. Lookups take no lock.
final class CachedPages {

    private final PageAllocator allocator;
    private final Steps steps;
    private final long id;

    /// Guards changes of the tree, and the count.
    private final SpinLock treeLock;

    private final PageTree tree;
    private long count;

    CachedPages(PageAllocator allocator, Steps steps, KernelHeap heap, long id) {
        this.allocator = allocator;
        this.steps = steps;
        this.id = id;
        this.tree = new PageTree(heap);
        this.treeLock = new SpinLock(steps, LockRank.PAGE_CACHE, id);
    }

    long count() {
        treeLock.lock();
        long cached = count;
        treeLock.unlock();
        return cached;
    }

    /// The page at an index with a reference, or null.
    @Nullable
    Page find(long index) {
        while (true) {
            steps.at(PageStep.CACHE_LOOKUP, index);
            Page page = tree.find(index);
            if (page == null) {
                return null;
            }
            if (page.tryGet()) {
                if (tree.find(index) == page) {
                    return page;
                }
                allocator.put(page);
            }
        }
    }

    /// Puts a new page in, with `flags` and a reference of the caller's; another's that is there by then instead.
    /// Null without a free frame.
    @Nullable
    Page insertNew(PageCache cache, long index, int flags) {
        Page page = allocator.alloc();
        if (page == null) {
            return null;
        }
        page.mapping = cache;
        page.index = index;
        page.set(flags);
        treeLock.lock();
        Page first = tree.find(index);
        boolean inserted = false;
        if (first != null) {
            first.get();
        } else {
            page.get();
            steps.at(PageStep.CACHE_INSERT, index);
            inserted = tree.insert(index, page);
            if (inserted) {
                putIn(cache);
            }
        }
        treeLock.unlock();
        if (inserted) {
            return page;
        }
        if (first == null) {
            // Nobody has seen it: the cache's reference goes with ours.
            allocator.put(page);
        }
        allocator.put(page);
        return first;
    }

    /// Puts in a page that is made and locked, with a reference of its own; EEXIST where there is one, ENOMEM.
    @Nullable
    Errno insert(PageCache cache, long index, Page page) {
        page.mapping = cache;
        page.index = index;
        page.get();
        treeLock.lock();
        Errno failure = tree.find(index) == null ? null : Errno.EEXIST;
        if (failure == null) {
            steps.at(PageStep.CACHE_INSERT, index);
            if (tree.insert(index, page)) {
                putIn(cache);
            } else {
                failure = Errno.ENOMEM;
            }
        }
        treeLock.unlock();
        if (failure != null) {
            page.mapping = null;
            allocator.put(page);
        }
        return failure;
    }

    /// Counts a page that is in the tree by now.
    private void putIn(PageCache cache) {
        if (count++ == 0 && cache.dropsPages()) {
            allocator.cachedFiles().add(id, cache);
        }
        countPages(cache, 1);
    }

    private void countPages(PageCache cache, long pages) {
        allocator.stats().add(NodeStat.NR_FILE_PAGES.ordinal(), pages);
        if (!cache.dropsPages()) {
            allocator.stats().add(NodeStat.NR_SHMEM.ordinal(), pages);
        }
    }

    /// Takes a page of the file out that the caller has locked and has a reference to.
    void remove(PageCache cache, Page page) {
        treeLock.lock();
        steps.at(PageStep.CACHE_REMOVE, page.index);
        takeOut(cache, page);
        treeLock.unlock();
        boolean _ = cache.clearDirty(page);
        page.mapping = null;
        allocator.put(page);
    }

    /// The same, if nobody else has a reference and the page is clean: `remove_mapping`.
    boolean removeUnused(PageCache cache, Page page) {
        treeLock.lock();
        // The caller's reference and the cache's. Nobody finds the page from here on, so nobody writes to what is
        // dropped; who has just written has marked it before he let go.
        boolean alone = page.tryFreeze(2);
        boolean removed = alone && !page.isDirty();
        if (removed) {
            steps.at(PageStep.PAGE_EVICT, page.index);
            takeOut(cache, page);
            page.mapping = null;
        }
        if (alone) {
            page.unfreeze(removed ? 1 : 2);
        }
        treeLock.unlock();
        return removed;
    }

    private void takeOut(PageCache cache, Page page) {
        tree.remove(page.index);
        countPages(cache, -1);
        if (--count == 0) {
            allocator.cachedFiles().remove(id);
        }
    }

    /// The pages with indices in `[first, end)` that are wanted, each with a reference.
    List<Page> collect(long first, long end, Predicate<Page> wanted) {
        return collect(first, end, wanted, Integer.MAX_VALUE);
    }

    /// The first of them, `most` at the most.
    List<Page> collect(long first, long end, Predicate<Page> wanted, int most) {
        List<Page> found = new ArrayList<>();
        if (most > 0) {
            tree.visit(first, end, page -> {
                if (wanted.test(page) && page.tryGet()) {
                    found.add(page);
                }
                return found.size() < most;
            });
        }
        return found;
    }

    /// The first index from `first` on below `end` whose page has one of the flags, or -1.
    long next(long first, long end, int flags) {
        long[] found = {-1};
        tree.visit(first, end, page -> {
            if (page.has(flags)) {
                found[0] = page.index;
            }
            return found[0] < 0;
        });
        return found[0];
    }
}
