package faultline.kernel.vfs.host;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.StorageLimit;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A directory (or one file) of the host with an upper half in memory: the host is read, everything written stays
/// here and is gone at exit.
///
/// Copy-up is page by page: a file opened for writing costs nothing until a page of it changes.
public final class OverlayFileSystem extends FileSystem {

    /// OVERLAYFS_SUPER_MAGIC.
    private static final long MAGIC = 0x794c7630;

    /// New files get numbers that no file of the host has.
    private static final long UPPER_INODES = 1L << 48;

    private final PageCaches caches;
    private final StorageLimit storage;
    private final Credentials owner;
    private final Inode root;

    /// Host files that have an inode here, so that hard links share it.
    private final ConcurrentMap<HostAttributes.Key, Inode> lower = new ConcurrentHashMap<>();

    private final Set<OverlayFile> written = ConcurrentHashMap.newKeySet();

    /// What is written counts in `storage`, as if the upper halves of several lay in one tmpfs. Throws `IOException`
    /// when `hostPath` cannot be looked at.
    public OverlayFileSystem(
            Path hostPath, int device, Clock clock, PageCaches caches, StorageLimit storage, Credentials owner)
            throws IOException {
        super("overlay", device, clock, caches.heap());
        this.caches = caches;
        this.storage = storage;
        this.owner = owner;
        HostPlace place = HostPlace.root(hostPath);
        this.root = inodeFor(place, HostAttributes.read(place.path()));
    }

    PageCaches caches() {
        return caches;
    }

    StorageLimit storage() {
        return storage;
    }

    Credentials owner() {
        return owner;
    }

    long upperInode() {
        return UPPER_INODES + nextInode();
    }

    /// The one inode of a host file.
    Inode inodeFor(HostPlace place, HostAttributes attributes) {
        return lower.computeIfAbsent(attributes.key(), _ -> {
            heap().charge(KernelHeap.INODE, Errno.ENOMEM);
            return OverlayNodes.make(this, place, attributes);
        });
    }

    /// The host file is gone: its inode number may come back as another file.
    void forget(HostAttributes attributes) {
        if (lower.remove(attributes.key()) != null) {
            heap().release(KernelHeap.INODE);
        }
    }

    /// A file's contents now differ from the host's.
    void written(OverlayFile file) {
        written.add(file);
    }

    /// Nothing leads to the file any more.
    void evicted(OverlayFile file) {
        written.remove(file);
    }

    /// How many files were written or made here and still have a name: what is lost at exit.
    public long filesWritten() {
        return written.stream().filter(file -> file.nlink() > 0).count();
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        long files = caches.ram().bytes() / 4096;
        return new Usage(MAGIC, storage.bytes() / 4096, storage.freeBytes() / 4096, files, files / 2);
    }
}
