package faultline.kernel.mm.pgtable;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;

/// The kernel's view of an architecture's page-table entries: raw `long`s and what their bits mean.
///
/// Level 0 is the leaf table (PTE), level `levels() - 1` the root. Names are Linux's
/// (`pte_wrprotect`, `pte_mkdirty`), so that mm code reads like mm code.
public interface PageTableFormat {

    /// The size of its pages: of what level 0 maps, and of a table.
    PageGeometry geometry();

    /// What watches the kernel change entries of a machine while checks are on.
    default EntryCheck newEntryCheck() {
        return EntryCheck.NONE;
    }

    /// How many levels a walk has.
    int levels();

    /// How many address bits lie below the index of a level.
    int shift(int level);

    /// How many entries a table of a level has.
    int entries(int level);

    /// The first address that is not user space.
    long userEnd();

    /// Reads an entry from a table in RAM, in the byte order of the format.
    default long load(PhysicalMemory memory, long entryPa) {
        return memory.load64(entryPa);
    }

    /// Stores an entry. The caller holds the table's lock (I3).
    default void store(PhysicalMemory memory, long entryPa, long entry) {
        memory.store64(entryPa, entry);
    }

    /// Replaces an entry if the hardware walker has not touched it meanwhile.
    default boolean compareAndSet(PhysicalMemory memory, long entryPa, long expected, long entry) {
        return memory.compareAndSet64(entryPa, expected, entry);
    }

    /// Clears an entry and returns what it was, hardware bits included: `ptep_get_and_clear`.
    default long getAndClear(PhysicalMemory memory, long entryPa) {
        return memory.getAndSet64(entryPa, 0);
    }

    /// The bits of a page's protection: VM_* flags and protection key to `pgprot`.
    long protection(boolean read, boolean write, boolean execute, int key);

    /// An entry of a level above 0 that points to a table of the level below.
    long table(int level, long pfn);

    /// A present leaf: `mk_pte(page, prot)`. Young, not dirty; writable only if the protection says
    /// so.
    long leaf(long pfn, long protection);

    /// Whether nothing at all is there (`pte_none`).
    default boolean isNone(long entry) {
        return entry == 0;
    }

    /// Whether two entries are the same to the kernel, whatever the hardware's side keeps beside them
    /// (`pte_same`).
    default boolean isSame(long entry, long other) {
        return entry == other;
    }

    /// Whether the hardware or, for an inaccessible (`PROT_NONE`) page, the kernel finds a page
    /// here.
    boolean isPresent(long entry);

    /// Whether a present page is inaccessible to all (`pte_protnone`).
    boolean isProtNone(long entry);

    boolean isWritable(long entry);

    boolean isDirty(long entry);

    boolean isYoung(long entry);

    /// Whether the entry is the shared zero page or another page without reference counting
    /// (`pte_special`).
    boolean isSpecial(long entry);

    long pfn(long entry);

    /// Whether a page with reference counting is mapped: `vm_normal_page`.
    default boolean hasPage(long entry) {
        return isPresent(entry) && !isSpecial(entry);
    }

    /// Whether it is the page of that frame.
    default boolean maps(long entry, long pfn) {
        return hasPage(entry) && pfn(entry) == pfn;
    }

    long mkWrite(long entry);

    long wrProtect(long entry);

    long mkDirty(long entry);

    long mkClean(long entry);

    long mkYoung(long entry);

    long mkOld(long entry);

    long mkSpecial(long entry);

    // Soft-dirty tracking (CONFIG_MEM_SOFT_DIRTY), which not every architecture has.

    /// The bit that says that the page was stored to since it was cleared; 0 where there is none. [#mkDirty] sets it
    /// with the dirty bit; the hardware does not know it.
    default long softDirty() {
        return 0;
    }

    /// Whether there is such a bit.
    default boolean tracksSoftDirty() {
        return softDirty() != 0;
    }

    default boolean isSoftDirty(long entry) {
        return (entry & softDirty()) != 0;
    }

    default long mkSoftDirty(long entry) {
        return entry | softDirty();
    }

    default long clearSoftDirty(long entry) {
        return entry & ~softDirty();
    }

    /// `pte_modify`: other protection, same page and hardware bits.
    long modify(long entry, long protection);

    // Huge pages: an entry of level 1 that maps what else a table of PTEs maps. The bits of a PTE mean the same in it,
    // so that wrProtect and its like serve both.

    /// Whether there are such entries: `has_transparent_hugepage`.
    default boolean hasHugePages() {
        return false;
    }

    /// Whether an entry of level 1 is a leaf, be it for a moment one that the hardware does not find
    /// ([#mkInvalid]): `pmd_trans_huge`.
    default boolean isHuge(long pmd) {
        return false;
    }

    /// The entry of level 1 that maps as the PTE of its first page would: `pmd_mkhuge`.
    default long mkHuge(long pte) {
        throw new UnsupportedOperationException("pgtable: this format has no huge pages");
    }

    /// A leaf of level 1 that the hardware does not find any more, and the kernel does: `pmd_mkinvalid`.
    default long mkInvalid(long pmd) {
        throw new UnsupportedOperationException("pgtable: this format has no huge pages");
    }

    /// The PTE of one page of a huge one, with all its bits.
    default long partOf(long pmd, int page) {
        throw new UnsupportedOperationException("pgtable: this format has no huge pages");
    }

    // PTEs of pages that are swapped out: neither none nor present, and for the hardware a fault. Each
    // architecture lays out the type, which is the number of the swap area, and the offset in it.

    /// The PTE of a page that lies at `offset`, in pages, of a swap area: `swp_entry_to_pte`. Not exclusive.
    long swapEntry(int type, long offset);

    /// `__swp_type`.
    int swapType(long entry);

    /// `__swp_offset`.
    long swapOffset(long entry);

    /// The bit that says that nobody else has the page: `_PAGE_SWP_EXCLUSIVE`.
    long swapExclusive();

    /// The types below are swap areas, the others say what else is in the place of a page: MAX_SWAPFILES.
    int MAX_SWAP_AREAS = 23;

    /// Whether the page of a PTE is swapped out; not of a marker, nor of a page that is being moved.
    default boolean isSwap(long entry) {
        return !isNone(entry) && !isPresent(entry) && swapType(entry) < MAX_SWAP_AREAS;
    }

    /// `pte_swp_exclusive`.
    default boolean isSwapExclusive(long entry) {
        return (entry & swapExclusive()) != 0;
    }

    /// The bit that says that the page was stored to since the bits were cleared: `_PAGE_SWP_SOFT_DIRTY`; 0 where
    /// there is none.
    default long swapSoftDirty() {
        return 0;
    }

    /// `pte_swp_soft_dirty`.
    default boolean isSwapSoftDirty(long entry) {
        return (entry & swapSoftDirty()) != 0;
    }

    /// `pte_swp_mksoft_dirty`.
    default long mkSwapSoftDirty(long entry) {
        return entry | swapSoftDirty();
    }

    /// `pte_swp_clear_soft_dirty`.
    default long clearSwapSoftDirty(long entry) {
        return entry & ~swapSoftDirty();
    }

    // Migration entries: PTEs of pages that are being moved to another frame. In the place of the offset they have the
    // frame, and above it what the PTE knew of uses and stores.

    /// SWP_MIGRATION_READ: the page comes back read-only.
    int MIGRATION_READ = 24;

    /// SWP_MIGRATION_READ_EXCLUSIVE: read-only, and nobody else's.
    int MIGRATION_READ_EXCLUSIVE = 25;

    /// SWP_MIGRATION_WRITE.
    int MIGRATION_WRITE = 26;

    /// SWP_MIG_YOUNG.
    long MIGRATION_YOUNG = 1L << 32;

    /// SWP_MIG_DIRTY.
    long MIGRATION_DIRTY = 1L << 33;

    /// `is_migration_entry`.
    default boolean isMigration(long entry) {
        if (isNone(entry) || isPresent(entry)) {
            return false;
        }
        int type = swapType(entry);
        return type >= MIGRATION_READ && type <= MIGRATION_WRITE;
    }

    /// What stands for a present PTE while its page is moved: `make_writable_migration_entry` and its kin.
    default long migrationEntry(long pte) {
        long offset = pfn(pte) | (isYoung(pte) ? MIGRATION_YOUNG : 0) | (isDirty(pte) ? MIGRATION_DIRTY : 0);
        long entry = swapEntry(isWritable(pte) ? MIGRATION_WRITE : MIGRATION_READ, offset);
        return entry | (isSoftDirty(pte) ? swapSoftDirty() : 0) | (isUffdWp(pte) ? swapUffdWp() : 0);
    }

    /// The frame of a page that is being moved.
    default long migrationPfn(long entry) {
        return swapOffset(entry) & MIGRATION_YOUNG - 1;
    }

    /// The same entry for a page that comes back as `type` says, a MIGRATION_* one.
    default long migrationAs(long entry, int type) {
        return swapEntry(type, swapOffset(entry)) | entry & (swapSoftDirty() | swapUffdWp());
    }

    /// The PTE that a page gets in its new frame: `remove_migration_pte`.
    default long migrated(long entry, long pfn, long protection, boolean writable) {
        long offset = swapOffset(entry);
        long pte = leaf(pfn, protection);
        pte = (offset & MIGRATION_DIRTY) != 0 ? mkDirty(pte) : pte;
        pte = writable && swapType(entry) == MIGRATION_WRITE ? mkWrite(pte) : pte;
        pte = (offset & MIGRATION_YOUNG) != 0 ? pte : mkOld(pte);
        // mkDirty has set it as well, which need not be so.
        pte = clearSoftDirty(pte);
        pte = isSwapSoftDirty(entry) ? mkSoftDirty(pte) : pte;
        return isSwapUffdWp(entry) ? mkUffdWp(pte) : pte;
    }

    /// Whether an entry has the swap bits for soft-dirty and userfaultfd: `is_swap_pte`, but for markers.
    default boolean hasSwapBits(long entry) {
        return isSwap(entry) || isMigration(entry);
    }

    // Markers: PTEs that map nothing and say why.

    /// The swap type of markers: SWP_PTE_MARKER, the last one.
    int MARKER_SWAP_TYPE = 31;

    /// The next store to where nothing is mapped is somebody's in user space to handle: PTE_MARKER_UFFD_WP.
    int MARKER_UFFD_WP = 1;

    /// No page may ever be mapped: PTE_MARKER_POISONED.
    int MARKER_POISONED = 1 << 1;

    /// Every access is an error, as MADV_GUARD_INSTALL asked for: PTE_MARKER_GUARD.
    int MARKER_GUARD = 1 << 2;

    /// `make_pte_marker`: the bits are where a swap entry has its offset.
    default long marker(int bits) {
        return swapEntry(MARKER_SWAP_TYPE, bits);
    }

    /// The bits of a marker, 0 of any other entry.
    default int markerOf(long entry) {
        boolean marker = !isNone(entry) && !isPresent(entry) && swapType(entry) == MARKER_SWAP_TYPE;
        return marker ? (int) swapOffset(entry) : 0;
    }

    /// `is_guard_pte_marker`.
    default boolean isGuard(long entry) {
        return (markerOf(entry) & MARKER_GUARD) != 0;
    }

    // What userfaultfd keeps in entries.

    /// The bit of pages whose next store somebody in user space handles; 0 where there is none.
    default long uffdWp() {
        return 0;
    }

    /// Whether there is such a bit (HAVE_ARCH_USERFAULTFD_WP), and pages that are there may be mapped by whoever
    /// handles faults (HAVE_ARCH_USERFAULTFD_MINOR).
    default boolean hasUffdWp() {
        return uffdWp() != 0;
    }

    /// `pte_uffd_wp`, of a present page.
    default boolean isUffdWp(long entry) {
        return (entry & uffdWp()) != 0;
    }

    /// `pte_mkuffd_wp`: takes the write right away, too.
    default long mkUffdWp(long entry) {
        if (!hasUffdWp()) {
            throw new UnsupportedOperationException("pgtable: this architecture has no bit for userfaultfd");
        }
        return wrProtect(entry | uffdWp());
    }

    /// `pte_clear_uffd_wp`.
    default long clearUffdWp(long entry) {
        return entry & ~uffdWp();
    }

    /// The bit that says the same of a page that is swapped out: `_PAGE_SWP_UFFD_WP`; 0 where there is none.
    default long swapUffdWp() {
        return 0;
    }

    /// `pte_swp_uffd_wp`.
    default boolean isSwapUffdWp(long entry) {
        return (entry & swapUffdWp()) != 0;
    }

    /// `pte_swp_mkuffd_wp`.
    default long mkSwapUffdWp(long entry) {
        return entry | swapUffdWp();
    }

    /// `pte_swp_clear_uffd_wp`.
    default long clearSwapUffdWp(long entry) {
        return entry & ~swapUffdWp();
    }

    /// The entry bit by bit for a debugger: `PFN 0x1234 P RW US A D NX key 0`.
    default String describe(int level, long entry) {
        return EntryText.of(this, level, entry);
    }

    /// Adds the bits of a present entry to its description.
    void describeBits(int level, long entry, EntryText text);
}
