package faultline.kernel.task;

/// The arguments of `clone` in one shape, whatever call they came through: `struct
/// kernel_clone_args`.
public record CloneRequest(long flags, int exitSignal, long stack, long parentTid, long childTid, long tls) {

    public static final long CLONE_VM = 0x100;
    public static final long CLONE_FS = 0x200;
    public static final long CLONE_FILES = 0x400;
    public static final long CLONE_SIGHAND = 0x800;
    public static final long CLONE_PIDFD = 0x1000;
    public static final long CLONE_PTRACE = 0x2000;
    public static final long CLONE_VFORK = 0x4000;
    public static final long CLONE_PARENT = 0x8000;
    public static final long CLONE_THREAD = 0x1_0000;
    public static final long CLONE_NEWNS = 0x2_0000;
    public static final long CLONE_SYSVSEM = 0x4_0000;
    public static final long CLONE_SETTLS = 0x8_0000;
    public static final long CLONE_PARENT_SETTID = 0x10_0000;
    public static final long CLONE_CHILD_CLEARTID = 0x20_0000;
    public static final long CLONE_DETACHED = 0x40_0000;
    public static final long CLONE_UNTRACED = 0x80_0000;
    public static final long CLONE_CHILD_SETTID = 0x100_0000;
    public static final long CLONE_IO = 0x8000_0000L;
    public static final long CLONE_CLEAR_SIGHAND = 0x1_0000_0000L;

    /// What there is here; namespaces and the like are not.
    static final long SUPPORTED = CLONE_VM
            | CLONE_FS
            | CLONE_FILES
            | CLONE_SIGHAND
            | CLONE_PTRACE
            | CLONE_VFORK
            | CLONE_PARENT
            | CLONE_THREAD
            | CLONE_SYSVSEM
            | CLONE_SETTLS
            | CLONE_PARENT_SETTID
            | CLONE_CHILD_CLEARTID
            | CLONE_DETACHED
            | CLONE_UNTRACED
            | CLONE_CHILD_SETTID
            | CLONE_IO
            | CLONE_CLEAR_SIGHAND;

    public boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
