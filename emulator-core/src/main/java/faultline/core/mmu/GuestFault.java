package faultline.core.mmu;

/// Thrown, without a stack trace, by a guest memory access that page-faults.
///
/// The architecture's fault registers hold the details; the instruction changed nothing (I1). One instance serves
/// all, because it carries nothing and the hot path must not allocate.
public final class GuestFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public static final GuestFault PAGE_FAULT = new GuestFault();

    private GuestFault() {
        super(null, null, false, false);
    }
}
