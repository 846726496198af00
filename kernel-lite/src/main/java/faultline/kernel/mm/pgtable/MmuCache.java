package faultline.kernel.mm.pgtable;

import faultline.core.mmu.Access;

/// Translations that the kernel keeps in RAM for the hardware beside the page tables, where hardware
/// does not walk those (a hashed page table). The page tables stay the master: what is here was made
/// from a PTE, and goes when the PTE does or loses a right.
///
/// One serves a machine; all methods may be called by any thread that holds the PTE's lock.
public interface MmuCache {

    /// Hardware walks the page tables.
    MmuCache NONE = new MmuCache() {
        @Override
        public void entryChanged(AddressSpaceIds.Context space, long va, long ptePa, long before, long after) {}

        @Override
        public void update(AddressSpaceIds.Context space, long va, long ptePa, Access access) {}
    };

    /// How many of the bytes of RAM, from 0 on, are left for page frames.
    default long framesEnd(long ramBytes) {
        return ramBytes;
    }

    /// Whether fork flushes what it has write-protected with each PTE lock that it gives back, not only at its
    /// end: `arch_leave_lazy_mmu_mode`.
    default boolean flushesByTable() {
        return false;
    }

    /// Whether a PTE table may be hooked at another address without a look at its PTEs:
    /// `arch_supports_page_table_move`.
    default boolean movesTables() {
        return true;
    }

    /// The PTE of `va` went from `before` to `after`: what was made of it and is not true any more is
    /// taken out. TLBs are flushed by whoever changed it, later.
    void entryChanged(AddressSpaceIds.Context space, long va, long ptePa, long before, long after);

    /// A fault has made or changed the PTE of `va`, and `access` is about to be made again:
    /// `update_mmu_cache`.
    void update(AddressSpaceIds.Context space, long va, long ptePa, Access access);
}
