package faultline.kernel.vfs.mem;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.PseudoFileSystem;

/// A memfd of huge pages that are to be set aside before, of which there are none (MFD_HUGETLB): it has a size and
/// seals, reads as zeros, and nothing gives it a page. A file of hugetlbfs.
public final class HugeFile extends SealedFile {

    private final long pageBytes;

    /// `pageBytes` is the size of its pages.
    public HugeFile(
            PseudoFileSystem fileSystem,
            PageCaches caches,
            int permissions,
            Credentials owner,
            boolean sealable,
            long pageBytes) {
        super(fileSystem, caches, permissions, owner, sealable);
        this.pageBytes = pageBytes;
    }

    /// Why it cannot be mapped from `offset` on: EINVAL within a page, ENOMEM because the pages must be had
    /// at once. `hugetlbfs_file_mmap`. With MAP_NORESERVE too, for which Linux kills who touches the first.
    public Errno refusal(long offset) {
        return offset % pageBytes != 0 ? Errno.EINVAL : Errno.ENOMEM;
    }

    /// It cannot be written to: hugetlbfs has no `write_iter`.
    @Override
    protected long writableEnd(long offset, long end) {
        throw Errno.EINVAL.exception();
    }

    @Override
    protected void beforeAllocate(long end) {
        super.beforeAllocate(end);
        throw Errno.ENOSPC.exception();
    }

    @Override
    protected void beforeResize(long newSize) {
        if (newSize % pageBytes != 0) {
            throw Errno.EINVAL.exception();
        }
        super.beforeResize(newSize);
    }
}
