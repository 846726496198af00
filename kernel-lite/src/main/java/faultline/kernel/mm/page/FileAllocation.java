package faultline.kernel.mm.page;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.KernelThread;

/// How pages of one file come to be there before anybody uses them: `shmem_fallocate`, and what a file system does that
/// keeps what is written.
final class FileAllocation {

    private final PageCache cache;
    private final PageSource source;
    private final PageAllocator allocator;
    private final CachedPages pages;

    FileAllocation(PageCache cache, PageSource source, PageAllocator allocator, CachedPages pages) {
        this.cache = cache;
        this.source = source;
        this.allocator = allocator;
        this.pages = pages;
    }

    /// Has the pages `[first, end)` be there. In a file in memory, those that are new are taken out again when
    /// there is no room for all. Of a file that is stored elsewhere nothing is taken: who stores it says when
    /// it has no room.
    void allocate(long first, long end) {
        if (!cache.isShmem() && !source.keepsPages()) {
            return;
        }
        if (!cache.account().mayEverHave(end - first) || !source.storage().mayEverHave(end - first)) {
            throw Errno.ENOSPC.exception();
        }
        long index = first;
        try {
            for (; index < end; index++) {
                allocateAt(index);
            }
        } catch (ErrnoException failed) {
            if (cache.isShmem()) {
                takeBack(first, index);
            }
            throw failed;
        }
    }

    private void allocateAt(long index) {
        if (Thread.currentThread() instanceof KernelThread self && self.signalPending()) {
            throw Errno.EINTR.exception();
        }
        if (source.isOnDevice(index)) {
            return;
        }
        // In memory it stays a hole for lseek until somebody reads or writes it.
        Page page = cache.isShmem() ? cache.findOrInsert(index) : cache.get(index);
        if (page == null) {
            throw Errno.ENOMEM.exception();
        }
        boolean promised = cache.promise(page);
        if (promised) {
            // Else it would be dropped as a hole when memory is short.
            boolean _ = page.setDirty();
        }
        allocator.put(page);
        if (!promised) {
            throw Errno.ENOSPC.exception();
        }
        cache.balanceDirtyPages(null);
    }

    /// `shmem_undo_range` with `unfalloc`: what nobody has used since.
    private void takeBack(long first, long end) {
        for (Page page : pages.collect(first, end, Page::isUnread)) {
            cache.lock(page);
            if (page.mapping == cache && page.isUnread()) {
                pages.remove(cache, page);
            }
            cache.unlock(page);
            allocator.put(page);
        }
    }
}
