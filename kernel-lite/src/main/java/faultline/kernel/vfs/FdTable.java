package faultline.kernel.vfs;

import faultline.kernel.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The descriptors of a process, or of several that share them (CLONE_FILES): `files_struct`.
///
/// Numbers are handed out lowest first. Each entry holds one reference to its open file;
/// close-on-exec belongs to the entry, everything else to the file. Files are released outside the
/// monitor, because a release may wait.
public final class FdTable {

    /// The most descriptors a table ever has, whatever RLIMIT_NOFILE says: `fs.nr_open`.
    public static final int MAX_OPEN = 1 << 20;

    // Guarded by this monitor.
    private @Nullable OpenFile[] files = new OpenFile[16];
    private final BitSet used = new BitSet();
    private final BitSet closeOnExec = new BitSet();
    private int sharers = 1;

    /// The file of a descriptor; EBADF when it is not open. The caller uses it at once: [#take] for
    /// longer.
    public synchronized OpenFile get(int fd) {
        OpenFile file = find(fd);
        if (file == null) {
            throw Errno.EBADF.exception();
        }
        return file;
    }

    /// The file of a descriptor with a reference for the caller, who puts it: what a call that may
    /// wait uses, so that a close in another thread does not pull the file away.
    public synchronized OpenFile take(int fd) {
        OpenFile file = get(fd);
        file.get();
        return file;
    }

    /// As [#take]; null when the descriptor is not open.
    public synchronized @Nullable OpenFile tryTake(int fd) {
        OpenFile file = find(fd);
        if (file != null) {
            file.get();
        }
        return file;
    }

    /// The file or null.
    public synchronized @Nullable OpenFile find(int fd) {
        return fd >= 0 && fd < files.length ? files[fd] : null;
    }

    /// Puts a file at the lowest free number at or above `lowest`, and takes over the caller's
    /// reference, also when it throws: EMFILE at `limit`, EINVAL when `lowest` is itself beyond it.
    public int install(OpenFile file, int lowest, boolean cloexec, long limit) {
        Errno failure;
        synchronized (this) {
            int fd = used.nextClearBit(Math.max(0, lowest));
            long end = bounded(limit);
            if (lowest >= 0 && lowest < end && fd < end) {
                put(fd, file, cloexec);
                return fd;
            }
            failure = lowest < 0 || lowest >= end && lowest > 0 ? Errno.EINVAL : Errno.EMFILE;
        }
        file.put();
        throw failure.exception();
    }

    /// dup2 and dup3: makes `fd` mean `file`, closing what it meant; takes over the caller's
    /// reference. EBADF beyond `limit`.
    public void replace(int fd, OpenFile file, boolean cloexec, long limit) {
        OpenFile before;
        if (fd < 0 || fd >= bounded(limit)) {
            file.put();
            throw Errno.EBADF.exception();
        }
        synchronized (this) {
            before = find(fd);
            put(fd, file, cloexec);
        }
        if (before != null) {
            closed(before);
        }
    }

    /// RLIMIT_NOFILE as a bound; RLIM_INFINITY is negative.
    private static long bounded(long limit) {
        return limit < 0 ? MAX_OPEN : Math.min(limit, MAX_OPEN);
    }

    private void put(int fd, OpenFile file, boolean cloexec) {
        if (fd >= files.length) {
            files = Arrays.copyOf(files, Math.max(fd + 1, files.length * 2));
        }
        files[fd] = file;
        used.set(fd);
        closeOnExec.set(fd, cloexec);
    }

    /// Closes a descriptor; EBADF when it is not open.
    public void close(int fd) {
        OpenFile file;
        synchronized (this) {
            file = get(fd);
            remove(fd);
        }
        closed(file);
    }

    private void remove(int fd) {
        files[fd] = null;
        used.clear(fd);
        closeOnExec.clear(fd);
    }

    /// close(2)'s rule: any close of a file drops all POSIX locks the process has on it.
    private void closed(OpenFile file) {
        file.inodeObject().locks().releaseOwner(this);
        file.put();
    }

    public synchronized boolean isCloseOnExec(int fd) {
        get(fd);
        return closeOnExec.get(fd);
    }

    public synchronized void setCloseOnExec(int fd, boolean value) {
        get(fd);
        closeOnExec.set(fd, value);
    }

    /// The open numbers, ascending.
    public synchronized int[] descriptors() {
        return used.stream().toArray();
    }

    /// close_range: closes, or marks close-on-exec, every open number in `[first, last]`.
    public void closeRange(int first, int last, boolean onlyMark) {
        List<OpenFile> doomed = new ArrayList<>();
        synchronized (this) {
            for (int fd = used.nextSetBit(first); fd >= 0 && fd <= last; fd = used.nextSetBit(fd + 1)) {
                if (onlyMark) {
                    closeOnExec.set(fd);
                } else {
                    doomed.add(get(fd));
                    remove(fd);
                }
            }
        }
        doomed.forEach(this::closed);
    }

    /// execve: closes what is marked.
    public void closeOnExec() {
        List<OpenFile> doomed = new ArrayList<>();
        synchronized (this) {
            for (int fd = closeOnExec.nextSetBit(0); fd >= 0; fd = closeOnExec.nextSetBit(fd + 1)) {
                doomed.add(get(fd));
                remove(fd);
            }
        }
        doomed.forEach(this::closed);
    }

    /// fork without CLONE_FILES, and unshare: a table of its own with the same files.
    public synchronized FdTable copy() {
        FdTable copy = new FdTable();
        copy.files = files.clone();
        copy.used.or(used);
        copy.closeOnExec.or(closeOnExec);
        for (int fd = used.nextSetBit(0); fd >= 0; fd = used.nextSetBit(fd + 1)) {
            get(fd).get();
        }
        return copy;
    }

    /// CLONE_FILES: one more task uses the table.
    public synchronized FdTable share() {
        sharers++;
        return this;
    }

    /// Whether other tasks use it too: execve and CLOSE_RANGE_UNSHARE then copy it first.
    public synchronized boolean isShared() {
        return sharers > 1;
    }

    /// A task stops using it (exit, unshare); the last one closes everything.
    public void release() {
        synchronized (this) {
            if (--sharers > 0) {
                return;
            }
        }
        closeRange(0, MAX_OPEN, false);
    }
}
