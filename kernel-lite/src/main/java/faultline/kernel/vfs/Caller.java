package faultline.kernel.vfs;

import faultline.kernel.lock.KernelThread;

/// What the VFS asks of the task that calls it: its process, its rights, its files. `Task` implements it.
///
/// All answers are the calling thread's own and are asked on that thread.
public interface Caller {

    /// The caller of the running thread.
    static Caller current() {
        return (Caller) KernelThread.current();
    }

    /// The process (thread-group) id.
    int pid();

    int processGroup();

    int session();

    /// The identity files are opened and created with.
    Credentials credentials();

    /// The descriptor table.
    FdTable files();

    /// Root, current directory and umask.
    FsContext fs();

    /// RLIMIT_NOFILE, soft.
    long openFilesLimit();

    /// RLIMIT_FSIZE, soft; `Long.MAX_VALUE` for none.
    long fileSizeLimit();

    /// Sends a signal to the calling thread itself: SIGPIPE, SIGXFSZ.
    void sendSignal(int signal);

    /// Whether the caller ignores or blocks `signal`: decides about SIGTTIN and SIGTTOU.
    boolean ignoresOrBlocks(int signal);
}
