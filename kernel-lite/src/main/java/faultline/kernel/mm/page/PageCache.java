package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.HeldLocks;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.lock.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cached pages of one file, by index, and the VMAs that map it: `struct address_space`.
///
/// A page is in the cache with one reference of the cache's. Whoever reads it in, truncates it or
/// maps it holds its page lock ([#lock]), so that a page that has left the file is never mapped.
/// Lookups take no lock.
public final class PageCache {

    private final PageSource source;
    private final PageAllocator allocator;
    private final PageGeometry geometry;
    private final Steps steps;
    private final boolean shmem;
    private final WaitQueue pageWaiters;

    /// `i_pages`: guards changes of the tree and the count.
    private final SpinLock treeLock;

    private final PageTree tree;
    private long count;

    /// `i_mmap_rwsem`: guards the list below, and the bounds of the VMAs in it.
    private final RwSemaphore rmapLock;

    private final List<FileMapping> mappings = new ArrayList<>(2);

    private PageCache(PageSource source, PageAllocator allocator, Steps steps, KernelHeap heap, boolean shmem) {
        this.tree = new PageTree(heap);
        this.source = source;
        this.allocator = allocator;
        this.geometry = allocator.geometry();
        this.steps = steps;
        this.shmem = shmem;
        long id = allocator.nextCacheId();
        this.pageWaiters = new WaitQueue(steps, id);
        this.treeLock = new SpinLock(steps, LockRank.PAGE_CACHE, id);
        this.rmapLock = new RwSemaphore(steps, LockRank.RMAP, id);
    }

    /// The cache of a file that `source` stores: dirty pages are written back to it.
    public static PageCache ofFile(PageSource source, PageAllocator allocator, Steps steps, KernelHeap heap) {
        return new PageCache(source, allocator, steps, heap, false);
    }

    /// A cache that is the storage: `source` only says the size and makes new pages.
    public static PageCache ofShmem(PageSource source, PageAllocator allocator, Steps steps, KernelHeap heap) {
        return new PageCache(source, allocator, steps, heap, true);
    }

    /// Where the pages come from.
    public PageSource source() {
        return source;
    }

    /// Whether dirty pages are written back, so that the first store to a clean page must be
    /// noticed.
    public boolean accountsDirty() {
        return !shmem;
    }

    /// How many pages are cached.
    public long pages() {
        treeLock.lock();
        long cached = count;
        treeLock.unlock();
        return cached;
    }

    // Pages.

    /// The page at an index with a reference, or null when it is not cached. It may be not up to
    /// date.
    public @Nullable Page find(long index) {
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

    /// The page at an index with a reference, read in if need be: up to date, not locked. Null
    /// without a free frame. May block. Throws `ErrnoException` EIO.
    public @Nullable Page get(long index) {
        while (true) {
            Page page = find(index);
            if (page == null) {
                page = insertNew(index);
                if (page == null) {
                    return null;
                }
            }
            if (page.isUptodate()) {
                return page;
            }
            if (readIn(page)) {
                return page;
            }
            // Truncated meanwhile: look again.
            allocator.put(page);
        }
    }

    private @Nullable Page insertNew(long index) {
        Page page = allocator.alloc();
        if (page == null) {
            return null;
        }
        page.mapping = this;
        page.index = index;
        if (shmem) {
            page.set(Page.SHMEM);
        }
        treeLock.lock();
        Page first = tree.find(index);
        boolean inserted = false;
        if (first != null) {
            first.get();
        } else {
            page.get();
            steps.at(PageStep.CACHE_INSERT, index);
            inserted = tree.insert(index, page);
            count += inserted ? 1 : 0;
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

    /// Reads a page in under its lock; false when it has left the file.
    private boolean readIn(Page page) {
        lock(page);
        try {
            if (page.mapping != this) {
                return false;
            }
            if (!page.isUptodate()) {
                source.readPage(page.index, page.pa());
                allocator.events().add(VmEvent.PGPGIN.ordinal(), geometry.bytes() / 1024);
                page.set(Page.UPTODATE);
            }
            return true;
        } catch (RuntimeException e) {
            allocator.put(page);
            throw e;
        } finally {
            unlock(page);
        }
    }

    /// Locks a page; waits with the vCPU given up.
    public void lock(Page page) {
        assert HeldLocks.acquiring(page, LockRank.PAGE, false);
        steps.at(PageStep.PAGE_LOCK, page.pfn());
        if (!page.set(Page.LOCKED)) {
            pageWaiters.await(() -> page.set(Page.LOCKED), WaitQueue.Sleep.UNINTERRUPTIBLE, Long.MAX_VALUE);
        }
    }

    /// Locks a page if nobody else has.
    public boolean tryLock(Page page) {
        steps.at(PageStep.PAGE_LOCK, page.pfn());
        boolean taken = page.set(Page.LOCKED);
        assert !taken || HeldLocks.acquired(page, LockRank.PAGE);
        return taken;
    }

    /// Unlocks a page and wakes who waits for one of this file.
    public void unlock(Page page) {
        assert HeldLocks.released(page);
        steps.at(PageStep.PAGE_UNLOCK, page.pfn());
        page.clear(Page.LOCKED);
        pageWaiters.wakeAll();
    }

    // File reads and writes.

    /// Copies up to `length` bytes at file offset `offset` out of the cache, reading pages as
    /// needed; ends at the end of the file. May block. Throws `ErrnoException` EIO, ENOMEM.
    public int read(long offset, byte[] to, int at, int length) {
        int done = 0;
        while (done < length) {
            long from = offset + done;
            long left = source.size() - from;
            if (left <= 0) {
                break;
            }
            int inPage = geometry.offset(from);
            int piece = (int) Math.min(left, Math.min(length - done, geometry.bytes() - inPage));
            Page page = need(from >>> geometry.shift());
            allocator.memory().read(page.pa() + inPage, to, at + done, piece);
            allocator.put(page);
            done += piece;
        }
        return done;
    }

    /// Copies `length` bytes into the cache at file offset `offset` and marks the pages dirty. The
    /// caller has made the file long enough (`PageSource.size`). May block. Throws `ErrnoException`
    /// EIO, ENOMEM.
    public void write(long offset, byte[] from, int at, int length) {
        int done = 0;
        while (done < length) {
            long to = offset + done;
            int inPage = geometry.offset(to);
            int piece = Math.min(length - done, geometry.bytes() - inPage);
            Page page = need(to >>> geometry.shift());
            allocator.memory().writeMapped(page.pa() + inPage, from, at + done, piece);
            page.setDirty();
            allocator.put(page);
            done += piece;
        }
    }

    private Page need(long index) {
        Page page = get(index);
        if (page == null) {
            throw Errno.ENOMEM.exception();
        }
        return page;
    }

    /// Writes dirty pages that overlap `[start, end)` (bytes) back to the source:
    /// `filemap_write_and_wait_range`. Stores made through mappings before the call are included.
    public void writeback(long start, long end) {
        if (shmem) {
            return;
        }
        for (Page page : collect(start >>> geometry.shift(), (end + geometry.bytes() - 1) >>> geometry.shift())) {
            lock(page);
            try {
                if (page.mapping == this) {
                    writePage(page);
                }
            } finally {
                unlock(page);
                allocator.put(page);
            }
        }
    }

    /// The first index from `index` on whose page was written since the file was opened or made, or -1.
    public long nextWritten(long index) {
        long[] found = {-1};
        tree.visit(index, Long.MAX_VALUE >>> geometry.shift(), page -> {
            if (page.has(Page.DIRTY | Page.KEPT)) {
                found[0] = page.index;
            }
            return found[0] < 0;
        });
        return found[0];
    }

    private void writePage(Page page) {
        rmapLock.readLock();
        for (int i = 0; i < mappings.size(); i++) {
            mappings.get(i).cleanPages(page.index, page.index + 1);
        }
        rmapLock.readUnlock();
        if (page.clear(Page.DIRTY)) {
            if (source.keepsPages()) {
                page.set(Page.KEPT);
            }
            source.writePage(page.index, page.pa());
            allocator.events().add(VmEvent.PGPGOUT.ordinal(), geometry.bytes() / 1024);
        }
    }

    /// Cached pages of a range, each with a reference.
    private List<Page> collect(long first, long end) {
        List<Page> found = new ArrayList<>();
        tree.visit(first, end, page -> {
            if (page.tryGet()) {
                found.add(page);
            }
            return true;
        });
        return found;
    }

    // Truncation.

    /// The file has become shorter: unmaps and drops pages past `size`, zeroes the rest of the last
    /// one. Called after `PageSource.size` says so; a fault that has checked the size before finds
    /// its page gone.
    public void truncate(long size) {
        long firstGone = (size + geometry.bytes() - 1) >>> geometry.shift();
        unmapMappings(firstGone, Long.MAX_VALUE >>> geometry.shift(), true);
        int tail = geometry.offset(size);
        if (tail != 0) {
            Page last = find(size >>> geometry.shift());
            if (last != null) {
                allocator.memory().clearMapped(last.pa() + tail, geometry.bytes() - tail);
                allocator.put(last);
            }
        }
        remove(firstGone, Long.MAX_VALUE >>> geometry.shift());
    }

    /// The inode goes away: drops every page. No VMA maps the file.
    public void evict() {
        assert mappings.isEmpty() : "mm: evicts a file that is mapped";
        remove(0, Long.MAX_VALUE >>> geometry.shift());
    }

    private void remove(long first, long end) {
        for (Page page : collect(first, end)) {
            lock(page);
            if (page.mapping == this) {
                if (page.mapcount() != 0) {
                    // Mapped between the unmapping and the page lock.
                    unmapMappings(page.index, page.index + 1, false);
                }
                removeLocked(page);
            }
            unlock(page);
            allocator.put(page);
        }
    }

    private void removeLocked(Page page) {
        treeLock.lock();
        steps.at(PageStep.CACHE_REMOVE, page.index);
        tree.remove(page.index);
        count--;
        treeLock.unlock();
        page.mapping = null;
        page.clear(Page.DIRTY);
        allocator.put(page);
    }

    // Reverse mapping.

    /// A VMA begins to map the file.
    public void addMapping(FileMapping mapping) {
        rmapLock.writeLock();
        mappings.add(mapping);
        rmapLock.writeUnlock();
    }

    /// A VMA no longer maps the file; its page tables may go once this returns.
    public void removeMapping(FileMapping mapping) {
        rmapLock.writeLock();
        mappings.remove(mapping);
        rmapLock.writeUnlock();
    }

    /// Keeps truncation and writeback from looking at VMAs while one of them changes its bounds.
    public void lockMappings() {
        rmapLock.writeLock();
    }

    public void unlockMappings() {
        rmapLock.writeUnlock();
    }

    /// Removes the PTEs of pages in `[first, end)` from every mapping: `unmap_mapping_range`.
    public void unmapMappings(long first, long end, boolean evenPrivate) {
        rmapLock.readLock();
        for (int i = 0; i < mappings.size(); i++) {
            mappings.get(i).unmapPages(first, end, evenPrivate);
        }
        rmapLock.readUnlock();
    }
}
