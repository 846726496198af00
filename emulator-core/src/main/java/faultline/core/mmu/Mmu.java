package faultline.core.mmu;

/// The hardware view of page tables: one walker a vCPU, implemented by each architecture.
///
/// Reads entries in their real format from RAM, level by level, holding no lock; sets accessed and dirty bits with
/// atomic updates. Called by the vCPU's own thread.
public interface Mmu {

    /// Translates `va`, which is canonical or not: a bad address is the architecture's fault, not an exception.
    Walk walk(long va, Access access, Privilege privilege);

    /// The bits of an address that translation sees: all, where no tags are ignored. The soft TLB holds a
    /// page under every tag it was accessed with, and forgets it under all of them.
    default long significantBits() {
        return -1;
    }

    /// Refuses an access to a byte at `va`, its first or last, where no page can be, if the
    /// architecture finds that out before it translates or checks anything else.
    default void checkEnd(long va, Privilege privilege) {}

    /// Whether an access that reads and writes, and could not even read, faults as a read; else any
    /// fault of it is a write's.
    default boolean modifiesReadFirst() {
        return false;
    }

    /// Points the translation base (CR3, TTBR0, PID) at another root table. The caller flushes the TLB.
    void setRoot(long rootPa);

    /// The translation base now in force.
    long root();
}
