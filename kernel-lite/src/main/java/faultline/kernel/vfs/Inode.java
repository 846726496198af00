package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.LockRank;
import faultline.kernel.mm.page.PageCache;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file, directory, link or device: `struct inode` with its operations.
///
/// Attributes are guarded by this monitor, which is held for a few instructions and never across a
/// step, a wait, a page-cache call or an access to user memory. Contents are guarded by
/// [#contentLock]. Which names a directory holds changes only under [Namespace]'s lock.
public abstract class Inode {

    private final FileSystem fileSystem;
    private final long number;
    private final SleepingMutex contentLock;
    private final FileLocks locks;

    /// S_SWAPFILE: the kernel writes to where its bytes are. Changed with the content lock.
    private volatile boolean swapFile;

    // Guarded by this monitor.
    private int mode;
    private int uid;
    private int gid;
    private int nlink = 1;
    private int openers;
    private boolean evicted;
    private boolean charged;
    private Instant accessed;
    private Instant modified;
    private Instant changed;

    protected Inode(FileSystem fileSystem, long number, int mode, Credentials owner) {
        this.fileSystem = fileSystem;
        this.number = number;
        this.locks = new FileLocks(fileSystem.heap());
        this.contentLock = new SleepingMutex(LockRank.INODE, fileSystem.nextLock());
        this.mode = mode;
        this.uid = owner.uid();
        this.gid = owner.gid();
        Instant now = fileSystem.now();
        this.accessed = now;
        this.modified = now;
        this.changed = now;
    }

    public final FileSystem fileSystem() {
        return fileSystem;
    }

    public final long number() {
        return number;
    }

    /// Held over a read or write of the contents and over changes of the size.
    public final SleepingMutex contentLock() {
        return contentLock;
    }

    /// Advisory locks of its openers.
    public final FileLocks locks() {
        return locks;
    }

    /// Type and permission bits.
    public final synchronized int mode() {
        return mode;
    }

    public final synchronized int uid() {
        return uid;
    }

    public final synchronized int gid() {
        return gid;
    }

    public final synchronized int nlink() {
        return nlink;
    }

    public final synchronized Instant modified() {
        return modified;
    }

    public final boolean isDirectory() {
        return type() == FileMode.S_IFDIR;
    }

    public final boolean isSymlink() {
        return type() == FileMode.S_IFLNK;
    }

    public final boolean isRegular() {
        return type() == FileMode.S_IFREG;
    }

    /// Whether the file is a swap area in use: nobody changes or removes it.
    public final boolean isSwapFile() {
        return swapFile;
    }

    public final void setSwapFile(boolean to) {
        swapFile = to;
    }

    /// Whether seals keep stores through new mappings from it.
    public boolean isWriteSealed() {
        return false;
    }

    /// S_IF* of the mode; never changes.
    public final int type() {
        return mode() & FileMode.S_IFMT;
    }

    /// chmod: sets the twelve permission bits.
    public void setPermissions(int permissions) {
        synchronized (this) {
            mode = (mode & FileMode.S_IFMT) | (permissions & 07777);
            changed = fileSystem.now();
        }
    }

    /// chown; -1 leaves an id alone.
    public void setOwner(int newUid, int newGid) {
        synchronized (this) {
            if (newUid != -1) {
                uid = newUid;
            }
            if (newGid != -1) {
                gid = newGid;
            }
            changed = fileSystem.now();
        }
    }

    /// utimensat; null leaves a time alone.
    public void setTimes(@Nullable Instant access, @Nullable Instant modification) {
        synchronized (this) {
            if (access != null) {
                accessed = access;
            }
            if (modification != null) {
                modified = modification;
            }
            changed = fileSystem.now();
        }
    }

    protected final synchronized void setAttributes(int newMode, int newUid, int newGid, int links) {
        mode = newMode;
        uid = newUid;
        gid = newGid;
        nlink = links;
    }

    protected final synchronized void setAllTimes(Instant access, Instant modification, Instant change) {
        accessed = access;
        modified = modification;
        changed = change;
    }

    /// The contents changed: mtime and ctime.
    public void touchModified() {
        synchronized (this) {
            Instant now = fileSystem.now();
            modified = now;
            changed = now;
        }
    }

    /// The contents were read: atime, as `relatime` keeps it (only when it is not later than
    /// mtime).
    public void touchAccessed() {
        synchronized (this) {
            if (!accessed.isAfter(modified)) {
                accessed = fileSystem.now();
            }
        }
    }

    /// Adds to the link count, with ctime.
    public void addLinks(int count) {
        synchronized (this) {
            nlink += count;
            changed = fileSystem.now();
        }
    }

    /// Brings attributes up to date when something outside keeps them (the host's file system).
    public void refresh() {}

    /// The size in bytes as stat shows it.
    public long size() {
        return 0;
    }

    /// The device number of a device node.
    public long rdev() {
        return 0;
    }

    /// 512-byte blocks in use: whole pages of what it holds, holes counted, as nearly every file of
    /// a disk has it.
    public long blocks() {
        return (size() + 4095) / 4096 * 8;
    }

    public StatLayout.Stat stat() {
        refresh();
        long size = size();
        long blocks = blocks();
        synchronized (this) {
            return new StatLayout.Stat(
                    fileSystem.device(),
                    number,
                    mode,
                    nlink,
                    uid,
                    gid,
                    rdev(),
                    size,
                    4096,
                    blocks,
                    accessed.getEpochSecond(),
                    accessed.getNano(),
                    modified.getEpochSecond(),
                    modified.getNano(),
                    changed.getEpochSecond(),
                    changed.getNano());
        }
    }

    /// The entry of this name, or null. `name` is never `.` or `..`. Bytes of a name are its chars
    /// (ISO 8859-1).
    public @Nullable Inode lookup(String name) {
        throw Errno.ENOTDIR.exception();
    }

    /// What a directory entry is made of: `mode` with its type, the target of a link, the number of
    /// a device.
    public record NewInode(int mode, String target, long rdev, Credentials owner) {
        public static NewInode of(int mode, Credentials owner) {
            return new NewInode(mode, "", 0, owner);
        }
    }

    /// Makes a new entry. The caller has checked that the name is free, holding the namespace lock.
    public Inode create(String name, NewInode what) {
        throw Errno.EPERM.exception();
    }

    /// A regular file without a name: O_TMPFILE.
    public Inode createUnnamed(NewInode what) {
        throw Errno.EOPNOTSUPP.exception();
    }

    /// Makes another entry for `target`, which is of the same file system and not a directory.
    public void link(String name, Inode target) {
        throw Errno.EPERM.exception();
    }

    /// Removes the entry of a non-directory.
    public void unlink(String name, Inode target) {
        throw Errno.EPERM.exception();
    }

    /// Removes the entry of a directory; ENOTEMPTY when it holds something.
    public void rmdir(String name, Inode target) {
        throw Errno.EPERM.exception();
    }

    /// Moves the entry `name` into `toDirectory`, a directory of the same file system, in place of
    /// `replaced`. Kinds, loops and rights have been checked, and that a directory replaced is
    /// empty.
    public void rename(String name, Inode moved, Inode toDirectory, String toName, @Nullable Inode replaced) {
        throw Errno.EPERM.exception();
    }

    /// Swaps two entries: RENAME_EXCHANGE.
    public void exchange(String name, Inode one, Inode otherDirectory, String otherName, Inode other) {
        throw Errno.EINVAL.exception();
    }

    /// One entry of a directory listing.
    public record Entry(String name, long inode, int type) {}

    /// The entries besides `.` and `..`, in an order that does not change while nothing else does.
    public List<Entry> list() {
        throw Errno.ENOTDIR.exception();
    }

    /// The target of a symbolic link.
    public String readLink() {
        throw Errno.EINVAL.exception();
    }

    /// Where a link that is no text leads (`/proc/PID/fd/3`, `/proc/PID/exe`): followed without a
    /// path walk. Null for an ordinary link.
    public @Nullable VfsPath jump() {
        return null;
    }

    /// Opens it. Rights and O_TRUNC have been dealt with; `flags` are the caller's.
    public OpenFile open(VfsPath path, int flags) {
        throw Errno.ENXIO.exception();
    }

    /// The cached contents of a regular file.
    public PageCache pages() {
        throw Errno.ENODEV.exception();
    }

    /// Sets the size of a regular file: cuts it or grows it by a hole. The content lock is held.
    public void truncate(long size) {
        throw Errno.EINVAL.exception();
    }

    /// One more open file uses it.
    final synchronized void opened() {
        openers++;
    }

    /// An open file is gone.
    final void closed() {
        boolean last;
        synchronized (this) {
            last = --openers == 0;
        }
        if (last) {
            idle();
        }
        evictIfUnused();
    }

    /// A name was removed: one link less, and the contents go if nothing holds them any more.
    public final void unlinked(int links) {
        addLinks(-links);
        evictIfUnused();
    }

    private void evictIfUnused() {
        synchronized (this) {
            if (openers > 0 || nlink > 0 || evicted) {
                return;
            }
            evicted = true;
        }
        evict();
        if (charged) {
            fileSystem.heap().release(KernelHeap.INODE);
        }
    }

    /// The guest made it: it was charged, and is released when nothing leads to it any more. Before
    /// anybody else sees it.
    public final void setCharged() {
        charged = true;
    }

    /// The last open file is gone, for now.
    protected void idle() {}

    /// Frees the contents: no name leads to it and nobody has it open.
    protected void evict() {}
}
