package faultline.kernel.task;

/// A signal and where it came from: `siginfo_t` as values. Which fields count follows from signal
/// and code.
///
/// `pid`/`uid` for kill and SIGCHLD (with `status`), `address` for faults, `pkey` for SEGV_PKUERR,
/// `value` for queued signals and timers.
public record Siginfo(
        int signal, int code, int errno, int pid, int uid, int status, long address, int pkey, long value) {

    public static final int SI_USER = 0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_QUEUE = -1;
    public static final int SI_TIMER = -2;
    public static final int SI_TKILL = -6;

    /// A fault at an address.
    public static Siginfo fault(int signal, int code, long address) {
        return new Siginfo(signal, code, 0, 0, 0, 0, address, 0, 0);
    }

    /// SEGV_PKUERR.
    public static Siginfo pkeyFault(int signal, int code, long address, int pkey) {
        return new Siginfo(signal, code, 0, 0, 0, 0, address, pkey, 0);
    }

    /// Sent by the kernel itself, not for a fault.
    public static Siginfo kernel(int signal) {
        return new Siginfo(signal, SI_KERNEL, 0, 0, 0, 0, 0, 0, 0);
    }

    /// Sent by a process (`code` SI_USER or SI_TKILL).
    public static Siginfo sent(int signal, int code, int pid, int uid) {
        return new Siginfo(signal, code, 0, pid, uid, 0, 0, 0, 0);
    }

    /// SIGCHLD: `code` is CLD_*, `status` the exit status or signal.
    public static Siginfo child(int signal, int code, int pid, int uid, int status) {
        return new Siginfo(signal, code, 0, pid, uid, status, 0, 0, 0);
    }

    /// A POSIX timer expired: `pid` holds its id and `status` how often it did so besides.
    public static Siginfo timer(int signal, int timer, int overruns, long value) {
        return new Siginfo(signal, SI_TIMER, 0, timer, 0, overruns, 0, 0, value);
    }

    /// Queued by a process with a value.
    public static Siginfo queued(int signal, int code, int pid, int uid, long value) {
        return new Siginfo(signal, code, 0, pid, uid, 0, 0, 0, value);
    }
}
