package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.Mm;

/// The huge pages that are asked for by a flag (MAP_HUGETLB, SHM_HUGETLB) and are to be set aside before:
/// `hugetlb_file_setup`. None are.
final class PersistentHugePages {

    /// Where flags have the binary logarithm of the size, 0 for the usual one: HUGETLB_FLAG_ENCODE_SHIFT.
    private static final int SIZE_SHIFT = 26;

    private static final int SIZE_MASK = 0x3f;

    private PersistentHugePages() {}

    /// Why there are none: EINVAL for a size that is not one, else ENOMEM.
    static ErrnoException refusal(Mm mm, int flags) {
        int size = flags >>> SIZE_SHIFT & SIZE_MASK;
        boolean known = size == 0 || 1L << size == mm.pageTable().huge().bytes();
        return known ? Errno.ENOMEM.exception() : Errno.EINVAL.exception();
    }
}
