package faultline.kernel.check;

/// One access that the kernel must not make.
///
/// @param rule what it breaks
/// @param touchedBy the thread that made it
/// @param unhookedBy the thread that took what was touched out of use; empty when nobody did
/// @param freedBy the thread that freed it, which for a grace period is whoever saw its end; empty when nobody did
/// @param text all of it in one line
public record Violation(Rule rule, String touchedBy, String unhookedBy, String freedBy, String text) {

    public enum Rule {
        /// A page table is neither read nor written once its frame is free for other use.
        FREED_TABLE,

        /// Nothing is stored to a page table that no entry points to.
        UNHOOKED_TABLE,

        /// A page table is empty when it goes.
        LIVE_ENTRY,

        /// A lock whose memory was freed is not taken, and one that is held not freed.
        DEAD_LOCK
    }
}
