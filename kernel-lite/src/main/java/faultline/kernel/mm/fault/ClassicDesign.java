package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;

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
        Vma vma = search.lockAndFind(mm, fault);
        if (vma == null) {
            return fault.failure;
        }
        FaultOutcome outcome = fault.accessError(vma) ? fault.badAccess(vma) : handler.handleMmFault(vma, fault);
        mm.mmapLock().readUnlock();
        return outcome;
    }
}
