package faultline.kernel.mm;

/// What VMAs have, besides `mmap_lock`, for faults that do not take it. A machine's fault design says so
/// before the first address space is made.
///
/// @param lock the lock of each VMA
/// @param lookup how a VMA is found and kept; with it goes `vm_sequence`
/// @param fork whether fork keeps faults out of the parent's VMAs until it has flushed
/// @param countsShared whether who holds `mmap_lock` for read counts in `vm_sequence` too
/// @param keepsFiles whether the file of a VMA that is gone is released only when no fault can be looking at it:
///     [DelayedFput]
public record VmaGuards(Lock lock, Lookup lookup, boolean fork, boolean countsShared, boolean keepsFiles) {

    /// Those whose faults look at no file without a lock.
    public VmaGuards(Lock lock, Lookup lookup, boolean fork, boolean countsShared) {
        this(lock, lookup, fork, countsShared, false);
    }

    /// Nothing: faults take `mmap_lock`, or copy the VMA.
    public static final VmaGuards NONE = new VmaGuards(Lock.NONE, Lookup.NONE, true, false);

    /// Faults that copy the VMA and look at its file.
    public static final VmaGuards FILES_KEPT = new VmaGuards(Lock.NONE, Lookup.NONE, true, false, true);

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
