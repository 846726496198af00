package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.path;
import static faultline.kernel.syscall.Arguments.start;
import static faultline.kernel.syscall.Arguments.take;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PathWalk;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.mem.HugeFile;
import faultline.kernel.vfs.mem.SealedFile;
import faultline.kernel.vfs.pipe.Pipe;
import faultline.kernel.vfs.pipe.PipeEnd;
import java.nio.charset.StandardCharsets;

/// Copies between files, changes of size, and writing back: sendfile, splice, ftruncate, fallocate,
/// fsync, memfd_create.
public final class CopyCalls {

    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int FALLOC_FL_ZERO_RANGE = 0x10;

    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int SPLICE_F_KNOWN = 0xf;

    private static final int SIGXFSZ = 25;

    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_HUGETLB = 4;
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int MFD_EXEC = 0x10;
    private static final int MFD_ALL_FLAGS = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_NOEXEC_SEAL | MFD_EXEC;
    private static final int MFD_NAME_MAX = 249;

    private final PseudoFileSystem memoryFiles;
    private final PageCaches caches;

    /// `memoryFiles` holds what memfd_create makes.
    public CopyCalls(PseudoFileSystem memoryFiles, PageCaches caches) {
        this.memoryFiles = memoryFiles;
        this.caches = caches;
    }

    public void register(SyscallTable table) {
        table.addFileCall("sendfile", "fd fd ptr size", CopyCalls::sendfile);
        table.addFileCall("copy_file_range", "fd ptr fd ptr size hex", CopyCalls::copyFileRange);
        table.addFileCall("splice", "fd ptr fd ptr size hex", CopyCalls::splice);
        table.addFileCall("tee", "fd fd size hex", CopyCalls::tee);
        table.addFileCall("truncate", "path off", CopyCalls::truncate);
        table.addFileCall("ftruncate", "fd off", CopyCalls::ftruncate);
        table.addFileCall("fallocate", "fd hex off off", CopyCalls::fallocate);
        table.addFileCall("fsync", "fd", CopyCalls::fsync);
        table.addFileCall("fdatasync", "fd", CopyCalls::fsync);
        table.addFileCall("sync_file_range", "fd off off hex", CopyCalls::fsync);
        table.addFileCall("memfd_create", "str hex", this::memfdCreate);
    }

    /// The offset behind a pointer, or "at the position" for NULL.
    private static long offset(UserMemory memory, long va, OpenFile file) {
        if (va == 0) {
            return Transfer.HERE;
        }
        if (!file.isSeekable()) {
            throw Errno.ESPIPE.exception();
        }
        long offset = memory.load64(va);
        if (offset < 0) {
            throw Errno.EINVAL.exception();
        }
        return offset;
    }

    private static void advance(UserMemory memory, long va, long offset, long count) {
        if (va != 0) {
            memory.store64(va, offset + count);
        }
    }

    private static long sendfile(Caller caller, long[] a) {
        OpenFile from = take(caller, a[1]);
        try {
            FileCalls.requireReadable(from);
            OpenFile to = take(caller, a[0]);
            try {
                FileCalls.requireWritable(to);
                if (!from.isSeekable() || (to.flags() & FileMode.O_APPEND) != 0) {
                    throw Errno.EINVAL.exception();
                }
                long offset = offset(caller.memory(), a[2], from);
                long length = boundedLength(a[3]);
                long done = Transfer.copy(from, offset, to, Transfer.HERE, length, to.isNonBlocking());
                advance(caller.memory(), a[2], offset, done);
                return done;
            } finally {
                to.put();
            }
        } finally {
            from.put();
        }
    }

    private static long boundedLength(long length) {
        if (length < 0) {
            throw Errno.EINVAL.exception();
        }
        return Math.min(length, FileMode.MAX_RW_COUNT);
    }

    private static long copyFileRange(Caller caller, long[] a) {
        OpenFile from = take(caller, a[0]);
        try {
            OpenFile to = take(caller, a[2]);
            try {
                Arguments.requireFlags(a[5], 0);
                requireCopyable(from, to);
                long source = offset(caller.memory(), a[1], from);
                long target = offset(caller.memory(), a[3], to);
                long length = boundedLength(a[4]);
                if (from.inodeObject() == to.inodeObject()) {
                    long start = source == Transfer.HERE ? from.position() : source;
                    long end = target == Transfer.HERE ? to.position() : target;
                    if (start < end + length && end < start + length) {
                        throw Errno.EINVAL.exception();
                    }
                }
                long done = Transfer.copy(from, source, to, target, length, false);
                advance(caller.memory(), a[1], source, done);
                advance(caller.memory(), a[3], target, done);
                return done;
            } finally {
                to.put();
            }
        } finally {
            from.put();
        }
    }

    private static void requireCopyable(OpenFile from, OpenFile to) {
        if (from.inodeObject().isDirectory() || to.inodeObject().isDirectory()) {
            throw Errno.EISDIR.exception();
        }
        if (!from.inodeObject().isRegular() || !to.inodeObject().isRegular()) {
            throw Errno.EINVAL.exception();
        }
        FileCalls.requireReadable(from);
        FileCalls.requireWritable(to);
        if ((to.flags() & FileMode.O_APPEND) != 0) {
            throw Errno.EBADF.exception();
        }
    }

    private static long splice(Caller caller, long[] a) {
        Arguments.requireFlags(a[5], SPLICE_F_KNOWN);
        if (a[4] == 0) {
            return 0;
        }
        OpenFile from = take(caller, a[0]);
        try {
            OpenFile to = take(caller, a[2]);
            try {
                FileCalls.requireReadable(from);
                FileCalls.requireWritable(to);
                if (!(from instanceof PipeEnd) && !(to instanceof PipeEnd)) {
                    throw Errno.EINVAL.exception();
                }
                if (from instanceof PipeEnd one && to instanceof PipeEnd other && one.pipe() == other.pipe()) {
                    throw Errno.EINVAL.exception();
                }
                long source = offset(caller.memory(), a[1], from);
                long target = offset(caller.memory(), a[3], to);
                boolean nonBlocking = (a[5] & SPLICE_F_NONBLOCK) != 0;
                long done = Transfer.copy(from, source, to, target, boundedLength(a[4]), nonBlocking);
                advance(caller.memory(), a[1], source, done);
                advance(caller.memory(), a[3], target, done);
                return done;
            } finally {
                to.put();
            }
        } finally {
            from.put();
        }
    }

    private static long tee(Caller caller, long[] a) {
        Arguments.requireFlags(a[3], SPLICE_F_KNOWN);
        OpenFile from = take(caller, a[0]);
        try {
            OpenFile to = take(caller, a[1]);
            try {
                FileCalls.requireReadable(from);
                FileCalls.requireWritable(to);
                if (!(from instanceof PipeEnd source)
                        || !(to instanceof PipeEnd target)
                        || source.pipe() == target.pipe()) {
                    throw Errno.EINVAL.exception();
                }
                byte[] buffer = new byte[(int) Math.min(boundedLength(a[2]), Pipe.DEFAULT_CAPACITY)];
                boolean nonBlocking = (a[3] & SPLICE_F_NONBLOCK) != 0;
                int seen = source.pipe().peek(buffer, 0, buffer.length, nonBlocking);
                return seen == 0 ? 0 : target.pipe().write(buffer, 0, seen, nonBlocking);
            } finally {
                to.put();
            }
        } finally {
            from.put();
        }
    }

    private static long truncate(Caller caller, long[] a) {
        if (a[1] < 0) {
            throw Errno.EINVAL.exception();
        }
        String path = path(caller.memory(), a[0]);
        VfsPath found =
                PathWalk.of(caller, start(caller, Arguments.AT_FDCWD, path)).resolve(path, true);
        Inode inode = found.inode();
        if (inode.isDirectory()) {
            throw Errno.EISDIR.exception();
        }
        if (!inode.isRegular()) {
            throw Errno.EINVAL.exception();
        }
        if (found.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
        if (!caller.credentials().mayAccess(inode, 2)) {
            throw Errno.EACCES.exception();
        }
        resize(caller, inode, a[1]);
        return 0;
    }

    private static long ftruncate(Caller caller, long[] a) {
        if (a[1] < 0) {
            throw Errno.EINVAL.exception();
        }
        OpenFile file = take(caller, a[0]);
        try {
            if (!file.inodeObject().isRegular() || !file.writable()) {
                throw Errno.EINVAL.exception();
            }
            resize(caller, file.inodeObject(), a[1]);
            return 0;
        } finally {
            file.put();
        }
    }

    private static void resize(Caller caller, Inode inode, long size) {
        requireSize(caller, inode, size);
        inode.contentLock().lock();
        try {
            inode.truncate(size);
        } finally {
            inode.contentLock().unlock();
        }
    }

    private static long fallocate(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            long offset = a[2];
            long length = a[3];
            int mode = (int) a[1];
            if (offset < 0 || length <= 0) {
                throw Errno.EINVAL.exception();
            }
            if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0
                    || mode == FALLOC_FL_PUNCH_HOLE) {
                throw Errno.EOPNOTSUPP.exception();
            }
            FileCalls.requireWritable(file);
            Inode inode = file.inodeObject();
            if (inode.type() == FileMode.S_IFIFO) {
                throw Errno.ESPIPE.exception();
            }
            if (inode.isDirectory()) {
                throw Errno.EISDIR.exception();
            }
            if (!(inode instanceof DataInode data)) {
                throw Errno.ENODEV.exception();
            }
            if (offset + length < 0) {
                throw Errno.EFBIG.exception();
            }
            allocate(caller, data, mode, offset, length);
            return 0;
        } finally {
            file.put();
        }
    }

    private static void allocate(Caller caller, DataInode data, int mode, long offset, long length) {
        boolean grow = (mode & FALLOC_FL_KEEP_SIZE) == 0;
        if (grow) {
            requireSize(caller, data, offset + length);
        }
        if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0) {
            data.zero(offset, length);
        }
        if ((mode & FALLOC_FL_PUNCH_HOLE) == 0) {
            data.contentLock().lock();
            try {
                data.allocateLocked(offset, length, grow);
            } finally {
                data.contentLock().unlock();
            }
        }
    }

    /// `inode_newsize_ok`.
    private static void requireSize(Caller caller, Inode inode, long size) {
        if (size > inode.size() && size > caller.fileSizeLimit()) {
            caller.sendSignal(SIGXFSZ);
            throw Errno.EFBIG.exception();
        }
    }

    private static long fsync(Caller caller, long[] a) {
        OpenFile file = take(caller, a[0]);
        try {
            file.sync();
            return 0;
        } finally {
            file.put();
        }
    }

    /// EFAULT, and EINVAL for a long one, whose end is not looked for.
    private static String memfdName(UserMemory memory, long va) {
        try {
            return new String(memory.readString(va, MFD_NAME_MAX + 1), StandardCharsets.ISO_8859_1);
        } catch (ErrnoException failed) {
            throw failed.errno() == Errno.ENAMETOOLONG ? Errno.EINVAL.exception() : failed;
        }
    }

    private long memfdCreate(Caller caller, long[] a) {
        int flags = (int) a[1];
        int sizes = (flags & MFD_HUGETLB) != 0 ? PersistentHugePages.SIZES : 0;
        Arguments.requireFlags(flags, MFD_ALL_FLAGS | sizes);
        if ((flags & (MFD_NOEXEC_SEAL | MFD_EXEC)) == (MFD_NOEXEC_SEAL | MFD_EXEC)) {
            throw Errno.EINVAL.exception();
        }
        String name = memfdName(caller.memory(), a[0]);
        OpenFile file = memfd(caller, flags).open("/memfd:" + name);
        return caller.files().install(file, 0, (flags & MFD_CLOEXEC) != 0, caller.openFilesLimit());
    }

    private SealedFile memfd(Caller caller, int flags) {
        boolean sealable = (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)) != 0;
        int permissions = (flags & MFD_NOEXEC_SEAL) != 0 ? 0666 : 0777;
        Credentials owner = caller.credentials();
        if ((flags & MFD_HUGETLB) == 0) {
            return new SealedFile(memoryFiles, caches, permissions, owner, sealable);
        }
        long huge = PersistentHugePages.bytes(caller.mm(), flags);
        if (huge == 0) {
            throw Errno.ENODEV.exception();
        }
        return new HugeFile(memoryFiles, caches, permissions, owner, sealable, huge);
    }
}
