package faultline.kernel;

import org.jspecify.annotations.Nullable;

/// Linux error numbers by name, with the value that x86-64 and arm64 use (`asm-generic/errno.h`).
/// An architecture whose values differ translates at its system-call ABI.
public enum Errno {
    EPERM(1),
    ENOENT(2),
    ESRCH(3),
    EINTR(4),
    EIO(5),
    ENXIO(6),
    E2BIG(7),
    ENOEXEC(8),
    EBADF(9),
    ECHILD(10),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    ENOTBLK(15),
    EBUSY(16),
    EEXIST(17),
    EXDEV(18),
    ENODEV(19),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    ENFILE(23),
    EMFILE(24),
    ENOTTY(25),
    ETXTBSY(26),
    EFBIG(27),
    ENOSPC(28),
    ESPIPE(29),
    EROFS(30),
    EMLINK(31),
    EPIPE(32),
    EDOM(33),
    ERANGE(34),
    EDEADLK(35),
    ENAMETOOLONG(36),
    ENOLCK(37),
    ENOSYS(38),
    ENOTEMPTY(39),
    ELOOP(40),
    ENODATA(61),
    EOVERFLOW(75),
    ELIBBAD(80),
    ENOTSOCK(88),
    EMSGSIZE(90),
    EPROTOTYPE(91),
    ENOPROTOOPT(92),
    EPROTONOSUPPORT(93),
    ESOCKTNOSUPPORT(94),
    EOPNOTSUPP(95),
    EAFNOSUPPORT(97),
    EADDRINUSE(98),
    EADDRNOTAVAIL(99),
    ENETUNREACH(101),
    ECONNRESET(104),
    ENOBUFS(105),
    EISCONN(106),
    ENOTCONN(107),
    ETIMEDOUT(110),
    ECONNREFUSED(111),
    EINPROGRESS(115),
    EOWNERDEAD(130),
    ENOTRECOVERABLE(131),

    /// Kernel-internal: the call was interrupted and restarts unless a handler without SA_RESTART
    /// runs.
    ERESTARTSYS(512),
    /// Kernel-internal: restarts always, behind whatever handlers run.
    ERESTARTNOINTR(513),
    /// Kernel-internal: restarts unless any handler runs.
    ERESTARTNOHAND(514),
    /// Kernel-internal: restarts through `restart_syscall`, with the time that is left.
    ERESTART_RESTARTBLOCK(516);

    private final int value;
    /// One per number, without a stack trace, so that it has no state of its own.
    @SuppressWarnings("ImmutableEnumChecker")
    private final ErrnoException exception;

    Errno(int value) {
        this.value = value;
        this.exception = new ErrnoException(this);
    }

    /// The positive number.
    public int value() {
        return value;
    }

    /// What a system call returns for it: the negated number.
    public long result() {
        return -(long) value;
    }

    /// The exception that carries it out of nested kernel code; one instance an errno, no stack
    /// trace.
    public ErrnoException exception() {
        return exception;
    }

    /// The constant for a positive number, or null.
    public static @Nullable Errno of(int value) {
        for (Errno errno : values()) {
            if (errno.value == value) {
                return errno;
            }
        }
        return null;
    }
}
