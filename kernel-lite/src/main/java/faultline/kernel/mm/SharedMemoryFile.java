package faultline.kernel.mm;

import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The unnamed file behind a shared anonymous mapping: `shmem_zero_setup`. Its pages exist in its
/// page cache alone, or in swap, and go when the last VMA does.
final class SharedMemoryFile implements MappedFile {

    /// tmpfs's internal mount: device 00:01.
    private static final int SHMEM_DEVICE = 0x001;

    private final PageCache pages;
    private final long inode;
    private final Overcommit overcommit;

    /// Pages that are promised.
    private final long reserved;

    private final AtomicInteger references = new AtomicInteger();

    /// Null without checks.
    private final @Nullable Life life;

    /// `reserves` has all of it promised to `mm`, or ENOMEM, as long as the file is there; else each page is when it
    /// comes.
    SharedMemoryFile(Mm mm, long bytes, boolean reserves) {
        KernelMemory kernel = mm.kernel();
        this.overcommit = kernel.overcommit();
        this.reserved = reserves ? bytes >>> kernel.geometry().shift() : 0;
        overcommit.commit(mm, reserved);
        this.inode = kernel.nextShmemInode();
        this.life = kernel.heap().begin(ObjectLives.Kind.FILE, inode);
        this.pages = kernel.newShmemCache(new Zeros(bytes, kernel), !reserves);
    }

    @Override
    public PageCache pages() {
        if (life != null) {
            life.touched();
        }
        return pages;
    }

    @Override
    public String mapsName() {
        return "/dev/zero (deleted)";
    }

    @Override
    public int device() {
        return SHMEM_DEVICE;
    }

    @Override
    public long inode() {
        return inode;
    }

    @Override
    public boolean readable() {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void punchHole(long offset, long length) {
        pages.punch(offset, offset + length);
    }

    @Override
    public void get() {
        if (life != null) {
            life.touched();
        }
        references.incrementAndGet();
    }

    @Override
    public void put() {
        if (references.decrementAndGet() == 0) {
            pages.evict();
            overcommit.uncommit(reserved);
            if (life != null) {
                life.end();
            }
        }
    }

    /// A page never written reads as zeros; none is ever written back.
    private record Zeros(long size, KernelMemory kernel) implements PageSource {
        @Override
        public void readPage(long index, long pa) {
            kernel.memory().zero(pa, kernel.geometry().bytes());
        }

        @Override
        public boolean isShmem() {
            return true;
        }

        @Override
        public void writePage(long index, long pa) {
            throw new IllegalStateException("mm: shared memory has no storage to write page " + index + " to");
        }
    }
}
