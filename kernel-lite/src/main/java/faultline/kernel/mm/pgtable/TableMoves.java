package faultline.kernel.mm.pgtable;

import java.util.Locale;

/// What mremap does with a PTE table that all moves: CONFIG_HAVE_MOVE_PMD, since 5.1 on x86-64, 5.11 on arm64 and
/// 5.14 on ppc64 with radix.
public enum TableMoves {

    /// Its PTEs are moved one by one, under their lock.
    PTE,

    /// The entry that names it is moved, under `page_table_lock`, as Linux does: who holds the table's own lock
    /// does not notice.
    PMD,

    /// The same with the table's lock held too.
    PMD_LOCKED;

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
