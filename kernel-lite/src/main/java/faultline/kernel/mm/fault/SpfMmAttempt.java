package faultline.kernel.mm.fault;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SeqCount;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import org.jspecify.annotations.Nullable;

/// One fault of [SpfMmDesign]: a copy of its VMA and the value of `mmap_seq` it relies on. Every way to
/// give up has its counter.
final class SpfMmAttempt extends Speculation {

    private final SeqCount sequence;

    /// What `mmap_seq` was at the start: even.
    private long seen;

    private long address;

    private final boolean files;
    private final boolean looksAtPolicies;

    private final Swap swap;

    /// `files` says whether the form handles faults of files, `swap` what it does about pages that are swapped out.
    SpfMmAttempt(Mm mm, LocklessWalk walk, TryPolicy policy, FaultDesigns.Making making, boolean files, Swap swap) {
        super(
                mm,
                walk,
                policy,
                making.knobs().tables(),
                !making.has(Defect.PMD_UNDER_LOCK),
                making.has(Defect.PAGE_LOST));
        this.files = files;
        this.looksAtPolicies = making.has(Defect.MEMPOLICY);
        this.swap = swap;
        this.sequence = mm.mmapLock().sequence();
    }

    /// Copies the VMA and looks whether it permits the access; false when the fault is to be given up.
    boolean begin(PageFault fault) {
        Vma copy = vma();
        address = fault.address();
        seen = sequence.beginRead();
        if ((seen & 1) != 0) {
            return abort(VmEvent.SPF_ABORT_ODD, null);
        }
        Vcpu self = KernelThread.current().vcpu();
        rcu.readLock(self);
        Vma vma = copy.mm().findVma(fault.address());
        VmEvent refusal = refusal(vma, fault);
        if (vma != null && refusal == null) {
            copy.copyFrom(vma);
        }
        rcu.readUnlock(self);
        if (refusal != null) {
            return abort(refusal, vma);
        }
        if (sequence.retry(seen)) {
            return abort(VmEvent.SPF_ABORT_VMA_COPY, copy);
        }
        // No signal from here: who holds mmap_lock decides what it is.
        return !fault.accessError(copy) || abort(VmEvent.SPF_ABORT_ACCESS_ERROR, copy);
    }

    private @Nullable VmEvent refusal(@Nullable Vma vma, PageFault fault) {
        // Below a stack nothing is mapped yet: it grows under mmap_lock.
        if (vma == null || Long.compareUnsigned(vma.start(), fault.address()) > 0) {
            return VmEvent.SPF_ABORT_UNMAPPED;
        }
        boolean speculates = files ? vma.canSpeculate(fault.isWrite()) : vma.isAnonymous();
        speculates &= looksAtPolicies || vma.policyObject() == null;
        return speculates ? null : VmEvent.SPF_ABORT_NO_SPECULATE;
    }

    @Override
    Swap swap() {
        return swap;
    }

    @Override
    boolean hasChanged() {
        return sequence.retry(seen);
    }

    @Override
    void refused(Refusal reason) {
        boolean _ = abort(
                switch (reason) {
                    case NO_UPPER_TABLE -> VmEvent.SPF_ABORT_PUD;
                    case NO_TABLE -> VmEvent.SPF_ABORT_PMD;
                    case CHANGED -> VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1;
                    case TABLE_CHANGED -> VmEvent.SPF_ABORT_PTE_MAP_LOCK_PMD;
                    case LOCKED -> VmEvent.SPF_ABORT_PTE_MAP_LOCK_PTL;
                    case CHANGED_MEANWHILE -> VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2;
                    case NOTIFIER -> VmEvent.SPF_ABORT_MMU_NOTIFIER;
                    case NO_ANON_VMA -> VmEvent.SPF_ABORT_ANON_VMA;
                    case FILE_CHANGED -> VmEvent.SPF_ABORT_FAULT;
                    case NOT_AMONG_CACHED -> VmEvent.SPF_ABORT_MAP_PAGES;
                    case NO_PAGE -> VmEvent.SPF_ABORT_FILEMAP;
                    case USERFAULT -> VmEvent.SPF_ABORT_USERFAULTFD;
                    case NON_SWAP_ENTRY -> VmEvent.SPF_ABORT_NON_SWAP_ENTRY;
                    case SWAPPED -> VmEvent.SPF_ABORT_SWAP;
                    case NOT_IN_SWAP_CACHE -> VmEvent.SPF_ABORT_SWAP_NOPAGE;
                    case SWAP_PAGE_LOCKED -> VmEvent.SPF_ABORT_SWAP_LOCKED;
                },
                vma());
    }

    @Override
    void attempted(Kind kind, PageTable table) {
        kernel.count(
                switch (kind) {
                    case ANON -> VmEvent.SPF_ATTEMPT_ANON;
                    case FILE -> VmEvent.SPF_ATTEMPT_FILE;
                    case SWAP -> VmEvent.SPF_ATTEMPT_SWAP;
                    case NUMA -> VmEvent.SPF_ATTEMPT_NUMA;
                    case PTE -> VmEvent.SPF_ATTEMPT_PTE;
                    case WP -> VmEvent.SPF_ATTEMPT_WP;
                },
                1);
    }

    private boolean abort(VmEvent reason, @Nullable Vma vma) {
        kernel.giveUp(reason, vma, address);
        return false;
    }
}
