package faultline.ppc64.mmu;

/// The bits of a page-table entry of Linux (`arch/powerpc/include/asm/book3s/64/pgtable.h`, 6.12). The
/// radix walker reads them as they are (Power ISA 3.0B Book III 5.7.10.2, "Radix Tree Page Table
/// Entry"); for the hashed table they are the master from which its entries are made.
final class LinuxPte {

    // Encoded access authority.

    static final long EXEC = 1;
    static final long WRITE = 1 << 1;
    static final long READ = 1 << 2;
    static final long PRIVILEGED = 1 << 3;

    /// `_PAGE_RWX`.
    static final long RWX = READ | WRITE | EXEC;

    /// How the memory behaves; 0 is ordinary memory.
    static final long ATTRIBUTES = 3 << 4;

    /// C, the change bit: `_PAGE_DIRTY`.
    static final long DIRTY = 1 << 7;

    /// R, the reference bit: `_PAGE_ACCESSED`.
    static final long ACCESSED = 1 << 8;

    // Bits of software.

    /// `_RPAGE_SW3`.
    static final long SOFT_DIRTY = 1 << 9;

    /// `_RPAGE_SW2`: a page without reference counting.
    static final long SPECIAL = 1 << 10;

    /// `_RPAGE_SW1`.
    static final long DEVMAP = 1 << 11;

    /// `_RPAGE_SW0`.
    static final long INVALID = 1L << 61;

    /// Leaf: the entry maps a page, and does not point to a table.
    static final long PTE = 1L << 62;

    /// V.
    static final long PRESENT = 1L << 63;

    /// `PTE_RPN_MASK`: bits 55 to 12 of an address, for which Linux uses 53.
    static final long RPN = (1L << 53) - (1L << 12);

    private LinuxPte() {}
}
