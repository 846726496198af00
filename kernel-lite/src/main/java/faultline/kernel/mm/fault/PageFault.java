package faultline.kernel.mm.fault;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/// One page fault as the shared kernel sees it, extended by each architecture with its fault
/// registers and its rules. A task owns one and reuses it, so that a fault allocates nothing.
public abstract class PageFault {

    private long address;
    private Access access = Access.READ;
    private boolean user;

    // What handle_mm_fault has found so far: `struct vm_fault`.
    long ptePa;
    long snapshot;
    FaultOutcome failure = FaultOutcome.Done.MINOR;

    /// FAULT_FLAG_SPECULATIVE: how it goes on without a stable VMA; null when it has one.
    @Nullable
    Speculation speculation;

    private @Nullable SpfMmAttempt spfMmAttempt;

    /// Begins a new fault.
    public final void begin(long address, Access access, boolean user) {
        this.address = address;
        // Most faults of a task are of one kind, and storing a reference also marks the collector's card, a line
        // that vCPUs share.
        if (this.access != access) {
            this.access = access;
        }
        this.user = user;
    }

    /// The faulting address, untagged.
    public final long address() {
        return address;
    }

    public final Access access() {
        return access;
    }

    public final boolean isWrite() {
        return access == Access.WRITE;
    }

    /// FAULT_FLAG_USER: from register state, not from the hardware's bit.
    public final boolean isUser() {
        return user;
    }

    /// The task's record of a speculative fault in `mm`: made anew when that is another than before.
    SpfMmAttempt spfMmAttempt(Mm mm) {
        SpfMmAttempt attempt = spfMmAttempt;
        if (attempt == null || attempt.vma().mm() != mm) {
            attempt = new SpfMmAttempt(mm);
            spfMmAttempt = attempt;
        }
        return attempt;
    }

    /// Whether an access has faulted, which is made again when the fault is done.
    boolean repeats() {
        return true;
    }

    /// Whether the architecture lets the access, below a stack's VMA, not make it grow, whatever the
    /// limits say.
    public boolean refusesGrowth(Vma stack) {
        return false;
    }

    /// The architecture's own word for the fault: `#PF` error code, ESR or DSISR.
    public abstract long code();

    /// The architecture's `access_error`: whether this VMA forbids the access.
    public abstract boolean accessError(Vma vma);

    /// The signal for an access that [#accessError] refused.
    public abstract FaultOutcome.Signal badAccess(Vma vma);

    /// The signal for an address where nothing is mapped: SEGV_MAPERR.
    public abstract FaultOutcome.Signal badArea();
}
