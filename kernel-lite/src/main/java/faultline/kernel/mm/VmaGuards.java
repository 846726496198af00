package faultline.kernel.mm;

/// What VMAs have, besides `mmap_lock`, for faults that do not take it. A machine's fault design says so
/// before the first address space is made.
///
/// @param lock the lock of each VMA
/// @param lookup how a VMA is found and kept; with it goes `vm_sequence`
/// @param fork whether fork keeps faults out of the parent's VMAs until it has flushed
/// @param countsShared whether who holds `mmap_lock` for read counts in `vm_sequence` too
/// @param freeing when the memory of a VMA is another's
public record VmaGuards(Lock lock, Lookup lookup, boolean fork, boolean countsShared, Freeing freeing) {

    /// Nothing: faults take `mmap_lock`.
    public static final VmaGuards NONE = new VmaGuards(Lock.NONE, Lookup.NONE, true, false);

    /// Nothing, but VMAs stay for a grace period: faults copy them in a read section.
    public static final VmaGuards COPIED = new VmaGuards(Lock.NONE, Lookup.NONE, true, false, Freeing.RCU);

    /// And their files with them: faults look at those too.
    public static final VmaGuards COPIED_WITH_FILES =
            new VmaGuards(Lock.NONE, Lookup.NONE, true, false, Freeing.RCU_WITH_FILE);

    /// With the freeing that belongs to the lock and the lookup.
    public VmaGuards(Lock lock, Lookup lookup, boolean fork, boolean countsShared) {
        this(lock, lookup, fork, countsShared, Freeing.of(lock, lookup));
    }

    /// Whether the file of a VMA that is gone is released only when no fault can be looking at it: [DelayedFput].
    boolean keepsFiles() {
        return freeing == Freeing.RCU_WITH_FILE;
    }

    /// When the memory of a VMA that has left the tree is free.
    public enum Freeing {
        /// As soon as it is unmapped.
        AT_ONCE,
        /// A grace period later.
        RCU,
        /// A grace period later, and its file released only then.
        RCU_WITH_FILE,
        /// At once, but it stays a VMA's memory for a grace period: a reader may try the lock there
        /// (SLAB_TYPESAFE_BY_RCU).
        TYPESAFE,
        /// With the last reference (`vm_ref_count`).
        COUNTED;

        private static Freeing of(Lock lock, Lookup lookup) {
            if (lookup != Lookup.NONE) {
                return COUNTED;
            }
            return switch (lock) {
                case NONE -> AT_ONCE;
                case SEMAPHORE -> RCU;
                case REFCOUNT -> TYPESAFE;
            };
        }
    }

    /// The forms of the lock of one VMA.
    public enum Lock {
        NONE,
        /// Linux 6.4: [VmaSemaphore].
        SEMAPHORE,
        /// Linux 6.15: [VmaRefcount].
        REFCOUNT
    }

    /// What keeps the tree still while a fault looks for its VMA and pins it.
    public enum Lookup {
        NONE,
        /// `mm_rb_lock`.
        RWLOCK,
        /// RCU, and `mm_seq` to look again.
        RCU
    }
}
