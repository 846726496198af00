package faultline.kernel.vfs;

import faultline.kernel.mm.uaccess.UserMemory;

/// How an architecture lays out `struct stat` (and the other file structures that differ).
public interface StatLayout {

    /// A file's attributes, as `struct stat` has them. Times are seconds and nanoseconds.
    record Stat(
            long dev,
            long ino,
            int mode,
            int nlink,
            int uid,
            int gid,
            long rdev,
            long size,
            int blksize,
            long blocks,
            long atime,
            int atimeNanos,
            long mtime,
            int mtimeNanos,
            long ctime,
            int ctimeNanos) {}

    /// Writes a `struct stat` at `va`.
    void write(UserMemory memory, long va, Stat stat);

    /// Where st_mode lies, for traces.
    int modeOffset();

    /// Where st_size lies, for traces.
    int sizeOffset();

    /// Where st_rdev lies, for traces.
    int rdevOffset();
}
