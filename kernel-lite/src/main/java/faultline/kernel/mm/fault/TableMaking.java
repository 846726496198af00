package faultline.kernel.mm.fault;

import java.util.Locale;

/// Whether a speculative fault makes a PTE table that is missing. Neither series does; it was asked for in 2019
/// ("solvable, needs care", Peter Zijlstra).
public enum TableMaking {
    /// It is given up.
    OFF,

    /// With a look whether somebody has changed something, before the table is linked: who unmaps may have
    /// looked for tables to free in between (M39).
    UNCHECKED,

    /// With that look under `page_table_lock`, which who frees tables takes once, after he has said that he
    /// changes something: either he finds the table, or it is not linked.
    LOCKED;

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
