package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.O_ACCMODE;
import static faultline.kernel.vfs.FileMode.O_NONBLOCK;
import static faultline.kernel.vfs.FileMode.O_PATH;
import static faultline.kernel.vfs.FileMode.O_RDONLY;
import static faultline.kernel.vfs.FileMode.O_WRONLY;
import static faultline.kernel.vfs.FileMode.POLLIN;
import static faultline.kernel.vfs.FileMode.POLLOUT;
import static faultline.kernel.vfs.FileMode.POLLRDNORM;
import static faultline.kernel.vfs.FileMode.POLLWRNORM;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.lock.LockRank;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An open file description: `struct file`. Shared by dup, fork and mappings; counts its
/// references.
///
/// Data moves through byte arrays of the kernel: the system call copies to and from user memory
/// outside every lock. Subclasses say what reading, writing, polling and ioctl mean; the defaults
/// are those of a file that cannot.
public abstract class OpenFile implements MappedFile {

    private final VfsPath path;
    private final AtomicInteger references = new AtomicInteger(1);
    private final SleepingMutex positionLock;

    /// Null without checks.
    private final @Nullable Life life;

    private volatile int flags;
    private volatile int owner;

    /// Changed under positionLock only.
    private volatile long position;

    /// Who wants to know when the last reference goes: epoll sets. Guarded by itself.
    private final List<Runnable> atRelease = new ArrayList<>(0);

    /// Opens with the O_* flags that last; the creation flags are dropped.
    protected OpenFile(VfsPath path, int flags) {
        path.inode().fileSystem().heap().charge(KernelHeap.FILE, Errno.ENFILE);
        this.path = path;
        this.positionLock =
                new SleepingMutex(LockRank.POSITION, path.inode().contentLock().id());
        this.life = path.inode()
                .fileSystem()
                .heap()
                .begin(ObjectLives.Kind.FILE, path.inode().number());
        this.flags = flags
                & ~(FileMode.O_CREAT | FileMode.O_EXCL | FileMode.O_NOCTTY | FileMode.O_TRUNC | FileMode.O_CLOEXEC);
        path.inode().opened();
    }

    public final VfsPath path() {
        return path;
    }

    public final Inode inodeObject() {
        return path.inode();
    }

    /// Status flags and access mode as F_GETFL shows them.
    public final int flags() {
        return flags;
    }

    /// F_SETFL: replaces the bits that may change.
    public void setFlags(int newFlags) {
        flags = (flags & ~FileMode.SETTABLE) | (newFlags & FileMode.SETTABLE);
    }

    /// F_SETOWN: who would get SIGIO. Kept and shown; no file of ours sends it.
    public final void setOwner(int pid) {
        owner = pid;
    }

    /// F_GETOWN.
    public final int owner() {
        return owner;
    }

    public final boolean isNonBlocking() {
        return (flags & O_NONBLOCK) != 0;
    }

    /// Whether O_DIRECT may be set: FMODE_CAN_ODIRECT.
    public boolean mayBeDirect() {
        return false;
    }

    /// Whether reads and writes go past the cache, between the device and the pages of the caller's buffers.
    public boolean isDirect() {
        return false;
    }

    public final boolean isPathOnly() {
        return (flags & O_PATH) != 0;
    }

    @Override
    public final boolean readable() {
        return !isPathOnly() && (flags & O_ACCMODE) != O_WRONLY;
    }

    @Override
    public final boolean writable() {
        return !isPathOnly() && (flags & O_ACCMODE) != O_RDONLY;
    }

    /// Whether it has a position: pread, pwrite and lseek work.
    public boolean isSeekable() {
        return false;
    }

    /// Reads up to `length` bytes at the position or from the stream; 0 at the end of file. With
    /// `nonBlocking` throws EAGAIN where it would wait.
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (!isSeekable()) {
            throw Errno.EINVAL.exception();
        }
        positionLock.lock();
        try {
            long from = position;
            int count = readAt(from, to, at, length);
            position = from + count;
            return count;
        } finally {
            positionLock.unlock();
        }
    }

    /// Writes up to `length` bytes; a short count means that less was possible (signal, space,
    /// non-blocking).
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        if (!isSeekable()) {
            throw Errno.EINVAL.exception();
        }
        positionLock.lock();
        try {
            if ((flags & FileMode.O_APPEND) != 0) {
                int count = append(from, at, length);
                position = inodeObject().size();
                return count;
            }
            long to = position;
            int count = writeAt(to, from, at, length);
            position = to + count;
            return count;
        } finally {
            positionLock.unlock();
        }
    }

    /// pread.
    public int readAt(long offset, byte[] to, int at, int length) {
        throw Errno.ESPIPE.exception();
    }

    /// pwrite.
    public int writeAt(long offset, byte[] from, int at, int length) {
        throw Errno.ESPIPE.exception();
    }

    /// Writes at the end of file, wherever that is by then.
    protected int append(byte[] from, int at, int length) {
        throw Errno.ESPIPE.exception();
    }

    /// lseek.
    public long seek(long offset, int whence) {
        if (!isSeekable()) {
            throw Errno.ESPIPE.exception();
        }
        positionLock.lock();
        try {
            long to = switch (whence) {
                case FileMode.SEEK_SET -> offset;
                case FileMode.SEEK_CUR -> position + offset;
                case FileMode.SEEK_END -> seekEnd() + offset;
                case FileMode.SEEK_DATA, FileMode.SEEK_HOLE -> seekHole(offset, whence);
                default -> throw Errno.EINVAL.exception();
            };
            if (to < 0) {
                // Also what an overflow of the sum ends as.
                throw Errno.EINVAL.exception();
            }
            if (to != position) {
                seeked(to);
            }
            position = to;
            return to;
        } finally {
            positionLock.unlock();
        }
    }

    /// The end that SEEK_END counts from.
    protected long seekEnd() {
        return inodeObject().size();
    }

    /// SEEK_DATA and SEEK_HOLE; by default the whole file is data, with a hole at its end.
    protected long seekHole(long offset, int whence) {
        long size = inodeObject().size();
        if (offset < 0 || offset >= size) {
            throw Errno.ENXIO.exception();
        }
        return whence == FileMode.SEEK_DATA ? offset : size;
    }

    /// The position is about to change (a directory rewinds). The position lock is held.
    protected void seeked(long to) {}

    /// The position as it is now, for those who do not read, write or seek: `/proc/PID/fdinfo`, `fcntl`. No lock, as
    /// in Linux (`seq_show` in fs/proc/fd.c): who reads fdinfo holds the lock of the position in it.
    public long position() {
        return position;
    }

    /// The lock that orders reads, writes and seeks through this description.
    protected final SleepingMutex positionLock() {
        return positionLock;
    }

    /// Sets the position; the position lock is held.
    protected final void setPositionLocked(long to) {
        position = to;
    }

    /// The position; the position lock is held.
    protected final long positionLocked() {
        return position;
    }

    /// What is ready (POLL* bits), after listening to the queues that tell of changes if `listener`
    /// is not null. By default always readable and writable, like a regular file.
    public int poll(@Nullable PollListener listener) {
        return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    }

    /// Whether epoll accepts it: EPERM for regular files and directories.
    public boolean isPollable() {
        return false;
    }

    /// ioctl commands of its kind; ENOTTY for what it does not know.
    public long ioctl(int command, long argument, UserMemory memory) {
        throw Errno.ENOTTY.exception();
    }

    /// fsync.
    public void sync() {
        throw Errno.EINVAL.exception();
    }

    /// A line or more for `/proc/PID/fdinfo`, each with its newline.
    public String fdinfo() {
        return "";
    }

    @Override
    public PageCache pages() {
        if (life != null) {
            life.touched();
        }
        return inodeObject().pages();
    }

    @Override
    public void punchHole(long offset, long length) {
        if (!(inodeObject() instanceof DataInode data)) {
            throw Errno.EOPNOTSUPP.exception();
        }
        data.zero(offset, length);
    }

    @Override
    public String mapsName() {
        return path.text(null);
    }

    @Override
    public boolean mayPageOut() {
        Credentials self = Caller.current().credentials();
        Inode inode = inodeObject();
        return self.isSuperuser() || self.uid() == inode.uid() || self.mayAccess(inode, 2);
    }

    @Override
    public boolean isSwapFile() {
        return inodeObject().isSwapFile();
    }

    @Override
    public boolean isWriteSealed() {
        return inodeObject().isWriteSealed();
    }

    @Override
    public int device() {
        return inodeObject().fileSystem().device();
    }

    @Override
    public long inode() {
        return inodeObject().number();
    }

    @Override
    public final void get() {
        if (life != null) {
            life.touched();
        }
        references.incrementAndGet();
    }

    @Override
    public final void put() {
        int left = references.decrementAndGet();
        if (left == 0) {
            inodeObject().locks().releaseOwner(this);
            List<Runnable> interested;
            synchronized (atRelease) {
                interested = List.copyOf(atRelease);
            }
            interested.forEach(Runnable::run);
            release();
            inodeObject().closed();
            if (life != null) {
                life.end();
            }
            inodeObject().fileSystem().heap().release(KernelHeap.FILE);
        } else if (left < 0) {
            throw new IllegalStateException("vfs: " + this + " put more often than taken");
        }
    }

    /// Runs `action` when the last reference goes.
    public final void atRelease(Runnable action) {
        synchronized (atRelease) {
            atRelease.add(action);
        }
    }

    /// No longer runs `action`.
    public final void cancelAtRelease(Runnable action) {
        synchronized (atRelease) {
            atRelease.remove(action);
        }
    }

    /// The last reference is gone.
    protected void release() {}
}
