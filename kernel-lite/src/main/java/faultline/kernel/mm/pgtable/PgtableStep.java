package faultline.kernel.mm.pgtable;

import faultline.core.step.Step;

/// The steps of page tables; each stands before the access it names.
public enum PgtableStep implements Step {
    TABLE_READ,
    TABLE_ALLOC,
    TABLE_LINK,
    TABLE_UNLINK,
    TABLE_FREE,
    PTE_READ,
    PTE_STORE,
    PTE_CLEAR,
    PTE_COMPARE_AND_SET,
    TLB_FLUSH,
    /// Pages are about to be moved to another address: mremap.
    PAGES_MOVE
}
