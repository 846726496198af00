package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What the kernel knows of one frame of RAM: `struct page`.
///
/// There is one object a frame, made when the frame is first used and reused ever after.
public final class Page {

    /// PG_locked: somebody reads or writes the whole page, or truncates it. See [PageCache].
    static final int LOCKED = 1;

    /// PG_uptodate: the contents are the file's.
    static final int UPTODATE = 1 << 1;

    /// PG_dirty: the contents are newer than the file's.
    static final int DIRTY = 1 << 2;

    /// The page belongs to anonymous memory: counted as MM_ANONPAGES.
    static final int ANON = 1 << 3;

    /// PG_swapbacked without ANON: shared memory, counted as MM_SHMEMPAGES.
    static final int SHMEM = 1 << 4;

    /// The page is a page table.
    static final int TABLE = 1 << 5;

    /// PG_reserved: the zero page and pages of the kernel's own, never counted, never freed.
    static final int RESERVED = 1 << 6;

    /// The frame is free.
    static final int FREE = 1 << 7;

    /// Written and clean again, and in the cache only: see [PageSource#keepsPages].
    static final int KEPT = 1 << 8;

    /// The device has the page's lock and reads, until [#ioEnds].
    static final int READING = 1 << 9;

    /// PG_error: the last read went wrong.
    static final int FAILED = 1 << 10;

    /// PG_readahead: who comes to this page has the next ones read.
    static final int READAHEAD = 1 << 11;

    /// Nobody has begun to read the page: it is new, or was dropped. It counts as not cached.
    static final int UNREAD = 1 << 12;

    /// Writing back began, and is over at [#ioEnds]. Changed under the page lock.
    static final int WRITEBACK = 1 << 13;

    /// PG_swapcache: the page is the copy in memory of a slot of a swap area, [#swap].
    static final int SWAP_CACHE = 1 << 14;

    /// PG_referenced: reclaim has found it used, once.
    static final int REFERENCED = 1 << 15;

    /// An anonymous page without PG_swapbacked: its contents may go unless somebody stores to it (MADV_FREE).
    static final int LAZY_FREE = 1 << 16;

    /// Of a page that stays once it is written: what its file system may hold has room for it.
    static final int PROMISED = 1 << 17;

    /// PG_anon with FOLIO_MAPPING_KSM: the contents do not change, and who has the same shares them.
    static final int KSM = 1 << 18;

    /// What is left of the flags counts reads, so that the end of one is not taken for that of the next.
    private static final int ONE_READ = 1 << 19;

    private static final VarHandle REFCOUNT;
    private static final VarHandle MAPCOUNT;
    private static final VarHandle FLAGS;
    private static final VarHandle ENTIRE_MAPCOUNT;
    private static final VarHandle MIGRATION_ENTRIES;
    private static final VarHandle PINS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            REFCOUNT = lookup.findVarHandle(Page.class, "refcount", int.class);
            MAPCOUNT = lookup.findVarHandle(Page.class, "mapcount", int.class);
            FLAGS = lookup.findVarHandle(Page.class, "flags", int.class);
            ENTIRE_MAPCOUNT = lookup.findVarHandle(Page.class, "entireMapcount", int.class);
            MIGRATION_ENTRIES = lookup.findVarHandle(Page.class, "migrationEntries", int.class);
            PINS = lookup.findVarHandle(Page.class, "pins", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int pfn;
    private final byte shift;
    private volatile int refcount;
    private volatile int mapcount;
    private volatile int flags;

    /// Of the first page of a run, how many entries map all of it as a huge page.
    @SuppressWarnings("unused") // through ENTIRE_MAPCOUNT
    private int entireMapcount;

    /// How many PTEs say that the page is being moved.
    private volatile int migrationEntries;

    /// How many of the references are a device's, or of who does as a device does: FOLL_PIN.
    private volatile int pins;

    // Stable while the page is in a page cache: set before it is inserted, cleared under the page lock.
    @Nullable
    PageCache mapping;

    long index;

    /// Of an anonymous page, instead of a mapping.
    private int anonVma;

    /// Of a page in the swap cache, the slot it is the copy of. Changed with the page's lock and that of the swap area.
    private long swap;

    /// When the device is done with the page. Written under the page lock, before the flag that says so.
    private long ioEnds;

    /// The split PTE lock, made when the frame first becomes a page table.
    @Nullable
    SpinLock tableLock;

    Page(int pfn, PageGeometry geometry) {
        this.pfn = pfn;
        this.shift = (byte) geometry.shift();
    }

    public long pfn() {
        return pfn;
    }

    /// The address of its first byte.
    public long pa() {
        return (long) pfn << shift;
    }

    public int refcount() {
        return refcount;
    }

    /// How many PTEs map it.
    public int mapcount() {
        return mapcount;
    }

    public boolean isAnon() {
        return (flags & ANON) != 0;
    }

    public boolean isShmem() {
        return (flags & SHMEM) != 0;
    }

    public boolean isDirty() {
        return (flags & DIRTY) != 0;
    }

    /// Whether the swap cache has it, for [#swap].
    public boolean isSwapCache() {
        return (flags & SWAP_CACHE) != 0;
    }

    /// Of a page in the swap cache, its slot: `folio->swap`. Stable with the page's lock.
    public long swap() {
        return swap;
    }

    /// The caller puts the page, which it has locked, into the swap cache.
    public void enterSwapCache(long slot) {
        swap = slot;
        set(SWAP_CACHE);
    }

    /// The caller has taken it out. What is in it is nowhere else any more.
    public void leaveSwapCache() {
        clear(SWAP_CACHE);
    }

    /// Without a look at what the device has done since: [PageCache#isUptodate].
    boolean isUptodate() {
        return (flags & UPTODATE) != 0;
    }

    /// Whether nobody has begun to read it: such a page counts as not cached.
    public boolean isUnread() {
        return (flags & UNREAD) != 0;
    }

    /// Whether who comes to it has the next pages read.
    public boolean isReadaheadMark() {
        return (flags & READAHEAD) != 0;
    }

    /// Whether the last read of it went wrong.
    public boolean hasFailed() {
        return (flags & FAILED) != 0;
    }

    public boolean isReserved() {
        return (flags & RESERVED) != 0;
    }

    /// The page cache it is in, or null.
    public @Nullable PageCache mapping() {
        return mapping;
    }

    /// Its index in [#mapping], or in the VMAs of its AnonVma.
    public long index() {
        return index;
    }

    /// Takes a reference; the caller has one, or holds what keeps the page alive.
    public void get() {
        int before = (int) REFCOUNT.getAndAdd(this, 1);
        assert before > 0 : this + " is free and cannot be referenced";
    }

    /// Takes a reference unless the page is free: for lookups that hold no lock.
    public boolean tryGet() {
        int seen;
        do {
            seen = refcount;
            if (seen == 0) {
                return false;
            }
        } while (!REFCOUNT.compareAndSet(this, seen, seen + 1));
        return true;
    }

    /// Drops a reference; true when it was the last and the caller frees the frame.
    boolean drop() {
        int before = (int) REFCOUNT.getAndAdd(this, -1);
        assert before > 0 : this + " is free and cannot be released";
        return before == 1;
    }

    /// One more PTE maps the page: `page_add_rmap`. The caller holds the PTE lock.
    public void addMapping() {
        int _ = (int) MAPCOUNT.getAndAdd(this, 1);
    }

    /// One PTE less maps the page: `page_remove_rmap`. The caller holds the PTE lock.
    public void removeMapping() {
        int before = (int) MAPCOUNT.getAndAdd(this, -1);
        assert before > 0 : this + " is not mapped";
    }

    /// One more entry, or with -1 one less, maps the run that begins here as a huge page; returns how many do:
    /// `_entire_mapcount`. Each page's own count is kept beside it.
    int addEntireMapping(int change) {
        return (int) ENTIRE_MAPCOUNT.getAndAdd(this, change) + change;
    }

    /// The first PTE of a fresh anonymous page: `folio_add_new_anon_rmap`. Nobody else sees the
    /// page before the PTE is stored, so nothing here is atomic. The caller holds the PTE lock.
    public void addNewAnonMapping(int anonVma, long index) {
        setAnon(anonVma, index);
        MAPCOUNT.set(this, 1);
    }

    /// Marks a fresh page, which nobody else sees yet, as anonymous, with the number of its AnonVma and
    /// its index in the VMA: `linear_page_index`.
    public void setAnon(int anonVma, long index) {
        this.anonVma = anonVma;
        this.index = index;
        FLAGS.set(this, flags | ANON);
    }

    /// A device works on the page from now on; the caller has a reference for it: `try_grab_folio` with FOLL_PIN.
    public void pin() {
        int _ = (int) PINS.getAndAdd(this, 1);
    }

    /// It does no more; the caller gives the reference back afterwards.
    public void unpin() {
        int before = (int) PINS.getAndAdd(this, -1);
        assert before > 0 : this + " is not pinned";
    }

    /// Whether a device may work on it: `folio_maybe_dma_pinned`.
    public boolean isPinned() {
        return pins != 0;
    }

    /// So many more PTEs, or less, say that the page is being moved. The caller holds the PTE lock.
    public void addMigrationEntries(int count) {
        int _ = (int) MIGRATION_ENTRIES.getAndAdd(this, count);
    }

    /// How many do.
    public int migrationEntries() {
        return migrationEntries;
    }

    /// Makes a fresh frame, which nobody else sees yet, the anonymous page that `from` was, but for its contents:
    /// `folio_migrate_flags`.
    public void become(Page from) {
        setAnon(from.anonVma, from.index);
        set(from.flags & (DIRTY | REFERENCED | LAZY_FREE | KSM));
    }

    /// The same of a page of a file, which keeps its place there.
    void becomeCached(PageCache cache, Page from) {
        mapping = cache;
        index = from.index;
        set(from.flags & (UPTODATE | DIRTY | SHMEM | KEPT | FAILED | READAHEAD | REFERENCED));
    }

    /// Another frame is in its place in the file, dirty if it was.
    void leaveCache() {
        mapping = null;
        clear(DIRTY | KEPT);
    }

    /// The page is elsewhere in its address space from now on. The caller holds its lock and those of the PTEs.
    public void moveAnon(int to, long newIndex) {
        anonVma = to;
        index = newIndex;
    }

    /// The page belongs to one VMA alone from now on: `folio_move_anon_rmap`. The caller holds the PTE lock.
    public void moveAnon(int to) {
        anonVma = to;
    }

    /// The number of the AnonVma of an anonymous page, or of the node of a shared one.
    public int anonVma() {
        return anonVma;
    }

    /// Makes the page a page table; one of PTEs gets its lock, whose steps go to `steps` (null for
    /// upper levels).
    public void becomeTable(@Nullable Steps steps) {
        set(TABLE);
        if (steps != null && tableLock == null) {
            tableLock = new SpinLock(steps, LockRank.PTE, pfn);
        }
    }

    /// The same for a page of PTEs whose lock is another one each time: it lies in memory of its own.
    public void becomeTableBeside(SpinLock lock) {
        set(TABLE);
        tableLock = lock;
    }

    /// What lies where the lock of a page of PTEs is or was, whatever the page is now; null when it never
    /// was one.
    public @Nullable SpinLock tableLockMemory() {
        return tableLock;
    }

    /// The lock of the PTEs in this page.
    public SpinLock tableLock() {
        SpinLock held = tableLock;
        if (held == null || !has(TABLE)) {
            throw new IllegalStateException("mm: " + this + " is no table of PTEs");
        }
        return held;
    }

    /// PG_dirty; true when it was clean. Of a page of a file, called with what keeps it there: its lock, the
    /// lock of a
    /// PTE that maps it, or the file's content lock.
    public boolean setDirty() {
        boolean dirtied = set(DIRTY);
        PageCache cache = mapping;
        if (dirtied && cache != null) {
            cache.dirtied();
        }
        return dirtied;
    }

    /// Takes PG_dirty off a page of the swap cache that the caller has locked; false when it had none.
    public boolean clearDirty() {
        return clear(DIRTY);
    }

    /// Whether it is shared for its contents: then nobody may ever store to it. Once true that stays, to its
    /// end.
    public boolean isKsm() {
        return has(KSM);
    }

    /// Whether it is, and of that node.
    public boolean isKsm(int node) {
        return has(KSM) && anonVma == node;
    }

    /// The page, whose lock the caller has and which no PTE lets be stored to, is shared for its contents. It
    /// names its node, a negative number, instead of an AnonVma; the flag comes first, for who reads that
    /// number without a lock.
    public void becomeKsm(int node) {
        set(KSM);
        anonVma = node;
    }

    /// Whether its contents may go unless somebody stores to it.
    public boolean isLazyFree() {
        return has(LAZY_FREE);
    }

    /// The contents may go: `folio_clear_swapbacked`. True when they might not before.
    public boolean setLazyFree() {
        return set(LAZY_FREE);
    }

    /// Somebody has stored to it: `folio_set_swapbacked`.
    public void clearLazyFree() {
        clear(LAZY_FREE);
    }

    /// Reclaim has found the page used; whether it had before, and has not forgotten it.
    public boolean noteUse() {
        return !set(REFERENCED);
    }

    public void forgetUse() {
        clear(REFERENCED);
    }

    boolean set(int bit) {
        return ((int) FLAGS.getAndBitwiseOr(this, bit) & bit) == 0;
    }

    boolean clear(int bit) {
        return ((int) FLAGS.getAndBitwiseAnd(this, ~bit) & bit) != 0;
    }

    boolean has(int bit) {
        return (flags & bit) != 0;
    }

    // What the device does.

    /// The device begins to read the page, whose lock the caller has and gives it.
    void beginRead(long ends, boolean failed) {
        ioEnds = ends;
        int add = READING | (failed ? FAILED : 0);
        int seen;
        do {
            seen = flags;
            // pairs with the read of flags in endRead and readEnds
        } while (!FLAGS.compareAndSet(this, seen, ((seen & ~(UNREAD | FAILED | WRITEBACK)) | add) + ONE_READ));
    }

    /// Ends the read if its time has come: the page is up to date unless the read failed, and unlocked. True when
    /// this call did it.
    boolean endRead(long now) {
        while (true) {
            int seen = flags;
            if ((seen & READING) == 0 || now < ioEnds) {
                return false;
            }
            int to = seen & ~(LOCKED | READING) | ((seen & FAILED) == 0 ? UPTODATE : 0);
            if (FLAGS.compareAndSet(this, seen, to)) {
                return true;
            }
        }
    }

    /// When the device's read ends; `Long.MAX_VALUE` when it does not read.
    long readEnds() {
        return (flags & READING) == 0 ? Long.MAX_VALUE : ioEnds;
    }

    /// The device begins to write the page back. The caller has the page lock and gives it back itself.
    public void beginWriteback(long ends) {
        ioEnds = ends;
        set(WRITEBACK);
    }

    /// Of a page that the device works on, when that is over.
    public long ioEnds() {
        return ioEnds;
    }

    /// When writing back is over, or was; `Long.MIN_VALUE` when there was none.
    long writebackEnds() {
        return (flags & WRITEBACK) == 0 ? Long.MIN_VALUE : ioEnds;
    }

    /// Whether the device is still writing it.
    public boolean isUnderWriteback(long now) {
        return (flags & WRITEBACK) != 0 && now < ioEnds;
    }

    /// Takes all references away, if there are only so many: nobody can find the page until [#unfreeze] gives some
    /// back. `page_ref_freeze`.
    public boolean tryFreeze(int references) {
        return REFCOUNT.compareAndSet(this, references, 0);
    }

    public void unfreeze(int references) {
        // pairs with the compare-and-set in tryGet
        REFCOUNT.setRelease(this, references);
    }

    /// The frame leaves the allocator with one reference.
    void begin(int initialFlags) {
        mapping = null;
        index = 0;
        FLAGS.set(this, initialFlags);
        // Release: whoever finds the page by an old pointer and references it sees that it belongs to no file any
        // more. Pairs with the compare-and-set in tryGet.
        REFCOUNT.setRelease(this, 1);
    }

    /// The last reference is gone: the frame goes back to the allocator.
    void end() {
        mapping = null;
        FLAGS.set(this, FREE);
    }

    @Override
    public String toString() {
        return "page 0x" + Long.toHexString(pfn) + " (refcount " + refcount + ", mapcount " + mapcount + ", flags 0x"
                + Integer.toHexString(flags) + ")";
    }
}
