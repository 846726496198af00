package faultline.kernel.vfs;

/// The four flags of `open` whose values architectures disagree about (`uapi/asm/fcntl.h`). The
/// kernel has those of `asm-generic`, in [FileMode].
public record OpenFlags(int direct, int largeFile, int directory, int noFollow) {

    /// The values of `asm-generic/fcntl.h`.
    public static final OpenFlags GENERIC =
            new OpenFlags(FileMode.O_DIRECT, FileMode.O_LARGEFILE, FileMode.O_DIRECTORY, FileMode.O_NOFOLLOW);

    /// A program's flags as the kernel has them; bits beyond an `int` stay as they are.
    public long toKernel(long flags) {
        return flags & ~(long) (direct | largeFile | directory | noFollow)
                | ((flags & direct) != 0 ? FileMode.O_DIRECT : 0)
                | ((flags & largeFile) != 0 ? FileMode.O_LARGEFILE : 0)
                | ((flags & directory) != 0 ? FileMode.O_DIRECTORY : 0)
                | ((flags & noFollow) != 0 ? FileMode.O_NOFOLLOW : 0);
    }

    /// The kernel's flags as a program has them.
    public int toUser(int flags) {
        int common = FileMode.O_DIRECT | FileMode.O_LARGEFILE | FileMode.O_DIRECTORY | FileMode.O_NOFOLLOW;
        return flags & ~common
                | ((flags & FileMode.O_DIRECT) != 0 ? direct : 0)
                | ((flags & FileMode.O_LARGEFILE) != 0 ? largeFile : 0)
                | ((flags & FileMode.O_DIRECTORY) != 0 ? directory : 0)
                | ((flags & FileMode.O_NOFOLLOW) != 0 ? noFollow : 0);
    }
}
