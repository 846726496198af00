package faultline.core.mem;

/// Keeps every other vCPU out of guest mode for a moment: how an atomic access that the host cannot make in one
/// instruction (16 bytes, or misaligned across a word) is made atomic against everything, plain stores included.
public interface ExclusiveSection {

    /// Returns when no other vCPU is in guest mode, and none can enter it until [#leave]. The caller has no
    /// translation in hand: it looks addresses up afterwards.
    void enter();

    /// Lets the others go on.
    void leave();
}
