package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.LinuxPte.PRESENT;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryText;

/// The kernel's view of page tables that no hardware walks: the master of the hashed table. A leaf says
/// whether that has an entry for it, and where (`hash-4k.h`, `hash-64k.h`): with pages of 4 KiB in bits
/// of its own, with 64 KiB in a word as far behind it as the table has entries.
///
/// H_PAGE_BUSY is a lock on a leaf and its hashed entry together, which the hash-fault assist takes
/// without the PTE lock; whoever changes a leaf waits for it. It is held for a few accesses to RAM.
public final class HashPageTableFormat extends LinuxPageTableFormat {

    // The bits of a leaf that say where its hashed entry is, by page size.

    private static final long BUSY_4K = 1L << 60;
    private static final long HASHPTE_4K = 1L << 59;
    private static final int SLOT_SHIFT_4K = 53;
    private static final long BUSY_64K = 1L << 56;
    private static final long HASHPTE_64K = 1L << 55;

    /// The entry is in the secondary group, and which of the eight it is (`_PTEIDX_SECONDARY`,
    /// `_PTEIDX_GROUP_IX`).
    static final int SLOT_SECONDARY = 8;

    private static final long SLOT = 0xf;

    /// Where the bits of a key are, the lowest first. With pages of 4 KiB there is room for three.
    private static final long[] KEY_64K = {1L << 6, 1L << 57, 1L << 58, 1L << 59, 1L << 60};

    private static final long[] KEY_4K = {1L << 6, 1L << 57, 1L << 58};

    private final TableShape shape;
    private final long[] keyBits;
    private final boolean slotInEntry;

    /// H_PAGE_BUSY.
    final long busy;

    /// H_PAGE_HASHPTE: there is, or was, an entry in the hashed table.
    final long hashed;

    /// `_PAGE_HPTEFLAGS`.
    private final long hashFlags;

    public HashPageTableFormat(PageGeometry pages) {
        this(pages, TableShape.of(TableShape.HASH, pages));
    }

    private HashPageTableFormat(PageGeometry pages, TableShape shape) {
        super(pages, shape);
        this.shape = shape;
        this.slotInEntry = pages.equals(PageGeometry.KIB_4);
        this.keyBits = slotInEntry ? KEY_4K : KEY_64K;
        this.busy = slotInEntry ? BUSY_4K : BUSY_64K;
        this.hashed = slotInEntry ? HASHPTE_4K : HASHPTE_64K;
        this.hashFlags = busy | hashed | (slotInEntry ? SLOT << SLOT_SHIFT_4K : 0);
    }

    /// How many protection keys a leaf can have.
    static int keys(PageGeometry pages) {
        return 1 << (pages.equals(PageGeometry.KIB_4) ? KEY_4K.length : KEY_64K.length);
    }

    @Override
    public long table(int level, long pfn) {
        return pfn << geometry().shift() | PRESENT;
    }

    /// No entry of the hashed table permits a fetch and no load.
    @Override
    boolean impliesRead() {
        return true;
    }

    @Override
    long keyBits(int key) {
        long bits = 0;
        for (int bit = 0; bit < keyBits.length; bit++) {
            bits |= (key >>> bit & 1) != 0 ? keyBits[bit] : 0;
        }
        return bits;
    }

    /// The protection key of a leaf.
    int key(long entry) {
        int key = 0;
        for (int bit = 0; bit < keyBits.length; bit++) {
            key |= (entry & keyBits[bit]) != 0 ? 1 << bit : 0;
        }
        return key;
    }

    @Override
    public boolean isNone(long entry) {
        return (entry & ~hashFlags) == 0;
    }

    @Override
    public boolean isSame(long entry, long other) {
        return ((entry ^ other) & ~hashFlags) == 0;
    }

    /// Of a leaf that comes from elsewhere (fork, mremap) the hashed entry stays behind.
    @Override
    public void store(PhysicalMemory memory, long entryPa, long entry) {
        super.store(memory, entryPa, (entry & LinuxPte.PTE) != 0 ? entry & ~hashFlags : entry);
    }

    @Override
    public boolean compareAndSet(PhysicalMemory memory, long entryPa, long expected, long entry) {
        return (expected & busy) == 0 && super.compareAndSet(memory, entryPa, expected, entry);
    }

    @Override
    public long getAndClear(PhysicalMemory memory, long entryPa) {
        while (true) {
            long entry = load(memory, entryPa);
            if (compareAndSet(memory, entryPa, entry, 0)) {
                return entry;
            }
            Thread.onSpinWait();
        }
    }

    /// What must be the same for the hashed entry of `before` to be right for `after`, and nothing be
    /// taken away.
    boolean keepsHashed(long before, long after) {
        long rights = PRESENT | LinuxPte.RWX | LinuxPte.ACCESSED | LinuxPte.DIRTY;
        long identity = (pfn(-1L) << geometry().shift()) | LinuxPte.PRIVILEGED | keyBits(-1);
        return (before & ~after & rights) == 0 && ((before ^ after) & identity) == 0;
    }

    /// Which of sixteen places a leaf's hashed entry is in.
    int slot(PhysicalMemory memory, long entryPa, long entry) {
        if (slotInEntry) {
            return (int) (entry >>> SLOT_SHIFT_4K & SLOT);
        }
        // Kept one higher, so that 0 is none.
        return (int) (memory.load64BigEndian(slotWord(entryPa)) + SLOT & SLOT);
    }

    /// Notes where the hashed entry of a leaf is, which is locked; returns the leaf with what is to be
    /// stored.
    long withSlot(PhysicalMemory memory, long entryPa, long entry, int slot) {
        long noted = entry & ~hashFlags | hashed;
        if (slotInEntry) {
            return noted | (long) slot << SLOT_SHIFT_4K;
        }
        memory.store64BigEndian(slotWord(entryPa), slot + 1 & SLOT);
        return noted;
    }

    /// `PTRS_PER_PTE` entries behind the leaf.
    private long slotWord(long entryPa) {
        return entryPa + ((long) Long.BYTES << shape.indexBits(0));
    }

    @Override
    void describeMmuBits(long entry, EntryText text) {
        text.add("key " + key(entry));
        text.addIf(hashed, "HASHPTE");
        text.addIf(busy, "BUSY");
    }
}
