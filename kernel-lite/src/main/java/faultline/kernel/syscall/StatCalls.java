package faultline.kernel.syscall;

import static faultline.kernel.syscall.Arguments.*;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StatLayout.Stat;
import faultline.kernel.vfs.VfsPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Attributes: stat, access, chmod, chown, times, readlink, statfs. Extended attributes are not
/// kept: EOPNOTSUPP.
public final class StatCalls {

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_RESERVED = 0x8000_0000;
    private static final int AT_STATX_SYNC = 0x6000;

    private static final long UTIME_NOW = (1L << 30) - 1;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    static final int STATFS_BYTES = 120;

    private final StatLayout layout;

    public StatCalls(StatLayout layout) {
        this.layout = layout;
    }

    public void register(SyscallTable table) {
        table.addFileCall("stat", "path stat", (caller, a) -> stat(caller, AT_FDCWD, a[0], a[1], 0));
        table.addFileCall("lstat", "path stat", (caller, a) -> stat(caller, AT_FDCWD, a[0], a[1], AT_SYMLINK_NOFOLLOW));
        table.addFileCall("fstat", "fd stat", this::fstat);
        table.addFileCall(
                "newfstatat", "dirfd path stat at", (caller, a) -> stat(caller, a[0], a[1], a[2], (int) a[3]));
        table.addFileCall("statx", "dirfd path at hex ptr", StatCalls::statx);
        table.addFileCall("access", "path access", (caller, a) -> access(caller, AT_FDCWD, a[0], (int) a[1], 0));
        table.addFileCall("faccessat", "dirfd path access", (caller, a) -> access(caller, a[0], a[1], (int) a[2], 0));
        table.addFileCall(
                "faccessat2",
                "dirfd path access at",
                (caller, a) -> access(caller, a[0], a[1], (int) a[2], (int) a[3]));
        table.addFileCall("readlink", "path out size", (caller, a) -> readlink(caller, AT_FDCWD, a[0], a[1], a[2]));
        table.addFileCall("readlinkat", "dirfd path out size", (caller, a) -> readlink(caller, a[0], a[1], a[2], a[3]));
        registerChanges(table);
        registerRest(table);
    }

    private static void registerChanges(SyscallTable table) {
        table.addFileCall("chmod", "path mode", (caller, a) -> chmod(caller, AT_FDCWD, a[0], (int) a[1], 0));
        table.addFileCall("fchmodat", "dirfd path mode", (caller, a) -> chmod(caller, a[0], a[1], (int) a[2], 0));
        table.addFileCall(
                "fchmodat2", "dirfd path mode at", (caller, a) -> chmod(caller, a[0], a[1], (int) a[2], (int) a[3]));
        table.addFileCall("fchmod", "fd mode", (caller, a) -> chmod(caller, descriptor(caller, a[0]), (int) a[1]));
        table.addFileCall(
                "chown", "path uid uid", (caller, a) -> chown(caller, AT_FDCWD, a[0], (int) a[1], (int) a[2], 0));
        table.addFileCall(
                "lchown",
                "path uid uid",
                (caller, a) -> chown(caller, AT_FDCWD, a[0], (int) a[1], (int) a[2], AT_SYMLINK_NOFOLLOW));
        table.addFileCall(
                "fchownat",
                "dirfd path uid uid at",
                (caller, a) -> chown(caller, a[0], a[1], (int) a[2], (int) a[3], (int) a[4]));
        table.addFileCall(
                "fchown", "fd uid uid", (caller, a) -> chown(caller, descriptor(caller, a[0]), (int) a[1], (int) a[2]));
        table.addFileCall(
                "utimensat", "dirfd path utimes at", (caller, a) -> utimensat(caller, a[0], a[1], a[2], (int) a[3]));
        table.addFileCall("utime", "path ptr", StatCalls::utime);
        table.addFileCall("utimes", "path ptr", (caller, a) -> utimes(caller, AT_FDCWD, a[0], a[1]));
        table.addFileCall("futimesat", "dirfd path ptr", (caller, a) -> utimes(caller, a[0], a[1], a[2]));
    }

    private static void registerRest(SyscallTable table) {
        table.addFileCall("umask", "mode", (caller, a) -> caller.fs().setUmask((int) a[0]));
        table.addFileCall("statfs", "path >statfs", StatCalls::statfs);
        table.addFileCall("fstatfs", "fd >statfs", (caller, a) -> statfs(caller.memory(), a[1], place(caller, a[0])));
        for (String prefix : new String[] {"", "l"}) {
            table.addFileCall(prefix + "getxattr", "path str ptr size", StatCalls::noAttributes);
            table.addFileCall(prefix + "setxattr", "path str ptr size hex", StatCalls::noAttributes);
            table.addFileCall(prefix + "removexattr", "path str", StatCalls::noAttributes);
            table.addFileCall(prefix + "listxattr", "path ptr size", StatCalls::noAttributes);
        }
        table.addFileCall("fgetxattr", "fd str ptr size", StatCalls::noAttributesOfFile);
        table.addFileCall("fsetxattr", "fd str ptr size hex", StatCalls::noAttributesOfFile);
        table.addFileCall("fremovexattr", "fd str", StatCalls::noAttributesOfFile);
        table.addFileCall("flistxattr", "fd ptr size", StatCalls::noAttributesOfFile);
    }

    private static long noAttributes(Caller caller, long[] a) {
        resolve(caller, AT_FDCWD, path(caller.memory(), a[0]), true, 0);
        throw Errno.EOPNOTSUPP.exception();
    }

    private static long noAttributesOfFile(Caller caller, long[] a) {
        take(caller, a[0]).put();
        throw Errno.EOPNOTSUPP.exception();
    }

    private long stat(Caller caller, long dirfd, long pathVa, long va, int flags) {
        requireFlags(flags, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH);
        String path = pathVa == 0 && (flags & AT_EMPTY_PATH) != 0 ? "" : path(caller.memory(), pathVa);
        VfsPath found = resolve(caller, dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, flags);
        layout.write(caller.memory(), va, found.inode().stat());
        return 0;
    }

    private long fstat(Caller caller, long[] a) {
        layout.write(caller.memory(), a[1], place(caller, a[0]).inode().stat());
        return 0;
    }

    /// The place of a descriptor, O_PATH or not.
    private static VfsPath place(Caller caller, long fd) {
        return caller.files().get((int) fd).path();
    }

    /// The place of a descriptor that is not O_PATH.
    private static VfsPath descriptor(Caller caller, long fd) {
        OpenFile file = caller.files().get((int) fd);
        if (file.isPathOnly()) {
            throw Errno.EBADF.exception();
        }
        return file.path();
    }

    private static long statx(Caller caller, long[] a) {
        int flags = (int) a[2];
        requireFlags(flags, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC);
        if ((a[3] & STATX_RESERVED) != 0 || (flags & AT_STATX_SYNC) == AT_STATX_SYNC) {
            throw Errno.EINVAL.exception();
        }
        String path = a[1] == 0 && (flags & AT_EMPTY_PATH) != 0 ? "" : path(caller.memory(), a[1]);
        VfsPath found = resolve(caller, a[0], path, (flags & AT_SYMLINK_NOFOLLOW) == 0, flags);
        writeStatx(caller.memory(), a[4], found.inode().stat());
        return 0;
    }

    /// `struct statx`, the same on every architecture.
    private static void writeStatx(UserMemory memory, long va, Stat stat) {
        memory.clear(va, 256);
        memory.store32(va, STATX_BASIC_STATS);
        memory.store32(va + 0x04, stat.blksize());
        memory.store32(va + 0x10, stat.nlink());
        memory.store32(va + 0x14, stat.uid());
        memory.store32(va + 0x18, stat.gid());
        memory.store16(va + 0x1c, (short) stat.mode());
        memory.store64(va + 0x20, stat.ino());
        memory.store64(va + 0x28, stat.size());
        memory.store64(va + 0x30, stat.blocks());
        storeTime(memory, va + 0x40, stat.atime(), stat.atimeNanos());
        storeTime(memory, va + 0x60, stat.ctime(), stat.ctimeNanos());
        storeTime(memory, va + 0x70, stat.mtime(), stat.mtimeNanos());
        memory.store32(va + 0x80, FileMode.major(stat.rdev()));
        memory.store32(va + 0x84, FileMode.minor(stat.rdev()));
        memory.store32(va + 0x88, FileMode.major(stat.dev()));
        memory.store32(va + 0x8c, FileMode.minor(stat.dev()));
    }

    private static void storeTime(UserMemory memory, long va, long seconds, int nanos) {
        memory.store64(va, seconds);
        memory.store32(va + 8, nanos);
    }

    /// The check uses the real ids unless AT_EACCESS says otherwise; a caller whose ids differ is
    /// the task layer's business, which gives both as [Caller#credentials] and
    /// [Caller#realCredentials].
    private static long access(Caller caller, long dirfd, long pathVa, int wanted, int flags) {
        requireFlags(wanted, 7);
        requireFlags(flags, AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
        String path = path(caller.memory(), pathVa);
        VfsPath found = resolve(caller, dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, flags);
        Inode inode = found.inode();
        if ((wanted & 2) != 0 && found.mount().refusesWrites() && (inode.isRegular() || inode.isDirectory())) {
            throw Errno.EROFS.exception();
        }
        Credentials who = (flags & AT_EACCESS) != 0 ? caller.credentials() : caller.realCredentials();
        if (!who.mayAccess(inode, wanted)) {
            throw Errno.EACCES.exception();
        }
        return 0;
    }

    private static long readlink(Caller caller, long dirfd, long pathVa, long buffer, long size) {
        if ((int) size <= 0) {
            throw Errno.EINVAL.exception();
        }
        String path = path(caller.memory(), pathVa);
        VfsPath found = resolve(caller, dirfd, path, false, dirfd == AT_FDCWD ? 0 : AT_EMPTY_PATH);
        if (!found.inode().isSymlink()) {
            throw (path.isEmpty() ? Errno.ENOENT : Errno.EINVAL).exception();
        }
        byte[] target = bytes(found.inode().readLink());
        int length = (int) Math.min(target.length, size);
        caller.memory().write(buffer, target, 0, length);
        return length;
    }

    private static long chmod(Caller caller, long dirfd, long pathVa, int mode, int flags) {
        requireFlags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
        String path = path(caller.memory(), pathVa);
        VfsPath found = resolve(caller, dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, flags);
        if (found.inode().isSymlink()) {
            throw Errno.EOPNOTSUPP.exception();
        }
        return chmod(caller, found, mode);
    }

    private static long chmod(Caller caller, VfsPath found, int mode) {
        requireOwner(caller, found);
        int kept = mode & 07777;
        Credentials who = caller.credentials();
        if (!who.isSuperuser() && !who.inGroup(found.inode().gid())) {
            kept &= ~FileMode.S_ISGID;
        }
        found.inode().setPermissions(kept);
        return 0;
    }

    private static void requireOwner(Caller caller, VfsPath found) {
        requireWritableMount(found);
        Credentials who = caller.credentials();
        if (!who.isSuperuser() && who.uid() != found.inode().uid()) {
            throw Errno.EPERM.exception();
        }
    }

    private static void requireWritableMount(VfsPath found) {
        if (found.mount().refusesWrites()) {
            throw Errno.EROFS.exception();
        }
    }

    private static long chown(Caller caller, long dirfd, long pathVa, int uid, int gid, int flags) {
        requireFlags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
        String path = path(caller.memory(), pathVa);
        return chown(caller, resolve(caller, dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, flags), uid, gid);
    }

    private static long chown(Caller caller, VfsPath found, int uid, int gid) {
        requireWritableMount(found);
        Inode inode = found.inode();
        Credentials who = caller.credentials();
        boolean ownsIt = who.uid() == inode.uid();
        boolean keepsUser = uid == -1 || uid == inode.uid() && ownsIt;
        boolean mayGroup = gid == -1 || ownsIt && (who.inGroup(gid) || gid == inode.gid());
        if (!who.isSuperuser() && !(keepsUser && mayGroup)) {
            throw Errno.EPERM.exception();
        }
        inode.setOwner(uid, gid);
        if (!inode.isDirectory()) {
            // chown(2): the set-id bits go; set-group-id only where it means that.
            int mode = inode.mode();
            int cleared = mode & ~FileMode.S_ISUID;
            if ((mode & 010) != 0) {
                cleared &= ~FileMode.S_ISGID;
            }
            if (cleared != mode) {
                inode.setPermissions(cleared);
            }
        }
        return 0;
    }

    private static long utimensat(Caller caller, long dirfd, long pathVa, long times, int flags) {
        requireFlags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
        UserMemory memory = caller.memory();
        long accessNanos = times == 0 ? UTIME_NOW : memory.load64(times + 8);
        long modifyNanos = times == 0 ? UTIME_NOW : memory.load64(times + 24);
        requireNanos(accessNanos);
        requireNanos(modifyNanos);
        if (accessNanos == UTIME_OMIT && modifyNanos == UTIME_OMIT) {
            return 0;
        }
        VfsPath found = pathVa == 0
                ? descriptor(caller, dirfd)
                : resolve(caller, dirfd, path(memory, pathVa), (flags & AT_SYMLINK_NOFOLLOW) == 0, flags);
        boolean now = accessNanos == UTIME_NOW && modifyNanos == UTIME_NOW;
        setTimes(
                caller,
                found,
                instant(found, times == 0 ? 0 : memory.load64(times), accessNanos),
                instant(found, times == 0 ? 0 : memory.load64(times + 16), modifyNanos),
                now);
        return 0;
    }

    private static void requireNanos(long nanos) {
        if (nanos != UTIME_NOW && nanos != UTIME_OMIT && (nanos < 0 || nanos > 999_999_999)) {
            throw Errno.EINVAL.exception();
        }
    }

    private static @Nullable Instant instant(VfsPath path, long seconds, long nanos) {
        if (nanos == UTIME_OMIT) {
            return null;
        }
        if (nanos == UTIME_NOW) {
            return path.inode().fileSystem().now();
        }
        long bounded = Math.clamp(seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
        return Instant.ofEpochSecond(bounded, nanos);
    }

    /// Setting both times to now needs the right to write, anything else the owner.
    private static void setTimes(
            Caller caller, VfsPath found, @Nullable Instant access, @Nullable Instant modify, boolean now) {
        requireWritableMount(found);
        Credentials who = caller.credentials();
        boolean owner = who.isSuperuser() || who.uid() == found.inode().uid();
        if (!owner && !now) {
            throw Errno.EPERM.exception();
        }
        if (!owner && !who.mayAccess(found.inode(), 2)) {
            throw Errno.EACCES.exception();
        }
        found.inode().setTimes(access, modify);
    }

    private static long utime(Caller caller, long[] a) {
        UserMemory memory = caller.memory();
        VfsPath found = resolve(caller, AT_FDCWD, path(memory, a[0]), true, 0);
        long nanos = a[1] == 0 ? UTIME_NOW : 0;
        setTimes(
                caller,
                found,
                instant(found, a[1] == 0 ? 0 : memory.load64(a[1]), nanos),
                instant(found, a[1] == 0 ? 0 : memory.load64(a[1] + 8), nanos),
                a[1] == 0);
        return 0;
    }

    private static long utimes(Caller caller, long dirfd, long pathVa, long times) {
        UserMemory memory = caller.memory();
        VfsPath found = pathVa == 0 ? descriptor(caller, dirfd) : resolve(caller, dirfd, path(memory, pathVa), true, 0);
        if (times == 0) {
            Instant now = found.inode().fileSystem().now();
            setTimes(caller, found, now, now, true);
            return 0;
        }
        long accessMicros = memory.load64(times + 8);
        long modifyMicros = memory.load64(times + 24);
        if (accessMicros < 0 || accessMicros > 999_999 || modifyMicros < 0 || modifyMicros > 999_999) {
            throw Errno.EINVAL.exception();
        }
        Instant access = instant(found, memory.load64(times), accessMicros * 1000);
        Instant modify = instant(found, memory.load64(times + 16), modifyMicros * 1000);
        setTimes(caller, found, access, modify, false);
        return 0;
    }

    private static long statfs(Caller caller, long[] a) {
        VfsPath found = resolve(caller, AT_FDCWD, path(caller.memory(), a[0]), true, 0);
        return statfs(caller.memory(), a[1], found);
    }

    /// `struct statfs` of 64-bit ABIs.
    private static long statfs(UserMemory memory, long va, VfsPath place) {
        FileSystem fileSystem = place.inode().fileSystem();
        FileSystem.Usage usage = fileSystem.usage();
        memory.clear(va, STATFS_BYTES);
        memory.store64(va, usage.magic());
        memory.store64(va + 8, 4096);
        memory.store64(va + 16, usage.blocks());
        memory.store64(va + 24, usage.blocksFree());
        memory.store64(va + 32, usage.blocksFree());
        memory.store64(va + 40, usage.files());
        memory.store64(va + 48, usage.filesFree());
        memory.store32(va + 56, fileSystem.device());
        memory.store64(va + 64, FileMode.NAME_MAX);
        memory.store64(va + 72, 4096);
        // ST_VALID | ST_RELATIME, ST_RDONLY
        memory.store64(va + 80, 0x1020 | (place.mount().refusesWrites() ? 1 : 0));
        return 0;
    }
}
