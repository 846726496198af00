package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.KernelThread;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The cached pages of one file, by index, and the VMAs that map it: `struct address_space`.
///
/// A page is in the cache with one reference of the cache's. Whoever reads it in, truncates it or
/// maps it holds its page lock ([#lock]), so that a page that has left the file is never mapped.
/// Lookups take no lock.
public final class PageCache {

    /// How long users are waited for first, then twice as long, and so on: `(HZ << scan) / 200` up to LAST_SCAN.
    private static final long USERS_PAUSE_NANOS = 10_000_000;

    private static final long LAST_USERS_PAUSE_NANOS = 80_000_000;

    private final PageSource source;
    private final PageAllocator allocator;
    private final PageGeometry geometry;
    private final Steps steps;

    /// Null for files that have another storage.
    private final @Nullable SwappedPages swapped;

    private final PageAccount account;
    private final PageLocks locks;
    private final PageReads reads;

    private final CachedPages pages;
    private final FileMappings mappings;
    private final FileWriteback writeback;
    private final PageCopies copies;
    private final DirectReads directReads;
    private final DirtyPages dirtyPages;
    private final long id;

    /// Whether its pages stay in memory though nobody uses them: SHM_LOCK.
    private volatile boolean unevictable;

    private PageCache(
            PageSource source,
            PageAllocator allocator,
            DirtyPages dirtyPages,
            Steps steps,
            KernelHeap heap,
            @Nullable SwapBacking swap,
            PageAccount account) {
        this.source = source;
        this.allocator = allocator;
        this.geometry = allocator.geometry();
        this.steps = steps;
        this.account = account;
        this.dirtyPages = dirtyPages;
        this.id = allocator.nextCacheId();
        this.locks = swap == null ? new PageLocks(steps, id) : swap.locks();
        this.reads = new PageReads(source, allocator, dirtyPages, locks);
        this.pages = new CachedPages(allocator, steps, heap, id);
        this.mappings = new FileMappings(steps, id);
        this.writeback = new FileWriteback(this, allocator, pages, mappings, locks, reads);
        this.copies = new PageCopies(this, source, allocator, locks);
        this.swapped = swap == null ? null : new SwappedPages(this, pages, allocator, swap, steps);
        this.directReads = new DirectReads(this, source, allocator, reads);
    }

    /// The cache of a file that `source` stores, in the time of the disk if it lies there: dirty pages are written
    /// back to it.
    public static PageCache ofFile(
            PageSource source, PageAllocator allocator, DirtyPages dirtyPages, Steps steps, KernelHeap heap) {
        return new PageCache(source, allocator, dirtyPages, steps, heap, null, PageAccount.NONE);
    }

    /// A cache that is, with swap, the storage: `source` only says the size and makes new pages, which `account`
    /// promises.
    public static PageCache ofShmem(
            PageSource source,
            PageAllocator allocator,
            DirtyPages dirtyPages,
            Steps steps,
            KernelHeap heap,
            PageAccount account) {
        return new PageCache(source, allocator, dirtyPages, steps, heap, allocator.swap(), account);
    }

    /// Its number among all caches, in the order they were made in.
    long id() {
        return id;
    }

    /// Where the pages come from.
    public PageSource source() {
        return source;
    }

    /// Whether dirty pages are written back, so that the first store to a clean page must be
    /// noticed.
    public boolean accountsDirty() {
        return swapped == null;
    }

    /// Whether clean pages may be dropped, because they can be read again.
    boolean dropsPages() {
        return swapped == null && source.usesDevice();
    }

    /// Who promises its pages.
    PageAccount account() {
        return account;
    }

    /// Has room promised for a page that is about to be stored to and then stays: part of `page_mkwrite`. The
    /// caller has a reference, and the page's lock or the file's content lock. False where the file system is
    /// full: ENOSPC.
    public boolean promise(Page page) {
        PageAccount storage = source.storage();
        if (swapped != null || storage == PageAccount.NONE || page.has(Page.PROMISED)) {
            return true;
        }
        if (!storage.tryPromise()) {
            return false;
        }
        if (!page.set(Page.PROMISED)) {
            storage.takeBack();
        }
        return true;
    }

    /// The file no longer has a page, to which the caller has a reference.
    void forget(Page page) {
        account.takeBack();
        if (page.clear(Page.PROMISED)) {
            source.storage().takeBack();
        }
    }

    /// Has the pages `[first, end)` be there, so that stores to them find room: `shmem_fallocate`. Throws
    /// `ErrnoException` ENOSPC, ENOMEM, EINTR, EIO.
    public void allocate(long first, long end) {
        new FileAllocation(this, source, allocator, pages).allocate(first, end);
    }

    /// Whether a VMA maps the file; for who knows that none comes or goes.
    public boolean isMapped() {
        return !mappings.isEmpty();
    }

    /// How many pages are cached.
    public long pages() {
        return pages.count();
    }

    // Pages.

    /// The page at an index with a reference, or null when it is not cached. It may be not up to
    /// date.
    public @Nullable Page find(long index) {
        return pages.find(index);
    }

    /// The page at an index with a reference, read in if need be: up to date, not locked. Null
    /// without a free frame. May block. Throws `ErrnoException` EIO.
    public @Nullable Page get(long index) {
        while (true) {
            Page page = findOrInsert(index);
            if (page == null || page.mapping == this && locks.isUptodate(page) || readIn(page)) {
                return page;
            }
            // Truncated meanwhile: look again.
            allocator.put(page);
        }
    }

    /// The page at an index with a reference, put in if it was not there: then nobody has begun to read it. Null
    /// without a free frame. What is swapped out is brought back, for which the device is waited for. Throws
    /// `ErrnoException` ENOSPC where the file may not have one more.
    public @Nullable Page findOrInsert(long index) {
        while (true) {
            Page page = find(index);
            if (page != null) {
                return page;
            }
            long entry = pages.swapped(index);
            page = entry != 0 && swapped != null ? swapped.in(index, entry) : insertNew(index);
            // Where another has put a page there meanwhile, or has swapped one out or in, that is looked at.
            boolean same = entry == 0 ? pages.isEmpty(index) : pages.swapped(index) == entry;
            if (page != null || same) {
                return page;
            }
        }
    }

    private @Nullable Page insertNew(long index) {
        return pages.insertNew(this, index, swapped == null ? Page.UNREAD : Page.SHMEM | Page.UNREAD);
    }

    /// Whether the page at an index must be read from swap.
    public boolean mustSwapIn(long index) {
        return swapped != null && swapped.mustRead(index);
    }

    /// Whether the page at an index is in memory, with the file's contents: what mincore asks.
    public boolean isInMemory(long index) {
        Page page = find(index);
        if (page == null && swapped != null) {
            page = swapped.findCopy(index);
        }
        if (page == null) {
            return false;
        }
        boolean whole = locks.isUptodate(page);
        allocator.put(page);
        return whole;
    }

    /// How many of the pages with indices in `[first, end)` are swapped out.
    public long countSwapped(long first, long end) {
        return pages.countSwapped(first, end);
    }

    /// Brings what is swapped out to wanted slots back into memory; false without a free frame.
    boolean bringBack(LongPredicate wanted) {
        for (long index = pages.nextSwapped(0, wanted); index >= 0; index = pages.nextSwapped(index + 1, wanted)) {
            long entry = pages.swapped(index);
            Page page = entry != 0 && swapped != null ? swapped.in(index, entry) : null;
            if (page != null) {
                allocator.put(page);
            } else if (entry != 0 && pages.swapped(index) == entry) {
                return false;
            }
        }
        return true;
    }

    /// Has its pages stay in memory from now on, or no more: SHM_LOCK.
    public void setUnevictable(boolean stay) {
        unevictable = stay;
    }

    /// Puts in a page with the contents of page `index`, where the file has none; it is locked then. The caller has a
    /// reference and nobody else knows the page. EEXIST, ENOMEM, or null.
    public @Nullable Errno add(Page page, long index) {
        page.set(Page.UPTODATE | (swapped == null ? 0 : Page.SHMEM));
        boolean _ = locks.tryLock(page);
        Errno failure = pages.insert(this, index, page);
        if (failure != null) {
            locks.unlock(page);
        }
        return failure;
    }

    /// Takes out a page that the caller has put in, has locked and has a reference to, and that nobody has mapped.
    public void drop(Page page) {
        pages.remove(this, page);
    }

    /// Whether the pages are the storage: shared memory, or a file of tmpfs.
    public boolean isShmem() {
        return swapped != null;
    }

    /// Whether the file has the page, cached or not; else it is a hole.
    public boolean has(long index) {
        return !pages.isEmpty(index) || source.holds(index);
    }

    /// Whether the page, to which the caller has a reference, has the file's contents.
    public boolean isUptodate(Page page) {
        return locks.isUptodate(page);
    }

    /// Reads a page in under its lock; false when it has left the file.
    private boolean readIn(Page page) {
        locks.lock(page);
        boolean ours = page.mapping == this;
        if (!ours || page.isUptodate()) {
            locks.unlock(page);
            return ours;
        }
        beginRead(page);
        boolean _ = locks.awaitUnlocked(page, false);
        if (page.hasFailed()) {
            allocator.put(page);
            throw Errno.EIO.exception();
        }
        return true;
    }

    /// All of a page that nobody has begun to read was filled by the caller, who has its lock.
    void becomeUptodate(Page page) {
        page.clear(Page.UNREAD);
        page.set(Page.UPTODATE);
    }

    /// Begins to read a page that is not up to date and whose lock the caller has, and gives that away: to
    /// the device until it has read, or back when there is nothing to wait for. Afterwards the page is up
    /// to date, or has failed.
    public void beginRead(Page page) {
        reads.begin(page, reads.plug());
    }

    /// Whether reads take time, so that it is worth beginning them before somebody waits.
    public boolean readsAhead() {
        return reads.takesTime();
    }

    /// Begins to read what is not cached of the pages `[first, end)`, without waiting for any:
    /// `page_cache_ra_unbounded`. Who comes to page `mark` will have the next ones read.
    void readAhead(long first, long end, long mark) {
        long last = Math.min(end, geometry.up(source.size()) >>> geometry.shift());
        PageReads.Plug plug = reads.plug();
        for (long index = first; index < last; index++) {
            Page page = findOrInsert(index);
            if (page == null) {
                return;
            }
            if (page.isUnread() && locks.tryLock(page)) {
                if (page.mapping == this && page.isUnread()) {
                    if (index == mark) {
                        page.set(Page.READAHEAD);
                    }
                    reads.begin(page, plug);
                } else {
                    locks.unlock(page);
                }
            }
            allocator.put(page);
        }
    }

    /// Begins to read what is not cached of the bytes `[start, end)`, where reads take time: readahead(2).
    public void willNeed(long start, long end) {
        if (readsAhead() && start >= 0 && end > start) {
            long last = Math.min(end, source.size());
            readAhead(start >>> geometry.shift(), geometry.up(last) >>> geometry.shift(), -1);
        }
    }

    /// Begins to read what is swapped out of the pages `[first, end)`, without waiting: `shmem_swapin_range`.
    public void swapInAhead(long first, long end) {
        if (swapped != null) {
            swapped.readAhead(first, end);
        }
    }

    /// The first index in `[from, from + count)` whose page is not cached, or -1.
    long nextMissing(long from, int count) {
        for (long index = from; index < from + count; index++) {
            Page page = find(index);
            boolean missing = page == null || page.isUnread();
            if (page != null) {
                allocator.put(page);
            }
            if (missing) {
                return index;
            }
        }
        return -1;
    }

    /// Waits, not for long, until nobody but the cache and PTEs has references to its pages: a device may be
    /// storing to one. False where somebody still has. `memfd_wait_for_pins`.
    public boolean awaitUsers() {
        KernelThread self = KernelThread.current();
        for (long pause = USERS_PAUSE_NANOS; hasUsers(); pause *= 2) {
            if (pause > LAST_USERS_PAUSE_NANOS || self.fatalSignalPending()) {
                return false;
            }
            self.block(self.schedule().nanoTime() + pause);
        }
        return true;
    }

    private boolean hasUsers() {
        return pages.any(page -> page.refcount() - page.mapcount() != 1);
    }

    // Page locks: see PageLocks.

    /// The locks of its pages.
    public PageLocks locks() {
        return locks;
    }

    /// Locks a page; waits with the vCPU given up.
    public void lock(Page page) {
        locks.lock(page);
    }

    /// Locks a page; false, without the lock, when a fatal signal came first.
    public boolean lockKillable(Page page) {
        return locks.lockKillable(page);
    }

    /// Locks a page if nobody else has, the device included.
    public boolean tryLock(Page page) {
        return locks.tryLock(page);
    }

    /// Unlocks a page and wakes who waits for one of this file.
    public void unlock(Page page) {
        locks.unlock(page);
    }

    /// Waits until nobody holds the lock of a page that the caller has a reference to; false when `killable` and a
    /// fatal signal came first.
    public boolean awaitUnlocked(Page page, boolean killable) {
        return locks.awaitUnlocked(page, killable);
    }

    // File reads and writes: see PageCopies.

    /// Copies up to `length` bytes at file offset `offset` out of the cache, reading pages as
    /// needed; ends at the end of the file. May block. Throws `ErrnoException` EIO, ENOMEM.
    public int read(long offset, byte[] to, int at, int length) {
        return copies.read(offset, to, at, length, null);
    }

    /// The same through an open file, which is read ahead of its readers where that takes time.
    public int read(long offset, byte[] to, int at, int length, @Nullable FileReadahead readahead) {
        return copies.read(offset, to, at, length, readahead);
    }

    /// Copies up to `length` bytes at file offset `offset` from the device, past the cache; ends at the end of the
    /// file. May block. Throws `ErrnoException` EIO, ENOMEM.
    public int readDirect(long offset, byte[] to, int at, int length) {
        return directReads.read(offset, to, at, length);
    }

    /// Has `[start, end)` (bytes), which was just written, on the device and no longer in memory: the end of a write
    /// past the cache. May block. Throws `ErrnoException`.
    public void flushDirect(long start, long end) {
        writeback(start, end);
        int _ = invalidate(firstIndex(start), endIndex(end));
    }

    /// Copies `length` bytes into the cache at file offset `offset` and marks the pages dirty; returns how many,
    /// fewer where there is no room for more. The caller has made the file long enough (`PageSource.size`).
    /// Waits for the disk where too many pages are dirty, unless a fatal signal comes. May block. Throws
    /// `ErrnoException` EIO, ENOMEM, ENOSPC for the first page.
    public int write(long offset, byte[] from, int at, int length) {
        return copies.write(offset, from, at, length);
    }

    // Dirty pages: see DirtyPages and FileWriteback.

    /// A page has become dirty.
    void dirtied() {
        if (dropsPages()) {
            dirtyPages.dirtied();
        }
    }

    /// Takes the mark of dirty pages off one that the caller has locked; false when it had none.
    boolean clearDirty(Page page) {
        boolean dirty = page.clear(Page.DIRTY);
        if (dirty && dropsPages()) {
            dirtyPages.cleaned();
        }
        return dirty;
    }

    /// Called by who has made a page dirty, with no page locked: has some written, and waits for the disk, or a
    /// fatal signal, while too many are dirty. `storing` is the page, which need not be there any more, if what
    /// makes it dirty is a store that is yet to be made.
    public void balanceDirtyPages(@Nullable Page storing) {
        if (dropsPages()) {
            dirtyPages.balance(storing);
        }
    }

    /// Writes dirty pages that overlap `[start, end)` (bytes) back to the source:
    /// `filemap_write_and_wait_range`. Stores made through mappings before the call are included. Throws
    /// `ErrnoException`, once, for what of the file could not be written by now or before.
    public void writeback(long start, long end) {
        beginWriteback(start, end);
        if (swapped == null) {
            writeback.await(firstIndex(start), endIndex(end));
            writeback.report();
        }
    }

    /// The same without waiting for the device, and without errors.
    public void beginWriteback(long start, long end) {
        if (swapped == null) {
            writeback.begin(firstIndex(start), endIndex(end));
        }
    }

    /// Waits for what is being written.
    void awaitWriteback() {
        writeback.await(0, Long.MAX_VALUE);
    }

    /// Throws `ErrnoException`, once, for what could not be written.
    void reportErrors() {
        writeback.report();
    }

    /// Has up to `most` dirty pages written, but not `except`, without waiting; returns how many it were.
    int writeSome(int most, @Nullable Page except) {
        return writeback.writeSome(most, except);
    }

    private long firstIndex(long start) {
        return start >>> geometry.shift();
    }

    private long endIndex(long end) {
        return (end + geometry.bytes() - 1) >>> geometry.shift();
    }

    /// The first index from `index` on whose page was written since the file was opened or made, or -1. Of a cache
    /// that is the storage, the first that is no hole.
    public long nextWritten(long index) {
        long end = Long.MAX_VALUE >>> geometry.shift();
        return swapped == null ? pages.next(index, end, Page.DIRTY | Page.KEPT) : pages.nextPresent(index, end, true);
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
            long index = size >>> geometry.shift();
            Page last = pages.swapped(index) == 0 ? find(index) : get(index);
            if (last != null) {
                allocator.memory().clearMapped(last.pa() + tail, geometry.bytes() - tail);
                allocator.put(last);
            }
        }
        remove(firstGone, Long.MAX_VALUE >>> geometry.shift());
    }

    /// Drops every page that lies in `[start, end)` (bytes) as a whole, for a cache that is the storage: a hole is
    /// there, of zeros. Copies that private mappings have stay. The caller keeps others from changing the file's
    /// size.
    public void punch(long start, long end) {
        assert swapped != null : "mm: a hole in a file that is stored elsewhere";
        long first = (start + geometry.bytes() - 1) >>> geometry.shift();
        long gone = end >>> geometry.shift();
        if (first < gone) {
            unmapMappings(first, gone, false);
            remove(first, gone);
        }
    }

    /// The inode goes away: drops every page. No VMA maps the file.
    public void evict() {
        assert mappings.isEmpty() : "mm: evicts a file that is mapped";
        remove(0, Long.MAX_VALUE >>> geometry.shift());
    }

    private void remove(long first, long end) {
        for (long index = pages.nextPresent(first, end, false);
                index >= 0;
                index = pages.nextPresent(index + 1, end, false)) {
            while (!removeAt(index)) {
                // It was swapped out, or came back, between two looks.
                Thread.onSpinWait();
            }
        }
    }

    /// True when nothing was, or is any more, at an index: `shmem_undo_range`.
    private boolean removeAt(long index) {
        long entry = pages.swapped(index);
        if (entry != 0) {
            return swapped != null && swapped.forget(index, entry);
        }
        Page page = find(index);
        if (page == null) {
            return pages.isEmpty(index);
        }
        lock(page);
        boolean ours = page.mapping == this;
        if (ours) {
            reads.awaitWriteback(page);
            if (page.mapcount() != 0) {
                // Mapped between the unmapping and the page lock.
                unmapMappings(index, index + 1, false);
            }
            pages.remove(this, page);
        }
        unlock(page);
        allocator.put(page);
        return ours;
    }

    /// Drops clean pages in `[first, end)` that nobody uses: `invalidate_mapping_pages`. Returns how many.
    public int invalidate(long first, long end) {
        if (!dropsPages()) {
            return 0;
        }
        int dropped = 0;
        for (Page page : pages.collect(first, end, _ -> true)) {
            if (tryLock(page)) {
                dropped += page.mapping == this && evict(page) ? 1 : 0;
                unlock(page);
            }
            allocator.put(page);
        }
        return dropped;
    }

    /// Begins to take a page out of memory, to which the caller has a reference: it is locked, and unmapped as
    /// far as nobody keeps it. False where it stays, unlocked. Locks are only tried, for who is short of memory
    /// may hold some. After `flushes`, and not before, [#endReclaim] goes on.
    public boolean beginReclaim(Page page, FlushBatch flushes) {
        if (!canReclaim()) {
            return false;
        }
        if (!tryLock(page)) {
            flushes.noteBusy();
            return false;
        }
        if (swapped != null && page.mapping == this && page.isUnread() && page.isDirty()) {
            // It was allocated, and nobody has used it: what it holds is as good as read.
            source.readPage(page.index, page.pa());
            becomeUptodate(page);
        }
        boolean goes = page.mapping == this && page.isUptodate() && !page.has(Page.KEPT);
        if (goes && page.mapcount() != 0) {
            boolean _ = mappings.tryUnmap(page.index, flushes);
        }
        if (!goes) {
            unlock(page);
        }
        return goes;
    }

    /// Writes such a page if it is dirty, and drops it; unlocks it. True when the caller's reference is the last.
    public boolean endReclaim(Page page) {
        boolean last = page.mapcount() == 0 && reclaimUnmapped(page);
        unlock(page);
        return last;
    }

    /// Whether pages may leave memory: dropped, or to swap.
    boolean canReclaim() {
        return swapped == null ? source.usesDevice() : !unevictable;
    }

    private boolean reclaimUnmapped(Page page) {
        if (swapped != null) {
            return swapped.out(page);
        }
        if (page.isDirty() && !reads.isUnderWriteback(page)) {
            writeback.writeUnmapped(page);
        }
        return !page.has(Page.KEPT) && evict(page);
    }

    /// Whether the page was used through a mapping since the last call: `folio_referenced`. False where that cannot
    /// be said without waiting. The next use is noted after `flushes`.
    public boolean wasUsed(Page page, FlushBatch flushes) {
        return page.mapcount() != 0 && mappings.wasUsed(page.index, flushes);
    }

    /// Drops a page that the caller has locked and has a reference to, if it may.
    private boolean evict(Page page) {
        // In this order: who unmaps a page marks it first.
        if (!page.isUptodate() || page.mapcount() != 0 || page.isDirty() || reads.isUnderWriteback(page)) {
            return false;
        }
        if (page.has(Page.KEPT)) {
            // The frame is the only place where its contents are: it plays the disk and keeps them, but reading it
            // takes the disk's time.
            steps.at(PageStep.PAGE_EVICT, page.index);
            page.set(Page.UNREAD);
            page.clear(Page.UPTODATE | Page.READAHEAD);
            return true;
        }
        return pages.removeUnused(this, page);
    }

    /// Moves a page of the file, to which the caller has a reference, to a fresh frame, whose only reference he
    /// has: `migrate_folio`. Its PTEs go. False, with the page where it was, when somebody else looks at it. May
    /// block.
    public boolean move(Page page, Page to) {
        lock(page);
        boolean moved = page.mapping == this && moveLocked(page, to);
        unlock(page);
        return moved;
    }

    private boolean moveLocked(Page page, Page to) {
        reads.awaitWriteback(page);
        if (!page.isUptodate() || page.isSwapCache()) {
            return false;
        }
        if (page.mapcount() != 0) {
            unmapMappings(page.index, page.index + 1, false);
        }
        return page.mapcount() == 0 && pages.move(this, page, to);
    }

    // Reverse mapping.

    /// A VMA begins to map the file.
    public void addMapping(FileMapping mapping) {
        mappings.add(mapping);
    }

    /// A VMA no longer maps the file; its page tables may go once this returns.
    public void removeMapping(FileMapping mapping) {
        mappings.remove(mapping);
    }

    /// Whether some VMA has stores reach the file, or will after mprotect: `mapping_writably_mapped`.
    public boolean isWritablyMapped() {
        return mappings.mayStore();
    }

    /// Keeps truncation and writeback from looking at VMAs while one of them changes its bounds.
    public void lockMappings() {
        mappings.lock();
    }

    /// The same while another file's are locked; the caller orders the two.
    public void lockMappingsNested() {
        mappings.lockNested();
    }

    public void unlockMappings() {
        mappings.unlock();
    }

    /// Removes the PTEs of pages in `[first, end)` from every mapping: `unmap_mapping_range`.
    public void unmapMappings(long first, long end, boolean evenPrivate) {
        mappings.unmap(first, end, evenPrivate);
    }
}
