package faultline.arm64.mmu;

/// The bits of a translation-table descriptor, by the manual's names (Arm ARM D8.3, "Translation
/// table descriptor formats"), and those of software as Linux uses them
/// (`arch/arm64/include/asm/pgtable-prot.h`).
final class Descriptor {

    /// The descriptor is valid.
    static final long VALID = 1;

    /// Bit 1: a table above level 3, and a page at level 3. A block has it clear.
    static final long TABLE = 1 << 1;

    /// Which attributes of MAIR_EL1 the memory has.
    static final long ATTRIBUTE_INDEX = 7 << 2;

    /// Access permission bit 1: EL0 may access.
    static final long USER = 1 << 6;

    /// Access permission bit 2: read-only.
    static final long RDONLY = 1 << 7;

    /// Shareability: inner.
    static final long INNER_SHAREABLE = 3 << 8;

    /// Access flag.
    static final long AF = 1 << 10;

    /// Not global: the translation belongs to one ASID. In an entry without [#VALID] Linux reads
    /// the bit as [#PRESENT_INVALID].
    static final long NG = 1 << 11;

    /// `PTE_PRESENT_INVALID`: the kernel has a page here that the hardware does not find.
    static final long PRESENT_INVALID = NG;

    /// Dirty bit modifier: a store may clear [#RDONLY] instead of faulting. Linux's `PTE_WRITE`.
    static final long DBM = 1L << 51;

    static final long CONTIGUOUS = 1L << 52;

    /// Privileged execute-never.
    static final long PXN = 1L << 53;

    /// Unprivileged execute-never.
    static final long UXN = 1L << 54;

    /// `PTE_DIRTY`, software: written to, remembered where the hardware's own note is taken away.
    static final long DIRTY = 1L << 55;

    /// `PTE_SPECIAL`, software: a page without reference counting.
    static final long SPECIAL = 1L << 56;

    /// `PTE_UFFD_WP`, software: the next store is somebody's in user space to handle. Linux has it since 6.10.
    static final long UFFD_WP = 1L << 58;

    // What a table descriptor takes away from everything below it.

    static final long PXN_TABLE = 1L << 59;
    static final long UXN_TABLE = 1L << 60;

    /// No access from EL0.
    static final long AP_TABLE_NO_EL0 = 1L << 61;

    static final long AP_TABLE_RDONLY = 1L << 62;

    private Descriptor() {}
}
