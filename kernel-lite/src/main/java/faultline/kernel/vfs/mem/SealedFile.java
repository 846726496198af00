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
public class SealedFile extends MemoryFile {

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

    /// With `sealable` it may be sealed; one that cannot be executed keeps its mode in any case.
    public SealedFile(
            PseudoFileSystem fileSystem, PageCaches caches, int permissions, Credentials owner, boolean sealable) {
        super(fileSystem, fileSystem.nextInode(), permissions, owner, caches);
        this.seals = (sealable ? 0 : F_SEAL_SEAL) | ((permissions & EXECUTE) == 0 ? F_SEAL_EXEC : 0);
    }

    /// Opens what was just made for reading and writing: `name`, which no directory has, is what maps shows.
    public final OpenFile open(String name) {
        addLinks(-1);
        Dentry dentry = Dentry.unnamed(name, this);
        Mount mount = new Mount(fileSystem(), dentry, null, "tmpfs", false);
        return open(new VfsPath(mount, dentry), FileMode.O_RDWR | FileMode.O_LARGEFILE);
    }

    /// F_GET_SEALS: another file of tmpfs is sealed against sealing, EINVAL for any that is not in memory.
    /// `memfd_get_seals`.
    public static int seals(OpenFile file) {
        return switch (file.inodeObject()) {
            case SealedFile sealed -> sealed.seals;
            case MemoryFile _ -> F_SEAL_SEAL;
            default -> throw Errno.EINVAL.exception();
        };
    }

    /// F_ADD_SEALS through a descriptor: EPERM without the right to write, or once sealed against sealing,
    /// EBUSY where the file may still be stored to, through a mapping or by a device. `memfd_add_seals`.
    public static void addSeals(OpenFile file, int added) {
        if (!file.writable()) {
            throw Errno.EPERM.exception();
        }
        if ((added & ~KNOWN) != 0) {
            throw Errno.EINVAL.exception();
        }
        if ((seals(file) & F_SEAL_SEAL) != 0 || !(file.inodeObject() instanceof SealedFile sealed)) {
            throw Errno.EPERM.exception();
        }
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
        // Before mappings are looked at, so that none comes behind that.
        seals = all;
        if ((all & ~before & F_SEAL_WRITE) != 0 && (pages().isWritablyMapped() || !pages().awaitUsers())) {
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
