package faultline.core.step;

/// The steps of the machine itself: what vCPUs do to one another.
public enum MachineStep implements Step {
    /// A vCPU reached a back-edge poll in guest mode.
    GUEST_POLL,
    /// An interrupt was put into another vCPU's inbox.
    IPI_SEND,
    /// A vCPU took an interrupt from its inbox.
    IPI_RECEIVE,
    /// The sender saw that a vCPU has answered, or need not.
    IPI_ACKNOWLEDGED,
    INTERRUPTS_OFF,
    INTERRUPTS_ON,
    /// Hardware told another vCPU something without an interrupt.
    BROADCAST,
    /// The sender saw that a vCPU uses nothing of before.
    BROADCAST_COMPLETE
}
