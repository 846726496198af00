package faultline.kernel.mm.page;

import faultline.core.step.Steps;

/// The cached pages of one file, by index: `struct address_space`.
public final class PageCache {

    private final PageSource source;
    private final PageAllocator allocator;
    private final Steps steps;

    public PageCache(PageSource source, PageAllocator allocator, Steps steps) {
        this.source = source;
        this.allocator = allocator;
        this.steps = steps;
    }

    /// Where the pages come from.
    public PageSource source() {
        return source;
    }

    /// Copies up to `length` bytes at file offset `offset` out of the cache, reading pages as needed; ends at the
    /// end of the file. May block. Throws `ErrnoException` EIO, ENOMEM.
    public int read(long offset, byte[] to, int at, int length) {
        throw new UnsupportedOperationException();
    }

    /// Copies `length` bytes into the cache at file offset `offset` and marks the pages dirty. The caller has made
    /// the file long enough (`PageSource.size`). May block. Throws `ErrnoException` EIO, ENOMEM.
    public void write(long offset, byte[] from, int at, int length) {
        throw new UnsupportedOperationException();
    }

    /// Writes dirty pages that overlap `[start, end)` (bytes) back to the source: `filemap_write_and_wait_range`.
    public void writeback(long start, long end) {
        throw new UnsupportedOperationException();
    }

    /// The file has become shorter: unmaps and drops pages past `size`, zeroes the rest of the last one. Called
    /// after `PageSource.size` says so.
    public void truncate(long size) {
        throw new UnsupportedOperationException();
    }

    /// The inode goes away: drops every page. No VMA maps the file.
    public void evict() {
        throw new UnsupportedOperationException();
    }

    /// How many pages are cached.
    public long pages() {
        throw new UnsupportedOperationException();
    }
}
