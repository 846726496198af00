package faultline.core.mem;

import faultline.core.mmu.Mmu;
import faultline.core.mmu.Walk;

/// What walkers have in common that read their tables from RAM: where the root is, and the outcomes
/// that they return again and again.
public abstract class TableWalker implements Mmu {

    protected final PhysicalMemory memory;

    protected final Walk.Mapped mapped = new Walk.Mapped();
    protected final Walk.Faulted faulted = new Walk.Faulted();

    protected long root;

    protected TableWalker(PhysicalMemory memory) {
        this.memory = memory;
    }

    @Override
    public void setRoot(long rootPa) {
        root = rootPa;
    }

    @Override
    public final long root() {
        return root;
    }
}
