package faultline.kernel.task;

/// Signal numbers, names, default actions and sets. A set is a `long`: bit `signal - 1`, as `sigset_t` has it.
public final class Signals {

    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGILL = 4;
    public static final int SIGTRAP = 5;
    public static final int SIGABRT = 6;
    public static final int SIGBUS = 7;
    public static final int SIGFPE = 8;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGUSR2 = 12;
    public static final int SIGPIPE = 13;
    public static final int SIGALRM = 14;
    public static final int SIGTERM = 15;
    public static final int SIGSTKFLT = 16;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGTSTP = 20;
    public static final int SIGTTIN = 21;
    public static final int SIGTTOU = 22;
    public static final int SIGURG = 23;
    public static final int SIGXCPU = 24;
    public static final int SIGXFSZ = 25;
    public static final int SIGVTALRM = 26;
    public static final int SIGPROF = 27;
    public static final int SIGWINCH = 28;
    public static final int SIGIO = 29;
    public static final int SIGPWR = 30;
    public static final int SIGSYS = 31;

    /// The first real-time signal of the kernel; libc keeps 32 and 33 for itself.
    public static final int SIGRTMIN = 32;

    public static final int COUNT = 64;

    /// What happens to a process that does nothing about a signal.
    public enum Default {
        TERMINATE,
        CORE,
        STOP,
        CONTINUE,
        IGNORE
    }

    /// The signals that stop a process unless it handles them.
    public static final long STOP_SET = set(SIGSTOP) | set(SIGTSTP) | set(SIGTTIN) | set(SIGTTOU);

    /// The signals nobody can block, handle or ignore.
    public static final long UNSTOPPABLE = set(SIGKILL) | set(SIGSTOP);

    /// The signals an instruction causes; they are taken before all others, so that the handler sees the registers.
    static final long SYNCHRONOUS = set(SIGSEGV) | set(SIGBUS) | set(SIGILL) | set(SIGTRAP) | set(SIGFPE) | set(SIGSYS);

    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };

    private Signals() {}

    /// The set of one signal.
    public static long set(int signal) {
        return 1L << (signal - 1);
    }

    public static boolean contains(long set, int signal) {
        return (set & set(signal)) != 0;
    }

    public static boolean isValid(int signal) {
        return signal >= 1 && signal <= COUNT;
    }

    public static boolean isRealTime(int signal) {
        return signal >= SIGRTMIN;
    }

    /// The name with its prefix: `SIGSEGV`, `SIGRTMIN+2` (strace's count, from 32).
    public static String name(int signal) {
        if (signal >= 1 && signal <= NAMES.length) {
            return "SIG" + NAMES[signal - 1];
        }
        if (isValid(signal)) {
            return signal == SIGRTMIN ? "SIGRTMIN" : "SIGRT_" + (signal - SIGRTMIN);
        }
        return Integer.toString(signal);
    }

    /// The default action: table in `signal(7)`.
    public static Default defaultAction(int signal) {
        return switch (signal) {
            case SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS -> Default.CORE;
            case SIGCHLD, SIGURG, SIGWINCH -> Default.IGNORE;
            case SIGCONT -> Default.CONTINUE;
            case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU -> Default.STOP;
            default -> Default.TERMINATE;
        };
    }
}
