package faultline.kernel.mm.fault;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// Per-VMA locks as merged in Linux 6.4 (Suren Baghdasaryan, "Per-VMA locks", v4 of February 2023).
///
/// A fault of user mode finds its VMA under RCU, locks that for reading and goes on as if it had
/// `mmap_lock`: page tables may be made. Files, a VMA without its AnonVma, stacks that grow and every
/// VMA that a writer holds take the classic path. Between reading and `mmap_lock` the VMA is unlocked:
/// `mmap_lock` ranks above it.
final class VmaLockDesign implements FaultDesign {

    private final String name;
    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final Rcu rcu;
    private final ClassicDesign classic;

    /// Whether a VMA without an AnonVma is left to the classic path at once: giving it one looks at the
    /// neighbours, which only mmap_lock keeps as they are.
    private final boolean asksAnonVma;

    VmaLockDesign(FaultDesigns.Making making, VmaGuards.Lock lock) {
        this.name = making.name();
        this.handler = making.handler();
        this.kernel = handler.kernel();
        this.rcu = kernel.rcu();
        this.classic = new ClassicDesign(handler);
        this.asksAnonVma = lock == VmaGuards.Lock.SEMAPHORE;
        kernel.guardVmas(new VmaGuards(lock, VmaGuards.Lookup.NONE, !making.has(Defect.FORK), false));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!fault.isUser()) {
            return classic.handle(mm, fault);
        }
        Vma vma = lockVmaUnderRcu(mm, fault.address());
        if (vma == null) {
            return classic.handle(mm, fault);
        }
        if (fault.accessError(vma)) {
            vma.endRead();
            kernel.count(VmEvent.VMA_LOCK_ACCESS_ERROR, 1);
            return classic.handle(mm, fault);
        }
        fault.vmaLocked = true;
        FaultOutcome outcome = handler.handleMmFault(vma, fault);
        fault.vmaLocked = false;
        vma.endRead();
        if (!(outcome instanceof FaultOutcome.Retry)) {
            kernel.count(VmEvent.VMA_LOCK_SUCCESS, 1);
            return outcome;
        }
        kernel.count(VmEvent.VMA_LOCK_RETRY, 1);
        return KernelThread.current().signalPending() ? outcome : classic.handle(mm, fault);
    }

    /// `lock_vma_under_rcu`.
    private @Nullable Vma lockVmaUnderRcu(Mm mm, long address) {
        Vcpu self = KernelThread.current().vcpu();
        rcu.readLock(self);
        Vma vma = tryLock(mm, address);
        while (vma != null && vma.isDetached()) {
            // Taken out of the tree between finding and locking: its place may have another by now.
            vma.endRead();
            kernel.count(VmEvent.VMA_LOCK_MISS, 1);
            vma = tryLock(mm, address);
        }
        rcu.readUnlock(self);
        if (vma == null) {
            kernel.count(VmEvent.VMA_LOCK_ABORT, 1);
        }
        return vma;
    }

    private @Nullable Vma tryLock(Mm mm, long address) {
        Vma vma = mm.findVma(address);
        if (vma == null || !vma.isAnonymous() || asksAnonVma && !vma.hasAnonVma() || !vma.tryStartRead()) {
            return null;
        }
        // The bounds are stable only now. A detached VMA keeps the ones it had.
        if (vma.isDetached() || vma.contains(address)) {
            return vma;
        }
        vma.endRead();
        return null;
    }
}
