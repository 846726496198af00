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
        DEAD_LOCK,

        /// An object of the kernel is not used once it is free.
        FREED_OBJECT,

        /// A frame is neither mapped nor stored to while it is free, and not freed while it is mapped.
        FREED_FRAME,

        /// An anonymous page lies where its index and its AnonVma say.
        ANON_INDEX,

        /// Nothing is left of an address space that has no user, nor of a machine that has no task.
        LEFT_OVER,

        /// A sequence counter is even when nobody writes, and changed by one at a time.
        SEQUENCE,

        /// A thread that goes back to its program holds no lock, is in no read section and has interrupts on.
        HELD_AT_RETURN,

        /// A fault comes to an end, and one that is done does not come back the same.
        ENDLESS_FAULT,

        /// When a flush is over no TLB has what the page table lost before it.
        STALE_TRANSLATION
    }
}
