package faultline.kernel.mm.page;

import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The files on the block device that have pages in the cache, in the order they were first opened in:
/// what `sync` and `drop_caches` go over.
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

    void writeback() {
        files.values().forEach(cache -> cache.writeback(0, Long.MAX_VALUE));
    }

    void dropClean() {
        files.values().forEach(cache -> cache.invalidate(0, Long.MAX_VALUE));
    }
}
