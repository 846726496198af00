package faultline.kernel.mm.pgtable;

import java.util.Locale;

/// Where the lock of a table of PTEs lies, and so how long there is one.
///
/// In `struct page`, unless `spinlock_t` is larger than a word (lockdep, PREEMPT_RT): then in memory of
/// its own, which the table's destructor frees.
public enum PteLockStorage {

    /// In `struct page`: there as long as the frame is a table.
    EMBEDDED,

    /// Beside it, and freed when the table is unhooked, before the flush: until early 2025. A walk
    /// without locks, whatever protects it, may find a table whose lock is gone.
    SEPARATE_UNTIL_UNHOOKED,

    /// Beside it, and freed with the frame: `__tlb_remove_table` since Linux 6.14.
    SEPARATE_UNTIL_FREED;

    public boolean isSeparate() {
        return this != EMBEDDED;
    }

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
