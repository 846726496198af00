package faultline.arm64.mmu;

/// The bits of a translation-table descriptor, by the manual's names (Arm ARM D8.3, "Translation
/// table descriptor formats"), and those of software as Linux uses them
/// (`arch/arm64/include/asm/pgtable-prot.h`).
final class Descriptor {

    /// The descriptor is valid.
    static final long VALID = 1;

    /// Bit 1: a table above level 3, and a page at level 3. A block has it clear.
    static final long TABLE = 1 << 1;

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

    /// Bits 47 to 12.
    static final long ADDRESS = 0x0000_ffff_ffff_f000L;

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

    // What a table descriptor takes away from everything below it.

    static final long PXN_TABLE = 1L << 59;
    static final long UXN_TABLE = 1L << 60;

    /// No access from EL0.
    static final long AP_TABLE_NO_EL0 = 1L << 61;

    static final long AP_TABLE_RDONLY = 1L << 62;

    /// Levels of a walk of 48 bits with a granule of 4 KiB; the manual counts them from the root.
    static final int LEVELS = 4;

    private Descriptor() {}

    /// How many address bits lie below the index of a level; level 0 is the root, 3 has the pages.
    static int shift(int level) {
        return 12 + 9 * (LEVELS - 1 - level);
    }
}
