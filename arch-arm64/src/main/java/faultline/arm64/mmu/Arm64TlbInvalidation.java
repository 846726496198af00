package faultline.arm64.mmu;

import faultline.core.cpu.Vcpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.RangeFlush;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import java.util.function.Predicate;

/// TLB invalidation by broadcast: `TLBI VALE1IS` or `ASIDE1IS`, then `DSB ISH`.
///
/// No vCPU is interrupted. The barrier waits until every one has dropped the translations and
/// finished the accesses that used them: one in guest mode has when it next polls, one in kernel
/// mode uses none, **and whether its interrupts are on is nothing to the broadcast**. A walk that
/// relies on interrupts being off to hold such a sender up is wrong on this machine.
public final class Arm64TlbInvalidation implements TlbInvalidation {

    /// Linux's MAX_DVM_OPS, PTRS_PER_PTE, in bytes of pages: from so many on the whole ASID is invalidated.
    private final long maxBytes;

    public Arm64TlbInvalidation(PageGeometry pages) {
        this.maxBytes = (long) pages.bytes() / Long.BYTES << pages.shift();
    }

    @Override
    public int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end) {
        RangeFlush flush = new RangeFlush(start, end, end - start >= maxBytes);
        flush.handle(self);
        self.all().broadcastAndWait(self, active, flush);
        return 0;
    }

    @Override
    public String name() {
        return "tlbi broadcast";
    }
}
