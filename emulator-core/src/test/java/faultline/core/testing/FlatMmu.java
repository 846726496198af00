package faultline.core.testing;

import faultline.core.mmu.Access;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;

/// Every address below a bound is its own physical address; nothing is above it.
public final class FlatMmu implements Mmu {

    private final long bound;
    private final Walk.Mapped mapped = new Walk.Mapped();
    private final Walk.Faulted faulted = new Walk.Faulted();

    public FlatMmu(long bound) {
        this.bound = bound;
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        return Long.compareUnsigned(va, bound) < 0 ? mapped.set(va, true, true, true) : faulted.set(va, 0);
    }

    @Override
    public void setRoot(long rootPa) {}

    @Override
    public long root() {
        return 0;
    }
}
