package faultline.kernel.vfs.host;

import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.mem.MemoryNode;
import faultline.kernel.vfs.pipe.FifoInode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A directory of the host that the guest changes: `--bind DIR:rw`. Every change is the host's at once.
public final class ThroughFileSystem extends FileSystem {

    /// V9FS_MAGIC: the nearest thing Linux has, a host directory shared with a guest.
    private static final long MAGIC = 0x01021997;

    private final PageCaches caches;
    private final HostPlace top;
    private final Inode root;
    private final ConcurrentMap<HostAttributes.Key, Inode> known = new ConcurrentHashMap<>();

    /// Throws `IOException` when `hostPath` cannot be looked at.
    public ThroughFileSystem(Path hostPath, int device, Clock clock, PageCaches caches) throws IOException {
        super("9p", device, clock, caches.heap());
        this.caches = caches;
        this.top = HostPlace.root(hostPath);
        this.root = inodeFor(top, HostAttributes.read(top.path()));
    }

    PageCaches caches() {
        return caches;
    }

    /// The one inode of a host file, told the name it was found under.
    Inode inodeFor(HostPlace place, HostAttributes attributes) {
        Inode inode = known.compute(
                attributes.key(),
                (key, before) -> before != null && before.type() == (attributes.mode() & FileMode.S_IFMT)
                        ? before
                        : make(place, attributes));
        if (inode instanceof HostNamed named) {
            named.foundAt(place, attributes);
        }
        return inode;
    }

    private Inode make(HostPlace place, HostAttributes attributes) {
        Credentials owner = new Credentials(attributes.uid(), attributes.gid(), new int[0]);
        int mode = attributes.mode();
        return switch (mode & FileMode.S_IFMT) {
            case FileMode.S_IFREG -> new ThroughFile(this, place, attributes);
            case FileMode.S_IFDIR -> new ThroughDirectory(this, place, attributes);
            case FileMode.S_IFLNK -> MemoryNode.link(this, attributes.inode(), owner, place.readLink());
            case FileMode.S_IFIFO -> new FifoInode(this, attributes.inode(), mode & 07777, owner);
            default -> MemoryNode.device(this, attributes.inode(), mode, owner, attributes.rdev());
        };
    }

    /// A directory moved: everything known below it has another path now.
    void rebase(HostPlace from, HostPlace to) {
        for (Inode inode : known.values()) {
            if (inode instanceof HostNamed named) {
                Path path = named.place().path();
                if (path.startsWith(from.path()) && !path.equals(from.path())) {
                    named.movedTo(new HostPlace(to.path().resolve(from.path().relativize(path))));
                }
            }
        }
    }

    /// The host file has lost its last name.
    void forget(HostAttributes attributes) {
        known.remove(attributes.key());
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        try {
            FileStore store = Files.getFileStore(top.path());
            long files = 1L << 20;
            return new Usage(MAGIC, store.getTotalSpace() / 4096, store.getUsableSpace() / 4096, files, files);
        } catch (IOException unknown) {
            return new Usage(MAGIC, 0, 0, 0, 0);
        }
    }
}
