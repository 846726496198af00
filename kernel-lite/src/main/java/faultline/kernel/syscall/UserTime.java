package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;

/// Times as they lie in user memory: `struct timespec`, `struct timeval`. In the kernel a time is
/// nanoseconds.
final class UserTime {

    static final long NANOS = 1_000_000_000L;
    static final long MICROS = 1_000_000L;
    private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS;
    static final int BYTES = 16;

    private UserTime() {}

    /// Reads a timespec. EINVAL when it is not normalized; far beyond is the longest time there is.
    static long readTimespec(UserMemory memory, long va) {
        long seconds = memory.load64(va);
        long nanos = memory.load64(va + 8);
        if (seconds < 0 || nanos < 0 || nanos >= NANOS) {
            throw Errno.EINVAL.exception();
        }
        return seconds >= MAX_SECONDS ? Long.MAX_VALUE : seconds * NANOS + nanos;
    }

    static void writeTimespec(UserMemory memory, long va, long nanos) {
        memory.store64(va, nanos / NANOS);
        memory.store64(va + 8, nanos % NANOS);
    }

    /// Reads a timeval. EINVAL when it is not normalized.
    static long readTimeval(UserMemory memory, long va) {
        long seconds = memory.load64(va);
        long micros = memory.load64(va + 8);
        if (seconds < 0 || micros < 0 || micros >= MICROS) {
            throw Errno.EINVAL.exception();
        }
        return seconds >= MAX_SECONDS ? Long.MAX_VALUE : seconds * NANOS + micros * 1000;
    }

    static void writeTimeval(UserMemory memory, long va, long nanos) {
        memory.store64(va, nanos / NANOS);
        memory.store64(va + 8, nanos % NANOS / 1000);
    }
}
