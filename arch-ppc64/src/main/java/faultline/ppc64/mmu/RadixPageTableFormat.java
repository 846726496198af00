package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.LinuxPte.PRESENT;

import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryText;

/// The kernel's view of the tables that a radix walker reads. There are no protection keys, and a page
/// may be executable without being readable.
public final class RadixPageTableFormat extends LinuxPageTableFormat {

    /// Next level size: how many bits index the table that a directory entry points to.
    static final long NLS = 0x1f;

    private final TableShape shape;

    public RadixPageTableFormat(PageGeometry pages) {
        this(pages, TableShape.of(MmuChoice.RADIX, pages));
    }

    private RadixPageTableFormat(PageGeometry pages, TableShape shape) {
        super(pages, shape);
        this.shape = shape;
    }

    @Override
    public long table(int level, long pfn) {
        return pfn << geometry().shift() | PRESENT | shape.indexBits(level - 1);
    }

    @Override
    public boolean hasHugePages() {
        return true;
    }

    /// INVALID is on a leaf that is being split (`pmd_present`).
    @Override
    public boolean isHuge(long pmd) {
        return (pmd & LinuxPte.PTE) != 0 && (pmd & (PRESENT | LinuxPte.INVALID)) != 0;
    }

    /// The bit that says leaf is in a PTE too.
    @Override
    public long mkHuge(long pte) {
        return pte;
    }

    @Override
    public long mkInvalid(long pmd) {
        return pmd & ~PRESENT | LinuxPte.INVALID;
    }

    @Override
    public long partOf(long pmd, int page) {
        return pmd + ((long) page << geometry().shift());
    }

    @Override
    boolean impliesRead() {
        return false;
    }

    @Override
    long keyBits(int key) {
        return 0;
    }

    @Override
    void describeTable(long entry, EntryText text) {
        text.add("NLS " + (entry & NLS));
    }
}
