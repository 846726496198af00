package faultline.kernel.mm;

/// The resource limits of a process that memory management asks for, in bytes; `-1` (RLIM_INFINITY)
/// is unlimited.
public interface MmLimits {

    /// RLIMIT_AS.
    long addressSpace();

    /// RLIMIT_DATA.
    long data();

    /// The hard limit of RLIMIT_DATA.
    default long mostData() {
        return data();
    }

    /// RLIMIT_STACK.
    long stack();

    /// RLIMIT_MEMLOCK.
    long locked();

    /// CAP_IPC_LOCK: RLIMIT_MEMLOCK does not apply.
    boolean mayLockAll();

    /// CAP_SYS_ADMIN: what is kept back for it may be used. Here it comes with the other.
    default boolean isAdministrator() {
        return mayLockAll();
    }
}
