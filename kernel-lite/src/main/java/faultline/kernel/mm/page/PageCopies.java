package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How bytes get out of the cached pages of one file and into them: `filemap_read`, `generic_perform_write`.
///
/// [PageCache#read] and [PageCache#write] say what callers may expect.
final class PageCopies {

    private final PageCache cache;
    private final PageSource source;
    private final PageAllocator allocator;
    private final PageGeometry geometry;
    private final PageLocks locks;

    PageCopies(PageCache cache, PageSource source, PageAllocator allocator, PageLocks locks) {
        this.cache = cache;
        this.source = source;
        this.allocator = allocator;
        this.geometry = allocator.geometry();
        this.locks = locks;
    }

    /// Copies up to `length` bytes at `offset` out of the cache, through an open file if there is one; ends at the
    /// end of the file.
    int read(long offset, byte[] to, int at, int length, @Nullable FileReadahead readahead) {
        FileReadahead ahead = cache.readsAhead() ? readahead : null;
        int done = 0;
        while (done < length) {
            long from = offset + done;
            long left = source.size() - from;
            if (left <= 0) {
                break;
            }
            int inPage = geometry.offset(from);
            int piece = (int) Math.min(left, Math.min(length - done, geometry.bytes() - inPage));
            long index = from >>> geometry.shift();
            if (ahead != null) {
                readAheadOf(ahead, index, lastIndex(from, Math.min(left, length - done)) - index + 1);
            }
            if (cache.isShmem() && !cache.has(index)) {
                // A hole is no page's worth: `shmem_file_read_iter`.
                Arrays.fill(to, at + done, at + done + piece, (byte) 0);
            } else {
                Page page = need(index);
                allocator.memory().read(page.pa() + inPage, to, at + done, piece);
                allocator.put(page);
            }
            done += piece;
        }
        if (ahead != null && done > 0) {
            ahead.finished(lastIndex(offset, done));
        }
        return done;
    }

    private long lastIndex(long offset, long length) {
        return offset + length - 1 >>> geometry.shift();
    }

    private void readAheadOf(FileReadahead ahead, long index, long count) {
        Page page = cache.find(index);
        if (page != null && page.isUnread()) {
            allocator.put(page);
            page = null;
        }
        if (page == null) {
            ahead.missed(cache, index, count);
            page = cache.find(index);
        }
        if (page != null) {
            if (page.clear(Page.READAHEAD)) {
                ahead.reachedMark(cache, index, count);
            }
            allocator.put(page);
        }
    }

    /// Copies `length` bytes into the cache at `offset` and marks the pages dirty; returns how many it were.
    int write(long offset, byte[] from, int at, int length) {
        int done = 0;
        while (done < length) {
            long to = offset + done;
            int inPage = geometry.offset(to);
            int piece = Math.min(length - done, geometry.bytes() - inPage);
            try {
                writePiece(to, from, at + done, piece);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            cache.balanceDirtyPages(null);
            done += piece;
        }
        return done;
    }

    /// The same within one page.
    private void writePiece(long to, byte[] from, int at, int length) {
        long index = to >>> geometry.shift();
        if (length == geometry.bytes() && overwrite(index, from, at)) {
            return;
        }
        Page page = need(index);
        boolean promised = cache.promise(page);
        if (promised) {
            allocator.memory().writeMapped(page.pa() + geometry.offset(to), from, at, length);
            page.setDirty();
        }
        allocator.put(page);
        if (!promised) {
            throw Errno.ENOSPC.exception();
        }
    }

    /// Writes a whole page that is not cached, which need not be read for that; false when it is.
    private boolean overwrite(long index, byte[] from, int at) {
        Page page = cache.findOrInsert(index);
        boolean written = false;
        if (page != null && page.isUnread() && locks.tryLock(page)) {
            written = page.mapping == cache && page.isUnread() && cache.promise(page);
            if (written) {
                allocator.memory().writeMapped(page.pa(), from, at, geometry.bytes());
                page.setDirty();
                cache.becomeUptodate(page);
            }
            locks.unlock(page);
        }
        if (page != null) {
            allocator.put(page);
        }
        return written;
    }

    private Page need(long index) {
        Page page = cache.get(index);
        if (page == null) {
            throw Errno.ENOMEM.exception();
        }
        return page;
    }
}
