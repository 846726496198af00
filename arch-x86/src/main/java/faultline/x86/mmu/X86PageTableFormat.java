package faultline.x86.mmu;

import static faultline.x86.mmu.Pte.A;
import static faultline.x86.mmu.Pte.D;
import static faultline.x86.mmu.Pte.G;
import static faultline.x86.mmu.Pte.NX;
import static faultline.x86.mmu.Pte.P;
import static faultline.x86.mmu.Pte.PCD;
import static faultline.x86.mmu.Pte.PFN;
import static faultline.x86.mmu.Pte.PROTNONE;
import static faultline.x86.mmu.Pte.PS;
import static faultline.x86.mmu.Pte.PWT;
import static faultline.x86.mmu.Pte.RW;
import static faultline.x86.mmu.Pte.SOFT_DIRTY;
import static faultline.x86.mmu.Pte.SPECIAL;
import static faultline.x86.mmu.Pte.UFFD_WP;
import static faultline.x86.mmu.Pte.US;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryText;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// The kernel's view of x86-64 entries, with the meanings Linux gives the software bits
/// (`arch/x86/include/asm/pgtable_types.h`).
///
/// A page nobody may touch keeps its frame number with P clear and `_PAGE_PROTNONE` set; the
/// hardware finds it not present, the kernel does.
public final class X86PageTableFormat implements PageTableFormat {

    /// `_PAGE_CHG_MASK`: what `pte_modify` keeps. The protection key is not in it: it comes with
    /// the protection.
    private static final long KEPT = PFN | PCD | PWT | SPECIAL | UFFD_WP | SOFT_DIRTY | A | D;

    /// TASK_SIZE_MAX: the last page below the canonical hole stays unused, because some processors
    /// mishandle a SYSRET to the address behind a SYSCALL that ends there.
    private static final long USER_END = (1L << 47) - PhysicalMemory.FRAME_BYTES;

    private static final int SWAP_TYPE_BITS = 5;

    /// SWP_OFFSET_SHIFT: the offset begins above PROTNONE, once the type is shifted out.
    private static final int SWAP_OFFSET_SHIFT = Long.numberOfTrailingZeros(PROTNONE) + 1 + SWAP_TYPE_BITS;

    @Override
    public PageGeometry geometry() {
        return PageGeometry.KIB_4;
    }

    @Override
    public int levels() {
        return 4;
    }

    @Override
    public int shift(int level) {
        return Pte.shift(level);
    }

    @Override
    public int entries(int level) {
        return 512;
    }

    @Override
    public long userEnd() {
        return USER_END;
    }

    @Override
    public long protection(boolean read, boolean write, boolean execute, int key) {
        long bits = (long) key << Pte.PKEY_SHIFT | (execute ? 0 : NX);
        // x86 cannot express write-only or execute-only: any right includes reading. Keys can forbid that.
        if (read || write || execute) {
            return bits | P | US | A | (write ? RW : 0);
        }
        return bits | PROTNONE | A;
    }

    /// With A and D set, as Linux's `_PAGE_TABLE` has them: spares the walker an update at every
    /// level.
    @Override
    public long table(int level, long pfn) {
        return pfn << PhysicalMemory.FRAME_SHIFT | P | RW | US | A | D;
    }

    @Override
    public long leaf(long pfn, long protection) {
        return pfn << PhysicalMemory.FRAME_SHIFT | protection | A;
    }

    @Override
    public boolean isPresent(long entry) {
        return (entry & (P | PROTNONE)) != 0;
    }

    @Override
    public boolean isProtNone(long entry) {
        return (entry & (P | PROTNONE)) == PROTNONE;
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & RW) != 0;
    }

    @Override
    public boolean isDirty(long entry) {
        return (entry & D) != 0;
    }

    @Override
    public boolean isYoung(long entry) {
        return (entry & A) != 0;
    }

    @Override
    public boolean isSpecial(long entry) {
        return (entry & SPECIAL) != 0;
    }

    @Override
    public long pfn(long entry) {
        return (entry & PFN) >>> PhysicalMemory.FRAME_SHIFT;
    }

    @Override
    public long mkWrite(long entry) {
        return entry | RW;
    }

    @Override
    public long wrProtect(long entry) {
        return entry & ~RW;
    }

    @Override
    public long mkDirty(long entry) {
        return entry | D | SOFT_DIRTY;
    }

    @Override
    public long mkClean(long entry) {
        return entry & ~D;
    }

    @Override
    public long mkYoung(long entry) {
        return entry | A;
    }

    @Override
    public long mkOld(long entry) {
        return entry & ~A;
    }

    @Override
    public long mkSpecial(long entry) {
        return entry | SPECIAL;
    }

    @Override
    public long softDirty() {
        return SOFT_DIRTY;
    }

    @Override
    public long modify(long entry, long protection) {
        return entry & KEPT | protection & ~KEPT;
    }

    /// CONFIG_TRANSPARENT_HUGEPAGE, with the PSE that every 64-bit processor has.
    @Override
    public boolean hasHugePages() {
        return true;
    }

    /// PS alone says so: while a huge page is split its entry has neither P nor PROTNONE (`pmd_present`).
    @Override
    public boolean isHuge(long pmd) {
        return (pmd & PS) != 0;
    }

    @Override
    public long mkHuge(long pte) {
        return pte | PS;
    }

    @Override
    public long mkInvalid(long pmd) {
        return pmd & ~(P | PROTNONE);
    }

    @Override
    public long partOf(long pmd, int page) {
        return (pmd & ~PS) + ((long) page << PhysicalMemory.FRAME_SHIFT);
    }

    // A PTE that is swapped out has its type in bits 63 to 59 and the complement of the offset in 58 to 9: an
    // inverted address is one that no memory has, so that speculation of the processor which ignores P reads
    // nothing (L1TF). Bit 8 stays clear, for it is PROTNONE. 1 is soft-dirty, 2 uffd-wp, 3 exclusive.

    @Override
    public long swapEntry(int type, long offset) {
        return ~offset << SWAP_OFFSET_SHIFT >>> SWAP_TYPE_BITS | (long) type << Long.SIZE - SWAP_TYPE_BITS;
    }

    @Override
    public int swapType(long entry) {
        return (int) (entry >>> Long.SIZE - SWAP_TYPE_BITS);
    }

    @Override
    public long swapOffset(long entry) {
        return ~entry << SWAP_TYPE_BITS >>> SWAP_OFFSET_SHIFT;
    }

    /// `_PAGE_PWT`.
    @Override
    public long swapExclusive() {
        return PWT;
    }

    /// `_PAGE_SWP_SOFT_DIRTY`.
    @Override
    public long swapSoftDirty() {
        return RW;
    }

    /// `_PAGE_SWP_UFFD_WP`.
    @Override
    public long swapUffdWp() {
        return US;
    }

    @Override
    public long uffdWp() {
        return UFFD_WP;
    }

    @Override
    public void describeBits(int level, long entry, EntryText text) {
        boolean leaf = level == 0 || (entry & PS) != 0;
        if ((entry & P) == 0) {
            text.add("PROT_NONE");
        } else {
            text.add("P");
            text.addIf(G, "G");
        }
        text.addIf(RW, "RW");
        text.addIf(US, "US");
        text.addIf(PWT, "PWT");
        text.addIf(PCD, "PCD");
        text.addIf(A, "A");
        if (leaf) {
            text.addIf(D, "D");
            text.addIf(PS, level == 0 ? "PAT" : level == 1 ? "PS(2M)" : "PS(1G)");
            text.addIf(SOFT_DIRTY, "soft-dirty");
            text.addIf(SPECIAL, "special");
            text.addIf(UFFD_WP, "uffd-wp");
        }
        text.addIf(NX, "NX");
        if (leaf) {
            text.add("key " + Pte.key(entry));
        }
    }
}
