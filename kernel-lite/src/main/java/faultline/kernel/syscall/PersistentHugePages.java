package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.Mm;

/// The huge pages that are asked for by a flag (MAP_HUGETLB, SHM_HUGETLB, MFD_HUGETLB) and are to be set aside
/// before: `hugetlb_file_setup`. None are, as in a kernel with hugetlbfs that has just started, which is what
/// programs meet everywhere: memory is refused (ENOMEM), and a file, which asks for none yet, is made. Without
/// hugetlbfs that would be EINVAL and ENOSYS.
final class PersistentHugePages {

    /// Where flags have the binary logarithm of the size, 0 for the usual one: HUGETLB_FLAG_ENCODE_SHIFT.
    private static final int SIZE_SHIFT = 26;

    private static final int SIZE_MASK = 0x3f;

    /// The bits that say the size.
    static final int SIZES = SIZE_MASK << SIZE_SHIFT;

    private PersistentHugePages() {}

    /// Why there are none: EINVAL for a size that is not one, else ENOMEM.
    static ErrnoException refusal(Mm mm, int flags) {
        return bytes(mm, flags) != 0 ? Errno.ENOMEM.exception() : Errno.EINVAL.exception();
    }

    /// How many bytes such a page would have, 0 for a size that is not one: `hstate_sizelog`.
    static long bytes(Mm mm, int flags) {
        int size = flags >>> SIZE_SHIFT & SIZE_MASK;
        long bytes = mm.pageTable().huge().bytes();
        return size == 0 || 1L << size == bytes ? bytes : 0;
    }
}
