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

    long mkWrite(long entry);

    long wrProtect(long entry);

    long mkDirty(long entry);

    long mkClean(long entry);

    long mkYoung(long entry);

    long mkOld(long entry);

    long mkSpecial(long entry);

    /// `pte_modify`: other protection, same page and hardware bits.
    long modify(long entry, long protection);

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

    /// Whether the page of a PTE is swapped out.
    default boolean isSwap(long entry) {
        return !isNone(entry) && !isPresent(entry);
    }

    /// `pte_swp_exclusive`.
    default boolean isSwapExclusive(long entry) {
        return (entry & swapExclusive()) != 0;
    }

    /// The entry bit by bit for a debugger: `PFN 0x1234 P RW US A D NX key 0`.
    default String describe(int level, long entry) {
        return EntryText.of(this, level, entry);
    }

    /// Adds the bits of a present entry to its description.
    void describeBits(int level, long entry, EntryText text);
}
