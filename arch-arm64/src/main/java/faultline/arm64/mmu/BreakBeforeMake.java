package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.ATTRIBUTE_INDEX;
import static faultline.arm64.mmu.Descriptor.CONTIGUOUS;
import static faultline.arm64.mmu.Descriptor.INNER_SHAREABLE;
import static faultline.arm64.mmu.Descriptor.NG;
import static faultline.arm64.mmu.Descriptor.TABLE;
import static faultline.arm64.mmu.Descriptor.VALID;

import faultline.kernel.mm.pgtable.EntryCheck;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// Checks break-before-make (Arm ARM D8.16, "Using break-before-make when updating translation table
/// entries"): a valid entry gets another output address, another type (block or table), other memory
/// attributes or shareability only by way of an invalid one, a TLB invalidation of it, and the barrier
/// behind that. Otherwise two translations of one address may be in TLBs at once, and an access may
/// use either, both, or raise a conflict abort.
///
/// Rights, the access flag and the dirty state may change in place.
final class BreakBeforeMake implements EntryCheck {

    private final long needsBreak;

    /// Entries that were valid, are not any more, and may still be in TLBs.
    private final ConcurrentSkipListMap<Long, Long> broken = new ConcurrentSkipListMap<>();

    private final AtomicLong refills = new AtomicLong();

    BreakBeforeMake(Granule granule) {
        this.needsBreak = granule.address() | TABLE | ATTRIBUTE_INDEX | INNER_SHAREABLE | CONTIGUOUS | NG;
    }

    @Override
    public void changes(long entryPa, long before, long after) {
        boolean was = (before & VALID) != 0;
        boolean is = (after & VALID) != 0;
        if (was && is && ((before ^ after) & needsBreak) != 0) {
            throw new IllegalStateException("arm64: entry at 0x" + Long.toHexString(entryPa) + " goes from 0x"
                    + Long.toHexString(before) + " to 0x" + Long.toHexString(after)
                    + "; break-before-make needs an invalid one and a TLB invalidation in between");
        }
        if (was && !is) {
            broken.putIfAbsent(entryPa, before);
        } else if (!was && is) {
            Long old = broken.remove(entryPa);
            if (old != null && ((old ^ after) & needsBreak) != 0) {
                refills.incrementAndGet();
            }
        }
    }

    @Override
    public void settled(long firstPa, long endPa) {
        broken.subMap(firstPa, endPa).clear();
    }

    @Override
    public long refills() {
        return refills.get();
    }
}
