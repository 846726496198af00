package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;

/// An array of `struct iovec` that names ranges of some address space: `iovec_from_user`. How far they reach in all
/// is not bounded, and nobody has looked whether they lie in user space.
final class UserRanges {

    /// UIO_MAXIOV.
    static final int MOST = 1024;

    private static final int IOVEC_BYTES = 16;

    private final long[] bases;
    private final long[] lengths;

    private UserRanges(int count) {
        this.bases = new long[count];
        this.lengths = new long[count];
    }

    /// EINVAL for too many, or a length beyond the signed range; EFAULT.
    static UserRanges of(UserMemory memory, long vector, long count) {
        if (count < 0 || count > MOST) {
            throw Errno.EINVAL.exception();
        }
        UserRanges ranges = new UserRanges((int) count);
        for (int i = 0; i < ranges.count(); i++) {
            ranges.bases[i] = memory.load64(vector + (long) i * IOVEC_BYTES);
            ranges.lengths[i] = memory.load64(vector + (long) i * IOVEC_BYTES + 8);
            if (ranges.lengths[i] < 0) {
                throw Errno.EINVAL.exception();
            }
        }
        return ranges;
    }

    int count() {
        return bases.length;
    }

    long base(int i) {
        return bases[i];
    }

    long length(int i) {
        return lengths[i];
    }

    /// Whether there is not a byte in them.
    boolean isEmpty() {
        for (long length : lengths) {
            if (length != 0) {
                return false;
            }
        }
        return true;
    }
}
