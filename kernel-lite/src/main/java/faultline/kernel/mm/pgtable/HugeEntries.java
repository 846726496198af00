package faultline.kernel.mm.pgtable;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The huge pages of one page table: entries of level 1 that are leaves, a run of frames each.
///
/// A huge page here is that entry and nothing else: each frame of the run has a [Page] with counts of its own, the
/// same as if a PTE mapped it. So who has one page of it needs not know, and splitting ([#split]) changes the table
/// alone.
///
/// Each has a PTE table put by, the deposit, so that splitting needs no frame (`pgtable_trans_huge_deposit`). All
/// changes are made under `page_table_lock`, by compare-and-set where the hardware may set bits meanwhile. An entry
/// that is being split stays a leaf that the hardware does not find ([PageTableFormat#mkInvalid]): who walks without
/// the lock never sees an empty one in between, and takes nothing for unmapped that is not.
public final class HugeEntries {

    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(HugeEntries.class, "count", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PageTable table;
    private final PageTableFormat format;
    private final PageAllocator allocator;
    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final MmuGather.Flusher flusher;
    private final SpinLock lock;
    private final int pages;

    // Guarded by page_table_lock.
    /// The frames of the deposited tables, the last one on top.
    private int[] deposits = {};

    /// How many there are: as many as deposits. Read without the lock by who holds mmap_lock for write, beside whom
    /// it only falls.
    private int count;

    HugeEntries(PageTable table, PageAllocator allocator, TableFrames frames, MmuGather.Flusher flusher) {
        this.table = table;
        this.format = table.format();
        this.allocator = allocator;
        this.memory = allocator.memory();
        this.frames = frames;
        this.flusher = flusher;
        this.lock = table.upperLock();
        this.pages = format.entries(0);
    }

    // What they are.

    /// How many pages one has: HPAGE_PMD_NR.
    public int pages() {
        return pages;
    }

    /// How many bytes: HPAGE_PMD_SIZE.
    public long bytes() {
        return 1L << format.shift(1);
    }

    /// Where the one begins that an address would be in.
    public long start(long va) {
        return va & -bytes();
    }

    /// Which of its pages an address is in.
    public int indexOf(long va) {
        return (int) ((va & bytes() - 1) >>> format.shift(0));
    }

    /// Whether there is one; may be wrong about those that come or go at the moment.
    public boolean isAny() {
        return (int) COUNT.getOpaque(this) != 0;
    }

    // Walks.

    /// The place of the entry that maps `va` as part of a huge page, 0 where none does. What is there then, who has
    /// the lock says.
    public long find(long va) {
        if (!isAny()) {
            return 0;
        }
        long pmdPa = table.findPmd(va);
        return pmdPa != 0 && format.isHuge(table.loadPmd(pmdPa)) ? pmdPa : 0;
    }

    /// The same if `[start, end)` is all of it; one that lies there in part is left to be split by who goes on to
    /// its PTEs.
    public long findWhole(long start, long end) {
        return end - start == bytes() && (start & bytes() - 1) == 0 ? find(start) : 0;
    }

    /// The place of the entry of `va`, for [#put]; 0 without a frame for a table above.
    public long findOrMakePlace(long va) {
        return table.findOrMakePmd(va);
    }

    /// `pmd_lock`: the page table's own.
    public SpinLock lock() {
        return lock;
    }

    /// `pmd_lock` of one that has just been found: the entry, with the lock, or 0, without, where it is none any
    /// more.
    public long lockFound(long pmdPa) {
        lock.lock();
        long pmd = load(pmdPa);
        if (!format.isHuge(pmd)) {
            lock.unlock();
            return 0;
        }
        return pmd;
    }

    /// Reads an entry, with the lock or as a snapshot.
    public long load(long pmdPa) {
        return table.loadPmd(pmdPa);
    }

    // Changes, with the lock.

    /// Maps a huge page where nothing is. `deposit`, a table of [PageTable#newTable], is put by.
    public void put(long pmdPa, long pmd, long deposit) {
        assert lock.isHeld() && isEmpty(pmdPa) : "pgtable: no place for a huge page";
        table.checkPmdChange(pmdPa);
        table.checkHugeMapped(pmd);
        table.storeLink(pmdPa, pmd);
        if (count == deposits.length) {
            deposits = Arrays.copyOf(deposits, Math.max(4, count * 2));
        }
        deposits[count] = (int) (deposit >>> format.shift(0));
        COUNT.setOpaque(this, count + 1);
        table.count(1);
    }

    /// For assertions: no step.
    private boolean isEmpty(long pmdPa) {
        return format.isNone(format.load(memory, pmdPa));
    }

    /// Maps at another place what [#getAndClear] has just taken out and nobody translates to any more. Its deposit
    /// stays put by.
    public void putAgain(long pmdPa, long pmd) {
        assert lock.isHeld() && isEmpty(pmdPa) : "pgtable: no place for a huge page";
        table.checkPmdChange(pmdPa);
        table.checkHugeMapped(pmd);
        table.storeLink(pmdPa, pmd);
    }

    /// Replaces the entry of `va`; false when the hardware changed it meanwhile. Where the new one grants less, a
    /// flush follows.
    public boolean compareAndSet(long va, long pmdPa, long expected, long pmd) {
        assert lock.isHeld() : "pgtable: a huge page changes without page_table_lock";
        table.checkPmdChange(pmdPa);
        boolean all = format.isProtNone(pmd);
        if (all || format.isWritable(expected) && !format.isWritable(pmd)) {
            table.loses(start(va), expected, !all);
        }
        boolean done = format.compareAndSet(memory, pmdPa, expected, pmd);
        if (done) {
            table.changes(pmdPa, expected, pmd);
        }
        return done;
    }

    /// Takes the huge page of `va` out and returns its entry as the hardware left it: `pmdp_huge_get_and_clear`. Its
    /// deposit is [#withdraw]n too.
    public long getAndClear(long va, long pmdPa) {
        assert lock.isHeld() : "pgtable: a huge page goes without page_table_lock";
        table.checkPmdChange(pmdPa);
        table.loses(start(va), load(pmdPa), false);
        long pmd = format.getAndClear(memory, pmdPa);
        table.changes(pmdPa, pmd, 0);
        return pmd;
    }

    /// The deposit of a huge page that has been taken out, for [PageTable#give] without the lock.
    public long withdraw() {
        long deposit = take();
        table.count(-1);
        frames.unhook(allocator.page(deposit >>> format.shift(0)));
        return deposit;
    }

    private long take() {
        int top = count - 1;
        COUNT.setOpaque(this, top);
        return (long) deposits[top] << format.shift(0);
    }

    // Splitting.

    /// Has PTEs map what the huge page of `va` maps, if there is one: `__split_huge_pmd`. Waits for nobody but for
    /// `page_table_lock` and the flush. The caller may hold `mmap_lock`, or an rmap lock of the pages, and no
    /// PTE lock.
    public void split(long va) {
        long pmdPa = find(va);
        if (pmdPa != 0) {
            long _ = split(va, pmdPa);
        }
    }

    /// The same at an entry that was found; returns what that is now: 0, or it names a table.
    long split(long va, long pmdPa) {
        lock.lock();
        long pmd = load(pmdPa);
        if (format.isHuge(pmd)) {
            pmd = splitLocked(start(va), pmdPa);
        }
        lock.unlock();
        return pmd;
    }

    /// The hardware must have no translation of the whole when it finds those of the parts, and no bit may be lost:
    /// first nobody finds it, then the flush, then the table (`pmdp_invalidate`).
    private long splitLocked(long va, long pmdPa) {
        long pmd = load(pmdPa);
        while (!compareAndSetInvalid(va, pmdPa, pmd)) {
            pmd = load(pmdPa);
        }
        flusher.flush(va, va + bytes());
        long deposit = table.tableAt(take() >>> format.shift(0));
        SpinLock pteLock = table.lockOf(deposit);
        pteLock.lock();
        for (int page = 0; page < pages; page++) {
            table.store(deposit + (long) page * Long.BYTES, format.partOf(pmd, page));
        }
        pteLock.unlock();
        long entry = format.table(1, deposit >>> format.shift(0));
        table.storeLink(pmdPa, entry);
        if (!format.isSpecial(pmd)) {
            allocator.unmappedWhole(allocator.page(format.pfn(pmd)));
        }
        allocator.events().add(VmEvent.THP_SPLIT_PMD.ordinal(), 1);
        return entry;
    }

    private boolean compareAndSetInvalid(long va, long pmdPa, long pmd) {
        long invalid = format.mkInvalid(pmd);
        table.checkPmdChange(pmdPa);
        table.loses(va, pmd, false);
        boolean done = format.compareAndSet(memory, pmdPa, pmd, invalid);
        if (done) {
            table.changes(pmdPa, pmd, invalid);
        }
        return done;
    }
}
