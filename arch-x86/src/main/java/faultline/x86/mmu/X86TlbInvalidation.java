package faultline.x86.mmu;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.pgtable.RangeFlush;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import java.util.function.Predicate;

/// TLB shootdown by interrupt: every vCPU that may hold the translations is interrupted and waited
/// for.
///
/// A vCPU in guest mode answers at its next poll, one in kernel mode counts at once, **one with
/// interrupts off holds the sender up until it turns them on**. What waits here must
/// hold nothing that such a vCPU spins for.
public final class X86TlbInvalidation implements TlbInvalidation {

    /// Linux's `tlb_single_page_flush_ceiling`: beyond so many pages, losing the whole TLB costs
    /// less than invalidating page by page.
    static final long SINGLE_PAGE_FLUSH_CEILING = 33;

    @Override
    public int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end) {
        boolean everything = end - start >>> PhysicalMemory.FRAME_SHIFT > SINGLE_PAGE_FLUSH_CEILING;
        RangeFlush flush = new RangeFlush(start, end, everything);
        flush.handle(self);
        return self.all().interrupt(self, active, flush);
    }

    @Override
    public String name() {
        return "ipi";
    }
}
