package faultline.kernel.vfs;

/// The constants of `fcntl.h` and `stat.h` in the values of x86-64 (`asm-generic`); an architecture that has others
/// translates at its ABI.
public final class FileMode {

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;
    public static final int S_ISUID = 04000;
    public static final int S_ISGID = 02000;
    public static final int S_ISVTX = 01000;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_NOCTTY = 0400;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DSYNC = 010000;
    public static final int O_ASYNC = 020000;
    public static final int O_DIRECT = 040000;
    public static final int O_LARGEFILE = 0100000;
    public static final int O_DIRECTORY = 0200000;
    public static final int O_NOFOLLOW = 0400000;
    public static final int O_NOATIME = 01000000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_SYNC = 04010000;
    public static final int O_PATH = 010000000;
    public static final int O_TMPFILE = 020000000 | O_DIRECTORY;

    /// What fcntl(F_SETFL) may change.
    public static final int SETTABLE = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME;

    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;
    public static final int SEEK_END = 2;
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    public static final int POLLIN = 0x001;
    public static final int POLLPRI = 0x002;
    public static final int POLLOUT = 0x004;
    public static final int POLLERR = 0x008;
    public static final int POLLHUP = 0x010;
    public static final int POLLNVAL = 0x020;
    public static final int POLLRDNORM = 0x040;
    public static final int POLLWRNORM = 0x100;
    public static final int POLLRDHUP = 0x2000;

    public static final int NAME_MAX = 255;
    public static final int PATH_MAX = 4096;

    /// What a read or write transfers at most: a page less than 2 GiB.
    public static final int MAX_RW_COUNT = 0x7fff_f000;

    private FileMode() {}

    /// The type digit of `struct dirent64` for a mode.
    public static int direntType(int mode) {
        return (mode & S_IFMT) >> 12;
    }

    /// A device number in the kernel's own encoding, as `st_rdev` holds it.
    public static long makeDevice(int major, int minor) {
        return ((major & 0xfffL) << 8) | (minor & 0xffL) | ((minor & 0xfff00L) << 12);
    }

    public static int major(long device) {
        return (int) (device >> 8) & 0xfff;
    }

    public static int minor(long device) {
        return (int) ((device & 0xff) | ((device >> 12) & 0xfff00));
    }
}
