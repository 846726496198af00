package faultline.kernel.syscall;

import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;

/// A delivered signal as strace prints it: `SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR,
/// si_addr=0x10}`.
final class SiginfoText {

    private static final String[] CHILD = {
        "", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"
    };
    private static final String[] SEGV = {"", "SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR"};
    private static final String[] BUS = {"", "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"};
    private static final String[] ILL = {"", "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC"};
    private static final String[] FPE = {
        "", "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV"
    };
    private static final String[] TRAP = {"", "TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT"};
    private static final String[] NONE = {};

    private SiginfoText() {}

    static String signal(Siginfo info) {
        String name = Signals.name(info.signal());
        StringBuilder text = new StringBuilder(name)
                .append(" {si_signo=")
                .append(name)
                .append(", si_code=")
                .append(code(info));
        if (isFault(info)) {
            text.append(", si_addr=").append(ArgumentText.pointer(info.address()));
        } else if (info.signal() == Signals.SIGCHLD && info.code() > 0 && info.code() < CHILD.length) {
            boolean exited = info.code() == 1;
            text.append(", si_pid=").append(info.pid()).append(", si_uid=").append(info.uid());
            text.append(", si_status=").append(exited ? info.status() : Signals.name(info.status()));
        } else if (info.code() != Siginfo.SI_KERNEL) {
            text.append(", si_pid=").append(info.pid()).append(", si_uid=").append(info.uid());
        }
        return text.append('}').toString();
    }

    private static boolean isFault(Siginfo info) {
        return info.code() > 0
                && info.code() != Siginfo.SI_KERNEL
                && names(info.signal()).length != 0
                && info.signal() != Signals.SIGCHLD;
    }

    private static String[] names(int signal) {
        return switch (signal) {
            case Signals.SIGSEGV -> SEGV;
            case Signals.SIGBUS -> BUS;
            case Signals.SIGILL -> ILL;
            case Signals.SIGFPE -> FPE;
            case Signals.SIGTRAP -> TRAP;
            case Signals.SIGCHLD -> CHILD;
            default -> NONE;
        };
    }

    private static String code(Siginfo info) {
        String[] names = names(info.signal());
        if (info.code() > 0 && info.code() < names.length) {
            return names[info.code()];
        }
        return switch (info.code()) {
            case Siginfo.SI_USER -> "SI_USER";
            case Siginfo.SI_KERNEL -> "SI_KERNEL";
            case Siginfo.SI_QUEUE -> "SI_QUEUE";
            case Siginfo.SI_TIMER -> "SI_TIMER";
            case Siginfo.SI_TKILL -> "SI_TKILL";
            default -> Integer.toString(info.code());
        };
    }
}
