package faultline.kernel;

/// The kernel's `return -ENOENT` across Java frames: a guest condition, not a bug. Stackless, one an errno.
///
/// The system-call dispatcher turns it into the call's result. Whoever holds a lock or has changed something
/// releases and undoes in `finally`, as everywhere.
public final class ErrnoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Errno errno;

    ErrnoException(Errno errno) {
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
