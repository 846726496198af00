package faultline.kernel.lock;

/// The order in which locks are taken: a thread that holds a lock takes only locks declared below
/// it.
///
/// Checked at every acquire while assertions are on (`docs/locking.md` has the table). Two locks of
/// the same rank are taken together only through the `…Nested` methods, whose callers say in which
/// order they take them.
public enum LockRank {
    /// The position of an open file, held over a whole read or write (`f_pos_lock`).
    POSITION(true),
    /// Locks of files and inodes that are held across copies to and from user memory (`i_rwsem`).
    INODE(true),
    /// Which pages are shared for their contents (`ksm_thread_mutex`).
    KSM(true),
    /// `mmap_lock` of an address space.
    MMAP(true),
    /// Who registers an MMU notifier and so takes all locks of an address space (`mm_all_locks_mutex`).
    ALL_LOCKS(true),
    /// Which MMU notifiers an address space has, where faults tell them without `mmap_lock`
    /// (`mmu_notifier_lock`).
    MMU_NOTIFIER(true),
    /// A VMA's own lock: who holds it for reading may lock a page of a file.
    VMA(true),
    /// The lock bit of a page, held across I/O.
    PAGE(true),
    /// `i_mmap`: which VMAs map a file.
    RMAP(true),
    /// The VMAs in which an anonymous page may be mapped (`anon_vma->rwsem`).
    ANON_VMA(true),
    /// The tree of VMAs, where a design looks things up in it without `mmap_lock` (`mm_rb_lock`).
    VMA_TREE(false),
    /// `page_table_lock`: upper levels of the page table.
    PAGE_TABLE(false),
    /// The lock of one PTE table.
    PTE(false),
    /// The slots of a swap area and the pages that the swap cache has for them (`si->lock`).
    SWAP(false),
    /// The pages of a file by index (`i_pages`).
    PAGE_CACHE(false),
    /// One vCPU's free frames (`pcp->lock`).
    PER_CPU_PAGES(false),
    /// The lists of pages that could be reclaimed (`lru_lock`).
    LRU(false),
    /// The page allocator's shared pool (`zone->lock`).
    PAGE_ALLOCATOR(false),
    /// What the block device has to do.
    BLOCK_QUEUE(false),
    /// Process tables, signals, timers, run queue: taken without any lock of the memory manager,
    /// and none below.
    TASK(false),
    /// The inside of a wait queue or a sleeping lock. Nothing is taken below it.
    WAIT_QUEUE(false);

    private final boolean sleeps;

    LockRank(boolean sleeps) {
        this.sleeps = sleeps;
    }

    /// Whether a holder may block. A holder of any other lock never gives up its vCPU.
    public boolean sleeps() {
        return sleeps;
    }
}
