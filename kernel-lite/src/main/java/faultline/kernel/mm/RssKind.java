package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;

/// What a page of an address space counts as, by the kernel's names.
public enum RssKind {
    MM_FILEPAGES,
    MM_ANONPAGES,
    MM_SHMEMPAGES,

    /// PTEs of pages that are swapped out: not resident.
    MM_SWAPENTS;

    /// The kind of a page: `mm_counter`.
    public static RssKind of(Page page) {
        if (page.isAnon()) {
            return MM_ANONPAGES;
        }
        return page.isShmem() ? MM_SHMEMPAGES : MM_FILEPAGES;
    }
}
