package faultline.kernel.mm.fault;

import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_ALLOW_RETRY;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_KILLABLE;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_TRIED;
import static faultline.kernel.mm.fault.PageFault.FAULT_FLAG_VMA_LOCK;
import static faultline.kernel.mm.fault.PageFault.FAULT_NO_SWAP;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// Per-VMA locks (Suren Baghdasaryan, merged for Linux 6.4 in 2023), behind them the path with `mmap_lock`
/// and its one retry.
///
/// A fault of user mode finds its VMA under RCU, locks that for reading and goes on as if it had
/// `mmap_lock`: page tables may be made. Stacks that grow and every VMA that a writer holds are left to
/// `mmap_lock`, in 6.4 also files, VMAs without their AnonVma, and pages that are swapped out. In 6.15 a fault waits
/// for a page of a file without the VMA's lock, and then asks again with `mmap_lock`; with `--knob io-retry=vma-lock`
/// with the VMA's lock once more, as Barry Song proposed in 2026 (VM_FAULT_RETRY_VMA).
///
/// Between reading and `mmap_lock` the VMA is unlocked: `mmap_lock` ranks above it.
final class VmaLockDesign implements FaultDesign {

    private final String name;
    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final Rcu rcu;
    private final RetryDesign behind;

    /// Whether it is the form that files and VMAs without an AnonVma are left to `mmap_lock` at once: giving one
    /// looks at the neighbours, which only that keeps as they are.
    private final boolean first;

    private final boolean retriesLocked;
    private final boolean completes;

    VmaLockDesign(FaultDesigns.Making making, VmaGuards.Lock lock) {
        this.name = making.name();
        this.handler = making.handler();
        this.kernel = handler.kernel();
        this.rcu = kernel.rcu();
        this.completes = making.knobs().completes(true);
        this.behind = new RetryDesign(handler, completes);
        this.first = lock == VmaGuards.Lock.SEMAPHORE;
        this.retriesLocked = making.knobs().retriesUnderVmaLock();
        kernel.guardVmas(VmaGuards.locked(lock, !making.has(Defect.FORK), !making.has(Defect.MEMPOLICY)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!fault.isUser()) {
            return behind.handle(mm, fault);
        }
        FaultOutcome outcome = tryLocked(mm, fault, 0);
        if (outcome == null || fault.refused) {
            return behind.handle(mm, fault);
        }
        if (retriesLocked && asksAgain(outcome, fault)) {
            FaultOutcome second = tryLocked(mm, fault, FAULT_FLAG_TRIED);
            outcome = second == null ? outcome : second;
        }
        return asksAgain(outcome, fault) ? behind.handleAgain(mm, fault) : outcome;
    }

    private static boolean asksAgain(FaultOutcome outcome, PageFault fault) {
        return outcome instanceof FaultOutcome.Retry && !RetryDesign.signalPending(fault);
    }

    /// Handles the fault with the lock of its VMA, which is given back on every way out; null where that
    /// cannot be had or the access is refused, which is for who holds `mmap_lock` to say.
    private @Nullable FaultOutcome tryLocked(Mm mm, PageFault fault, int tried) {
        Vma vma = lockVmaUnderRcu(mm, fault.address());
        if (vma == null) {
            return null;
        }
        if (fault.accessError(vma)) {
            kernel.giveUp(VmEvent.VMA_LOCK_ACCESS_ERROR, vma, fault.address());
            vma.endRead();
            return null;
        }
        fault.flags = FAULT_FLAG_VMA_LOCK | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | tried;
        fault.flags |= first ? FAULT_NO_SWAP : 0;
        FaultOutcome outcome = RetryDesign.handleMmFault(handler, vma, fault, completes);
        if (outcome instanceof FaultOutcome.Retry) {
            // Whoever asks for a retry has given the lock back: the VMA may be gone.
            kernel.giveUp(VmEvent.VMA_LOCK_RETRY, null, fault.address());
            return outcome;
        }
        if (!RetryDesign.isUnlocked(outcome)) {
            vma.endRead();
        }
        kernel.count(VmEvent.VMA_LOCK_SUCCESS, 1);
        return RetryDesign.counted(outcome, fault);
    }

    /// `lock_vma_under_rcu`.
    private @Nullable Vma lockVmaUnderRcu(Mm mm, long address) {
        Vcpu self = KernelThread.current().vcpu();
        rcu.readLock(self);
        Vma vma = tryLock(mm, address);
        while (vma != null && vma.isDetached()) {
            // Taken out of the tree between finding and locking: its place may have another by now.
            kernel.giveUp(VmEvent.VMA_LOCK_MISS, vma, address);
            vma.endRead();
            vma = tryLock(mm, address);
        }
        rcu.readUnlock(self);
        if (vma == null) {
            kernel.giveUp(VmEvent.VMA_LOCK_ABORT, null, address);
        }
        return vma;
    }

    private @Nullable Vma tryLock(Mm mm, long address) {
        Vma vma = mm.findVma(address);
        if (vma == null || first && !(vma.isAnonymous() && vma.hasAnonVma()) || !vma.tryStartRead()) {
            return null;
        }
        // Bounds and flags are stable only now. A detached VMA keeps the ones it had.
        boolean fits = vma.contains(address) && !(first && vma.has(Vma.VM_UFFD));
        if (vma.isDetached() || fits) {
            return vma;
        }
        vma.endRead();
        return null;
    }
}
