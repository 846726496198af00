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

    /// The task's record of speculative faults, used again while its address space is the same.
    private @Nullable Speculation record;

    /// FAULT_FLAG_VMA_LOCK: it holds its VMA's own lock instead of `mmap_lock`.
    boolean vmaLocked;

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

    /// The task's record of speculative faults in `mm`, or null when it has none there.
    @Nullable
    Speculation attemptIn(Mm mm) {
        return record != null && record.vma().mm() == mm ? record : null;
    }

    /// Keeps a new record for the faults to come.
    <S extends Speculation> S keep(S attempt) {
        record = attempt;
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

    /// `arch_vma_access_permitted`: whether the key of this VMA permits the access to the running thread.
    public boolean keyPermits(Vma vma) {
        return true;
    }

    /// Whether the architecture does not try Dufour's series for this fault.
    public boolean refusesSpeculation() {
        return false;
    }

    /// Whether the architecture takes what Dufour's series came to, which is no retry, for the end of the
    /// fault; `memKeys` says whether the kernel has protection keys.
    public boolean usesSpeculation(FaultOutcome outcome, boolean memKeys) {
        return true;
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
