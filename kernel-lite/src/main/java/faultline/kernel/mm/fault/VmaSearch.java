package faultline.kernel.mm.fault;

import faultline.core.step.Steps;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.MmapLock;
import faultline.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/// Finds the VMA of a fault under `mmap_lock`, and grows a stack that ends above the address:
/// `lock_mm_and_find_vma`.
final class VmaSearch {

    private final Steps steps;

    VmaSearch(Steps steps) {
        this.steps = steps;
    }

    /// Takes `mmap_lock` for read; false, without it, when a fatal signal came first.
    static boolean lock(Mm mm) {
        MmapLock lock = mm.mmapLock();
        return lock.tryReadLock() || lock.readLockKillable();
    }

    /// The VMA that the address lies in, with `mmap_lock` held for read. Null, with the lock not held, where there is
    /// none or a fatal signal came first: `fault.failure` says which.
    @Nullable
    Vma lockAndFind(Mm mm, PageFault fault) {
        if (!lock(mm)) {
            fault.failure = FaultOutcome.Retry.INSTANCE;
            return null;
        }
        return find(mm, fault);
    }

    /// The same for a fault that has pinned a VMA before, without the lock: it is used if it still is the right one,
    /// and unpinned in any case, for whoever has the lock needs no reference (`can_reuse_spf_vma`).
    @Nullable
    Vma lockAndFind(Mm mm, PageFault fault, @Nullable Vma pinned) {
        if (pinned == null) {
            return lockAndFind(mm, fault);
        }
        boolean locked = lock(mm);
        boolean fits = locked && !pinned.isDetached() && pinned.contains(fault.address());
        pinned.unpin();
        if (!locked) {
            fault.failure = FaultOutcome.Retry.INSTANCE;
            return null;
        }
        return fits ? pinned : find(mm, fault);
    }

    /// The same for a caller that has the lock; it has lost it when the result is null.
    @Nullable
    Vma find(Mm mm, PageFault fault) {
        Vma vma = mm.findVma(fault.address());
        if (vma != null && Long.compareUnsigned(vma.start(), fault.address()) <= 0) {
            return vma;
        }
        MmapLock lock = mm.mmapLock();
        boolean grows = vma != null && vma.has(Vma.VM_GROWSDOWN) && !fault.refusesGrowth(vma);
        lock.readUnlock();
        if (!grows) {
            fault.failure = fault.badArea();
            return null;
        }
        if (!lock.writeLockKillable()) {
            fault.failure = FaultOutcome.Retry.INSTANCE;
            return null;
        }
        vma = growStack(mm, fault);
        if (vma == null) {
            lock.writeUnlock();
            fault.failure = fault.badArea();
        } else {
            lock.downgrade();
        }
        return vma;
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
