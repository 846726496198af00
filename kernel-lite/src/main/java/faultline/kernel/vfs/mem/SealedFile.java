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
    private static final int EXECUTE = 0111;

    /// What seals against a change of mode bring along where the file can be executed.
    private static final int CONTENTS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

    private volatile int seals;

    private SealedFile(
            PseudoFileSystem fileSystem, PageCaches caches, int permissions, Credentials owner, boolean sealable) {
        super(fileSystem, fileSystem.nextInode(), permissions, owner, caches);
        this.seals = (sealable ? 0 : F_SEAL_SEAL) | ((permissions & EXECUTE) == 0 ? F_SEAL_EXEC : 0);
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

    /// F_ADD_SEALS through a descriptor: EPERM without the right to write, or once sealed against sealing,
    /// EBUSY where a mapping may still be stored to. `memfd_add_seals`.
    public static void addSeals(OpenFile file, int added) {
        if (!file.writable()) {
            throw Errno.EPERM.exception();
        }
        if ((added & ~KNOWN) != 0) {
            throw Errno.EINVAL.exception();
        }
        SealedFile sealed = of(file);
        sealed.contentLock().lock();
        try {
            sealed.addLocked(added);
        } finally {
            sealed.contentLock().unlock();
        }
    }

    private void addLocked(int added) {
        int before = seals;
        if ((before & F_SEAL_SEAL) != 0) {
            throw Errno.EPERM.exception();
        }
        boolean program = (added & F_SEAL_EXEC) != 0 && (mode() & EXECUTE) != 0;
        int all = before | added | (program ? CONTENTS : 0);
        seals = all;
        if ((all & ~before & F_SEAL_WRITE) != 0 && pages().isWritablyMapped()) {
            seals = before;
            throw Errno.EBUSY.exception();
        }
    }

    @Override
    public boolean isWriteSealed() {
        return (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) != 0;
    }

    @Override
    public void setPermissions(int permissions) {
        if ((seals & F_SEAL_EXEC) != 0 && ((mode() ^ permissions) & EXECUTE) != 0) {
            throw Errno.EPERM.exception();
        }
        super.setPermissions(permissions);
    }

    @Override
    protected void beforeWrite(long end) {
        if (isWriteSealed()) {
            throw Errno.EPERM.exception();
        }
    }

    /// Page by page, as far as the file does not grow: `shmem_write_begin`.
    @Override
    protected long writableEnd(long offset, long end) {
        if ((seals & F_SEAL_GROW) == 0 || end <= size()) {
            return end;
        }
        long last = geometry().down(size());
        if (offset >= last) {
            throw Errno.EPERM.exception();
        }
        return last;
    }

    @Override
    protected void beforeAllocate(long end) {
        if (end > size() && (seals & F_SEAL_GROW) != 0) {
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
