package faultline.core.mem;

import faultline.core.mmu.Access;

/// Sees data accesses to the pages it asks for: watchpoints and tracers. Pages it watches are never put into the
/// TLB, so everything else runs at full speed.
public interface AccessObserver {

    /// Whether accesses to the page that holds `va` are wanted.
    boolean watches(long va);

    /// An access is about to be made to a watched page; its translation succeeded.
    void accessed(long va, int length, Access access);
}
