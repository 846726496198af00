package faultline.cli.run;

import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;

/// Signals in words: what `strsignal` says and the names of si_code.
public final class SignalText {

    private static final int SI_KERNEL = 0x80;

    private SignalText() {}

    /// `Segmentation fault`.
    public static String sentence(int signal) {
        return switch (signal) {
            case Signals.SIGHUP -> "Hangup";
            case Signals.SIGINT -> "Interrupt";
            case Signals.SIGQUIT -> "Quit";
            case Signals.SIGILL -> "Illegal instruction";
            case Signals.SIGTRAP -> "Trace/breakpoint trap";
            case Signals.SIGABRT -> "Aborted";
            case Signals.SIGBUS -> "Bus error";
            case Signals.SIGFPE -> "Arithmetic exception";
            case Signals.SIGKILL -> "Killed";
            case Signals.SIGUSR1 -> "User defined signal 1";
            case Signals.SIGSEGV -> "Segmentation fault";
            case Signals.SIGUSR2 -> "User defined signal 2";
            case Signals.SIGPIPE -> "Broken pipe";
            case Signals.SIGALRM -> "Alarm clock";
            case Signals.SIGTERM -> "Terminated";
            case Signals.SIGCHLD -> "Child status changed";
            case Signals.SIGCONT -> "Continued";
            case Signals.SIGSTOP -> "Stopped (signal)";
            case Signals.SIGTSTP -> "Stopped (user)";
            case Signals.SIGTTIN -> "Stopped (tty input)";
            case Signals.SIGTTOU -> "Stopped (tty output)";
            case Signals.SIGSYS -> "Bad system call";
            default -> Signals.isRealTime(signal) ? "Real-time event" : Signals.name(signal);
        };
    }

    /// The signal a user names: `SIGSEGV`, `SEGV`, `11`; 0 if there is none.
    public static int number(String name) {
        for (int signal = 1; signal <= Signals.COUNT; signal++) {
            String known = Signals.name(signal);
            if (known.equalsIgnoreCase(name)
                    || known.equalsIgnoreCase("SIG" + name)
                    || Integer.toString(signal).equals(name)) {
                return signal;
            }
        }
        return 0;
    }

    /// Whether an instruction of the thread caused it.
    public static boolean isFault(Siginfo info) {
        return switch (info.signal()) {
            case Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGILL, Signals.SIGFPE -> info.code() > 0;
            default -> false;
        };
    }

    /// `SEGV_MAPERR`; the number where it has no name.
    public static String code(Siginfo info) {
        int code = info.code();
        if (code == SI_KERNEL) {
            return "SI_KERNEL";
        }
        return switch (info.signal()) {
            case Signals.SIGSEGV -> name("SEGV_", code, "MAPERR", "ACCERR", "BNDERR", "PKUERR");
            case Signals.SIGBUS -> name("BUS_", code, "ADRALN", "ADRERR", "OBJERR");
            case Signals.SIGILL ->
                name("ILL_", code, "ILLOPC", "ILLOPN", "ILLADR", "ILLTRP", "PRVOPC", "PRVREG", "COPROC", "BADSTK");
            case Signals.SIGFPE ->
                name("FPE_", code, "INTDIV", "INTOVF", "FLTDIV", "FLTOVF", "FLTUND", "FLTRES", "FLTINV", "FLTSUB");
            case Signals.SIGTRAP -> name("TRAP_", code, "BRKPT", "TRACE", "BRANCH", "HWBKPT");
            default -> Integer.toString(code);
        };
    }

    private static String name(String prefix, int code, String... names) {
        return code >= 1 && code <= names.length ? prefix + names[code - 1] : Integer.toString(code);
    }

    /// `address 0x10 (SEGV_MAPERR)` for a fault, who sent it otherwise.
    public static String cause(Siginfo info) {
        if (isFault(info)) {
            String key = info.signal() == Signals.SIGSEGV && info.code() == 4 ? ", key " + info.pkey() : "";
            return "address 0x%x (%s%s)".formatted(info.address(), code(info), key);
        }
        return info.code() == Siginfo.SI_USER || info.code() == Siginfo.SI_TKILL
                ? "sent by process " + info.pid()
                : code(info);
    }
}
