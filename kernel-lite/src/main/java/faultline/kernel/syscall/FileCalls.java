package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.AT_FDCWD;
import static faultline.kernel.syscall.Arguments.path;
import static faultline.kernel.syscall.Arguments.start;
import static faultline.kernel.syscall.Arguments.take;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.OpenFlags;

/// Opening, closing and duplicating descriptors, reading, writing and seeking.
public final class FileCalls {

    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    private static final int RWF_NOWAIT = 8;
    private static final int RWF_APPEND = 0x10;
    private static final int RWF_KNOWN = 0x1f;

    /// The flags that open knows (VALID_OPEN_FLAGS), and those that go with O_PATH.
    private static final int OPEN_KNOWN = FileMode.O_ACCMODE
            | FileMode.O_CREAT
            | FileMode.O_EXCL
            | FileMode.O_NOCTTY
            | FileMode.O_TRUNC
            | FileMode.O_APPEND
            | FileMode.O_NONBLOCK
            | FileMode.O_SYNC
            | FileMode.O_ASYNC
            | FileMode.O_DIRECT
            | FileMode.O_LARGEFILE
            | FileMode.O_NOFOLLOW
            | FileMode.O_NOATIME
            | FileMode.O_CLOEXEC
            | FileMode.O_PATH
            | FileMode.O_TMPFILE;

    private static final int OPEN_PATH_KNOWN =
            FileMode.O_DIRECTORY | FileMode.O_NOFOLLOW | FileMode.O_PATH | FileMode.O_CLOEXEC;

    private static final int OPEN_HOW_BYTES = 24;

    private FileCalls() {}

    /// `numbers` are the guest's.
    public static void register(SyscallTable table, ArgumentNumbers numbers) {
        OpenFlags names = numbers.open();
        table.addFileCall(
                "open",
                "path open mode",
                (caller, a) -> open(caller, AT_FDCWD, a[0], (int) names.toKernel(a[1]), (int) a[2]));
        table.addFileCall(
                "openat",
                "dirfd path open mode",
                (caller, a) -> open(caller, a[0], a[1], (int) names.toKernel(a[2]), (int) a[3]));
        table.addFileCall(
                "creat",
                "path mode",
                (caller, a) -> open(
                        caller, AT_FDCWD, a[0], FileMode.O_CREAT | FileMode.O_WRONLY | FileMode.O_TRUNC, (int) a[1]));
        table.addFileCall("openat2", "dirfd path ptr size", (caller, a) -> openat2(caller, a, names));
        table.addFileCall("close", "fd", FileCalls::close);
        table.addFileCall("close_range", "uint uint hex", FileCalls::closeRange);
        table.addFileCall("dup", "fd", FileCalls::dup);
        table.addFileCall("dup2", "fd fd", FileCalls::dup2);
        table.addFileCall("dup3", "fd fd dup3", FileCalls::dup3);
        table.addFileCall(
                "read", "fd out size", (caller, a) -> read(caller, a[0], UserVector.of(caller.memory(), a[1], a[2])));
        table.addFileCall(
                "write", "fd in size", (caller, a) -> write(caller, a[0], UserVector.of(caller.memory(), a[1], a[2])));
        table.addFileCall("readv", "fd >iovec_filled int", (caller, a) -> read(caller, a[0], vector(caller, a)));
        table.addFileCall("writev", "fd iovec int", (caller, a) -> write(caller, a[0], vector(caller, a)));
        table.addFileCall(
                "pread64",
                "fd out size off",
                (caller, a) -> readAt(caller, a[0], UserVector.of(caller.memory(), a[1], a[2]), a[3]));
        table.addFileCall(
                "pwrite64",
                "fd in size off",
                (caller, a) -> writeAt(caller, a[0], UserVector.of(caller.memory(), a[1], a[2]), a[3]));
        table.addFileCall(
                "preadv", "fd >iovec_filled int off", (caller, a) -> readAt(caller, a[0], vector(caller, a), a[3]));
        table.addFileCall("pwritev", "fd iovec int off", (caller, a) -> writeAt(caller, a[0], vector(caller, a), a[3]));
        table.addFileCall("preadv2", "fd >iovec_filled int off hex hex", FileCalls::preadv2);
        table.addFileCall("pwritev2", "fd iovec int off hex hex", FileCalls::pwritev2);
        table.addFileCall("lseek", "fd off whence", FileCalls::lseek);
        table.addFileCall("ioctl", "fd ioctl ptr", (caller, a) -> ioctl(caller, a, numbers.ioctl()));
    }

    static long open(Caller caller, long dirfd, long pathVa, int flags, int mode) {
        String path = path(caller.memory(), pathVa);
        int kept = (flags & FileMode.O_PATH) != 0 ? flags : flags | FileMode.O_LARGEFILE;
        OpenFile file = FileOpener.open(caller, start(caller, dirfd, path), path, kept, mode);
        return Arguments.install(caller, file, (flags & FileMode.O_CLOEXEC) != 0);
    }

    /// openat with its arguments in a `struct open_how`. What no kernel knows is refused, as openat
    /// does not; ways to resolve are not known here.
    private static long openat2(Caller caller, long[] a, OpenFlags names) {
        UserMemory memory = caller.memory();
        if (a[3] < OPEN_HOW_BYTES) {
            throw Errno.EINVAL.exception();
        }
        if (Long.compareUnsigned(a[3], FileMode.PATH_MAX) > 0) {
            throw Errno.E2BIG.exception();
        }
        for (long at = OPEN_HOW_BYTES; at < a[3]; at++) {
            if (memory.load8(a[2] + at) != 0) {
                throw Errno.E2BIG.exception();
            }
        }
        long flags = names.toKernel(memory.load64(a[2]));
        long mode = memory.load64(a[2] + 8);
        boolean makes = (flags & FileMode.O_CREAT) != 0 || (flags & FileMode.O_TMPFILE) == FileMode.O_TMPFILE;
        boolean pathOnly = (flags & FileMode.O_PATH) != 0;
        if ((flags & ~OPEN_KNOWN) != 0
                || pathOnly && (flags & ~OPEN_PATH_KNOWN) != 0
                || (makes ? (mode & ~07777) != 0 : mode != 0)
                || memory.load64(a[2] + 16) != 0) {
            throw Errno.EINVAL.exception();
        }
        return open(caller, a[0], a[1], (int) flags, (int) mode);
    }

    private static long close(Caller caller, long[] a) {
        caller.files().close((int) a[0]);
        return 0;
    }

    private static long closeRange(Caller caller, long[] a) {
        long first = Integer.toUnsignedLong((int) a[0]);
        long last = Integer.toUnsignedLong((int) a[1]);
        Arguments.requireFlags(a[2], CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC);
        if (first > last) {
            throw Errno.EINVAL.exception();
        }
        if (first < FdTable.MAX_OPEN) {
            if ((a[2] & CLOSE_RANGE_UNSHARE) != 0) {
                caller.unshareFiles();
            }
            int end = (int) Math.min(last, FdTable.MAX_OPEN);
            caller.files().closeRange((int) first, end, (a[2] & CLOSE_RANGE_CLOEXEC) != 0);
        }
        return 0;
    }

    private static long dup(Caller caller, long[] a) {
        OpenFile file = caller.files().take((int) a[0]);
        return Arguments.install(caller, file, false);
    }

    private static long dup2(Caller caller, long[] a) {
        FdTable files = caller.files();
        OpenFile file = files.take((int) a[0]);
        if (a[0] == a[1]) {
            file.put();
            return a[1];
        }
        files.replace((int) a[1], file, false, caller.openFilesLimit());
        return (int) a[1];
    }

    private static long dup3(Caller caller, long[] a) {
        Arguments.requireFlags(a[2], FileMode.O_CLOEXEC);
        if ((int) a[0] == (int) a[1]) {
            throw Errno.EINVAL.exception();
        }
        OpenFile file = caller.files().take((int) a[0]);
        caller.files().replace((int) a[1], file, (a[2] & FileMode.O_CLOEXEC) != 0, caller.openFilesLimit());
        return (int) a[1];
    }

    private static UserVector vector(Caller caller, long[] a) {
        return UserVector.of(caller.memory(), a[1], (int) a[2]);
    }

    private static long read(Caller caller, long fd, UserVector to) {
        OpenFile file = take(caller, fd);
        try {
            requireReadable(file);
            return Transfer.read(file, to, Transfer.HERE, file.isNonBlocking());
        } finally {
            file.put();
        }
    }

    private static long write(Caller caller, long fd, UserVector from) {
        OpenFile file = take(caller, fd);
        try {
            requireWritable(file);
            return Transfer.write(file, from, Transfer.HERE, file.isNonBlocking());
        } finally {
            file.put();
        }
    }

    private static long readAt(Caller caller, long fd, UserVector to, long offset) {
        OpenFile file = take(caller, fd);
        try {
            requireOffset(file, offset);
            requireReadable(file);
            return Transfer.read(file, to, offset, file.isNonBlocking());
        } finally {
            file.put();
        }
    }

    private static long writeAt(Caller caller, long fd, UserVector from, long offset) {
        OpenFile file = take(caller, fd);
        try {
            requireOffset(file, offset);
            requireWritable(file);
            return Transfer.write(file, from, offset, file.isNonBlocking());
        } finally {
            file.put();
        }
    }

    private static void requireOffset(OpenFile file, long offset) {
        if (offset < 0) {
            throw Errno.EINVAL.exception();
        }
        if (!file.isSeekable()) {
            throw Errno.ESPIPE.exception();
        }
    }

    static void requireReadable(OpenFile file) {
        if (!file.readable()) {
            throw Errno.EBADF.exception();
        }
    }

    static void requireWritable(OpenFile file) {
        if (!file.writable()) {
            throw Errno.EBADF.exception();
        }
    }

    private static long preadv2(Caller caller, long[] a) {
        int flags = vectorFlags(a[5]);
        UserVector to = vector(caller, a);
        OpenFile file = take(caller, a[0]);
        try {
            requireReadable(file);
            if (a[3] != Transfer.HERE) {
                requireOffset(file, a[3]);
            }
            return Transfer.read(file, to, a[3], file.isNonBlocking() || (flags & RWF_NOWAIT) != 0);
        } finally {
            file.put();
        }
    }

    private static long pwritev2(Caller caller, long[] a) {
        int flags = vectorFlags(a[5]);
        UserVector from = vector(caller, a);
        OpenFile file = take(caller, a[0]);
        try {
            requireWritable(file);
            if (a[3] != Transfer.HERE) {
                requireOffset(file, a[3]);
            }
            boolean append = (flags & RWF_APPEND) != 0 && file.isSeekable();
            long offset = append ? file.inodeObject().size() : a[3];
            return Transfer.write(file, from, offset, file.isNonBlocking() || (flags & RWF_NOWAIT) != 0);
        } finally {
            file.put();
        }
    }

    private static int vectorFlags(long flags) {
        if ((flags & ~RWF_KNOWN) != 0) {
            throw Errno.EOPNOTSUPP.exception();
        }
        return (int) flags;
    }

    private static long lseek(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            return file.seek(a[1], (int) a[2]);
        } finally {
            file.put();
        }
    }

    private static long ioctl(Caller caller, long[] a, IoctlNumbers numbers) {
        OpenFile file = take(caller, a[0]);
        try {
            return ioctl(caller, (int) a[0], file, numbers.toKernel((int) a[1]), a[2]);
        } finally {
            file.put();
        }
    }

    private static long ioctl(Caller caller, int fd, OpenFile file, int command, long argument) {
        UserMemory memory = caller.memory();
        switch (command) {
            case Ioctls.FIOCLEX, Ioctls.FIONCLEX -> caller.files().setCloseOnExec(fd, command == Ioctls.FIOCLEX);
            case Ioctls.FIONBIO -> setStatusFlag(file, FileMode.O_NONBLOCK, memory.load32(argument) != 0);
            case Ioctls.FIOASYNC -> setStatusFlag(file, FileMode.O_ASYNC, memory.load32(argument) != 0);
            case Ioctls.FIONREAD -> {
                if (!file.inodeObject().isRegular()) {
                    return file.ioctl(command, argument, memory);
                }
                long left = file.inodeObject().size() - file.position();
                memory.store32(argument, (int) left);
            }
            default -> {
                return file.ioctl(command, argument, memory);
            }
        }
        return 0;
    }

    private static void setStatusFlag(OpenFile file, int flag, boolean on) {
        file.setFlags(on ? file.flags() | flag : file.flags() & ~flag);
    }
}
