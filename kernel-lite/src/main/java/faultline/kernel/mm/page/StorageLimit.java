package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import java.util.concurrent.atomic.AtomicLong;

/// How many pages the files of a file system in memory may have together, in RAM or swapped out: `size=` of tmpfs,
/// `sbinfo->max_blocks` and `used_blocks`.
///
/// Nothing could be reclaimed of a machine that is full of them.
public final class StorageLimit implements PageAccount {

    private final long most;
    private final int shift;
    private final AtomicLong used = new AtomicLong();

    private StorageLimit(long most, PageGeometry geometry) {
        this.most = most;
        this.shift = geometry.shift();
    }

    /// Half of RAM: `shmem_default_max_blocks`.
    public static StorageLimit halfOf(PageCaches caches) {
        PageGeometry geometry = caches.geometry();
        return new StorageLimit((caches.ram().bytes() >>> geometry.shift()) / 2, geometry);
    }

    @Override
    public boolean tryPromise() {
        long before;
        do {
            before = used.get();
            if (before >= most) {
                return false;
            }
        } while (!used.compareAndSet(before, before + 1));
        return true;
    }

    @Override
    public void takeBack() {
        long left = used.decrementAndGet();
        assert left >= 0 : "mm: a file system gives back more pages than its files had";
    }

    @Override
    public boolean mayEverHave(long pages) {
        return pages <= most;
    }

    /// How many bytes there may be.
    public long bytes() {
        return most << shift;
    }

    /// How many there may be beside those there are.
    public long freeBytes() {
        return most - used.get() << shift;
    }
}
