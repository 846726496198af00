package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The pages of one file by index: `i_pages`. Each is in it with one reference. Lookups take no lock.
final class CachedPages {

    private final PageAllocator allocator;
    private final Steps steps;
    private final long id;

    /// Guards changes of the tree, and the counts.
    private final SpinLock treeLock;

    private final PageTree tree;
    private long count;
    private long swappedOut;

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

    /// The slot of the page at an index if it is swapped out, else 0.
    long swapped(long index) {
        return tree.swapped(index);
    }

    /// Whether the file has nothing at an index, neither in memory nor swapped out.
    boolean isEmpty(long index) {
        return tree.isEmpty(index);
    }

    /// Puts a new page in, with `flags` and a reference of the caller's; another's that is there by then instead.
    /// Null without a free frame, and when another's is swapped out by then. Throws `ErrnoException` ENOSPC
    /// where the file may not have one more.
    @Nullable
    Page insertNew(PageCache cache, long index, int flags) {
        if (!cache.account().tryPromise()) {
            throw Errno.ENOSPC.exception();
        }
        Page page = allocator.alloc();
        if (page == null) {
            cache.account().takeBack();
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
        } else if (tree.isEmpty(index)) {
            steps.at(PageStep.CACHE_INSERT, index);
            page.get();
            inserted = tree.insert(index, page);
            if (inserted) {
                putIn(cache);
            } else {
                boolean last = page.drop();
                assert !last : "mm: somebody has put a page that nobody has seen";
            }
        }
        treeLock.unlock();
        if (inserted) {
            return page;
        }
        cache.account().takeBack();
        allocator.put(page);
        return first;
    }

    /// Puts in a page that is made and locked, with a reference of its own; EEXIST where there is one, ENOMEM.
    @Nullable
    Errno insert(PageCache cache, long index, Page page) {
        if (!cache.account().tryPromise()) {
            return Errno.ENOMEM;
        }
        page.mapping = cache;
        page.index = index;
        page.get();
        treeLock.lock();
        Errno failure = tree.isEmpty(index) ? null : Errno.EEXIST;
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
            cache.account().takeBack();
            page.mapping = null;
            allocator.put(page);
        }
        return failure;
    }

    // Swapping: a page, and the name of its slot, in each other's place.

    /// Puts the name of a page's slot in its place, if nobody but the caller, the file and the swap cache has a
    /// reference: `shmem_delete_from_page_cache`. The caller has the page's lock. The file's reference is gone
    /// then.
    boolean swapOut(PageCache cache, Page page, long entry) {
        treeLock.lock();
        // Who has found it writes to it without its lock; from here on nobody finds it.
        boolean alone = page.tryFreeze(3);
        if (alone) {
            steps.at(PageStep.PAGE_EVICT, page.index);
            tree.swapOut(page.index, entry);
            page.mapping = null;
            countPages(cache, -1);
            count--;
            if (swappedOut++ == 0) {
                allocator.swappedFiles().add(id, cache);
            }
            page.unfreeze(2);
        }
        treeLock.unlock();
        return alone;
    }

    /// Puts a page, which the caller has locked, in the place of its slot's name, with a reference of its own; false
    /// when that is not there any more.
    boolean swapIn(PageCache cache, long index, long entry, Page page) {
        treeLock.lock();
        boolean there = tree.swapped(index) == entry;
        if (there) {
            steps.at(PageStep.CACHE_INSERT, index);
            page.get();
            page.set(Page.SHMEM);
            page.index = index;
            page.mapping = cache;
            tree.swapIn(index, page);
            putIn(cache);
            forgetOne();
        }
        treeLock.unlock();
        return there;
    }

    /// Takes the name of a slot out, which is the caller's then; false when it is not there any more.
    boolean forget(PageCache cache, long index, long entry) {
        treeLock.lock();
        boolean there = tree.swapped(index) == entry;
        if (there) {
            tree.remove(index);
            forgetOne();
        }
        treeLock.unlock();
        if (there) {
            cache.account().takeBack();
        }
        return there;
    }

    private void forgetOne() {
        if (--swappedOut == 0) {
            allocator.swappedFiles().remove(id);
        }
    }

    /// How many of the pages with indices in `[first, end)` are swapped out.
    long countSwapped(long first, long end) {
        long[] found = {0};
        tree.visit(first, end, new PageTree.Visitor() {
            @Override
            public boolean visit(long index, Page page) {
                return true;
            }

            @Override
            public boolean visitSwapped(long index, long entry) {
                found[0]++;
                return true;
            }
        });
        return found[0];
    }

    /// The first index from `first` on below `end` at which the file has something, in memory or swapped out, or -1.
    /// With `data`, pages that are being read for the first time are nothing yet.
    long nextPresent(long first, long end, boolean data) {
        long[] found = {-1};
        tree.visit(first, end, new PageTree.Visitor() {
            @Override
            public boolean visit(long index, Page page) {
                if (!data || page.isUptodate()) {
                    found[0] = index;
                }
                return found[0] < 0;
            }

            @Override
            public boolean visitSwapped(long index, long entry) {
                found[0] = index;
                return false;
            }
        });
        return found[0];
    }

    /// The first index in `[first, end)` whose page is swapped out, or -1.
    long nextSwapped(long first, long end) {
        return nextSwapped(first, end, _ -> true);
    }

    /// The first index from `first` on whose page is swapped out to a slot of a kind, or -1.
    long nextSwapped(long first, LongPredicate wanted) {
        return nextSwapped(first, Long.MAX_VALUE, wanted);
    }

    private long nextSwapped(long first, long end, LongPredicate wanted) {
        long[] found = {-1};
        tree.visit(first, end, new PageTree.Visitor() {
            @Override
            public boolean visit(long index, Page page) {
                return true;
            }

            @Override
            public boolean visitSwapped(long index, long entry) {
                found[0] = wanted.test(entry) ? index : -1;
                return found[0] < 0;
            }
        });
        return found[0];
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
        cache.forget(page);
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
        if (removed) {
            cache.forget(page);
        }
        return removed;
    }

    /// Puts a fresh frame in the place of a page that the caller has locked, with what is in that, if nobody but he and
    /// the file has a reference. `folio_migrate_mapping`.
    boolean move(PageCache cache, Page page, Page to) {
        treeLock.lock();
        // Who looks it up from here on comes again until the new one is there, so that nobody writes to it.
        boolean alone = page.tryFreeze(2);
        if (alone) {
            steps.at(PageStep.PAGE_MOVE, page.pfn());
            allocator.memory().copy(page.pa(), to.pa(), allocator.geometry().bytes());
            to.becomeCached(cache, page);
            to.get();
            tree.replace(page.index, to);
            page.leaveCache();
            page.unfreeze(1);
        }
        treeLock.unlock();
        return alone;
    }

    private void takeOut(PageCache cache, Page page) {
        tree.remove(page.index);
        countPages(cache, -1);
        if (--count == 0) {
            allocator.cachedFiles().remove(id);
        }
    }

    /// Whether some page is like that. It may have left the file meanwhile.
    boolean any(Predicate<Page> wanted) {
        boolean[] found = {false};
        tree.visit(0, Long.MAX_VALUE, (_, page) -> {
            found[0] = wanted.test(page);
            return !found[0];
        });
        return found[0];
    }

    /// The pages with indices in `[first, end)` that are wanted, each with a reference.
    List<Page> collect(long first, long end, Predicate<Page> wanted) {
        return collect(first, end, wanted, Integer.MAX_VALUE);
    }

    /// The first of them, `most` at the most.
    List<Page> collect(long first, long end, Predicate<Page> wanted, int most) {
        List<Page> found = new ArrayList<>();
        if (most > 0) {
            tree.visit(first, end, (_, page) -> {
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
        tree.visit(first, end, (index, page) -> {
            if (page.has(flags)) {
                found[0] = index;
            }
            return found[0] < 0;
        });
        return found[0];
    }
}
