package faultline.kernel.vfs.mem;

import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.StorageLimit;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;

/// `tmpfs`, whose files may have half of RAM together.
public class MemoryFileSystem extends FileSystem {

    /// TMPFS_MAGIC.
    private static final long MAGIC = 0x01021994;

    private final PageCaches caches;
    private final StorageLimit storage;
    private final MemoryDirectory root;

    /// An empty file system whose root has `permissions`.
    // The root needs its file system, which is complete but for it.
    @SuppressWarnings("this-escape")
    public MemoryFileSystem(
            String type, int device, Clock clock, PageCaches caches, int permissions, Credentials owner) {
        super(type, device, clock, caches.heap());
        this.caches = caches;
        this.storage = StorageLimit.halfOf(caches);
        this.root = new MemoryDirectory(this, FileMode.S_IFDIR | permissions, owner);
    }

    public final PageCaches caches() {
        return caches;
    }

    final StorageLimit storage() {
        return storage;
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        long blocks = storage.bytes() / 4096;
        return new Usage(MAGIC, blocks, storage.freeBytes() / 4096, blocks, blocks);
    }
}
