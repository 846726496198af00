package faultline.kernel.mm.fault;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaPolicy;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import org.jspecify.annotations.Nullable;

/// One fault of [SpfVmaDesign]: the VMA it has pinned, what that was when it began (`vma_flags` and
/// `vma_page_prot` of the series' `vm_fault`), and the value of `vm_sequence` it relies on.
final class SpfVmaAttempt extends Speculation {

    private final boolean readsPmdAgain;
    private final boolean makesTable;
    private final boolean asksForHuge;
    private final boolean signals;
    private final boolean fetchesAnything;
    private final boolean tellsEnd;
    private final boolean awaitsMigration;
    private final boolean looksAtPolicies;
    private final boolean meetsHandlers;

    private final Swap swap;

    private @Nullable Vma pinned;

    private long address;

    /// What `vm_sequence` was at the start: even.
    private long seen;

    SpfVmaAttempt(Mm mm, LocklessWalk walk, TryPolicy policy, FaultDesigns.Making making) {
        super(mm, walk, policy, making.knobs().tables(), !making.has(Defect.PMD_UNDER_LOCK), false);
        this.readsPmdAgain = making.has(Defect.PMD_REREAD);
        this.makesTable = making.has(Defect.PTE_ALLOC);
        this.asksForHuge = making.has(Defect.TRANS_UNSTABLE);
        this.signals = making.has(Defect.SI_CODE);
        this.fetchesAnything = making.has(Defect.FETCH);
        this.tellsEnd = !making.has(Defect.RANGE_END);
        this.awaitsMigration = making.has(Defect.MIGRATION_WAIT);
        this.looksAtPolicies = making.has(Defect.MEMPOLICY);
        this.meetsHandlers = making.knobs().speculatesOnUserfaults();
        this.swap = making.has(Defect.SWAP_READAHEAD) ? Swap.READ_AHEAD : Swap.READ_ALONE;
    }

    /// Finds and pins the VMA, and looks whether it permits the access; null when the fault may go on.
    @Nullable
    FaultOutcome begin(PageFault fault) {
        address = fault.address();
        Vma vma = vma().mm().findAndPin(address);
        pinned = vma;
        if (vma == null) {
            return retry(VmEvent.SPF_VMA_NONE);
        }
        seen = vma.sequence();
        if ((seen & 1) != 0) {
            return retry(VmEvent.SPF_VMA_CHANGED);
        }
        if (!vma.isAnonymous()) {
            return retry(VmEvent.SPF_VMA_NOTSUP);
        }
        if (!vma.hasAnonVma()) {
            return retry(VmEvent.SPF_VMA_NOANON);
        }
        vma().copyFrom(vma);
        if (vma().has(Vma.VM_GROWSDOWN | Vma.VM_UFFD_MISSING)) {
            return retry(VmEvent.SPF_VMA_NOTSUP);
        }
        if (!vma.contains(address)) {
            return retry(VmEvent.SPF_VMA_CHANGED);
        }
        if (!permits(fault)) {
            return refuse(fault);
        }
        // Where the next page goes is counted in the VMA, or in the task.
        return mayNotAllocate(vma()) ? retry(VmEvent.SPF_VMA_NOTSUP) : null;
    }

    /// As mended, as good as Android's way, which had none of this in a kernel with nodes.
    private boolean mayNotAllocate(Vma vma) {
        VmaPolicy policy = vma.policyObject();
        if (policy == null) {
            return KernelThread.current().interleaves();
        }
        return !looksAtPolicies || policy.get().interleaves();
    }

    /// The series' own check, not the architecture's `access_error`: a fetch may use any right.
    private boolean permits(PageFault fault) {
        Vma vma = vma();
        if (!fault.keyPermits(vma)) {
            return false;
        }
        return switch (fault.access()) {
            case WRITE -> vma.isWritable();
            case EXECUTE -> vma.has(fetchesAnything ? Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC : Vma.VM_EXEC);
            case READ -> vma.has(Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC);
        };
    }

    /// VM_FAULT_SIGSEGV, which the architectures report as an address where nothing is mapped. Before the
    /// last look at the sequence, as posted.
    private FaultOutcome refuse(PageFault fault) {
        kernel.giveUp(VmEvent.SPF_VMA_ACCESS, vma(), address);
        return signals ? fault.badArea() : FaultOutcome.Retry.INSTANCE;
    }

    /// The VMA that was pinned, which the caller unpins; null when none was found.
    @Nullable
    Vma takePinned() {
        Vma taken = pinned;
        pinned = null;
        return taken;
    }

    @Override
    boolean walk(PageTable table, PageFault fault) {
        if (!super.walk(table, fault)) {
            return false;
        }
        if (hasChanged()) {
            refused(Refusal.CHANGED);
            return false;
        }
        // handle_pte_fault begins with pmd_none(*pmd), and nothing protects the page it is in any more (M1).
        if (readsPmdAgain && !table.format().isPresent(table.loadPmd(pmdPa()))) {
            refused(Refusal.TABLE_CHANGED);
            return false;
        }
        return true;
    }

    @Override
    void attempted(Kind kind, PageTable table) {
        if (kind == Kind.ANON && makesTable) {
            // pte_alloc: into whatever page the entry lies in by now (M2).
            table.makePteTable(pmdPa());
        }
        if (kind == Kind.ANON && asksForHuge) {
            // pmd_trans_unstable: out of whatever page the entry lies in by now (M3). What it would find, the look
            // before the PTE lock finds too.
            long _ = table.loadPmd(pmdPa());
        }
    }

    @Override
    Swap swap() {
        return swap;
    }

    @Override
    boolean awaitsMigration() {
        return awaitsMigration;
    }

    @Override
    boolean meetsHandlers() {
        return meetsHandlers;
    }

    /// `vmf->vma`, whose bounds a split has changed by now, may be (M16).
    @Override
    Vma liveVma() {
        return pinned == null ? vma() : pinned;
    }

    @Override
    boolean hasChanged() {
        Vma vma = pinned;
        return vma == null || vma.hasChanged(seen);
    }

    @Override
    boolean tellsEndOfGivenUp() {
        return tellsEnd;
    }

    @Override
    void refused(Refusal reason) {
        FaultOutcome _ = retry(
                switch (reason) {
                    case NO_UPPER_TABLE,
                            NO_TABLE,
                            USERFAULT,
                            NON_SWAP_ENTRY,
                            SWAPPED,
                            NOT_IN_SWAP_CACHE,
                            SWAP_PAGE_LOCKED -> VmEvent.SPF_VMA_NOTSUP;
                    case CHANGED, CHANGED_MEANWHILE -> VmEvent.SPF_VMA_CHANGED;
                    case TABLE_CHANGED -> VmEvent.SPF_PMD_CHANGED;
                    case LOCKED -> VmEvent.SPF_PTE_LOCK;
                    case NOTIFIER -> VmEvent.SPF_MMU_NOTIFIER;
                    case NO_ANON_VMA -> VmEvent.SPF_VMA_NOANON;
                    case FILE_CHANGED, NOT_AMONG_CACHED, NO_PAGE ->
                        throw new IllegalStateException("mm: spf-vma has no faults of files, but one of " + vma());
                });
    }

    private FaultOutcome retry(VmEvent reason) {
        kernel.giveUp(reason, pinned, address);
        return FaultOutcome.Retry.INSTANCE;
    }
}
