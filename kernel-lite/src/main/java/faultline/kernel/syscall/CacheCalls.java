package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.take;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.pipe.PipeEnd;

/// What programs say about the page cache: fadvise, readahead, sync.
public final class CacheCalls {

    private static final int POSIX_FADV_NORMAL = 0;
    private static final int POSIX_FADV_RANDOM = 1;
    private static final int POSIX_FADV_SEQUENTIAL = 2;
    private static final int POSIX_FADV_WILLNEED = 3;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int POSIX_FADV_NOREUSE = 5;

    private final PageCaches caches;
    private final PageGeometry geometry;

    public CacheCalls(PageCaches caches) {
        this.caches = caches;
        this.geometry = caches.geometry();
    }

    public void register(SyscallTable table) {
        table.addFileCall("fadvise64", "fd off off fadvise", this::fadvise);
        table.addFileCall("readahead", "fd off size", this::readahead);
        table.addFileCall("syncfs", "fd", this::syncfs);
        table.addFileCall("sync", "", (caller, a) -> sync());
    }

    private long fadvise(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            if (file instanceof PipeEnd) {
                throw Errno.ESPIPE.exception();
            }
            if (a[2] < 0 || a[3] < 0 || a[3] > POSIX_FADV_NOREUSE) {
                throw Errno.EINVAL.exception();
            }
            FileReadahead readahead = file.readahead();
            if (readahead != null) {
                long end = a[2] == 0 || a[1] + a[2] < a[1] ? Long.MAX_VALUE : a[1] + a[2];
                advise(file, readahead, a[1], end, (int) a[3]);
            }
            return 0;
        } finally {
            file.put();
        }
    }

    private void advise(OpenFile file, FileReadahead readahead, long start, long end, int advice) {
        switch (advice) {
            case POSIX_FADV_NORMAL -> readahead.adviseNormal();
            case POSIX_FADV_RANDOM -> readahead.adviseRandom();
            case POSIX_FADV_SEQUENTIAL -> readahead.adviseSequential();
            case POSIX_FADV_WILLNEED -> file.pages().willNeed(start, end);
            case POSIX_FADV_DONTNEED -> dontNeed(file.pages(), start, end);
            // Nothing is reclaimed, so nothing is kept longer either.
            default -> {}
        }
    }

    /// Begins to write back what is dirty, and drops what is clean. A page of which a part is still needed stays, but
    /// for the file's last.
    private void dontNeed(PageCache pages, long start, long end) {
        pages.beginWriteback(start, end);
        long last = end >= pages.source().size() ? Long.MAX_VALUE : geometry.down(end);
        pages.invalidate(geometry.up(start) >>> geometry.shift(), last >>> geometry.shift());
    }

    private long readahead(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            FileCalls.requireReadable(file);
            if (!file.inodeObject().isRegular()) {
                throw Errno.EINVAL.exception();
            }
            file.pages().willNeed(a[1], a[1] + a[2] < a[1] ? Long.MAX_VALUE : a[1] + a[2]);
            return 0;
        } finally {
            file.put();
        }
    }

    private long syncfs(Caller caller, long[] a) {
        take(caller, a[0]).put();
        long done = sync();
        caches.reportErrors();
        return done;
    }

    /// All file systems lie on one disk.
    private long sync() {
        caches.sync();
        return 0;
    }
}
