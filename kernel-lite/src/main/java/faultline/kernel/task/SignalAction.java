package faultline.kernel.task;

/// What a process does about one signal: `struct sigaction` as values.
public record SignalAction(long handler, long flags, long restorer, long mask) {

    public static final long SIG_DFL = 0;
    public static final long SIG_IGN = 1;

    public static final long SA_NOCLDSTOP = 0x1;
    public static final long SA_NOCLDWAIT = 0x2;
    public static final long SA_SIGINFO = 0x4;
    public static final long SA_ONSTACK = 0x0800_0000L;
    public static final long SA_RESTART = 0x1000_0000L;
    public static final long SA_NODEFER = 0x4000_0000L;
    public static final long SA_RESETHAND = 0x8000_0000L;

    /// The default action, no flags.
    public static final SignalAction DEFAULT = new SignalAction(SIG_DFL, 0, 0, 0);

    public boolean isDefault() {
        return handler == SIG_DFL;
    }

    public boolean isIgnore() {
        return handler == SIG_IGN;
    }

    public boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
