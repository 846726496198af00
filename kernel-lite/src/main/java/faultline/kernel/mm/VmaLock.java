package faultline.kernel.mm;

/// The lock of one VMA, as Linux has it since 6.4.
///
/// A VMA is locked for writing when its number is that of [MmapLock#lockSequence]: so the end of the
/// `mmap_lock` write section unlocks all VMAs at once. Readers hold it over a fault. A writer waits for
/// those that are inside, once, and then has it until the end of its section.
abstract class VmaLock {

    private final MmapLock mmapLock;

    /// `vm_lock_seq`: written with `mmap_lock` and this lock held for write. Readers look at it before
    /// they try, to spare themselves the attempt, and again inside, to be sure.
    private volatile long sequence = -1;

    VmaLock(MmapLock mmapLock) {
        this.mmapLock = mmapLock;
    }

    /// `vma_start_write`: waits for the faults in the VMA and keeps new ones out until `mmap_lock`,
    /// which the caller holds for write, is given back or downgraded.
    final void startWrite() {
        mmapLock.assertWriteHeld();
        long now = mmapLock.lockSequence();
        if (sequence != now) {
            excludeReaders();
            sequence = now;
            admitReaders();
        }
    }

    /// `vma_start_read`: false when a writer has the VMA, has had it or wants it. It may be wrong in
    /// saying no, never in saying yes.
    final boolean tryStartRead() {
        if (sequence == mmapLock.lockSequence() || !tryEnter()) {
            return false;
        }
        // A writer that came before the reader was in; one that comes later waits for it.
        if (sequence == mmapLock.lockSequence()) {
            endRead();
            return false;
        }
        return true;
    }

    /// The running thread is about to use the address space that the lock names: `vm_mm`.
    final void touchMm() {
        mmapLock.touch();
    }

    /// `vma_end_read`.
    abstract void endRead();

    /// Lets a reader in unless a writer is there.
    abstract boolean tryEnter();

    /// Waits until no reader is inside and keeps others out.
    abstract void excludeReaders();

    abstract void admitReaders();

    /// `vma_mark_attached`: the VMA goes into the tree.
    void attach() {}

    /// `vma_mark_detached`: it leaves the tree; the caller has started writing.
    void detach() {}
}
