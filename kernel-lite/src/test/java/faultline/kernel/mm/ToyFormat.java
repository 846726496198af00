package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryText;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// A three-level page-table format of the tests' own: small, hardware-walked, with accessed and
/// dirty bits.
public final class ToyFormat implements PageTableFormat {

    static final long P = 1;
    static final long R = 1 << 1;
    static final long W = 1 << 2;
    static final long X = 1 << 3;
    static final long A = 1 << 4;
    static final long D = 1 << 5;
    static final long SPECIAL = 1 << 6;
    static final long NONE_ALLOWED = 1 << 7;
    static final long SWAPPED = 1 << 1;

    /// Of an entry of level 1: a leaf.
    static final long HUGE = 1 << 10;

    private static final long KEPT = -1L << 12 | A | D | SPECIAL;

    @Override
    public PageGeometry geometry() {
        return PageGeometry.KIB_4;
    }

    @Override
    public int levels() {
        return 3;
    }

    @Override
    public int shift(int level) {
        return 12 + 9 * level;
    }

    @Override
    public int entries(int level) {
        return 512;
    }

    @Override
    public long userEnd() {
        return 1L << 39;
    }

    @Override
    public long protection(boolean read, boolean write, boolean execute, int key) {
        if (!read && !write && !execute) {
            return P | NONE_ALLOWED;
        }
        return P | (read || write ? R : 0) | (write ? W : 0) | (execute ? X : 0);
    }

    @Override
    public long table(int level, long pfn) {
        return pfn << 12 | P;
    }

    @Override
    public long leaf(long pfn, long protection) {
        return pfn << 12 | protection | A;
    }

    @Override
    public boolean isPresent(long entry) {
        return (entry & P) != 0;
    }

    @Override
    public boolean isProtNone(long entry) {
        return (entry & NONE_ALLOWED) != 0;
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & W) != 0;
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
        return entry >>> 12;
    }

    @Override
    public long mkWrite(long entry) {
        return entry | W;
    }

    @Override
    public long wrProtect(long entry) {
        return entry & ~W;
    }

    @Override
    public long mkDirty(long entry) {
        return entry | D;
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
    public long modify(long entry, long protection) {
        return entry & KEPT | protection & ~KEPT;
    }

    @Override
    public boolean hasHugePages() {
        return true;
    }

    @Override
    public boolean isHuge(long pmd) {
        return (pmd & HUGE) != 0;
    }

    @Override
    public long mkHuge(long pte) {
        return pte | HUGE;
    }

    @Override
    public long mkInvalid(long pmd) {
        return pmd & ~P;
    }

    @Override
    public long partOf(long pmd, int page) {
        return (pmd & ~HUGE) + ((long) page << 12);
    }

    @Override
    public long swapEntry(int type, long offset) {
        return offset << 12 | (long) type << 7 | SWAPPED;
    }

    @Override
    public int swapType(long entry) {
        return (int) (entry >>> 7) & 0x1f;
    }

    @Override
    public long swapOffset(long entry) {
        return entry >>> 12;
    }

    @Override
    public long swapExclusive() {
        return A;
    }

    @Override
    public void describeBits(int level, long entry, EntryText text) {
        text.add("bits 0x" + Long.toHexString(entry & 0xfff));
    }
}
