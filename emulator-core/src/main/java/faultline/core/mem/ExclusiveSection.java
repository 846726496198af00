package faultline.core.mem;

/// What a vCPU's memory asks of the other vCPUs.
///
/// An exclusive section keeps them out of guest mode for a moment: how an atomic access that the host
/// cannot make in one instruction (16 bytes, or misaligned across a word) is made atomic against
/// everything, plain stores included.
public interface ExclusiveSection {

    /// Returns when no other vCPU is in guest mode, and none can enter it until [#leave]. The caller has no
    /// translation in hand: it looks addresses up afterwards.
    void enter();

    /// Lets the others go on.
    void leave();

    /// Whether there are no others: the machine has one vCPU.
    boolean alone();

    /// Takes every vCPU's write tag for a frame; on return no store made through one is still under way. Like
    /// [#enter] for a caller with no translation in hand.
    void takeWriteTags(long pfn);
}
