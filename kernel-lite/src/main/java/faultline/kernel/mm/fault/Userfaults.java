package faultline.kernel.mm.fault;

import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Userfault;
import faultline.kernel.mm.UserfaultMessage;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Faults that somebody in user space handles: `handle_userfault`.
///
/// The fault gives its lock back and waits until it is woken; then it starts over. So it takes a design that lets the
/// handler give the lock up:
///
/// | design | what comes of it |
/// | --- | --- |
/// | `classic`, the retries of 2006: no ALLOW_RETRY | SIGBUS, as on an architecture that had none |
/// | `retry`, and what is behind the others | `mmap_lock` is given back |
/// | `spf-vma` | VMAs with missing faults are not speculated on (`spf_vma_notsup`) |
/// | `spf-mm` | gives up where it would wait (`SPF_ABORT_USERFAULTFD`) |
/// | `vma-lock:6.4` | such VMAs are left to `mmap_lock` |
/// | `vma-lock:6.15` | the VMA's lock is given back |
final class Userfaults {

    private final PageTableFormat format;
    private final Steps steps;
    private final KernelMemory kernel;
    private final AtomicBoolean toldMissing = new AtomicBoolean();

    Userfaults(KernelMemory kernel) {
        this.kernel = kernel;
        this.format = kernel.format();
        this.steps = kernel.steps();
    }

    /// Waits for whoever handles the fault, which no PTE lock is held for: `reason` is the one of VM_UFFD that applies.
    /// `Retry`, the lock given back; SIGBUS where nobody can be waited for; done, the lock held, where nobody who
    /// handles it is left.
    FaultOutcome handle(Vma vma, PageFault fault, int reason) {
        Speculation speculation = fault.speculation;
        Userfaultfd handler = (speculation == null ? vma : speculation.liveVma()).userfault();
        steps.at(FaultStep.USERFAULT, fault.address());
        if (speculation != null && !speculation.meetsHandlers()) {
            speculation.refused(Speculation.Refusal.USERFAULT);
            return FaultOutcome.Retry.INSTANCE;
        }
        KernelThread self = KernelThread.current();
        if (handler != null) {
            // Nothing keeps it for a speculative fault (M5).
            handler.touch();
        }
        if (handler == null
                || self.isExiting()
                || handler.has(Userfaultfd.FEATURE_SIGBUS)
                || !fault.isUser() && handler.isUserModeOnly()) {
            return FaultOutcome.Signal.busError(fault.address());
        }
        if (handler.isReleased()) {
            // It lets go of the VMA when it gets mmap_lock.
            return FaultOutcome.Done.MINOR;
        }
        if ((fault.flags & PageFault.FAULT_FLAG_ALLOW_RETRY) == 0) {
            if (toldMissing.compareAndSet(false, true)) {
                kernel.log()
                        .accept("userfaultfd: FAULT_FLAG_ALLOW_RETRY missing: who faults where it handles faults gets "
                                + "SIGBUS; --fault-design retry, for one, has it wait");
            }
            return FaultOutcome.Signal.busError(fault.address());
        }
        if ((fault.flags & PageFault.FAULT_FLAG_RETRY_NOWAIT) != 0) {
            return FaultOutcome.Retry.INSTANCE;
        }
        Userfault waiting = new Userfault(fault.address(), message(vma, fault, reason, handler));
        // From here on it is woken; only then may one look whether there is anything to wait for.
        handler.add(waiting);
        boolean waits = mustWait(vma, fault, reason);
        fault.releaseFaultLock(vma);
        if (waits) {
            // Each pass has had somebody's answer: not the kernel's to bound.
            fault.passes = 0;
            handler.await(waiting, fault.isUser());
        } else {
            handler.remove(waiting);
        }
        return FaultOutcome.Retry.INSTANCE;
    }

    private static UserfaultMessage message(Vma vma, PageFault fault, int reason, Userfaultfd handler) {
        long address = handler.has(Userfaultfd.FEATURE_EXACT_ADDRESS)
                ? fault.address()
                : vma.mm().geometry().down(fault.address());
        int flags = (fault.isWrite() ? UserfaultMessage.PAGEFAULT_FLAG_WRITE : 0)
                | (reason == Vma.VM_UFFD_WP ? UserfaultMessage.PAGEFAULT_FLAG_WP : 0)
                | (reason == Vma.VM_UFFD_MINOR ? UserfaultMessage.PAGEFAULT_FLAG_MINOR : 0);
        int thread = handler.has(Userfaultfd.FEATURE_THREAD_ID)
                ? KernelThread.current().number()
                : 0;
        return UserfaultMessage.pageFault(flags, address, thread);
    }

    /// Whether the fault is still as it was; else it was resolved, and woken, before it could be:
    /// `userfaultfd_must_wait`.
    private boolean mustWait(Vma vma, PageFault fault, int reason) {
        PageTable table = vma.mm().pageTable();
        table.beginLook();
        long pte = table.look(fault.address());
        table.endLook();
        return !format.isPresent(pte) || reason == Vma.VM_UFFD_WP && !format.isWritable(pte);
    }

    /// What a fault on shared memory is to its handler, before a page is looked for: its outcome, or null where it is
    /// the kernel's to handle. `shmem_get_folio_gfp`.
    @Nullable
    FaultOutcome onShmem(Vma vma, PageFault fault, boolean inside) {
        if (!inside || !vma.isShmem()) {
            return null;
        }
        PageCache cache = FileFaults.cacheOf(vma);
        int reason = cache.has(vma.indexOf(fault.address())) ? Vma.VM_UFFD_MINOR : Vma.VM_UFFD_MISSING;
        return vma.has(reason) ? handle(vma, fault, reason) : null;
    }

    /// A fault where a marker is: `handle_pte_marker`. Null where it is one on a page that is missing.
    @Nullable
    FaultOutcome onMarker(Vma vma, PageFault fault) {
        if (fault.speculation != null) {
            fault.speculation.refused(Speculation.Refusal.NON_SWAP_ENTRY);
            return FaultOutcome.Retry.INSTANCE;
        }
        int marker = format.markerOf(fault.snapshot);
        if ((marker & PageTableFormat.MARKER_GUARD) != 0) {
            // VM_FAULT_SIGSEGV, which is told like an address where nothing is mapped.
            return fault.badArea();
        }
        if ((marker & PageTableFormat.MARKER_POISONED) != 0) {
            // VM_FAULT_HWPOISON, in a kernel without CONFIG_MEMORY_FAILURE.
            return FaultOutcome.Signal.busError(fault.address());
        }
        if (marker == 0) {
            throw new IllegalStateException("mm: PTE 0x" + Long.toHexString(fault.snapshot) + " of 0x"
                    + Long.toHexString(fault.address()) + " is neither empty nor present");
        }
        if (vma.has(Vma.VM_UFFD_WP)) {
            return null;
        }
        // Left over from when somebody handled it.
        PageTable table = vma.mm().pageTable();
        long ptePa = table.lock(fault.address(), fault.ptePa);
        if (ptePa != 0) {
            if (format.isSame(table.load(ptePa), fault.snapshot)) {
                long _ = table.getAndClear(fault.address(), ptePa);
            }
            table.lockOf(ptePa).unlock();
        }
        return FaultOutcome.Done.MINOR;
    }

    /// What a page is mapped with where a marker was.
    static long keepMarked(PageTableFormat format, Vma vma, PageFault fault, long pte) {
        boolean marked = vma.has(Vma.VM_UFFD_WP) && format.markerOf(fault.snapshot) == PageTableFormat.MARKER_UFFD_WP;
        return marked ? format.mkUffdWp(pte) : pte;
    }
}
