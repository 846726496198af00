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
