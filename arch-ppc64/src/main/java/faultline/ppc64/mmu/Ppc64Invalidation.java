package faultline.ppc64.mmu;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.BroadcastInvalidation;
import java.util.function.Predicate;

/// `tlbie`, `eieio`, `tlbsync`, `ptesync`: broadcast, and nobody is interrupted. But where an entry that
/// points to a table was cleared, every vCPU that runs the address space is
/// (`serialize_against_pte_lookup`): walks of the kernel with interrupts off rely on that, which reach
/// what no TLB has.
public final class Ppc64Invalidation extends BroadcastInvalidation {

    /// `tlb_single_page_flush_ceiling`: from so many pages on the whole PID is invalidated.
    private static final long SINGLE_PAGE_FLUSH_CEILING = 33;

    private Ppc64Invalidation(long maxBytes) {
        super("tlbie broadcast", maxBytes);
    }

    /// For a kind of MMU. Under hash there is no invalidation of everything that an address space has:
    /// each page gets its own.
    public static Ppc64Invalidation of(String kind, PageGeometry pages) {
        return new Ppc64Invalidation(
                kind.equals(MmuChoice.RADIX) ? SINGLE_PAGE_FLUSH_CEILING + 1 << pages.shift() : Long.MAX_VALUE);
    }

    @Override
    public int tablesUnhooked(Vcpu self, Predicate<Vcpu> active) {
        return self.all().interrupt(self, active, Interrupt.synchronizing());
    }
}
