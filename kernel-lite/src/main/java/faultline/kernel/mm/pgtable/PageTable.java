package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.rcu.Rcu;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The page table of one address space, in RAM and in its architecture's format.
///
/// A PTE is named by the physical address of its entry, `ptePa`. Upper levels are filled under `page_table_lock` and
/// emptied only while the address space is write-locked or gone, but for empty PTE tables where those are reclaimed
/// ([#reclaim]) and for huge pages ([HugeEntries]), which come and are split at any time; PTEs change under the lock of
/// their table (I3), of which the frame's [Page] keeps one each. The hardware walker sets accessed and dirty bits at
/// any time without a lock.
public final class PageTable {

    private static final VarHandle TABLES;

    static {
        try {
            TABLES = MethodHandles.lookup().findVarHandle(PageTable.class, "tables", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PageTableFormat format;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final PhysicalMemory memory;
    private final Steps steps;
    private final EntryCheck check;
    private final boolean checks;
    private final TableFrames frames;
    private final Rcu rcu;
    private final HugeEntries huge;
    private final MmuGather.Flusher flusher;

    /// Whether PTE tables may go while `mmap_lock` is held for read.
    private final boolean empties;

    /// Whether tables are made without `mmap_lock`, and who frees some waits for that.
    private final boolean awaitsMakers;

    /// What is known of the frames; null without checks.
    private final @Nullable TableLives lives;

    /// What TLBs may still have; null without checks.
    private final @Nullable LostTranslations lost;

    private final int top;
    private final MmuCache cache;
    private final AddressSpaceIds.Context space;

    /// The pages of the root, which alone may be larger than one.
    private final Page[] root;

    /// `page_table_lock`: guards stores to levels above 0.
    private final SpinLock lock;

    @SuppressWarnings("unused") // through TABLES
    private int tables;

    private PageTable(
            Translation translation,
            AddressSpaceIds.Context space,
            PageAllocator allocator,
            Steps steps,
            EntryCheck check,
            TableReclaim reclaim,
            MmuGather.Flusher flusher,
            Page[] root) {
        this.format = translation.format();
        this.cache = translation.cache();
        this.space = space;
        this.geometry = format.geometry();
        this.allocator = allocator;
        this.memory = allocator.memory();
        this.steps = steps;
        this.check = check;
        this.checks = check != EntryCheck.NONE;
        this.frames = reclaim.frames();
        this.rcu = reclaim.rcu();
        this.empties = reclaim.reclaimsEmpty();
        this.awaitsMakers = reclaim.awaitsTableMakers();
        this.lives = frames.lives();
        this.lost = lives == null ? null : new LostTranslations();
        this.top = format.levels() - 1;
        this.root = root.clone();
        this.tables = root.length;
        this.lock = new SpinLock(steps, LockRank.PAGE_TABLE, root[0].pfn());
        this.flusher = flusher;
        this.huge = new HugeEntries(this, allocator, frames, flusher);
    }

    /// The table of an address space, empty: its root is `root`, [#rootPages] frames of zero bytes in a
    /// row, whose references it takes over. `check` sees its entries change; `reclaim` takes its other
    /// tables; `flusher` is asked where a huge page is split or a table moves.
    public static PageTable create(
            Translation translation,
            AddressSpaceIds.Context space,
            PageAllocator allocator,
            Steps steps,
            EntryCheck check,
            TableReclaim reclaim,
            MmuGather.Flusher flusher,
            Page[] root) {
        PageTable made = new PageTable(translation, space, allocator, steps, check, reclaim, flusher, root);
        made.frames.beginRoot(made, made.top, root);
        return made;
    }

    /// How many pages the root of a format takes.
    public static int rootPages(PageTableFormat format) {
        int bytes = format.entries(format.levels() - 1) * Long.BYTES;
        return Math.max(1, bytes >>> format.geometry().shift());
    }

    /// The physical address of the root.
    public long rootPa() {
        return root[0].pa();
    }

    public PageTableFormat format() {
        return format;
    }

    /// Its huge pages.
    public HugeEntries huge() {
        return huge;
    }

    /// The bytes its tables take: VmPTE.
    public long bytes() {
        return (long) (int) TABLES.getOpaque(this) << geometry.shift();
    }

    /// Whether every table but the root is freed.
    public boolean hasOnlyRoot() {
        return (int) TABLES.getAcquire(this) == root.length;
    }

    // Walks.

    /// The entry of `va` in its PTE table, or 0 when there is no such table. A huge page on the way is split, as by
    /// Linux's walks that know PTEs alone (`walk_pmd_range`): who can do with it asks [#huge] before, or only looks
    /// ([#look]). No PTE lock is held.
    public long find(long va) {
        long pmdPa = findPmd(va);
        if (pmdPa == 0) {
            return 0;
        }
        long pmd = loadPmd(pmdPa);
        if (format.isHuge(pmd)) {
            pmd = huge.split(va, pmdPa);
        }
        return format.isPresent(pmd) ? pteIn(pmd, va) : 0;
    }

    /// The entry of `va` in its PTE table, or 0 when there is no such table. A huge page has none, and stays whole; it
    /// may have come since somebody looked for one.
    public long findInTable(long va) {
        long pmdPa = findPmd(va);
        long pmd = pmdPa == 0 ? 0 : loadPmd(pmdPa);
        return isTable(pmd) ? pteIn(pmd, va) : 0;
    }

    /// What the PTE of `va` is, or would be were its huge page split; 0 where there is none. A snapshot, made without a
    /// lock.
    public long look(long va) {
        long pmdPa = findPmd(va);
        long pmd = pmdPa == 0 ? 0 : loadPmd(pmdPa);
        if (format.isHuge(pmd)) {
            return format.partOf(pmd, huge.indexOf(va));
        }
        return format.isPresent(pmd) ? load(pteIn(pmd, va)) : 0;
    }

    /// The entry of `va` that names its PTE table or maps a huge page, or 0 when a level above is missing.
    public long findPmd(long va) {
        long table = root[0].pa();
        for (int level = top; level > 1; level--) {
            long entry = read(level, entryPa(table, level, va));
            if (!format.isPresent(entry)) {
                return 0;
            }
            table = tableIn(entry);
        }
        return entryPa(table, 1, va);
    }

    /// Reads an entry that [#findPmd] found.
    public long loadPmd(long pmdPa) {
        return read(1, pmdPa);
    }

    /// Reads an entry of a level above 0.
    private long read(int level, long entryPa) {
        steps.at(PgtableStep.TABLE_READ, entryPa);
        if (lives != null) {
            checkRead(lives, level, entryPa);
        }
        return format.load(memory, entryPa);
    }

    private void checkRead(TableLives known, int level, long entryPa) {
        long pfn = entryPa >>> geometry.shift();
        if (level == top) {
            known.follow(pfn);
        }
        known.reads(this, level, pfn);
    }

    /// The table that a present entry names.
    private long tableIn(long entry) {
        return tableAt(format.pfn(entry));
    }

    /// The table in a frame that the thread has found or made.
    long tableAt(long pfn) {
        if (lives != null) {
            lives.follow(pfn);
        }
        return pfn << geometry.shift();
    }

    /// The entry of `va` in the PTE table that a present entry names.
    public long pteIn(long pmd, long va) {
        return entryPa(tableIn(pmd), 0, va);
    }

    /// The entry of `va` in its PTE table, which is made if need be; 0 when RAM is full. The caller
    /// keeps the VMA stable, so that no table on the way is freed. A huge page on the way is split.
    public long findOrMake(long va) {
        long pmdPa = findOrMakePmd(va);
        long entry = pmdPa == 0 ? 0 : loadPmd(pmdPa);
        while (pmdPa != 0 && (format.isHuge(entry) || !format.isPresent(entry))) {
            if (format.isHuge(entry)) {
                // Where it went meanwhile nothing is there now, and a table is made.
                entry = huge.split(va, pmdPa);
            } else {
                entry = makeTable(pmdPa, 0);
                if (entry == 0) {
                    return 0;
                }
            }
        }
        return pmdPa == 0 ? 0 : pteIn(entry, va);
    }

    /// The entry of `va` that [#findPmd] would find, with the levels above made if need be; 0 when RAM is full.
    long findOrMakePmd(long va) {
        long table = root[0].pa();
        for (int level = top; level > 1; level--) {
            long entryPa = entryPa(table, level, va);
            long entry = read(level, entryPa);
            if (!format.isPresent(entry)) {
                entry = makeTable(entryPa, level - 1);
                if (entry == 0) {
                    return 0;
                }
            }
            table = tableIn(entry);
        }
        return entryPa(table, 1, va);
    }

    /// The first address behind the PTE table that covers `va`.
    public long endOfTable(long va) {
        long span = 1L << format.shift(1);
        return (va & -span) + span;
    }

    private long entryPa(long table, int level, long va) {
        return table + ((va >>> format.shift(level)) & (format.entries(level) - 1)) * Long.BYTES;
    }

    /// Makes the PTE table below an entry that [#findPmd] found, if there is none: `pte_alloc`.
    public void makePteTable(long pmdPa) {
        long pmd = loadPmd(pmdPa);
        if (isNone(pmd)) {
            long _ = makeTable(pmdPa, 0);
        }
    }

    /// Links a table of [#newTable] at an entry that [#findPmd] found, for who holds nothing but what keeps the
    /// tables of his walk. False, and the table is still the caller's, where there is one by now, somebody has the
    /// lock, or `refused`, which is asked with the lock held, says so.
    public boolean tryHook(long pmdPa, long table, BooleanSupplier refused) {
        if (!lock.tryLock()) {
            return false;
        }
        boolean hooks = isNone(loadPmd(pmdPa)) && !refused.getAsBoolean();
        if (hooks) {
            link(pmdPa, format.table(1, table >>> geometry.shift()));
        }
        lock.unlock();
        return hooks;
    }

    /// Links a new table unless another thread did so first; returns the entry, 0 without a frame.
    private long makeTable(long entryPa, int level) {
        Page page = frames.make(this, level);
        if (page == null) {
            return 0;
        }
        lock.lock();
        if (lives != null) {
            lives.changes(this, level + 1, entryPa >>> geometry.shift());
        }
        long entry = format.load(memory, entryPa);
        boolean empty = !format.isPresent(entry) && !(level == 0 && format.isHuge(entry));
        if (empty) {
            entry = format.table(level + 1, page.pfn());
            link(entryPa, entry);
        }
        lock.unlock();
        if (!empty) {
            frames.discard(page);
        }
        return entry;
    }

    /// Has an empty entry point to a table. The caller holds `page_table_lock`.
    private void link(long entryPa, long entry) {
        storeLink(entryPa, entry);
        count(1);
    }

    /// The same for a table that was counted before.
    void storeLink(long entryPa, long entry) {
        steps.at(PgtableStep.TABLE_LINK, entryPa);
        changes(entryPa, 0, entry);
        // A release store: the table is visible before the link. Pairs with the acquire loads of walks.
        format.store(memory, entryPa, entry);
    }

    /// So many tables more.
    void count(int tables) {
        int _ = (int) TABLES.getAndAdd(this, tables);
    }

    /// `page_table_lock`.
    SpinLock upperLock() {
        return lock;
    }

    // PTEs.

    /// The lock of the table that holds an entry.
    public SpinLock lockOf(long ptePa) {
        long pfn = ptePa >>> geometry.shift();
        if (lives != null) {
            lives.locks(this, pfn);
            SpinLock memory = allocator.page(pfn).tableLockMemory();
            if (memory != null) {
                return memory;
            }
        }
        return allocator.page(pfn).tableLock();
    }

    /// Takes the lock of the PTE of `va`, which a walk found at `ptePa`: `pte_offset_map_lock`. Returns where
    /// the PTE is. That is elsewhere where its table was reclaimed and there is another by now; 0, and no
    /// lock is held, where there is none.
    ///
    /// Who holds `mmap_lock` for write, or whose VMA is gone from the tree, may take [#lockOf] at once.
    public long lock(long va, long ptePa) {
        if (empties) {
            return lockWhereItIs(va);
        }
        lockOf(ptePa).lock();
        return ptePa;
    }

    /// Locks the PTE of `va`, for who has not looked for it: its place, or 0, with no lock, where there is no table.
    /// A huge page on the way is split ([#find]).
    public long lockAt(long va) {
        long ptePa = find(va);
        return ptePa == 0 ? 0 : lock(va, ptePa);
    }

    /// The same for who has nothing to do with huge pages, or has looked for one before ([#findInTable]).
    public long lockInTable(long va) {
        long ptePa = findInTable(va);
        return ptePa == 0 ? 0 : lock(va, ptePa);
    }

    /// What `reader` makes, under its lock, of the PTE of `va`, or of what that would be were its huge page
    /// split ([#look]); null where there is no table.
    public <T> @Nullable T readPte(long va, LongFunction<@Nullable T> reader) {
        long pmdPa = huge.find(va);
        long pmd = pmdPa == 0 ? 0 : huge.lockFound(pmdPa);
        if (pmd != 0) {
            try {
                return reader.apply(format.partOf(pmd, huge.indexOf(va)));
            } finally {
                huge.lock().unlock();
            }
        }
        long ptePa = lockInTable(va);
        if (ptePa == 0) {
            return null;
        }
        SpinLock held = lockOf(ptePa);
        try {
            return reader.apply(load(ptePa));
        } finally {
            held.unlock();
        }
    }

    /// The read section keeps the table until its lock is held; a table that is hooked then stays so, and
    /// the lock of one that is not is let go before the section ends.
    private long lockWhereItIs(long va) {
        Vcpu self = KernelThread.current().vcpu();
        while (true) {
            rcu.readLock(self);
            long pmdPa = findPmd(va);
            long pmd = pmdPa == 0 ? 0 : loadPmd(pmdPa);
            if (!isTable(pmd)) {
                rcu.readUnlock(self);
                return 0;
            }
            long ptePa = pteIn(pmd, va);
            SpinLock held = lockOf(ptePa);
            held.lock();
            boolean hooked = loadPmd(pmdPa) == pmd;
            if (!hooked) {
                held.unlock();
            }
            rcu.readUnlock(self);
            if (hooked) {
                return ptePa;
            }
        }
    }

    /// Begins a look at PTEs without their lock, under `mmap_lock` or what a design puts in its place:
    /// `pte_offset_map`. The tables that are found stay until [#endLook].
    public void beginLook() {
        if (empties) {
            rcu.readLock(KernelThread.current().vcpu());
        }
    }

    public void endLook() {
        if (empties) {
            rcu.readUnlock(KernelThread.current().vcpu());
        }
    }

    /// For assertions.
    private boolean isLocked(long ptePa) {
        SpinLock memory = allocator.page(ptePa >>> geometry.shift()).tableLockMemory();
        return memory != null && memory.isHeld();
    }

    /// Reads a PTE, with the lock or as a snapshot to compare later.
    public long load(long ptePa) {
        steps.at(PgtableStep.PTE_READ, ptePa);
        if (lives != null) {
            lives.reads(this, 0, ptePa >>> geometry.shift());
        }
        return format.load(memory, ptePa);
    }

    /// Fills an empty PTE, or replaces one whose translations were flushed: `set_pte_at`.
    public void store(long ptePa, long pte) {
        assert isLocked(ptePa) : "pgtable: PTE at 0x" + Long.toHexString(ptePa) + " changes without its lock";
        steps.at(PgtableStep.PTE_STORE, ptePa);
        checkChange(ptePa);
        if (lives != null && format.hasPage(pte)) {
            allocator.checkMapped(format.pfn(pte));
        }
        changes(ptePa, checks ? format.load(memory, ptePa) : 0, pte);
        format.store(memory, ptePa, pte);
    }

    /// Replaces the PTE of `va`; false when the hardware changed it meanwhile. Where the new one grants
    /// less, a flush follows.
    public boolean compareAndSet(long va, long ptePa, long expected, long pte) {
        assert isLocked(ptePa) : "pgtable: PTE at 0x" + Long.toHexString(ptePa) + " changes without its lock";
        steps.at(PgtableStep.PTE_COMPARE_AND_SET, ptePa);
        checkChange(ptePa);
        if (lost != null && (format.isProtNone(pte) || format.isWritable(expected) && !format.isWritable(pte))) {
            lost.lost(geometry.down(va), format.pfn(expected), !format.isProtNone(pte));
        }
        boolean done = format.compareAndSet(memory, ptePa, expected, pte);
        if (done) {
            changes(ptePa, expected, pte);
            cache.entryChanged(space, va, ptePa, expected, pte);
        }
        return done;
    }

    /// Takes the PTE of `va` out and returns it as the hardware left it: `ptep_get_and_clear`.
    public long getAndClear(long va, long ptePa) {
        assert isLocked(ptePa) : "pgtable: PTE at 0x" + Long.toHexString(ptePa) + " changes without its lock";
        steps.at(PgtableStep.PTE_CLEAR, ptePa);
        checkChange(ptePa);
        if (lost != null && format.isPresent(format.load(memory, ptePa))) {
            lost.lost(geometry.down(va), format.pfn(format.load(memory, ptePa)), false);
        }
        long pte = format.getAndClear(memory, ptePa);
        changes(ptePa, pte, 0);
        cache.entryChanged(space, va, ptePa, pte, 0);
        return pte;
    }

    /// Says that a fault has made or changed the PTE of `va`, which the access needs that faulted:
    /// `update_mmu_cache`. The caller has the PTE's lock.
    public void updateCache(long va, long ptePa, Access access) {
        cache.update(space, va, ptePa, access);
    }

    private void checkChange(long ptePa) {
        if (lives != null) {
            lives.changes(this, 0, ptePa >>> geometry.shift());
        }
    }

    void changes(long entryPa, long before, long after) {
        if (checks) {
            check.changes(entryPa, before, after);
        }
    }

    // What HugeEntries does with entries of level 1, under page_table_lock.

    /// Says that a huge page's entry is about to lose rights or its page.
    void loses(long va, long before, boolean writesOnly) {
        if (lost != null) {
            for (int page = 0; page < format.entries(0); page++) {
                lost.lost(va + (long) page * geometry.bytes(), format.pfn(before) + page, writesOnly);
            }
        }
    }

    /// Says that an entry of level 1 is about to change.
    void checkPmdChange(long pmdPa) {
        if (lives != null) {
            lives.changes(this, 1, pmdPa >>> geometry.shift());
        }
    }

    /// Says that a huge page is about to be mapped.
    void checkHugeMapped(long pmd) {
        if (lives != null && !format.isSpecial(pmd)) {
            for (int page = 0; page < format.entries(0); page++) {
                allocator.checkMapped(format.pfn(pmd) + page);
            }
        }
    }

    /// Says that no TLB holds translations of `[start, end)` from before any more.
    public void flushed(long start, long end) {
        if (checks) {
            long stop = Math.min(end, format.userEnd());
            for (long va = start; va < stop; ) {
                va = settle(va, stop);
            }
        }
    }

    /// Settles what one table has of `[va, stop)`; returns the first address behind it. No step: a
    /// schedule does not notice a check.
    private long settle(long va, long stop) {
        long table = root[0].pa();
        for (int level = top; level > 0; level--) {
            long entryPa = entryPa(table, level, va);
            long entry = format.load(memory, entryPa);
            boolean leaf = level == 1 && format.isHuge(entry);
            if (level == 1 && format.hasHugePages()) {
                // Of a huge page that was here, or is.
                check.settled(entryPa, entryPa + Long.BYTES);
            }
            if (leaf || !format.isPresent(entry)) {
                long span = 1L << format.shift(level);
                return (va & -span) + span;
            }
            table = format.pfn(entry) << geometry.shift();
        }
        long behind = Math.min(stop, endOfTable(va));
        long first = entryPa(table, 0, va);
        check.settled(first, first + (geometry.up(behind - va) >>> geometry.shift()) * Long.BYTES);
        return behind;
    }

    // Moving.

    /// Has the entry of `to` name the PTE table that the entry of `from` names: `move_normal_pmd`. Both begin
    /// what a table maps. False where there is no such table, one is there already, or no frame for one above.
    /// With `locked` the table's own lock is held meanwhile. The caller holds `mmap_lock` for write, and keeps
    /// reverse mapping out.
    public boolean moveTable(long from, long to, boolean locked) {
        long fromPa = findPmd(from);
        if (fromPa == 0 || !isTable(loadPmd(fromPa))) {
            return false;
        }
        long toPa = findOrMakePmd(to);
        if (toPa == 0) {
            return false;
        }
        lock.lock();
        long pmd = loadPmd(fromPa);
        boolean moves = isTable(pmd) && isNone(loadPmd(toPa));
        if (moves) {
            SpinLock pteLock = locked ? lockOf(pteIn(pmd, from)) : null;
            if (pteLock != null) {
                pteLock.lock();
            }
            noteLost(pmd, from);
            clear(fromPa);
            link(toPa, pmd);
            // Before anybody can find a page at its new place only, and change it there.
            flusher.flush(from, endOfTable(from));
            if (pteLock != null) {
                pteLock.unlock();
            }
        }
        lock.unlock();
        return moves;
    }

    private boolean isTable(long pmd) {
        return format.isPresent(pmd) && !format.isHuge(pmd);
    }

    private boolean isNone(long pmd) {
        return !format.isPresent(pmd) && !format.isHuge(pmd);
    }

    /// With checks: that of all pages of a table the translations at its old place are to go.
    private void noteLost(long pmd, long va) {
        if (lost == null) {
            return;
        }
        long ptePa = pteIn(pmd, va);
        for (int i = 0; i < format.entries(0); i++, ptePa += Long.BYTES) {
            long pte = format.load(memory, ptePa);
            if (format.isPresent(pte)) {
                lost.lost(va + ((long) i << geometry.shift()), format.pfn(pte), false);
            }
        }
    }

    // Freeing.

    /// Unlinks and hands to `gather` every table that only serves `[start, end)` and the free
    /// ranges around it, from `floor` (the end of the VMA before) to `ceiling` (the start of the
    /// VMA behind, 0 for none): `free_pgtables`. The PTEs are zapped, and the address space is
    /// write-locked or has no user left.
    public void free(MmuGather gather, long start, long end, long floor, long ceiling) {
        if (awaitsMakers) {
            // Who has the lock links a table that is found below; who gets it from here on sees that he may not.
            lock.lock();
            lock.unlock();
        }
        freeBelow(gather, root[0].pa(), top, start, end, floor, ceiling == 0 ? format.userEnd() : ceiling);
    }

    /// Takes no lock: nobody may fill this range any more.
    private void freeBelow(MmuGather gather, long table, int level, long start, long end, long floor, long ceiling) {
        long span = 1L << format.shift(level);
        for (long va = start & -span; Long.compareUnsigned(va, end) < 0; va += span) {
            long entryPa = entryPa(table, level, va);
            long entry = format.load(memory, entryPa);
            if (level == 1 && format.isHuge(entry)) {
                throw new IllegalStateException("pgtable: a huge page is left at 0x" + Long.toHexString(va));
            }
            if (!format.isPresent(entry)) {
                continue;
            }
            long lower = format.pfn(entry) << geometry.shift();
            if (level > 1) {
                long from = Math.max(va, start);
                long to = Math.min(va + span, end);
                freeBelow(gather, lower, level - 1, from, to, floor, ceiling);
            }
            if (Long.compareUnsigned(va, floor) >= 0 && Long.compareUnsigned(va + span, ceiling) <= 0
                    || isSoleUse(va, span, floor, ceiling)) {
                unlink(entryPa, lower, level - 1);
                give(gather, lower, Math.max(va, start));
            }
        }
    }

    /// Whether the last table of user space, whose span reaches past its end, serves nothing else.
    private boolean isSoleUse(long va, long span, long floor, long ceiling) {
        return Long.compareUnsigned(va, floor) >= 0
                && ceiling == format.userEnd()
                && Long.compareUnsigned(va + span, ceiling) > 0;
    }

    private void unlink(long entryPa, long table, int level) {
        assert lives != null || level > 0 || isEmpty(table)
                : "pgtable: frees table 0x" + Long.toHexString(table) + ", which is in use";
        clear(entryPa);
        if (checks) {
            // What was in it is flushed before the frame is another table.
            check.settled(table, table + geometry.bytes());
        }
        frames.unhook(allocator.page(table >>> geometry.shift()));
    }

    private void clear(long entryPa) {
        steps.at(PgtableStep.TABLE_UNLINK, entryPa);
        format.store(memory, entryPa, 0);
        int _ = (int) TABLES.getAndAdd(this, -1);
    }

    /// Hands a table that was unhooked to who frees it. No lock of it is held.
    public void give(MmuGather gather, long table, long va) {
        Page page = allocator.page(table >>> geometry.shift());
        frames.destruct(page);
        gather.addTable(page, va);
    }

    /// Whether [#reclaim] does anything.
    public boolean reclaimsEmpty() {
        return empties;
    }

    /// Unhooks the PTE table that begins at `va`, if it is empty, and hands it to `gather`:
    /// `try_to_free_pte`. The caller holds `mmap_lock` for read, and one VMA covers the table.
    ///
    /// `page_table_lock` keeps others from unhooking it too, its PTE lock from being filled: who waits for
    /// that one looks again whether the table is hooked ([#lock]).
    public void reclaim(MmuGather gather, long va) {
        long pmdPa = findPmd(va);
        if (pmdPa == 0) {
            return;
        }
        long table = 0;
        lock.lock();
        long pmd = loadPmd(pmdPa);
        if (isTable(pmd)) {
            long first = pteIn(pmd, va);
            SpinLock pteLock = lockOf(first);
            pteLock.lock();
            if (isEmpty(first)) {
                unlink(pmdPa, first, 0);
                table = first;
            }
            pteLock.unlock();
        }
        lock.unlock();
        if (table != 0) {
            give(gather, table, va);
        }
    }

    /// Whether a table of PTEs has no entry.
    boolean isEmpty(long table) {
        for (int i = 0; i < format.entries(0); i++) {
            if (!format.isNone(format.load(memory, table + (long) i * Long.BYTES))) {
                return false;
            }
        }
        return true;
    }

    // Collapsing: a table is taken out, emptied, and another put in its place.

    /// Clears the entry of the PTE table that begins at `va` and returns the address of the table, 0 where
    /// there is none. Flushes nothing; until it is [#emptied], who has found the table may fill it. The
    /// caller holds `mmap_lock` for write.
    public long unhook(long va) {
        long pmdPa = findPmd(va);
        if (pmdPa == 0) {
            return 0;
        }
        lock.lock();
        long pmd = loadPmd(pmdPa);
        boolean present = isTable(pmd);
        if (present) {
            clear(pmdPa);
        }
        lock.unlock();
        return present ? pteIn(pmd, va) : 0;
    }

    /// Nobody may fill the table any more, whose entries have been taken out after the flush. Called with
    /// its PTE lock.
    public void emptied(long table) {
        if (checks) {
            check.settled(table, table + geometry.bytes());
        }
        frames.unhook(allocator.page(table >>> geometry.shift()));
    }

    /// An empty PTE table that nothing points to; 0 without a frame.
    public long newTable() {
        Page page = frames.make(this, 0);
        return page == null ? 0 : tableAt(page.pfn());
    }

    /// Has the entry of `va`, which [#unhook] cleared, point to another table of PTEs.
    public void hook(long va, long table) {
        long pmdPa = findPmd(va);
        lock.lock();
        if (format.isPresent(loadPmd(pmdPa))) {
            throw new IllegalStateException("pgtable: a table was made for 0x" + Long.toHexString(va)
                    + " while the range was collapsed under mmap_lock");
        }
        link(pmdPa, format.table(1, table >>> geometry.shift()));
        lock.unlock();
    }

    /// Frees a table of [#newTable] that was never hooked.
    public void discard(long table) {
        frames.discard(allocator.page(table >>> geometry.shift()));
    }

    /// Frees the root; everything below is freed.
    public void destroy() {
        assert hasOnlyRoot() : "pgtable: " + bytes() + " bytes of tables left at exit";
        frames.freeRoot(root);
    }

    // For oracles and debuggers: no step, and no look at whose the tables are.

    /// What the entries have lost since they were flushed; null without checks.
    public @Nullable LostTranslations lost() {
        return lost;
    }

    /// The PTE of `va`, 0 where there is no table. Tables may be freed meanwhile: then what is found means
    /// nothing.
    public long peek(long va) {
        long table = root[0].pa();
        for (int level = top; level > 0; level--) {
            long entry = format.load(memory, entryPa(table, level, va));
            if (level == 1 && format.isHuge(entry)) {
                return format.partOf(entry, huge.indexOf(va));
            }
            if (!format.isPresent(entry) || Long.compareUnsigned(format.pfn(entry), allocator.totalFrames()) >= 0) {
                return 0;
            }
            table = format.pfn(entry) << geometry.shift();
        }
        return format.load(memory, entryPa(table, 0, va));
    }

    /// One level of a walk: where its entry is, what it holds, and what that means.
    public record Level(int level, long entryPa, long raw, String text) {}

    /// The walk of `va` from the root down to the first entry that is not present, or the leaf.
    public List<Level> describe(long va) {
        List<Level> levels = new ArrayList<>();
        long table = root[0].pa();
        for (int level = top; level >= 0; level--) {
            long entryPa = entryPa(table, level, va);
            long raw = format.load(memory, entryPa);
            levels.add(new Level(level, entryPa, raw, format.describe(level, raw)));
            if (!format.isPresent(raw) || level == 1 && format.isHuge(raw)) {
                break;
            }
            table = format.pfn(raw) << geometry.shift();
        }
        return levels;
    }
}
