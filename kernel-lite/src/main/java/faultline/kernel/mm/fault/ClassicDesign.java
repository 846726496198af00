package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;
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
    private final VmaSearch search;

    public ClassicDesign(FaultHandler handler) {
        this.handler = handler;
        this.search = new VmaSearch(handler.kernel().steps());
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
        // Another design may have been tried before.
        fault.flags = 0;
        if (!VmaSearch.lock(mm)) {
            if (pinned != null) {
                pinned.unpin();
            }
            return FaultOutcome.Retry.INSTANCE;
        }
        Vma vma = pinned != null && reuses(pinned, fault) ? pinned : search.find(mm, fault);
        if (vma == null) {
            return fault.failure;
        }
        FaultOutcome outcome = fault.accessError(vma) ? fault.badAccess(vma) : handler.handleMmFault(vma, fault);
        mm.mmapLock().readUnlock();
        return outcome;
    }

    private static boolean reuses(Vma pinned, PageFault fault) {
        boolean fits = !pinned.isDetached() && pinned.contains(fault.address());
        pinned.unpin();
        return fits;
    }
}
