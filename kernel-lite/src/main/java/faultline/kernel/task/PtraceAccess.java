package faultline.kernel.task;

/// Whether one thread may look into another process: `ptrace_may_access`.
///
/// Not whether it may signal it ([SignalControl#mayKill]): here every user and group id of the other has to be the
/// caller's, so that a program that was given other rights keeps what it holds in memory to itself.
public final class PtraceAccess {

    /// Which of the caller's ids count.
    public enum Mode {
        /// The real ones: PTRACE_MODE_ATTACH_REALCREDS, of calls that name a process and change it.
        REAL,
        /// Those of the file system: PTRACE_MODE_READ_FSCREDS, of calls that could have opened `/proc`.
        FILE_SYSTEM
    }

    private PtraceAccess() {}

    public static boolean permits(Task caller, Task target, Mode mode) {
        if (caller.process() == target.process()) {
            return true;
        }
        Identity mine = caller.identity();
        if (mine.isPrivileged()) {
            return true;
        }
        int uid = mode == Mode.REAL ? mine.uid() : mine.fsuid();
        int gid = mode == Mode.REAL ? mine.gid() : mine.fsgid();
        return target.identity().isAll(uid, gid) && target.process().dumpable;
    }
}
