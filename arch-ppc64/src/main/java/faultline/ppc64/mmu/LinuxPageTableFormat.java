package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.LinuxPte.ACCESSED;
import static faultline.ppc64.mmu.LinuxPte.DEVMAP;
import static faultline.ppc64.mmu.LinuxPte.DIRTY;
import static faultline.ppc64.mmu.LinuxPte.EXEC;
import static faultline.ppc64.mmu.LinuxPte.INVALID;
import static faultline.ppc64.mmu.LinuxPte.PRESENT;
import static faultline.ppc64.mmu.LinuxPte.PRIVILEGED;
import static faultline.ppc64.mmu.LinuxPte.PTE;
import static faultline.ppc64.mmu.LinuxPte.READ;
import static faultline.ppc64.mmu.LinuxPte.RPN;
import static faultline.ppc64.mmu.LinuxPte.RWX;
import static faultline.ppc64.mmu.LinuxPte.SOFT_DIRTY;
import static faultline.ppc64.mmu.LinuxPte.SPECIAL;
import static faultline.ppc64.mmu.LinuxPte.WRITE;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryText;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// What the kernel's page tables are in common under radix and under hash: four levels of big-endian
/// entries with the bits of [LinuxPte].
abstract class LinuxPageTableFormat implements PageTableFormat {

    /// Of a leaf that is not present: the swap type. The offset is where a frame number would be (`__swp_entry`).
    private static final int SWAP_TYPE = 0x1f;

    private final PageGeometry pages;
    private final TableShape shape;

    LinuxPageTableFormat(PageGeometry pages, TableShape shape) {
        this.pages = pages;
        this.shape = shape;
    }

    @Override
    public final PageGeometry geometry() {
        return pages;
    }

    @Override
    public final int levels() {
        return TableShape.LEVELS;
    }

    @Override
    public final int shift(int level) {
        return shape.shift(level);
    }

    @Override
    public final int entries(int level) {
        return 1 << shape.indexBits(level);
    }

    /// DEFAULT_MAP_WINDOW_USER64: what mmap gives to a program that asks for no address beyond. With
    /// pages of 4 KiB the tables of a hash kernel reach no further than 64 TiB, and Linux ends there
    /// under radix too.
    @Override
    public final long userEnd() {
        return userEnd(pages);
    }

    static long userEnd(PageGeometry pages) {
        return pages.equals(PageGeometry.KIB_64) ? 128L << 40 : 64L << 40;
    }

    @Override
    public long load(PhysicalMemory memory, long entryPa) {
        return memory.load64BigEndian(entryPa);
    }

    @Override
    public void store(PhysicalMemory memory, long entryPa, long entry) {
        memory.store64BigEndian(entryPa, entry);
    }

    @Override
    public boolean compareAndSet(PhysicalMemory memory, long entryPa, long expected, long entry) {
        return memory.compareAndSet64BigEndian(entryPa, expected, entry);
    }

    @Override
    public long getAndClear(PhysicalMemory memory, long entryPa) {
        return memory.getAndSet64BigEndian(entryPa, 0);
    }

    /// `protection_map`: a write right includes reading. A page nobody may touch is the kernel's own.
    @Override
    public long protection(boolean read, boolean write, boolean execute, int key) {
        long bits = PRESENT | PTE | ACCESSED;
        if (!read && !write && !execute) {
            return bits | PRIVILEGED;
        }
        return bits
                | (read || write || impliesRead() ? READ : 0)
                | (write ? WRITE : 0)
                | (execute ? EXEC : 0)
                | keyBits(key);
    }

    /// Whether pages cannot be executable and not readable.
    abstract boolean impliesRead();

    /// Where the protection key is.
    abstract long keyBits(int key);

    @Override
    public final long leaf(long pfn, long protection) {
        return pfn << pages.shift() | protection | ACCESSED;
    }

    @Override
    public final boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    @Override
    public final boolean isProtNone(long entry) {
        return (entry & (PRESENT | PRIVILEGED | RWX)) == (PRESENT | PRIVILEGED);
    }

    @Override
    public final boolean isWritable(long entry) {
        return (entry & WRITE) != 0;
    }

    @Override
    public final boolean isDirty(long entry) {
        return (entry & DIRTY) != 0;
    }

    @Override
    public final boolean isYoung(long entry) {
        return (entry & ACCESSED) != 0;
    }

    @Override
    public final boolean isSpecial(long entry) {
        return (entry & SPECIAL) != 0;
    }

    /// Of a table the address reaches down to the bits below a page, where small tables lie; ours are
    /// whole pages.
    @Override
    public final long pfn(long entry) {
        return (entry & RPN) >>> pages.shift();
    }

    @Override
    public final long mkWrite(long entry) {
        return entry | WRITE;
    }

    @Override
    public final long wrProtect(long entry) {
        return entry & ~WRITE;
    }

    @Override
    public final long mkDirty(long entry) {
        return entry | DIRTY | SOFT_DIRTY;
    }

    @Override
    public final long mkClean(long entry) {
        return entry & ~DIRTY;
    }

    @Override
    public final long mkYoung(long entry) {
        return entry | ACCESSED;
    }

    @Override
    public final long mkOld(long entry) {
        return entry & ~ACCESSED;
    }

    @Override
    public final long mkSpecial(long entry) {
        return entry | SPECIAL;
    }

    @Override
    public final long softDirty() {
        return SOFT_DIRTY;
    }

    /// `_PAGE_CHG_MASK` says what is kept.
    @Override
    public final long modify(long entry, long protection) {
        long kept = pfn(-1L) << pages.shift() | DIRTY | ACCESSED | SPECIAL | PTE | SOFT_DIRTY | DEVMAP;
        return entry & kept | protection & ~kept;
    }

    // A PTE that is swapped out is a leaf without PRESENT: the type in bits 4 to 0, the offset where a frame's
    // number would be, in pages of the machine. None of these is one of the hash kernel's own bits.

    @Override
    public final long swapEntry(int type, long offset) {
        return type | offset << pages.shift() & RPN | PTE;
    }

    @Override
    public final int swapType(long entry) {
        return (int) entry & SWAP_TYPE;
    }

    @Override
    public final long swapOffset(long entry) {
        return (entry & RPN) >>> pages.shift();
    }

    /// `_PAGE_NON_IDEMPOTENT`.
    @Override
    public final long swapExclusive() {
        return 1 << 5;
    }

    @Override
    public final long swapSoftDirty() {
        return SOFT_DIRTY;
    }

    @Override
    public final void describeBits(int level, long entry, EntryText text) {
        if ((entry & PTE) == 0) {
            text.add("table");
            describeTable(entry, text);
            return;
        }
        text.add(level > 0 ? "leaf" : "page");
        text.addIf(READ, "READ");
        text.addIf(WRITE, "WRITE");
        text.addIf(EXEC, "EXEC");
        text.addIf(PRIVILEGED, (entry & RWX) == 0 ? "PROT_NONE" : "PRIVILEGED");
        text.addIf(ACCESSED, "ACCESSED");
        text.addIf(DIRTY, "DIRTY");
        text.addIf(SOFT_DIRTY, "SOFT_DIRTY");
        text.addIf(SPECIAL, "SPECIAL");
        text.addIf(DEVMAP, "DEVMAP");
        text.addIf(INVALID, "INVALID");
        describeMmuBits(entry, text);
    }

    /// What an entry says of the table it points to.
    void describeTable(long entry, EntryText text) {}

    /// The bits of a leaf that only one kind of MMU has.
    void describeMmuBits(long entry, EntryText text) {}
}
