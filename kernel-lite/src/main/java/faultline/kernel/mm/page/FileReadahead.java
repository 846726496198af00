package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;

/// How far ahead of its readers an open file is read: `struct file_ra_state`.
///
/// Whoever reads in a row has a window ahead of it read, which doubles until it is 128 KiB. One page of
/// the window carries a mark; who comes to that page has the next window read, so that a reader that is
/// slower than the disk never waits. A miss in a mapping has the pages around it read.
///
/// Threads that share the open file change this without a lock, as in Linux: the worst that comes of it
/// is a window nobody needs.
public final class FileReadahead {

    /// VM_READAHEAD_PAGES, in bytes.
    private static final int USUAL_BYTES = 128 << 10;

    /// MMAP_LOTSAMISS: after so many misses in a mapping that were not followed by hits, its pages are read one by
    /// one.
    private static final int MANY_MISSES = 100;

    private static final int MOST_MISSES = 10 * MANY_MISSES;

    private static final long NO_MARK = -1;

    private final int usualPages;

    /// The window, in pages: where it starts, how long it is, how many pages of it lie behind the mark.
    private long start;

    private int size;
    private int asyncSize;

    /// The page read last; -1 for none.
    private long previous = -1;

    private int mapMisses;

    /// The longest window: `ra_pages`.
    private int most;

    /// FMODE_RANDOM: POSIX_FADV_RANDOM.
    private boolean random;

    public FileReadahead(PageGeometry geometry) {
        this.usualPages = Math.max(1, USUAL_BYTES >>> geometry.shift());
        this.most = usualPages;
    }

    // Advice.

    /// POSIX_FADV_NORMAL.
    public void adviseNormal() {
        most = usualPages;
        random = false;
    }

    /// POSIX_FADV_RANDOM: nothing is read that was not asked for.
    public void adviseRandom() {
        random = true;
    }

    /// POSIX_FADV_SEQUENTIAL: twice as far.
    public void adviseSequential() {
        most = 2 * usualPages;
        random = false;
    }

    // Reads.

    /// A reader of `count` pages from `index` on found the first not cached: `page_cache_sync_ra`.
    void missed(PageCache cache, long index, long count) {
        boolean inRow = index == previous || index == previous + 1;
        if (random || index != 0 && count <= most && !inRow) {
            cache.readAhead(index, index + Math.min(count, most), NO_MARK);
            return;
        }
        start = index;
        size = firstSize(count);
        asyncSize = size > count ? size - (int) count : size >> 1;
        submit(cache);
    }

    /// A reader of `count` pages from `index` on, or a fault there, found the mark, which it has taken away:
    /// `page_cache_async_ra`.
    void reachedMark(PageCache cache, long index, long count) {
        if (index == start + size - asyncSize) {
            start += size;
        } else {
            // The mark is another reader's: what follows it is cached, and the reader goes on behind that.
            long hole = cache.nextMissing(index + 1, most);
            if (hole < 0) {
                return;
            }
            start = hole;
            size = (int) Math.min(most, hole - index + count);
        }
        size = nextSize();
        asyncSize = size;
        submit(cache);
    }

    /// Page `index` was read last.
    void finished(long index) {
        previous = index;
    }

    /// A power of two, more than what was asked for as long as that is little.
    private int firstSize(long count) {
        if (count > most / 4) {
            return most;
        }
        int rounded = Integer.highestOneBit(Math.max(1, 2 * (int) count - 1));
        return Math.min(most, rounded <= most / 32 ? 4 * rounded : 2 * rounded);
    }

    private int nextSize() {
        return Math.min(most, size < most / 16 ? 4 * size : 2 * size);
    }

    private void submit(PageCache cache) {
        cache.readAhead(start, start + size, start + size - asyncSize);
    }

    // Mappings.

    /// A fault found page `index` not cached: `do_sync_mmap_readahead`. Afterwards that page at least is being read.
    /// `sequential` and `separate` are the VMA's VM_SEQ_READ and VM_RAND_READ.
    public void faultMissed(PageCache cache, long index, boolean sequential, boolean separate) {
        if (sequential && !separate) {
            start = index;
            size = most;
            asyncSize = most >> 1;
            submit(cache);
            return;
        }
        mapMisses = Math.min(MOST_MISSES, mapMisses + 1);
        if (separate || mapMisses > MANY_MISSES) {
            cache.readAhead(index, index + 1, NO_MARK);
            return;
        }
        start = Math.max(0, index - most / 2);
        size = most;
        asyncSize = most / 4;
        submit(cache);
    }

    /// Faults without a lock found `pages` pages cached, and have nothing read. If the fault is then given up and made
    /// again, it counts twice, as posted.
    public void foundCached(int pages, boolean separate) {
        if (!separate) {
            mapMisses = Math.max(0, mapMisses - pages);
        }
    }

    /// A fault found `page` cached, or being read: `do_async_mmap_readahead`.
    public void faultHit(PageCache cache, Page page, boolean separate) {
        if (separate) {
            return;
        }
        mapMisses = Math.max(0, mapMisses - 1);
        if (page.clear(Page.READAHEAD)) {
            reachedMark(cache, page.index(), most);
        }
    }
}
