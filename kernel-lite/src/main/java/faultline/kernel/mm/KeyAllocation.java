package faultline.kernel.mm;

import faultline.kernel.Errno;

/// Which protection keys a process has allocated. Guarded by `mmap_lock`.
final class KeyAllocation {

    /// Key 0 is every page's and always allocated.
    private int allocated = 1;

    /// The key of execute-only pages (`execute_only_pkey`), or -1 until there are any. The
    /// kernel's: programs can neither name nor free it.
    private int executeOnly = -1;

    /// Whether a page may have another key than 0. Read without the lock.
    private volatile boolean used;

    boolean areUsed() {
        return used;
    }

    /// Takes a free key below `count` that is not among the `reserved` ones: ENOSPC when there is none.
    int allocate(int count, int reserved) {
        int key = Integer.numberOfTrailingZeros(~(allocated | reserved));
        if (key >= count) {
            throw Errno.ENOSPC.exception();
        }
        used = true;
        allocated |= 1 << key;
        return key;
    }

    /// Gives a key back; the pages that have it keep it, as on Linux.
    void free(int key, int count) {
        if (key >= count || !isAllocated(key)) {
            throw Errno.EINVAL.exception();
        }
        allocated &= ~(1 << key);
    }

    /// Whether mprotect may use the key.
    boolean isAllocated(int key) {
        return key >= 0 && key < Integer.SIZE && key != executeOnly && (allocated & 1 << key) != 0;
    }

    /// The key of execute-only pages, taken when first asked for: `fixed`, or if that is -1 a free one
    /// below `count`; -1 when there is none.
    int executeOnly(int count, int fixed) {
        if (executeOnly < 0) {
            int key = fixed < 0 ? Integer.numberOfTrailingZeros(~allocated) : fixed;
            if (key < count) {
                allocated |= 1 << key;
                executeOnly = key;
                used = true;
            }
        }
        return executeOnly;
    }

    boolean isExecuteOnly(int key) {
        return key == executeOnly;
    }

    void copyFrom(KeyAllocation other) {
        allocated = other.allocated;
        executeOnly = other.executeOnly;
        used = other.used;
    }
}
