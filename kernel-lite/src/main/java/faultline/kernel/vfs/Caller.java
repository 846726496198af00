package faultline.kernel.vfs;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.uaccess.UserMemory;

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

    /// The real ids, which `access` asks about.
    Credentials realCredentials();

    /// Its user memory.
    UserMemory memory();

    /// The address space it runs in.
    Mm mm();

    /// The descriptor table.
    FdTable files();

    /// Makes the descriptor table the caller's own if others share it.
    void unshareFiles();

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
