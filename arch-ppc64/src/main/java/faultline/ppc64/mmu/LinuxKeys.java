package faultline.ppc64.mmu;

import faultline.core.mmu.PageGeometry;

/// How Linux divides the storage keys under hash (`arch/powerpc/mm/book3s64/pkeys.c`, 6.12): key 0 is
/// every page's, 1 the manual recommends not to use, 2 is that of execute-only pages, 3 the kernel's own.
/// Those that a leaf has no bits for nobody can have.
public final class LinuxKeys {

    public static final int EXECUTE_ONLY = 2;

    private static final int NOT_TO_USE = 1;
    private static final int KERNEL = 3;

    private LinuxKeys() {}

    /// How many keys a leaf can have.
    public static int count(PageGeometry pages) {
        return HashPageTableFormat.keys(pages);
    }

    /// Those that programs may not allocate, a bit each.
    public static int reserved() {
        return 1 << NOT_TO_USE | 1 << EXECUTE_ONLY | 1 << KERNEL;
    }

    /// AMR of a new program: only key 0's pages may be accessed.
    public static long initialAmr() {
        return ~both(0);
    }

    /// IAMR: only key 0's and execute-only pages may be executed.
    public static long initialIamr() {
        long all = 0;
        for (int key = 0; key < StorageKeys.KEYS; key++) {
            all |= StorageKeys.IAMR_EXECUTE << StorageKeys.shift(key);
        }
        return all & ~both(0) & ~both(EXECUTE_ONLY);
    }

    /// UAMOR: a program may change its rights to keys that it can have.
    public static long uamor(PageGeometry pages) {
        long own = 0;
        for (int key = 1; key < count(pages); key++) {
            own |= (reserved() & 1 << key) != 0 ? 0 : both(key);
        }
        return own;
    }

    private static long both(int key) {
        return 3L << StorageKeys.shift(key);
    }
}
