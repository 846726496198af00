package faultline.kernel.mm.page;

import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The files on the block device that have pages in the cache, in the order they were first opened in:
/// what `sync`, the flusher and `drop_caches` go over. Or those that have pages in swap: what swapoff goes over.
final class CachedFiles {

    private final ConcurrentNavigableMap<Long, PageCache> files = new ConcurrentSkipListMap<>();

    /// Its first page was put in. Called, as [#remove], with the cache's `i_pages` held.
    void add(long id, PageCache cache) {
        files.put(id, cache);
    }

    /// Its last page was taken out.
    void remove(long id) {
        files.remove(id);
    }

    int count() {
        return files.size();
    }

    /// The file whose turn it is after that of number `id`, the first one after the last; null when there is none.
    @Nullable
    PageCache after(long id) {
        Map.Entry<Long, PageCache> next = files.higherEntry(id);
        if (next == null) {
            next = files.firstEntry();
        }
        return next == null ? null : next.getValue();
    }

    /// Gives all that is dirty to the disk, then waits for it.
    void writeback() {
        files.values().forEach(cache -> cache.beginWriteback(0, Long.MAX_VALUE));
        files.values().forEach(PageCache::awaitWriteback);
    }

    /// Throws `ErrnoException`, once, for what could not be written of one of them.
    void reportErrors() {
        files.values().forEach(PageCache::reportErrors);
    }

    /// Brings pages that are swapped out to wanted slots back; false without a free frame.
    boolean bringBack(LongPredicate wanted) {
        for (PageCache cache : files.values()) {
            if (!cache.bringBack(wanted)) {
                return false;
            }
        }
        return true;
    }

    void dropClean() {
        files.values().forEach(cache -> cache.invalidate(0, Long.MAX_VALUE));
    }
}
