package faultline.kernel.mm.fault;

import java.util.Locale;

/// What a speculative fault does when somebody holds the PTE lock it wants.
public enum TryPolicy {

    /// It gives up: who waited would starve behind a stream of others.
    ONCE,

    /// It checks everything again and tries again, for as long as it takes.
    LOOP,

    /// It waits with interrupts as they are. Nobody has posted this since 2014: where a flush interrupts,
    /// the holder waits for the one that waits for it (M9).
    BLOCK;

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
