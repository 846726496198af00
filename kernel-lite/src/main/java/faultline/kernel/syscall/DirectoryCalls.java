package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.DirectoryFile;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.NameChanges;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;

/// Directories and the names in them.
public final class DirectoryCalls {

    private DirectoryCalls() {}

    public static void register(SyscallTable table) {
        table.addFileCall("getdents64", "fd >dirents uint", (caller, a) -> getdents(caller, a, true));
        table.addFileCall("getdents", "fd >dirents uint", (caller, a) -> getdents(caller, a, false));
        table.addFileCall("mkdir", "path mode", (caller, a) -> mkdir(caller, AT_FDCWD, a[0], (int) a[1]));
        table.addFileCall("mkdirat", "dirfd path mode", (caller, a) -> mkdir(caller, a[0], a[1], (int) a[2]));
        table.addFileCall("mknod", "path mode hex", (caller, a) -> mknod(caller, AT_FDCWD, a[0], (int) a[1], a[2]));
        table.addFileCall("mknodat", "dirfd path mode hex", (caller, a) -> mknod(caller, a[0], a[1], (int) a[2], a[3]));
        table.addFileCall("rmdir", "path", (caller, a) -> unlink(caller, AT_FDCWD, a[0], AT_REMOVEDIR));
        table.addFileCall("unlink", "path", (caller, a) -> unlink(caller, AT_FDCWD, a[0], 0));
        table.addFileCall("unlinkat", "dirfd path at", (caller, a) -> unlink(caller, a[0], a[1], a[2]));
        table.addFileCall("link", "path path", (caller, a) -> link(caller, AT_FDCWD, a[0], AT_FDCWD, a[1], 0));
        table.addFileCall(
                "linkat", "dirfd path dirfd path at", (caller, a) -> link(caller, a[0], a[1], a[2], a[3], (int) a[4]));
        table.addFileCall("symlink", "str path", (caller, a) -> symlink(caller, a[0], AT_FDCWD, a[1]));
        table.addFileCall("symlinkat", "str dirfd path", (caller, a) -> symlink(caller, a[0], a[1], a[2]));
        table.addFileCall("rename", "path path", (caller, a) -> rename(caller, AT_FDCWD, a[0], AT_FDCWD, a[1], 0));
        table.addFileCall(
                "renameat", "dirfd path dirfd path", (caller, a) -> rename(caller, a[0], a[1], a[2], a[3], 0));
        table.addFileCall(
                "renameat2",
                "dirfd path dirfd path hex",
                (caller, a) -> rename(caller, a[0], a[1], a[2], a[3], (int) a[4]));
        table.addFileCall("chdir", "path", DirectoryCalls::chdir);
        table.addFileCall("fchdir", "fd", DirectoryCalls::fchdir);
        table.addFileCall("getcwd", "out size", DirectoryCalls::getcwd);
        table.addFileCall("chroot", "path", DirectoryCalls::chroot);
    }

    private static long getdents(Caller caller, long[] a, boolean wide) {
        OpenFile file = take(caller, a[0]);
        try {
            if (!(file instanceof DirectoryFile directory)) {
                throw Errno.ENOTDIR.exception();
            }
            EntryWriter writer = new EntryWriter(caller.memory(), a[1], Integer.toUnsignedLong((int) a[2]), wide);
            directory.read(writer);
            return writer.result();
        } finally {
            file.put();
        }
    }

    /// Lays entries out as `struct linux_dirent64`, or as the older form with the type behind the
    /// name.
    private static final class EntryWriter implements DirectoryFile.Visitor {

        private final UserMemory memory;
        private final long base;
        private final long size;
        private final boolean wide;
        private long written;
        private boolean full;
        private boolean faulted;

        EntryWriter(UserMemory memory, long base, long size, boolean wide) {
            this.memory = memory;
            this.base = base;
            this.size = size;
            this.wide = wide;
        }

        @Override
        public boolean visit(Inode.Entry entry, long next) {
            byte[] name = bytes(entry.name());
            int header = wide ? 19 : 18;
            // Behind the name: its NUL and, in the older form, the type in the record's last byte.
            int length = (header + name.length + (wide ? 1 : 2) + 7) & -8;
            if (size - written < length) {
                full = true;
                return false;
            }
            byte type = (byte) FileMode.direntType(entry.type());
            byte[] tail = new byte[length - header];
            System.arraycopy(name, 0, tail, 0, name.length);
            if (!wide) {
                tail[tail.length - 1] = type;
            }
            long va = base + written;
            try {
                memory.store64(va, entry.inode());
                memory.store64(va + 8, next);
                memory.store16(va + 16, (short) length);
                if (wide) {
                    memory.store8(va + 18, type);
                }
                memory.write(va + header, tail, 0, tail.length);
            } catch (ErrnoException fault) {
                faulted = true;
                return false;
            }
            written += length;
            return true;
        }

        /// Bytes written; EFAULT or, for a buffer too small for one entry, EINVAL when there are
        /// none.
        long result() {
            if (written == 0 && faulted) {
                throw Errno.EFAULT.exception();
            }
            if (written == 0 && full) {
                throw Errno.EINVAL.exception();
            }
            return written;
        }
    }

    private static long mkdir(Caller caller, long dirfd, long pathVa, int mode) {
        String path = path(caller.memory(), pathVa);
        int permissions = mode & (0777 | FileMode.S_ISVTX);
        new NameChanges(caller).make(start(caller, dirfd, path), path, FileMode.S_IFDIR | permissions, "", 0);
        return 0;
    }

    private static long mknod(Caller caller, long dirfd, long pathVa, int mode, long device) {
        String path = path(caller.memory(), pathVa);
        int type = mode & FileMode.S_IFMT;
        switch (type) {
            case 0, FileMode.S_IFREG, FileMode.S_IFIFO, FileMode.S_IFSOCK -> {}
            case FileMode.S_IFCHR, FileMode.S_IFBLK -> {
                if (!caller.credentials().isSuperuser()) {
                    throw Errno.EPERM.exception();
                }
            }
            case FileMode.S_IFDIR -> throw Errno.EPERM.exception();
            default -> throw Errno.EINVAL.exception();
        }
        int made = type == 0 ? mode | FileMode.S_IFREG : mode;
        new NameChanges(caller).make(start(caller, dirfd, path), path, made, "", Integer.toUnsignedLong((int) device));
        return 0;
    }

    private static long unlink(Caller caller, long dirfd, long pathVa, long flags) {
        requireFlags(flags, AT_REMOVEDIR);
        String path = path(caller.memory(), pathVa);
        VfsPath start = start(caller, dirfd, path);
        if ((flags & AT_REMOVEDIR) != 0) {
            new NameChanges(caller).rmdir(start, path);
        } else {
            new NameChanges(caller).unlink(start, path);
        }
        return 0;
    }

    private static long link(Caller caller, long fromFd, long fromVa, long toFd, long toVa, int flags) {
        requireFlags(flags, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH);
        String from = path(caller.memory(), fromVa);
        String to = path(caller.memory(), toVa);
        VfsPath target = resolve(caller, fromFd, from, (flags & AT_SYMLINK_FOLLOW) != 0, flags);
        new NameChanges(caller).link(target, start(caller, toFd, to), to);
        return 0;
    }

    private static long symlink(Caller caller, long targetVa, long dirfd, long pathVa) {
        String target = path(caller.memory(), targetVa);
        if (target.isEmpty()) {
            throw Errno.ENOENT.exception();
        }
        String path = path(caller.memory(), pathVa);
        new NameChanges(caller).make(start(caller, dirfd, path), path, FileMode.S_IFLNK | 0777, target, 0);
        return 0;
    }

    private static long rename(Caller caller, long fromFd, long fromVa, long toFd, long toVa, int flags) {
        String from = path(caller.memory(), fromVa);
        String to = path(caller.memory(), toVa);
        new NameChanges(caller).rename(start(caller, fromFd, from), from, start(caller, toFd, to), to, flags);
        return 0;
    }

    private static long chdir(Caller caller, long[] a) {
        VfsPath found = resolve(caller, AT_FDCWD, path(caller.memory(), a[0]), true, 0);
        caller.fs().changeDirectory(requireEnterable(caller, found));
        return 0;
    }

    private static long fchdir(Caller caller, long[] a) {
        VfsPath found = caller.files().get((int) a[0]).path();
        caller.fs().changeDirectory(requireEnterable(caller, found));
        return 0;
    }

    private static VfsPath requireEnterable(Caller caller, VfsPath found) {
        if (!found.inode().isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (!caller.credentials().mayAccess(found.inode(), 1)) {
            throw Errno.EACCES.exception();
        }
        return found;
    }

    private static long getcwd(Caller caller, long[] a) {
        FsContext fs = caller.fs();
        VfsPath current = fs.current();
        if (current.dentry().isUnlinked()) {
            throw Errno.ENOENT.exception();
        }
        String text = current.text(fs.root());
        byte[] path = bytes((current.isReachable(fs.root()) ? text : "(unreachable)" + text) + "\0");
        if (path.length > FileMode.PATH_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        if (Long.compareUnsigned(a[1], path.length) < 0) {
            throw Errno.ERANGE.exception();
        }
        UserMemory memory = caller.memory();
        memory.write(a[0], path, 0, path.length);
        return path.length;
    }

    private static long chroot(Caller caller, long[] a) {
        VfsPath found = resolve(caller, AT_FDCWD, path(caller.memory(), a[0]), true, 0);
        requireEnterable(caller, found);
        if (!caller.credentials().isSuperuser()) {
            throw Errno.EPERM.exception();
        }
        caller.fs().changeRoot(found);
        return 0;
    }
}
