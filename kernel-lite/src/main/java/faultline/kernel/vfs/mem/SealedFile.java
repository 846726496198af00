package faultline.kernel.vfs.mem;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.Dentry;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.Mount;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;

/// A memfd: a file in memory without a name, which seals can freeze.
public final class SealedFile extends MemoryFile {

    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;
    public static final int F_SEAL_FUTURE_WRITE = 0x10;
    public static final int F_SEAL_EXEC = 0x20;

    private static final int KNOWN = 0x3f;

    private volatile int seals;

    private SealedFile(
            PseudoFileSystem fileSystem, PageCaches caches, int permissions, Credentials owner, boolean sealable) {
        super(fileSystem, fileSystem.nextInode(), permissions, owner, caches);
        this.seals = sealable ? 0 : F_SEAL_SEAL;
    }

    /// Makes a memfd and opens it for reading and writing.
    public static OpenFile create(
            PseudoFileSystem fileSystem,
            PageCaches caches,
            String name,
            int permissions,
            Credentials owner,
            boolean sealable) {
        SealedFile inode = new SealedFile(fileSystem, caches, permissions, owner, sealable);
        inode.addLinks(-1);
        Dentry dentry = Dentry.unnamed(name, inode);
        Mount mount = new Mount(fileSystem, dentry, null, "tmpfs", false);
        return inode.open(new VfsPath(mount, dentry), FileMode.O_RDWR | FileMode.O_LARGEFILE);
    }

    /// The sealable file behind a descriptor; EINVAL for any other.
    public static SealedFile of(OpenFile file) {
        if (file.inodeObject() instanceof SealedFile sealed) {
            return sealed;
        }
        throw Errno.EINVAL.exception();
    }

    /// F_GET_SEALS.
    public int seals() {
        return seals;
    }

    /// F_ADD_SEALS: EPERM once sealed against sealing or without the right to write.
    public synchronized void addSeals(int added, boolean writable) {
        if (!writable || (seals & F_SEAL_SEAL) != 0) {
            throw Errno.EPERM.exception();
        }
        if ((added & ~KNOWN) != 0) {
            throw Errno.EINVAL.exception();
        }
        seals |= added;
    }

    @Override
    protected void beforeWrite(long end) {
        int now = seals;
        if ((now & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) != 0 || end > size() && (now & F_SEAL_GROW) != 0) {
            throw Errno.EPERM.exception();
        }
    }

    @Override
    protected void beforeResize(long newSize) {
        int now = seals;
        if (newSize > size() && (now & F_SEAL_GROW) != 0 || newSize < size() && (now & F_SEAL_SHRINK) != 0) {
            throw Errno.EPERM.exception();
        }
    }
}
