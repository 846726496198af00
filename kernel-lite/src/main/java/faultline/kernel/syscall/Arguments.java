package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PathWalk;
import faultline.kernel.vfs.VfsPath;
import java.nio.charset.StandardCharsets;

/// What file system calls have in common in reading their arguments.
final class Arguments {

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EACCESS = 0x200;
    static final int AT_SYMLINK_FOLLOW = 0x400;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int AT_EMPTY_PATH = 0x1000;

    private Arguments() {}

    /// A path or name; its bytes are chars (ISO 8859-1). EFAULT, ENAMETOOLONG.
    static String path(UserMemory memory, long va) {
        return new String(memory.readString(va, FileMode.PATH_MAX), StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The open file of a descriptor with a reference that the caller puts. EBADF, also for O_PATH.
    static OpenFile take(Caller caller, long fd) {
        OpenFile file = caller.files().take((int) fd);
        if (file.isPathOnly()) {
            file.put();
            throw Errno.EBADF.exception();
        }
        return file;
    }

    /// Gives a file the lowest free descriptor and takes over the caller's reference, also when it throws.
    static int install(Caller caller, OpenFile file, boolean cloexec) {
        return caller.files().install(file, 0, cloexec, caller.openFilesLimit());
    }

    /// Gives two files descriptors and tells their numbers at `va`: both, or none of them.
    static void installPair(Caller caller, OpenFile[] files, boolean cloexec, long va) {
        int first;
        try {
            first = install(caller, files[0], cloexec);
        } catch (ErrnoException full) {
            files[1].put();
            throw full;
        }
        int second;
        try {
            second = install(caller, files[1], cloexec);
        } catch (ErrnoException full) {
            caller.files().close(first);
            throw full;
        }
        try {
            caller.memory().store32(va, first);
            caller.memory().store32(va + 4, second);
        } catch (ErrnoException fault) {
            caller.files().close(first);
            caller.files().close(second);
            throw fault;
        }
    }

    /// Where `dirfd` and `path` start. EBADF.
    static VfsPath start(Caller caller, long dirfd, String path) {
        return FileOpener.start(caller, (int) dirfd, path);
    }

    /// What `dirfd` and `path` name. With AT_EMPTY_PATH in `flags` an empty path names `dirfd` itself.
    static VfsPath resolve(Caller caller, long dirfd, String path, boolean follow, int flags) {
        if (path.isEmpty() && (flags & AT_EMPTY_PATH) != 0) {
            return start(caller, dirfd, path);
        }
        if (path.isEmpty()) {
            throw Errno.ENOENT.exception();
        }
        return PathWalk.of(caller, start(caller, dirfd, path)).resolve(path, follow);
    }

    /// EINVAL for bits outside `allowed`.
    static void requireFlags(long flags, long allowed) {
        if ((flags & ~allowed) != 0) {
            throw Errno.EINVAL.exception();
        }
    }
}
