package faultline.kernel.mm;

import faultline.core.step.Step;

/// The steps of merging pages of the same contents.
public enum KsmStep implements Step {
    /// A page is looked at whose contents have been the same twice.
    KSM_COMPARE,
    /// A PTE is about to lose the right to store, so that the contents stay what they are.
    KSM_WRITE_PROTECT,
    /// A page that nobody can store to any more is about to count as one that is shared.
    KSM_SHARE,
    /// A PTE is about to get the shared page in the place of its own.
    KSM_REPLACE,
    /// A PTE is about to get a page of its own again.
    KSM_BREAK
}
