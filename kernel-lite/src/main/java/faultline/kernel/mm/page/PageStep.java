package faultline.kernel.mm.page;

import faultline.core.step.Step;

/// The steps of physical pages.
public enum PageStep implements Step {
    PAGE_ALLOC,
    PAGE_FREE,
    PAGE_GET,
    PAGE_PUT,
    PAGE_LOCK,
    PAGE_UNLOCK,
    CACHE_LOOKUP,
    CACHE_INSERT,
    CACHE_REMOVE
}
