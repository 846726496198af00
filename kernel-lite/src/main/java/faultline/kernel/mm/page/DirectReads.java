package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// Reads past the cache of one file (O_DIRECT): `iomap_dio_rw`.
///
/// What is cached and dirty is written before. Pages that are cached all the same, and those whose frame is the only
/// place where they are, are copied from there, for they are what the device has; they are neither put in nor dropped.
final class DirectReads {

    private final PageCache cache;
    private final PageSource source;
    private final PageAllocator allocator;
    private final PageGeometry geometry;
    private final PageReads reads;

    DirectReads(PageCache cache, PageSource source, PageAllocator allocator, PageReads reads) {
        this.cache = cache;
        this.source = source;
        this.allocator = allocator;
        this.geometry = allocator.geometry();
        this.reads = reads;
    }

    /// Copies up to `length` bytes at `offset`, in the time of the device; ends at the end of the file.
    int read(long offset, byte[] to, int at, int length) {
        cache.writeback(offset, offset + length);
        int count = Math.clamp(source.size() - offset, 0, length);
        PageReads.Plug plug = reads.plug();
        long ends = Long.MIN_VALUE;
        for (int done = 0; done < count; ) {
            long from = offset + done;
            int inPage = geometry.offset(from);
            int piece = Math.min(count - done, geometry.bytes() - inPage);
            ends = Math.max(ends, readPage(from >>> geometry.shift(), inPage, to, at + done, piece, plug));
            done += piece;
        }
        reads.awaitEnd(ends);
        return count;
    }

    /// Copies a part of one page; returns when the device is done with it.
    private long readPage(long index, int inPage, byte[] to, int at, int length, PageReads.Plug plug) {
        Page cached = cache.find(index);
        boolean kept = cached != null && cached.has(Page.KEPT);
        if (cached != null && (kept || !cached.isUnread())) {
            allocator.memory().read(cached.pa() + inPage, to, at, length);
        } else {
            readSource(index, inPage, to, at, length);
        }
        if (cached != null) {
            allocator.put(cached);
        }
        return reads.passBy(index, kept, plug);
    }

    private void readSource(long index, int inPage, byte[] to, int at, int length) {
        Page bounce = allocator.alloc();
        if (bounce == null) {
            throw Errno.ENOMEM.exception();
        }
        try {
            source.readPage(index, bounce.pa());
            allocator.memory().read(bounce.pa() + inPage, to, at, length);
        } finally {
            allocator.put(bounce);
        }
    }
}
