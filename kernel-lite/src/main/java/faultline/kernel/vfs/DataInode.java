package faultline.kernel.vfs;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.PageSource;
import org.jspecify.annotations.Nullable;

/// A regular file: a size and a page cache that read, write and mmap share, over some store of pages.
///
/// The size changes with the content lock held and is read without it.
public abstract class DataInode extends Inode implements PageSource {

    private final PageCache cache;
    private final PageGeometry geometry;

    private volatile long size;

    // `this` escapes to a cache that calls it only once somebody reads or writes the file.
    @SuppressWarnings("this-escape")
    protected DataInode(FileSystem fileSystem, long number, int mode, Credentials owner, PageCaches caches) {
        super(fileSystem, number, mode, owner);
        this.geometry = caches.geometry();
        this.cache = caches.create(this);
    }

    @Override
    public final PageCache pages() {
        return cache;
    }

    @Override
    public final long size() {
        return size;
    }

    /// Sets the size as the store has it.
    protected final void setSize(long bytes) {
        size = bytes;
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new RegularFile(path, flags, this);
    }

    /// Called before bytes up to `end` are written, with the content lock held: the store gets
    /// ready to keep changes, or refuses.
    protected void beforeWrite(long end) {}

    /// How far a write up to `end` may go; with the content lock held.
    protected long writableEnd(long offset, long end) {
        return end;
    }

    /// Called before room up to `end` is taken, with the content lock held: fallocate, even if the size stays.
    protected void beforeAllocate(long end) {}

    /// Called before the size changes by itself, with the content lock held.
    protected void beforeResize(long newSize) {}

    /// The size was cut: the store forgets what lies beyond.
    protected abstract void cut(long newSize);

    /// The size changed by itself: a store that writes through follows.
    protected void resized(long newSize) {}

    /// How many bytes from the start on the store holds; what lies beyond is a hole where nothing was written.
    protected abstract long storedBytes();

    /// fsync: by default a file in memory is as safe as it gets.
    protected void sync() {}

    /// Reads from the cache; 0 at or past the end.
    public final int read(long offset, byte[] to, int at, int length) {
        return read(offset, to, at, length, null);
    }

    /// The same through an open file.
    final int read(long offset, byte[] to, int at, int length, @Nullable FileReadahead readahead) {
        return offset >= size ? 0 : cache.read(offset, to, at, length, readahead);
    }

    /// Writes at `offset`, growing the file; returns how many bytes found room. The content lock is held.
    final int writeLocked(long offset, byte[] from, int at, int asked) {
        if (offset > maxBytes() - asked) {
            throw Errno.EFBIG.exception();
        }
        int length = (int) (writableEnd(offset, offset + asked) - offset);
        beforeWrite(offset + length);
        long before = size;
        if (offset > before) {
            cache.truncate(before);
        }
        if (offset + length > before) {
            size = offset + length;
        }
        int done = 0;
        try {
            done = cache.write(offset, from, at, length);
        } finally {
            if (done < length && size > before) {
                size = done == 0 ? before : Math.max(before, offset + done);
                cache.truncate(size);
            }
        }
        wrote(offset, from, at, done);
        touchModified();
        return done;
    }

    /// Has `[offset, offset + length)` take its room now, and with `grow` be part of the file: fallocate. The content
    /// lock is held. Throws `ErrnoException` ENOSPC, and the file is as it was.
    public final void allocateLocked(long offset, long length, boolean grow) {
        long end = offset + length;
        if (end > maxBytes()) {
            throw Errno.EFBIG.exception();
        }
        long before = size;
        long newSize = grow ? Math.max(before, end) : before;
        beforeAllocate(end);
        beforeResize(newSize);
        if (newSize > before) {
            cache.truncate(before);
        }
        cache.allocate(offset >>> geometry.shift(), geometry.up(end) >>> geometry.shift());
        if (newSize > before) {
            size = newSize;
            resized(newSize);
        }
        touchModified();
    }

    /// Bytes went into the cache: a store that writes through takes them too. The content lock is held.
    protected void wrote(long offset, byte[] from, int at, int length) {}

    /// Where file offsets end: the last whole page of a signed 64-bit offset.
    private long maxBytes() {
        return geometry.down(Long.MAX_VALUE);
    }

    /// The size of a page of its cache.
    protected final PageGeometry geometry() {
        return geometry;
    }

    @Override
    public final void truncate(long newSize) {
        if (newSize > maxBytes()) {
            throw Errno.EFBIG.exception();
        }
        long before = size;
        if (newSize < before && isSwapFile()) {
            throw Errno.ETXTBSY.exception();
        }
        beforeResize(newSize);
        if (newSize > before) {
            // What a mapping stored behind the end must not become part of the file.
            cache.truncate(before);
        }
        size = newSize;
        if (newSize < before) {
            cut(newSize);
            cache.truncate(newSize);
        }
        resized(newSize);
        touchModified();
    }

    /// Makes `[offset, offset + length)` read as zeros, as far as the size reaches: FALLOC_FL_PUNCH_HOLE. Whole pages
    /// of a file in memory go.
    public final void zero(long offset, long length) {
        contentLock().lock();
        try {
            long end = Math.min(size, offset + length);
            if (end <= offset) {
                return;
            }
            beforeWrite(end);
            long hole = Math.max(offset, geometry.up(storedBytes()));
            if (cache.isShmem() && hole < end) {
                // The last page goes as a whole, whatever of it the size leaves out.
                cache.punch(hole, Math.min(geometry.up(size), offset + length));
            }
            write(offset, end);
            touchModified();
        } finally {
            contentLock().unlock();
        }
    }

    /// Writes zeros over what is no hole.
    private void write(long offset, long end) {
        byte[] zeros = new byte[geometry.bytes()];
        for (long at = nextData(offset); at < end; at = nextData(at)) {
            int count = (int) Math.min(geometry.bytes() - geometry.offset(at), end - at);
            cache.write(at, zeros, 0, count);
            at += count;
        }
    }

    /// The first offset at or after `offset` that is (or, for SEEK_HOLE, is not) data.
    final long seekHole(long offset, int whence) {
        long end = size;
        if (offset < 0 || offset >= end) {
            throw Errno.ENXIO.exception();
        }
        cache.beginWriteback(0, end);
        long found = whence == FileMode.SEEK_DATA ? nextData(offset) : Math.min(end, nextHole(offset));
        if (found >= end) {
            if (whence == FileMode.SEEK_DATA) {
                throw Errno.ENXIO.exception();
            }
            return end;
        }
        return found;
    }

    /// Whether some of the first `end` bytes have no place where the file is stored. The caller holds the content
    /// lock.
    public final boolean hasHole(long end) {
        cache.beginWriteback(0, end);
        return nextHole(0) < end;
    }

    /// The first offset from `offset` on that is no hole. A file may be all hole and of any size: goes from written
    /// page to written page.
    private long nextData(long offset) {
        if (offset < storedBytes()) {
            return offset;
        }
        long index = cache.nextWritten(offset >> geometry.shift());
        return index < 0 ? Long.MAX_VALUE : Math.max(offset, index << geometry.shift());
    }

    private long nextHole(long offset) {
        long stored = geometry.up(storedBytes());
        long at = Math.max(offset, stored);
        while (cache.nextWritten(at >> geometry.shift()) == at >> geometry.shift()) {
            at = (at >> geometry.shift()) + 1 << geometry.shift();
        }
        return at;
    }

    @Override
    protected void evict() {
        cache.evict();
        cut(0);
    }
}
