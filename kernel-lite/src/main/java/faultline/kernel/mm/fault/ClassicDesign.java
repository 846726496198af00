package faultline.kernel.mm.fault;

import faultline.core.step.Steps;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.MmapLock;
import faultline.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/// The classic fault path: `mmap_lock` is held for read from finding the VMA to storing the PTE,
/// I/O included.
///
/// | result | who unlocks | retried |
/// | --- | --- | --- |
/// | no VMA, no access | here, after the arch has looked at the VMA | no |
/// | fatal signal while waiting for the lock | never taken | no: `Retry`, the signal is delivered |
/// | anything from `handle_mm_fault` | here | no |
public final class ClassicDesign implements FaultDesign {

    private final FaultHandler handler;
    private final Steps steps;

    public ClassicDesign(FaultHandler handler) {
        this.handler = handler;
        this.steps = handler.kernel().steps();
    }

    @Override
    public String name() {
        return "classic";
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        return handle(mm, fault, null);
    }

    /// The same for a fault that has pinned its VMA before, which is unpinned here and used if it is
    /// still the right one: `can_reuse_spf_vma`.
    FaultOutcome handle(Mm mm, PageFault fault, @Nullable Vma pinned) {
        MmapLock lock = mm.mmapLock();
        if (!lock.tryReadLock() && !lock.readLockKillable()) {
            if (pinned != null) {
                pinned.unpin();
            }
            return FaultOutcome.Retry.INSTANCE;
        }
        Vma vma = pinned != null && reuses(pinned, fault) ? pinned : mm.findVma(fault.address());
        if (vma == null || Long.compareUnsigned(vma.start(), fault.address()) > 0) {
            if (vma == null || !vma.has(Vma.VM_GROWSDOWN) || fault.refusesGrowth(vma)) {
                lock.readUnlock();
                return fault.badArea();
            }
            lock.readUnlock();
            if (!lock.writeLockKillable()) {
                return FaultOutcome.Retry.INSTANCE;
            }
            vma = growStack(mm, fault);
            if (vma == null) {
                lock.writeUnlock();
                return fault.badArea();
            }
            lock.downgrade();
        }
        FaultOutcome outcome = fault.accessError(vma) ? fault.badAccess(vma) : handler.handleMmFault(vma, fault);
        lock.readUnlock();
        return outcome;
    }

    private static boolean reuses(Vma pinned, PageFault fault) {
        boolean fits = !pinned.isDetached() && pinned.contains(fault.address());
        pinned.unpin();
        return fits;
    }

    /// With the lock held for write: finds the VMA afresh, for much may have changed between the
    /// locks, and grows it.
    private @Nullable Vma growStack(Mm mm, PageFault fault) {
        steps.at(FaultStep.EXPAND_STACK, fault.address());
        Vma vma = mm.findVma(fault.address());
        if (vma == null) {
            return null;
        }
        if (Long.compareUnsigned(vma.start(), fault.address()) <= 0) {
            return vma;
        }
        if (!vma.has(Vma.VM_GROWSDOWN) || !new MmapCalls(mm).expandStack(vma, fault.address())) {
            return null;
        }
        return vma;
    }
}
