package faultline.kernel.mm.page;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How the dirty pages of one file get to its source.
///
/// A page that is written is made clean and write-protected wherever it is mapped, so that the next store is noticed
/// (`folio_mkclean`). What could not be written is clean all the same, as in Linux, and the error is kept for who
/// asks next.
final class FileWriteback {

    private final PageCache cache;
    private final PageAllocator allocator;
    private final CachedPages pages;
    private final FileMappings mappings;
    private final PageLocks locks;
    private final PageReads reads;

    /// AS_EIO, AS_ENOSPC: what has gone wrong since somebody was told.
    private final AtomicReference<@Nullable Errno> error = new AtomicReference<>();

    /// Where the flusher goes on: `writeback_index`.
    private volatile long next;

    FileWriteback(
            PageCache cache,
            PageAllocator allocator,
            CachedPages pages,
            FileMappings mappings,
            PageLocks locks,
            PageReads reads) {
        this.cache = cache;
        this.allocator = allocator;
        this.pages = pages;
        this.mappings = mappings;
        this.locks = locks;
        this.reads = reads;
    }

    /// Gives what is dirty of the pages `[first, end)` to the source: WB_SYNC_ALL. Waits only for a page that is
    /// being written already.
    void begin(long first, long end) {
        PageReads.Plug plug = reads.plug();
        for (Page page : pages.collect(first, end, this::mayBeDirty)) {
            locks.lock(page);
            if (page.mapping == cache) {
                write(page, plug);
            }
            locks.unlock(page);
            allocator.put(page);
        }
    }

    /// Whether the page is dirty, by its flag or by a PTE. Who unmaps a page marks it first.
    private boolean mayBeDirty(Page page) {
        return page.mapcount() != 0 || page.isDirty();
    }

    /// Waits for what is being written of the pages `[first, end)`.
    void await(long first, long end) {
        for (Page page : pages.collect(first, end, reads::isUnderWriteback)) {
            reads.awaitWriteback(page);
            allocator.put(page);
        }
    }

    /// Throws the error, an `ErrnoException`, of what could not be written since the last call.
    void report() {
        Errno failed = error.getAndSet(null);
        if (failed != null) {
            throw failed.exception();
        }
    }

    /// Gives up to `most` dirty pages to the source, from where the last call has stopped: WB_SYNC_NONE. Leaves out
    /// those that are locked or being written, and `except`; returns how many it were.
    int writeSome(int most, @Nullable Page except) {
        long from = next;
        Predicate<Page> wanted = page -> page != except && page.isDirty() && !reads.isUnderWriteback(page);
        List<Page> found = pages.collect(from, Long.MAX_VALUE, wanted, most);
        found.addAll(pages.collect(0, from, wanted, most - found.size()));
        PageReads.Plug plug = reads.plug();
        int written = 0;
        for (Page page : found) {
            if (locks.tryLock(page)) {
                if (page.mapping == cache && wanted.test(page)) {
                    write(page, plug);
                    next = page.index + 1;
                    written++;
                }
                locks.unlock(page);
            }
            allocator.put(page);
        }
        return written;
    }

    /// Gives a page that is locked and that nobody maps to the source.
    void writeUnmapped(Page page) {
        if (cache.clearDirty(page)) {
            store(page, reads.plug());
        }
    }

    /// The page is locked.
    private void write(Page page, PageReads.Plug plug) {
        mappings.clean(page.index);
        if (!cache.clearDirty(page)) {
            return;
        }
        // What was stored before the last time must be there before what was stored since.
        reads.awaitWriteback(page);
        store(page, plug);
    }

    private void store(Page page, PageReads.Plug plug) {
        try {
            reads.write(page, plug);
        } catch (ErrnoException failed) {
            error.set(failed.errno());
        }
    }
}
