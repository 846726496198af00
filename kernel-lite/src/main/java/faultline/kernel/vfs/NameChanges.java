package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.PathWalk.Last;
import org.jspecify.annotations.Nullable;

/// Calls that change which names exist: mkdir, mknod, symlink, link, unlink, rmdir, rename. Each
/// looks up and changes under the tree lock.
public final class NameChanges {

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;
    public static final int RENAME_WHITEOUT = 4;

    private final Caller caller;
    private final Namespace namespace;

    public NameChanges(Caller caller) {
        this.caller = caller;
        this.namespace = caller.fs().namespace();
    }

    /// mkdir, mknod and symlink: makes one entry. `mode` has its type and is subject to the umask, except a link's.
    public Inode make(VfsPath start, String path, int mode, String target, long rdev) {
        PathWalk walk = PathWalk.of(caller, start);
        Last last = walk.toLast(path);
        synchronized (namespace.treeLock()) {
            boolean directory = (mode & S_IFMT) == S_IFDIR;
            requireFree(walk, last, directory);
            requireWritable(caller, last.directory());
            int permissions = (mode & S_IFMT) == S_IFLNK
                    ? 0777
                    : mode & 07777 & ~caller.fs().umask();
            Inode parent = last.directory().inode();
            int type = mode & S_IFMT;
            return parent.create(
                    last.name(), new Inode.NewInode(type | permissions, target, rdev, caller.credentials()));
        }
    }

    /// The checks of `filename_create`: EEXIST before EROFS before the slash rule.
    private void requireFree(PathWalk walk, Last last, boolean directory) {
        if (!last.isNormal() || walk.lookupLast(last) != null) {
            throw Errno.EEXIST.exception();
        }
        if (last.trailingSlash() && !directory) {
            throw Errno.ENOENT.exception();
        }
        if (last.directory().mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
    }

    /// link: a further name for `target`.
    public void link(VfsPath target, VfsPath start, String path) {
        PathWalk walk = PathWalk.of(caller, start);
        Last last = walk.toLast(path);
        synchronized (namespace.treeLock()) {
            requireFree(walk, last, false);
            if (target.mount() != last.directory().mount()) {
                throw Errno.EXDEV.exception();
            }
            requireWritable(caller, last.directory());
            if (target.inode().isDirectory()) {
                throw Errno.EPERM.exception();
            }
            last.directory().inode().link(last.name(), target.inode());
        }
    }

    /// unlink.
    public void unlink(VfsPath start, String path) {
        PathWalk walk = PathWalk.of(caller, start);
        Last last = walk.toLast(path);
        if (!last.isNormal()) {
            throw Errno.EISDIR.exception();
        }
        synchronized (namespace.treeLock()) {
            VfsPath directory = last.directory();
            requireChangeable(directory);
            Dentry victim = requireChild(directory, last.name());
            Inode inode = victim.inode();
            if (last.trailingSlash()) {
                throw (inode.isDirectory() ? Errno.EISDIR : Errno.ENOTDIR).exception();
            }
            requireRemovable(directory, victim);
            if (inode.isDirectory()) {
                throw Errno.EISDIR.exception();
            }
            requireNoMount(victim);
            directory.inode().unlink(last.name(), inode);
            victim.removed();
        }
    }

    /// rmdir.
    public void rmdir(VfsPath start, String path) {
        PathWalk walk = PathWalk.of(caller, start);
        Last last = walk.toLast(path);
        switch (last.name()) {
            case "" -> throw Errno.EBUSY.exception();
            case "." -> throw Errno.EINVAL.exception();
            case ".." -> throw Errno.ENOTEMPTY.exception();
            default -> {}
        }
        synchronized (namespace.treeLock()) {
            VfsPath directory = last.directory();
            requireChangeable(directory);
            Dentry victim = requireChild(directory, last.name());
            requireRemovable(directory, victim);
            if (!victim.inode().isDirectory()) {
                throw Errno.ENOTDIR.exception();
            }
            requireNoMount(victim);
            directory.inode().rmdir(last.name(), victim.inode());
            victim.removed();
        }
    }

    /// renameat2.
    public void rename(VfsPath fromStart, String from, VfsPath toStart, String to, int flags) {
        boolean exchange = (flags & RENAME_EXCHANGE) != 0;
        if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0 || exchange && (flags & RENAME_NOREPLACE) != 0) {
            throw Errno.EINVAL.exception();
        }
        Last source = PathWalk.of(caller, fromStart).toLast(from);
        Last target = PathWalk.of(caller, toStart).toLast(to);
        if (source.directory().mount() != target.directory().mount()) {
            throw Errno.EXDEV.exception();
        }
        if (!source.isNormal() || !target.isNormal()) {
            throw ((flags & RENAME_NOREPLACE) != 0 && !target.isNormal() ? Errno.EEXIST : Errno.EBUSY).exception();
        }
        synchronized (namespace.treeLock()) {
            requireChangeable(source.directory());
            Dentry moved = requireChild(source.directory(), source.name());
            Dentry replaced = target.directory().dentry().child(target.name());
            if (replaced != null && (flags & RENAME_NOREPLACE) != 0) {
                throw Errno.EEXIST.exception();
            }
            if (replaced == null && exchange) {
                throw Errno.ENOENT.exception();
            }
            requireNoLoop(source, target, moved, replaced, exchange);
            if (replaced != null && replaced.inode() == moved.inode()) {
                return;
            }
            requireRenameRights(source, target, moved, replaced, exchange);
            move(source, target, moved, replaced, exchange);
        }
    }

    private static void requireNoLoop(
            Last source, Last target, Dentry moved, @Nullable Dentry replaced, boolean exchange) {
        if (!moved.inode().isDirectory() && (source.trailingSlash() || !exchange && target.trailingSlash())) {
            throw Errno.ENOTDIR.exception();
        }
        if (exchange
                && target.trailingSlash()
                && replaced != null
                && !replaced.inode().isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (target.directory().dentry().isWithin(moved)) {
            throw Errno.EINVAL.exception();
        }
        if (replaced != null && source.directory().dentry().isWithin(replaced)) {
            throw (exchange ? Errno.EINVAL : Errno.ENOTEMPTY).exception();
        }
    }

    private void requireRenameRights(
            Last source, Last target, Dentry moved, @Nullable Dentry replaced, boolean exchange) {
        requireRemovable(source.directory(), moved);
        boolean isDirectory = moved.inode().isDirectory();
        if (replaced == null) {
            requireWritable(caller, target.directory());
        } else {
            requireRemovable(target.directory(), replaced);
            if (!exchange && isDirectory != replaced.inode().isDirectory()) {
                throw (isDirectory ? Errno.ENOTDIR : Errno.EISDIR).exception();
            }
            requireNoMount(replaced);
        }
        // A directory that changes its parent has its `..` written.
        if (isDirectory
                && source.directory().dentry() != target.directory().dentry()
                && !caller.credentials().mayAccess(moved.inode(), 2)) {
            throw Errno.EACCES.exception();
        }
        requireNoMount(moved);
    }

    private static void move(Last source, Last target, Dentry moved, @Nullable Dentry replaced, boolean exchange) {
        Dentry from = source.directory().dentry();
        Dentry to = target.directory().dentry();
        if (exchange && replaced != null) {
            from.inode().exchange(source.name(), moved.inode(), to.inode(), target.name(), replaced.inode());
            moved.exchanged(replaced);
            return;
        }
        from.inode()
                .rename(
                        source.name(),
                        moved.inode(),
                        to.inode(),
                        target.name(),
                        replaced == null ? null : replaced.inode());
        moved.moved(to, target.name());
    }

    private void requireChangeable(VfsPath directory) {
        if (directory.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
    }

    private static Dentry requireChild(VfsPath directory, String name) {
        Dentry child = directory.dentry().child(name);
        if (child == null) {
            throw Errno.ENOENT.exception();
        }
        return child;
    }

    /// The right to write into a directory and search it.
    static void requireWritable(Caller caller, VfsPath directory) {
        if (directory.dentry().isUnlinked()) {
            throw Errno.ENOENT.exception();
        }
        if (!caller.credentials().mayAccess(directory.inode(), 3)) {
            throw Errno.EACCES.exception();
        }
    }

    /// `may_delete`: rights on the directory, then the sticky bit.
    private void requireRemovable(VfsPath directory, Dentry victim) {
        Credentials credentials = caller.credentials();
        Inode parent = directory.inode();
        if (!credentials.mayAccess(parent, 3)) {
            throw Errno.EACCES.exception();
        }
        if (victim.inode().isSwapFile()) {
            throw Errno.EPERM.exception();
        }
        boolean sticky = (parent.mode() & S_ISVTX) != 0;
        if (sticky
                && !credentials.isSuperuser()
                && credentials.uid() != victim.inode().uid()
                && credentials.uid() != parent.uid()) {
            throw Errno.EPERM.exception();
        }
    }

    private void requireNoMount(Dentry dentry) {
        if (namespace.isMountPoint(dentry)) {
            throw Errno.EBUSY.exception();
        }
    }
}
