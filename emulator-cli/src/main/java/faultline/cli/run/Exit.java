package faultline.cli.run;

/// The exit statuses of `faultline` itself; a guest's own status passes through.
public final class Exit {

    public static final int OK = 0;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// `--timeout` has run out: what timeout(1) says.
    public static final int TIMED_OUT = 124;

    /// Faultline failed.
    public static final int BUG = 125;

    /// The program was found and cannot be run.
    public static final int CANNOT_RUN = 126;

    public static final int NOT_FOUND = 127;

    /// Added to the number of the signal that ended the guest.
    public static final int SIGNALED = 128;

    private Exit() {}
}
