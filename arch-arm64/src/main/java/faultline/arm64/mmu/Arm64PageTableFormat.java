package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.AF;
import static faultline.arm64.mmu.Descriptor.CONTIGUOUS;
import static faultline.arm64.mmu.Descriptor.DBM;
import static faultline.arm64.mmu.Descriptor.DIRTY;
import static faultline.arm64.mmu.Descriptor.INNER_SHAREABLE;
import static faultline.arm64.mmu.Descriptor.NG;
import static faultline.arm64.mmu.Descriptor.PRESENT_INVALID;
import static faultline.arm64.mmu.Descriptor.PXN;
import static faultline.arm64.mmu.Descriptor.PXN_TABLE;
import static faultline.arm64.mmu.Descriptor.RDONLY;
import static faultline.arm64.mmu.Descriptor.SPECIAL;
import static faultline.arm64.mmu.Descriptor.TABLE;
import static faultline.arm64.mmu.Descriptor.UFFD_WP;
import static faultline.arm64.mmu.Descriptor.USER;
import static faultline.arm64.mmu.Descriptor.UXN;
import static faultline.arm64.mmu.Descriptor.VALID;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryCheck;
import faultline.kernel.mm.pgtable.EntryText;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// The kernel's view of arm64 entries, with the meanings Linux gives the bits
/// (`arch/arm64/include/asm/pgtable.h`).
///
/// `PTE_WRITE` is DBM and says that the page may be written; AP\[2\] beside it says that it has not
/// been yet. So a page is dirty when it is writable and not read-only, or when software noted so
/// before it took the right to write away. The same entries serve processors that manage the two
/// bits and those that leave them to the kernel.
public final class Arm64PageTableFormat implements PageTableFormat {

    /// VA_BITS 48: TTBR0's half.
    public static final long USER_END = 1L << 48;

    /// `pte_modify`: what comes with the protection.
    private static final long PROTECTION = VALID | PRESENT_INVALID | USER | RDONLY | DBM | PXN | UXN;

    /// Normal memory, inner shareable, a page.
    private static final long PAGE = TABLE | INNER_SHAREABLE;

    private static final int SWAP_TYPE_SHIFT = 6;
    private static final int SWAP_TYPE = 0x1f;
    private static final int SWAP_OFFSET_SHIFT = 12;

    /// 50 bits.
    private static final long SWAP_OFFSET = (1L << 62) - (1L << SWAP_OFFSET_SHIFT);

    private final Granule granule;
    private final int pageShift;
    private final long address;

    public Arm64PageTableFormat(PageGeometry pages) {
        this.granule = Granule.of(pages);
        this.pageShift = pages.shift();
        this.address = granule.address();
    }

    @Override
    public PageGeometry geometry() {
        return granule.geometry();
    }

    @Override
    public EntryCheck newEntryCheck() {
        return new BreakBeforeMake(granule);
    }

    @Override
    public int levels() {
        return granule.levels();
    }

    /// Counted from the pages, unlike the manual's.
    @Override
    public int shift(int level) {
        return granule.shift(Granule.LAST_LEVEL - level);
    }

    @Override
    public int entries(int level) {
        return granule.entries(Granule.LAST_LEVEL - level);
    }

    @Override
    public long userEnd() {
        return USER_END;
    }

    /// Any right includes reading: without FEAT_PAN3 Linux maps no execute-only pages, and there is
    /// no way to say write-only.
    @Override
    public long protection(boolean read, boolean write, boolean execute, int key) {
        long bits = PAGE | AF | NG | PXN | RDONLY | (execute ? 0 : UXN);
        if (!read && !write && !execute) {
            // NG without VALID: PRESENT_INVALID.
            return bits;
        }
        return bits | VALID | USER | (write ? DBM : 0);
    }

    @Override
    public long table(int level, long pfn) {
        return pfn << pageShift | VALID | TABLE | PXN_TABLE;
    }

    @Override
    public long leaf(long pfn, long protection) {
        return pfn << pageShift | protection | AF;
    }

    @Override
    public boolean isPresent(long entry) {
        return (entry & (VALID | PRESENT_INVALID)) != 0;
    }

    @Override
    public boolean isProtNone(long entry) {
        return (entry & (VALID | PRESENT_INVALID)) == PRESENT_INVALID && (entry & USER) == 0;
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & DBM) != 0;
    }

    @Override
    public boolean isDirty(long entry) {
        return (entry & DIRTY) != 0 || isHardwareDirty(entry);
    }

    private static boolean isHardwareDirty(long entry) {
        return (entry & (DBM | RDONLY)) == DBM;
    }

    @Override
    public boolean isYoung(long entry) {
        return (entry & AF) != 0;
    }

    @Override
    public boolean isSpecial(long entry) {
        return (entry & SPECIAL) != 0;
    }

    @Override
    public long pfn(long entry) {
        return (entry & address) >>> pageShift;
    }

    @Override
    public long mkWrite(long entry) {
        long writable = entry | DBM;
        return (entry & DIRTY) != 0 ? writable & ~RDONLY : writable;
    }

    @Override
    public long wrProtect(long entry) {
        long kept = isHardwareDirty(entry) ? entry | DIRTY : entry;
        return kept & ~DBM | RDONLY;
    }

    @Override
    public long mkDirty(long entry) {
        long dirty = entry | DIRTY;
        return (entry & DBM) != 0 ? dirty & ~RDONLY : dirty;
    }

    @Override
    public long mkClean(long entry) {
        return entry & ~DIRTY | RDONLY;
    }

    @Override
    public long mkYoung(long entry) {
        return entry | AF;
    }

    @Override
    public long mkOld(long entry) {
        return entry & ~AF;
    }

    @Override
    public long mkSpecial(long entry) {
        return entry | SPECIAL;
    }

    @Override
    public long modify(long entry, long protection) {
        long kept = isHardwareDirty(entry) ? entry | DIRTY : entry;
        long changed = kept & ~PROTECTION | protection & PROTECTION;
        // A dirty page that may be written is not left to fault for a note that is there.
        return (changed & DIRTY) != 0 ? mkDirty(changed) : changed;
    }

    @Override
    public boolean hasHugePages() {
        return true;
    }

    /// A block: of 2 MiB, 32 MiB or 512 MiB, by the granule.
    @Override
    public boolean isHuge(long pmd) {
        return (pmd & TABLE) == 0 && isPresent(pmd);
    }

    @Override
    public long mkHuge(long pte) {
        return pte & ~TABLE;
    }

    @Override
    public long mkInvalid(long pmd) {
        return pmd & ~VALID | PRESENT_INVALID;
    }

    @Override
    public long partOf(long pmd, int page) {
        return (pmd | TABLE) + ((long) page << pageShift);
    }

    // A PTE that is swapped out has its type in bits 10 to 6 and the offset in 61 to 12; bits 1 and 0 and
    // PRESENT_INVALID stay clear, 2 is exclusive and 3 uffd-wp. There is no soft-dirty.

    @Override
    public long swapEntry(int type, long offset) {
        return (long) type << SWAP_TYPE_SHIFT | offset << SWAP_OFFSET_SHIFT & SWAP_OFFSET;
    }

    @Override
    public int swapType(long entry) {
        return (int) (entry >>> SWAP_TYPE_SHIFT) & SWAP_TYPE;
    }

    @Override
    public long swapOffset(long entry) {
        return (entry & SWAP_OFFSET) >>> SWAP_OFFSET_SHIFT;
    }

    /// `PTE_SWP_EXCLUSIVE`.
    @Override
    public long swapExclusive() {
        return 1 << 2;
    }

    /// `PTE_SWP_UFFD_WP`.
    @Override
    public long swapUffdWp() {
        return 1 << 3;
    }

    @Override
    public long uffdWp() {
        return UFFD_WP;
    }

    @Override
    public void describeBits(int level, long entry, EntryText text) {
        if ((entry & VALID) == 0) {
            text.add("PROT_NONE");
        } else {
            text.add(level > 0 ? (entry & TABLE) != 0 ? "table" : "block" : "page");
        }
        if (level > 0 && (entry & TABLE) != 0) {
            text.addIf(PXN_TABLE, "PXNTable");
            text.addIf(Descriptor.UXN_TABLE, "UXNTable");
            text.addIf(Descriptor.AP_TABLE_NO_EL0, "APTable[0]");
            text.addIf(Descriptor.AP_TABLE_RDONLY, "APTable[1]");
            return;
        }
        text.addIf(USER, "USER");
        text.addIf(RDONLY, "RDONLY");
        text.addIf(AF, "AF");
        text.addIf(NG, "nG");
        text.addIf(DBM, "DBM");
        text.addIf(CONTIGUOUS, "contiguous");
        text.addIf(PXN, "PXN");
        text.addIf(UXN, "UXN");
        text.addIf(DIRTY, "dirty");
        text.addIf(SPECIAL, "special");
        text.addIf(UFFD_WP, "uffd-wp");
    }
}
