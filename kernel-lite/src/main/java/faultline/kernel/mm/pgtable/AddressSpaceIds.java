package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Vcpu;

/// How an architecture tells the translations of address spaces apart in a TLB, so that a switch
/// between two need not forget those of either. One serves a machine.
public interface AddressSpaceIds {

    /// What an address space keeps of it: `mm_context_t`.
    final class Context {
        /// The id and what else the architecture puts beside it; 0 at first.
        public volatile long id;
    }

    /// A new address space. Throws `ErrnoException` ENOMEM when there are as many as the architecture
    /// can tell apart, if it gives an id for life.
    default void begin(Context space) {}

    /// An address space is gone; no vCPU runs it.
    default void end(Context space) {}

    /// Has the TLB of `vcpu` go on with the translations that it holds of `to`, which may be none;
    /// forgets what another address space had under the same id. Called by the vCPU's own thread, in
    /// kernel mode, before it sets the root table.
    void switchTo(Vcpu vcpu, Context to);

    /// How often all ids were given out and began anew.
    default long rollovers() {
        return 0;
    }

    /// No ids: every switch forgets everything.
    AddressSpaceIds NONE = (vcpu, _) -> vcpu.mem().tlb().flush();
}
