package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.PathWalk.Last;
import org.jspecify.annotations.Nullable;

/// Opens files: the O_* rules of `open(2)` in the kernel's order of checks.
public final class FileOpener {

    private final Caller caller;
    private final VfsPath start;
    private final int flags;
    private final int mode;

    private FileOpener(Caller caller, VfsPath start, int flags, int mode) {
        this.caller = caller;
        this.start = start;
        this.flags = flags;
        this.mode = mode;
    }

    /// Opens `path` as seen from `start`. The result is the caller's reference.
    public static OpenFile open(Caller caller, VfsPath start, String path, int flags, int mode) {
        int effective = flags;
        if ((flags & O_PATH) != 0) {
            effective &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        } else {
            checkFlags(flags);
        }
        return new FileOpener(caller, start, effective, mode & 07777).open(path);
    }

    private static void checkFlags(int flags) {
        boolean temporary = (flags & O_TMPFILE) == O_TMPFILE;
        if (temporary && (flags & O_ACCMODE) == O_RDONLY) {
            throw Errno.EINVAL.exception();
        }
        if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY)) {
            throw Errno.EINVAL.exception();
        }
    }

    private OpenFile open(String path) {
        PathWalk walk = PathWalk.of(caller, start);
        if ((flags & O_TMPFILE) == O_TMPFILE) {
            return openUnnamed(walk.resolve(path, (flags & O_NOFOLLOW) == 0));
        }
        if ((flags & O_CREAT) == 0) {
            return openExisting(walk.resolve(path, (flags & O_NOFOLLOW) == 0));
        }
        return openOrCreate(walk, path);
    }

    /// O_CREAT: the last component is looked up and, if it is free, made under the tree lock.
    private OpenFile openOrCreate(PathWalk walk, String path) {
        String rest = path;
        while (true) {
            Last last = walk.toLast(rest);
            if (last.isNormal() && last.trailingSlash()) {
                throw Errno.EISDIR.exception();
            }
            VfsPath found;
            boolean created = false;
            synchronized (namespace().treeLock()) {
                found = walk.lookupLast(last);
                if (found == null) {
                    found = create(last);
                    created = true;
                }
            }
            if (created) {
                return opened(found);
            }
            if ((flags & O_EXCL) != 0) {
                throw Errno.EEXIST.exception();
            }
            if (found.inode().isSymlink() && (flags & O_NOFOLLOW) == 0) {
                String link = walk.followLast(found, last);
                if (link == null) {
                    found = walk.at();
                } else {
                    rest = link;
                    continue;
                }
            }
            if (found.inode().isDirectory()) {
                throw Errno.EISDIR.exception();
            }
            return openExisting(found);
        }
    }

    private VfsPath create(Last last) {
        VfsPath directory = last.directory();
        if (directory.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
        NameChanges.requireWritable(caller, directory);
        int permissions = mode & ~caller.fs().umask();
        directory.inode().create(last.name(), Inode.NewInode.of(S_IFREG | permissions, caller.credentials()));
        Dentry made = directory.dentry().child(last.name());
        if (made == null) {
            throw Errno.ENOENT.exception();
        }
        return new VfsPath(directory.mount(), made);
    }

    private OpenFile openUnnamed(VfsPath directory) {
        if (!directory.inode().isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (directory.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
        NameChanges.requireWritable(caller, directory);
        int permissions = mode & ~caller.fs().umask();
        Inode inode = directory.inode().createUnnamed(Inode.NewInode.of(S_IFREG | permissions, caller.credentials()));
        Dentry unnamed = Dentry.unnamed(directory.text(caller.fs().root()) + "/#" + inode.number(), inode);
        return opened(new VfsPath(directory.mount(), unnamed));
    }

    private OpenFile openExisting(VfsPath found) {
        Inode inode = found.inode();
        if ((flags & O_PATH) != 0) {
            if ((flags & O_DIRECTORY) != 0 && !inode.isDirectory()) {
                throw Errno.ENOTDIR.exception();
            }
            return new PathOnlyFile(found, flags);
        }
        if (inode.isSymlink()) {
            throw ((flags & O_DIRECTORY) != 0 ? Errno.ENOTDIR : Errno.ELOOP).exception();
        }
        if ((flags & O_DIRECTORY) != 0 && !inode.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        requireRights(found);
        if ((flags & O_TRUNC) != 0 && inode.isRegular()) {
            inode.contentLock().lock();
            try {
                inode.truncate(0);
            } finally {
                inode.contentLock().unlock();
            }
        }
        return opened(found);
    }

    private void requireRights(VfsPath found) {
        Inode inode = found.inode();
        int wanted = wantedRights();
        if (inode.isDirectory() && (wanted & 2) != 0) {
            throw Errno.EISDIR.exception();
        }
        if ((wanted & 2) != 0
                && (inode.isRegular() || inode.isDirectory())
                && found.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
        Credentials credentials = caller.credentials();
        if (!credentials.mayAccess(inode, wanted)) {
            throw Errno.EACCES.exception();
        }
        if ((flags & O_NOATIME) != 0 && !credentials.isSuperuser() && credentials.uid() != inode.uid()) {
            throw Errno.EPERM.exception();
        }
    }

    /// R=4, W=2; access mode 3 asks for both, as Linux has it, and O_TRUNC writes.
    private int wantedRights() {
        int rights = switch (flags & O_ACCMODE) {
            case O_RDONLY -> 4;
            case O_WRONLY -> 2;
            default -> 6;
        };
        return (flags & O_TRUNC) != 0 ? rights | 2 : rights;
    }

    private OpenFile opened(VfsPath path) {
        Inode inode = path.inode();
        OpenFile file = switch (inode.type()) {
            case S_IFCHR -> namespace().devices().open(inode.rdev(), path, flags);
            case S_IFBLK, S_IFSOCK -> throw Errno.ENXIO.exception();
            default -> inode.open(path, flags);
        };
        if ((flags & O_DIRECT) != 0 && !file.mayBeDirect()) {
            file.put();
            throw Errno.EINVAL.exception();
        }
        return file;
    }

    private Namespace namespace() {
        return caller.fs().namespace();
    }

    /// A program file for execve: a regular file with the right to execute, open for reading.
    public static OpenFile openExecutable(Caller caller, VfsPath start, String path, boolean follow) {
        VfsPath found = PathWalk.of(caller, start).resolve(path, follow);
        return openExecutable(caller, found);
    }

    /// As above for a place already found (`execveat` with AT_EMPTY_PATH, `/proc/self/exe`).
    public static OpenFile openExecutable(Caller caller, VfsPath found) {
        Inode inode = found.inode();
        if (inode.isSymlink()) {
            throw Errno.ELOOP.exception();
        }
        if (!inode.isRegular() || !caller.credentials().mayAccess(inode, 1)) {
            throw Errno.EACCES.exception();
        }
        return inode.open(found, O_RDONLY);
    }

    /// What `start` is for a `dirfd` argument: AT_FDCWD or a descriptor; EBADF.
    public static VfsPath start(Caller caller, int dirfd, @Nullable String path) {
        if (path != null && !path.isEmpty() && path.charAt(0) == '/') {
            return caller.fs().root();
        }
        return dirfd == -100 ? caller.fs().current() : caller.files().get(dirfd).path();
    }
}
