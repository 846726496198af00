package faultline.x86.mmu;

/// The bits of a page-table entry, by the manual's names (SDM Vol. 3A, 4.5, tables 4-15 to 4-20).
///
/// Bits 9 to 11 and 52 to 58 are ignored by hardware; [#SPECIAL], [#UFFD_WP] and [#SOFT_DIRTY] are what the kernel
/// keeps there.
final class Pte {

    /// Present.
    static final long P = 1;

    /// Read/write: stores are permitted.
    static final long RW = 1 << 1;

    /// User/supervisor: user mode is permitted.
    static final long US = 1 << 2;

    /// Page-level write-through.
    static final long PWT = 1 << 3;

    /// Page-level cache disable.
    static final long PCD = 1 << 4;

    /// Accessed: set by hardware whenever the entry takes part in a translation.
    static final long A = 1 << 5;

    /// Dirty: set by hardware at the first store through a leaf.
    static final long D = 1 << 6;

    /// Page size: in a PDE or PDPTE, the entry is a leaf of 2 MiB or 1 GiB. In a PTE the same bit
    /// is PAT.
    static final long PS = 1 << 7;

    /// Global. In an entry without [#P] Linux reads the bit as [#PROTNONE].
    static final long G = 1 << 8;

    /// `_PAGE_PROTNONE`: the kernel has a page here that nobody may touch. Shares a bit with [#G],
    /// which counts for the hardware only beside [#P].
    static final long PROTNONE = G;

    /// `_PAGE_SPECIAL`, software bit 1: a page without reference counting.
    static final long SPECIAL = 1 << 9;

    /// `_PAGE_UFFD_WP`, software bit 2: the next store is somebody's in user space to handle.
    static final long UFFD_WP = 1 << 10;

    /// `_PAGE_SOFT_DIRTY`, software bit 3: stored to since the bits were cleared. Only by the kernel's word: the
    /// hardware sets [#D] alone.
    static final long SOFT_DIRTY = 1 << 11;

    /// Execute disable.
    static final long NX = 1L << 63;

    static final int PKEY_SHIFT = 59;

    /// The protection key of a leaf.
    static final long PKEY = 0xfL << PKEY_SHIFT;

    /// Bits 51 to 12. No machine of ours reaches beyond [#PHYSICAL_BITS]; the rest must be zero.
    static final long PFN = 0x000f_ffff_ffff_f000L;

    /// MAXPHYADDR as CPUID leaf 0x80000008 reports it.
    static final int PHYSICAL_BITS = 46;

    /// Address bits beyond MAXPHYADDR, reserved in every present entry.
    static final long BEYOND_PHYSICAL = PFN & -1L << PHYSICAL_BITS;

    private Pte() {}

    /// How many address bits lie below the index of a level; level 0 is the page table, 3 the PML4.
    static int shift(int level) {
        return 12 + 9 * level;
    }

    static int key(long entry) {
        return (int) (entry >>> PKEY_SHIFT) & 0xf;
    }
}
