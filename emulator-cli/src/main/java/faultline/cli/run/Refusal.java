package faultline.cli.run;

/// Something the user has to mend: one line for standard error and an exit status. Not a bug, so it
/// has no stack trace.
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    private Refusal(int status, String line) {
        super(line, null, false, false);
        this.status = status;
    }

    /// The command line is wrong.
    public static Refusal usage(String line) {
        return new Refusal(Exit.USAGE, line);
    }

    /// The program is there and cannot be run.
    public static Refusal cannotRun(String line) {
        return new Refusal(Exit.CANNOT_RUN, line);
    }

    /// There is no such program.
    public static Refusal notFound(String line) {
        return new Refusal(Exit.NOT_FOUND, line);
    }

    public int status() {
        return status;
    }

    /// The line, which a constructor without one cannot make.
    public String line() {
        return String.valueOf(getMessage());
    }
}
