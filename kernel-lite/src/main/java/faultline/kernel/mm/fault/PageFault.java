package faultline.kernel.mm.fault;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/// One page fault as the shared kernel sees it, extended by each architecture with its fault
/// registers and its rules. A task owns one and reuses it, so that a fault allocates nothing.
public abstract class PageFault {

    // FAULT_FLAG_*, by their numbers in Linux: what a design lets the handler do. See PageLockWait and DirtyThrottle.

    /// The handler may give the fault's lock up to wait, once, and return `Retry`, or `Done` and unlocked.
    static final int FAULT_FLAG_ALLOW_RETRY = 1 << 2;

    /// With it: return `Retry` at once where something would have to be waited for, the lock still held.
    static final int FAULT_FLAG_RETRY_NOWAIT = 1 << 3;

    /// Fatal signals end waits.
    static final int FAULT_FLAG_KILLABLE = 1 << 4;

    /// This is not the first attempt: the lock is kept.
    static final int FAULT_FLAG_TRIED = 1 << 5;

    /// The fault's lock is the read lock of its VMA, not `mmap_lock`.
    static final int FAULT_FLAG_VMA_LOCK = 1 << 12;

    /// What is swapped out is left to `mmap_lock`. No flag of Linux, whose `do_swap_page` of 6.4 asks for VMA_LOCK.
    static final int FAULT_NO_SWAP = 1 << 30;

    private long address;
    private Access access = Access.READ;
    private boolean user;
    private boolean speculative;

    // What handle_mm_fault has found so far: `struct vm_fault`.
    /// Where the entry above the PTE is, and what it was; only of a fault that a lock covers.
    long pmdPa;

    long pmd;
    long ptePa;
    long snapshot;
    FaultOutcome failure = FaultOutcome.Done.MINOR;

    /// The page was not cached: VM_FAULT_MAJOR.
    boolean major;

    /// `Retry` was said at once, without a wait.
    boolean refused;

    /// How often handle_mm_fault was begun for it; counted with checks.
    int passes;

    /// FAULT_FLAG_* bits; none at the beginning: such a fault waits with its lock held.
    int flags;

    /// PF_FAULT_MAYRETRY of the patch of 2006, which it put into the task. Not of one fault: the design that sets it
    /// clears it.
    boolean mayRetry;

    /// With it, as Andrew Morton proposed: a wait during which nobody wrote to the address space is no reason to
    /// start over.
    boolean comparesSequence;

    /// The address of no store of a program.
    private static final long NO_STORE = -1;

    /// Where the last store of the task that made a page of a file dirty was.
    private long lastStore = NO_STORE;

    /// FAULT_FLAG_SPECULATIVE: how it goes on without a stable VMA; null when it has one.
    @Nullable
    Speculation speculation;

    /// Says that the architecture takes what speculation came to.
    final void speculated() {
        speculative = true;
    }

    /// Whether the architecture has taken what speculation came to: what `spf` counts.
    public final boolean isSpeculative() {
        return speculative;
    }

    /// The task's record of speculative faults, used again while its address space is the same.
    private @Nullable Speculation record;

    /// Begins a new fault.
    public final void begin(long address, Access access, boolean user) {
        this.address = address;
        // Most faults of a task are of one kind, and storing a reference also marks the collector's card, a line
        // that vCPUs share.
        if (this.access != access) {
            this.access = access;
        }
        this.user = user;
        this.flags = 0;
        this.passes = 0;
        this.refused = false;
        this.speculative = false;
    }

    /// Whether the handler may give the fault's lock up in order to wait, and has not done so before:
    /// `fault_flag_allow_retry_first`, without RETRY_NOWAIT.
    boolean mayGiveLockUp() {
        return (flags & (FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_RETRY_NOWAIT))
                == FAULT_FLAG_ALLOW_RETRY;
    }

    /// Whether the task's last store that made a page dirty was to the same address; not a third time in a row.
    boolean storesAgain() {
        boolean again = lastStore == address;
        lastStore = again ? NO_STORE : address;
        return again;
    }

    /// Gives back what keeps the VMA as it is: `release_fault_lock`.
    void releaseFaultLock(Vma vma) {
        if ((flags & FAULT_FLAG_VMA_LOCK) != 0) {
            vma.endRead();
        } else {
            vma.mm().mmapLock().readUnlock();
        }
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
