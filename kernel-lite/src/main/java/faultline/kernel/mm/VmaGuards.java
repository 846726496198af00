package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.WaitQueue;
import org.jspecify.annotations.Nullable;

/// What a fault design keeps at a VMA so that its faults need not hold `mmap_lock`, and with it what the
/// rest of the kernel does for it.
///
/// @param lock what locks one VMA
/// @param lookup how a VMA is found and kept; with it goes `vm_sequence`
/// @param freeing when the memory of a VMA is another's
/// @param fork whether fork keeps faults out of the parent's VMAs until it has flushed
/// @param countsShared whether who holds `mmap_lock` for read counts in `vm_sequence` too
/// @param notifiers whether an address space has a lock for its MMU notifiers
/// @param policies whether who replaces a memory policy keeps faults out of the VMA
public record VmaGuards(
        Lock lock,
        Lookup lookup,
        Freeing freeing,
        boolean fork,
        boolean countsShared,
        boolean notifiers,
        boolean policies) {

    /// Nothing: faults take `mmap_lock`.
    public static final VmaGuards NONE =
            new VmaGuards(Lock.NONE, Lookup.NONE, Freeing.AT_ONCE, true, false, false, true);

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
        COUNTED
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

    /// Faults find and lock their VMA.
    public static VmaGuards locked(Lock lock, boolean fork, boolean policies) {
        Freeing freeing = lock == Lock.SEMAPHORE ? Freeing.RCU : Freeing.TYPESAFE;
        return new VmaGuards(lock, Lookup.NONE, freeing, fork, false, false, policies);
    }

    /// Faults find and pin their VMA.
    public static VmaGuards pinned(Lookup lookup, boolean fork, boolean countsShared, boolean notifiers) {
        return new VmaGuards(Lock.NONE, lookup, Freeing.COUNTED, fork, countsShared, notifiers, true);
    }

    /// Faults copy their VMA in a read section; with `files` they look at its file too.
    public static VmaGuards copied(boolean files, boolean notifiers) {
        Freeing freeing = files ? Freeing.RCU_WITH_FILE : Freeing.RCU;
        return new VmaGuards(Lock.NONE, Lookup.NONE, freeing, true, false, notifiers, true);
    }

    /// Whether the file of a VMA that is gone is released only when no fault can be looking at it: [DelayedFput].
    boolean keepsFiles() {
        return freeing == Freeing.RCU_WITH_FILE;
    }

    /// The lock of a VMA that begins at `start`; `writers` is the queue of its address space. Null without one.
    @Nullable
    VmaLock newLock(MmapLock mmapLock, WaitQueue writers, Steps steps, long start) {
        return switch (lock) {
            case NONE -> null;
            case SEMAPHORE -> new VmaSemaphore(mmapLock, steps, start);
            case REFCOUNT -> new VmaRefcount(mmapLock, writers, steps, start);
        };
    }

    /// The counter of a VMA that begins at `start`; null without one.
    @Nullable
    VmaSequence newSequence(KernelMemory kernel, long start) {
        return lookup == Lookup.NONE
                ? null
                : new VmaSequence(kernel.steps(), start, kernel.sequenceCheck("vm_sequence of vma 0x", start));
    }
}
