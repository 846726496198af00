package faultline.kernel.mm.notifier;

/// Why translations of a range become invalid: `mmu_notifier_event`.
public enum MmuNotifyEvent {
    /// munmap and mremap: the range is mapped no more.
    UNMAP,
    /// The pages are others, or gone for now: MADV_DONTNEED, truncation, copy on write, collapse.
    CLEAR,
    /// mprotect: the rights of the VMA change.
    PROTECTION_VMA,
    /// Pages lose the right to be written: fork, writeback.
    PROTECTION_PAGE,
    /// Pages lose the right to be written until their next store is noted: clear_refs.
    SOFT_DIRTY
}
