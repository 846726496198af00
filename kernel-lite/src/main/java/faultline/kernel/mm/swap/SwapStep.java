package faultline.kernel.mm.swap;

import faultline.core.step.Step;

/// The steps of swap areas and the swap cache.
public enum SwapStep implements Step {
    SLOT_ALLOC,
    SLOT_FREE,
    CACHE_INSERT,
    CACHE_REMOVE,
    SWAP_READ,
    SWAP_WRITE,
    UNMAP
}
