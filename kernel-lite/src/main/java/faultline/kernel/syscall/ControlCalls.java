package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.take;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FileLocks;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.mem.SealedFile;
import faultline.kernel.vfs.pipe.PipeEnd;

/// `fcntl` and `flock`.
public final class ControlCalls {

    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_SETLKW = 7;
    private static final int F_SETOWN = 8;
    private static final int F_GETOWN = 9;
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final int F_OFD_SETLKW = 38;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    private static final int FD_CLOEXEC = 1;

    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private ControlCalls() {}

    /// `names` are the guest's flags of `open`.
    public static void register(SyscallTable table, OpenFlags names) {
        table.addFileCall("fcntl", "fd fcntl ptr", (caller, a) -> fcntl(caller, a, names));
        table.addFileCall("flock", "fd flock", ControlCalls::flock);
    }

    private static long fcntl(Caller caller, long[] a, OpenFlags names) {
        OpenFile file = caller.files().take((int) a[0]);
        try {
            if (file.isPathOnly() && !worksOnPath((int) a[1])) {
                throw Errno.EBADF.exception();
            }
            return fcntl(caller, (int) a[0], file, (int) a[1], a[2], names);
        } finally {
            file.put();
        }
    }

    private static boolean worksOnPath(int command) {
        return switch (command) {
            case F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL -> true;
            default -> false;
        };
    }

    private static long fcntl(Caller caller, int fd, OpenFile file, int command, long argument, OpenFlags names) {
        FdTable files = caller.files();
        switch (command) {
            case F_DUPFD, F_DUPFD_CLOEXEC -> {
                file.get();
                int lowest = (int) argument;
                return files.install(file, lowest, command == F_DUPFD_CLOEXEC, caller.openFilesLimit());
            }
            case F_GETFD -> {
                return files.isCloseOnExec(fd) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> files.setCloseOnExec(fd, (argument & FD_CLOEXEC) != 0);
            case F_GETFL -> {
                return names.toUser(file.flags());
            }
            case F_SETFL -> setFlags(file, (int) names.toKernel(argument));
            case F_GETLK, F_OFD_GETLK -> getLock(caller, file, command == F_OFD_GETLK, argument);
            case F_SETLK, F_SETLKW -> setLock(caller, file, false, command == F_SETLKW, argument);
            case F_OFD_SETLK, F_OFD_SETLKW -> setLock(caller, file, true, command == F_OFD_SETLKW, argument);
            case F_SETOWN -> file.setOwner((int) argument);
            case F_GETOWN -> {
                return file.owner();
            }
            case F_SETPIPE_SZ -> {
                return pipe(file).setCapacity((int) argument);
            }
            case F_GETPIPE_SZ -> {
                return pipe(file).capacity();
            }
            case F_ADD_SEALS -> SealedFile.addSeals(file, (int) argument);
            case F_GET_SEALS -> {
                return SealedFile.seals(file);
            }
            default -> throw Errno.EINVAL.exception();
        }
        return 0;
    }

    private static PipeEnd pipe(OpenFile file) {
        if (file instanceof PipeEnd pipe) {
            return pipe;
        }
        throw Errno.EBADF.exception();
    }

    /// `struct flock` as 64-bit ABIs have it.
    private record Request(int type, FileLocks.Lock lock) {

        static Request read(Caller caller, OpenFile file, boolean ofd, long va) {
            UserMemory memory = caller.memory();
            int type = memory.load16(va);
            int whence = memory.load16(va + 2);
            long start = memory.load64(va + 8);
            long length = memory.load64(va + 16);
            if (ofd && memory.load32(va + 24) != 0) {
                throw Errno.EINVAL.exception();
            }
            long base = switch (whence) {
                case FileMode.SEEK_SET -> 0;
                case FileMode.SEEK_CUR -> file.position();
                case FileMode.SEEK_END -> file.inodeObject().size();
                default -> throw Errno.EINVAL.exception();
            };
            long from = base + start;
            long end = length == 0 ? Long.MAX_VALUE : from + length - 1;
            if (length < 0) {
                end = from - 1;
                from += length;
            }
            if (from < 0 || end < from - 1) {
                throw (start > 0 || length > 0 ? Errno.EOVERFLOW : Errno.EINVAL).exception();
            }
            Object owner = ofd ? file : caller.files();
            int pid = ofd ? -1 : caller.pid();
            return new Request(type, new FileLocks.Lock(owner, type == FileLocks.F_WRLCK, from, end, pid, false));
        }
    }

    /// `setfl`: a pipe takes O_DIRECT for packets, other files if they can.
    private static void setFlags(OpenFile file, int flags) {
        boolean pipe = file.inodeObject().type() == FileMode.S_IFIFO;
        if ((flags & FileMode.O_DIRECT) != 0 && !pipe && !file.mayBeDirect()) {
            throw Errno.EINVAL.exception();
        }
        file.setFlags(flags);
    }

    private static void getLock(Caller caller, OpenFile file, boolean ofd, long va) {
        Request request = Request.read(caller, file, ofd, va);
        if (request.type != FileLocks.F_RDLCK && request.type != FileLocks.F_WRLCK) {
            throw Errno.EINVAL.exception();
        }
        UserMemory memory = caller.memory();
        FileLocks.Lock other = file.inodeObject().locks().conflict(request.lock);
        if (other == null) {
            memory.store16(va, (short) FileLocks.F_UNLCK);
            return;
        }
        memory.store16(va, (short) (other.exclusive() ? FileLocks.F_WRLCK : FileLocks.F_RDLCK));
        memory.store16(va + 2, (short) FileMode.SEEK_SET);
        memory.store64(va + 8, other.start());
        memory.store64(va + 16, other.end() == Long.MAX_VALUE ? 0 : other.end() - other.start() + 1);
        memory.store32(va + 24, other.pid());
    }

    private static void setLock(Caller caller, OpenFile file, boolean ofd, boolean wait, long va) {
        Request request = Request.read(caller, file, ofd, va);
        FileLocks locks = file.inodeObject().locks();
        switch (request.type) {
            case FileLocks.F_UNLCK -> locks.release(request.lock);
            case FileLocks.F_RDLCK -> {
                FileCalls.requireReadable(file);
                locks.acquire(request.lock, wait);
            }
            case FileLocks.F_WRLCK -> {
                FileCalls.requireWritable(file);
                locks.acquire(request.lock, wait);
            }
            default -> throw Errno.EINVAL.exception();
        }
    }

    private static long flock(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            int operation = (int) a[1] & ~LOCK_NB;
            FileLocks locks = file.inodeObject().locks();
            FileLocks.Lock lock = new FileLocks.Lock(file, operation == LOCK_EX, 0, Long.MAX_VALUE, caller.pid(), true);
            switch (operation) {
                case LOCK_SH, LOCK_EX -> convert(locks, lock, (a[1] & LOCK_NB) == 0);
                case LOCK_UN -> locks.release(lock);
                default -> throw Errno.EINVAL.exception();
            }
            return 0;
        } finally {
            file.put();
        }
    }

    /// A flock conversion first gives up the old lock when it must wait (flock(2)): not atomic, as
    /// in Linux.
    private static void convert(FileLocks locks, FileLocks.Lock lock, boolean wait) {
        try {
            locks.acquire(lock, false);
        } catch (ErrnoException busy) {
            locks.release(lock);
            if (!wait) {
                throw busy;
            }
            locks.acquire(lock, true);
        }
    }
}
