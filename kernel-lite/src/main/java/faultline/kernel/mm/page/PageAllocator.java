package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.check.Oracle;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Hands out page frames of RAM and takes them back. A frame here is a page of the machine, which
/// may be several of RAM's.
///
/// Each vCPU has free frames of its own, [PerCpuPages], filled from and spilled to one shared pool
/// a batch at a time, so that two vCPUs that fault do not meet: neither at the pool's lock nor at
/// the `struct page` of a frame that the other has just used. They are large, as with
/// `vm.percpu_pagelist_high_fraction` 8, so that what one munmap frees the next faults take again;
/// when the pool is empty, all are drained before an allocation fails. Frames never used before are
/// taken in ascending order and are zero already; RAM has to be there only as far as they go.
///
/// With checking on, a freed frame is filled with [#POISON] and looked at again when it is handed
/// out: a store through a stale translation is found here.
public final class PageAllocator {

    /// What freed frames are filled with while checking is on; Linux's POISON_FREE.
    public static final byte POISON = 0x6b;

    private static final Page[] NO_PAGES = {};

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /// `pcp->batch` of a zone of 1 GiB or more: the pool's lock is taken once in so many faults.
    private static final int BATCH = 63;

    /// How often frames are reclaimed for a run.
    private static final int RUN_TRIES = 64;

    /// All vCPUs together keep at most this part of RAM: MIN_PERCPU_PAGELIST_HIGH_FRACTION.
    private static final int HIGH_FRACTION = 8;

    private final PhysicalMemory memory;
    private final PageGeometry geometry;

    /// A page is so many frames of RAM, as a shift.
    private final int frameShift;

    private final int frameCount;
    private final Steps steps;

    /// Null without checks.
    private final @Nullable FrameLives lives;

    private final PerCpuPages[] perCpu;
    private final Page[][] pages;
    private final PerCpuCounters events;
    private final PerCpuCounters stats;

    private final SpinLock poolLock;
    // Guarded by poolLock.
    private int[] pool = new int[CHUNK];
    private int pooled;
    private int nextFresh;
    /// The first frames of runs that were given back.
    private int[] runs = {};
    private int runCount;
    private int runLength = 1;
    private final HugeRuns huge = new HugeRuns();

    private final Page zeroPage;
    private final AtomicLong lastCacheId = new AtomicLong();
    private final CachedFiles cachedFiles = new CachedFiles();
    private final CachedFiles swappedFiles = new CachedFiles();
    private final Lru lru;
    private final Watermarks watermarks;

    /// Set before the first address space.
    private volatile Reclaimer reclaimer = Reclaimer.NONE;

    /// Set before the first file.
    private volatile @Nullable SwapBacking swap;

    /// `end` is where RAM ends for frames; with an `oracle` freed frames are poisoned and watched.
    public PageAllocator(
            PhysicalMemory memory, long end, PageGeometry geometry, int cpus, Steps steps, @Nullable Oracle oracle) {
        this.memory = memory;
        this.frameCount = (int) (end >>> geometry.shift());
        this.geometry = geometry;
        this.frameShift = geometry.shift() - PhysicalMemory.FRAME_SHIFT;
        this.steps = steps;
        this.lives =
                oracle == null ? null : new FrameLives(memory, frameCount, geometry.bytes(), steps.schedule(), oracle);
        this.perCpu = new PerCpuPages[cpus];
        int high = Math.max(BATCH, totalFrames() / HIGH_FRACTION / cpus);
        Arrays.setAll(perCpu, cpu -> new PerCpuPages(steps, cpu, high));
        this.pages = new Page[(totalFrames() + CHUNK - 1) >>> CHUNK_SHIFT][];
        this.events = new PerCpuCounters(VmEvent.values().length, cpus);
        this.stats = new PerCpuCounters(NodeStat.values().length, cpus);
        this.lru = new Lru(this, steps);
        this.watermarks = Watermarks.of(frameCount, geometry);
        this.poolLock = new SpinLock(steps, LockRank.PAGE_ALLOCATOR, 0);
        // Frame 0 is the zero page: no PTE of a counted page ever names it, so a zeroed entry that is taken for a
        // present one leads nowhere.
        this.nextFresh = 1;
        this.zeroPage = makePage(0);
        zeroPage.begin(Page.RESERVED | Page.UPTODATE);
    }

    /// The vCPU the running thread holds, or -1 for a thread that is not the kernel's.
    static int currentCpu() {
        return Thread.currentThread() instanceof KernelThread thread
                ? thread.vcpu().id()
                : -1;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    /// The size of what it hands out.
    public PageGeometry geometry() {
        return geometry;
    }

    /// The machine's event counters, by `VmEvent.ordinal()`.
    public PerCpuCounters events() {
        return events;
    }

    /// What is counted of pages as it comes and goes, by `NodeStat.ordinal()`.
    public PerCpuCounters stats() {
        return stats;
    }

    /// The shared page of zero bytes. Mapped read-only and special: no reference counts.
    public Page zeroPage() {
        return zeroPage;
    }

    /// The pages that could be reclaimed.
    public Lru lru() {
        return lru;
    }

    public Watermarks watermarks() {
        return watermarks;
    }

    /// Says who gets frames back.
    public void reclaimBy(Reclaimer who) {
        reclaimer = who;
    }

    /// Says where pages of shared memory go when memory is short.
    public void swapTo(SwapBacking where) {
        swap = where;
    }

    SwapBacking swap() {
        SwapBacking where = swap;
        if (where == null) {
            throw new IllegalStateException("mm: shared memory is made before there is swap space");
        }
        return where;
    }

    /// The files that hold frames it could have back.
    CachedFiles cachedFiles() {
        return cachedFiles;
    }

    /// The files that have no other storage, of which pages are swapped out: `shmem_swaplist`.
    CachedFiles swappedFiles() {
        return swappedFiles;
    }

    /// Brings what files have swapped out back whose slots `wanted` knows: `shmem_unuse`. False without a free frame.
    public boolean bringSharedBack(LongPredicate wanted) {
        return swappedFiles.bringBack(wanted);
    }

    /// Writes every dirty page of every file on the block device back, and waits for it.
    public void syncFiles() {
        cachedFiles.writeback();
    }

    /// Throws `ErrnoException`, once, for what could not be written of such a file.
    public void reportFileErrors() {
        cachedFiles.reportErrors();
    }

    /// Drops every clean page of such a file that nobody uses.
    public void dropFilePages() {
        cachedFiles.dropClean();
    }

    long nextCacheId() {
        return lastCacheId.incrementAndGet();
    }

    /// The page of a frame that has been handed out.
    public Page page(long pfn) {
        return pages[(int) (pfn >>> CHUNK_SHIFT)][(int) pfn & (CHUNK - 1)];
    }

    /// The page of a frame, or null when that was never handed out.
    @Nullable
    Page pageOrNull(int pfn) {
        Page[] chunk = pages[pfn >>> CHUNK_SHIFT];
        return chunk == null ? null : chunk[pfn & (CHUNK - 1)];
    }

    /// A frame of zero bytes with one reference, or null when RAM is full.
    public @Nullable Page allocZeroed() {
        return alloc(true);
    }

    /// A frame whose contents the caller overwrites, with one reference, or null when RAM is full.
    public @Nullable Page alloc() {
        return alloc(false);
    }

    private @Nullable Page alloc(boolean zeroed) {
        int cpu = currentCpu();
        int frame = take(cpu);
        if (frame == 0) {
            memory.extend();
            frame = take(cpu);
        }
        if (frame == 0) {
            frame = takeDrained();
        }
        while (frame == 0 && reclaimer.reclaim()) {
            frame = take(currentCpu());
            frame = frame == 0 ? takeDrained() : frame;
        }
        if (frame == 0) {
            return null;
        }
        return begin(frame, zeroed);
    }

    private Page begin(int frame, boolean zeroed) {
        Page page = page(frame);
        steps.at(PageStep.PAGE_ALLOC, frame);
        if (page.has(Page.FREE)) {
            reuse(page, zeroed);
        }
        page.begin(0);
        events.add(VmEvent.PGALLOC_NORMAL.ordinal(), 1);
        return page;
    }

    /// `count` frames of zero bytes in a row, a power of two and the same each time, aligned to their
    /// size and with a reference each; none when there is no such run.
    public Page[] allocRun(int count) {
        int first = takeRun(count);
        if (first == 0) {
            memory.extend();
            first = takeRun(count);
        }
        if (first == 0) {
            first = takeGathered(count);
        }
        // Frames are reclaimed about in their order: before long there is a run.
        for (int tries = 0; first == 0 && tries < RUN_TRIES && reclaimer.reclaim(); tries++) {
            first = count == 1 ? takeRun(1) : takeGathered(count);
        }
        if (first == 0) {
            return NO_PAGES;
        }
        Page[] run = new Page[count];
        for (int i = 0; i < count; i++) {
            run[i] = begin(first + i, true);
        }
        return run;
    }

    /// Drops the one reference to each frame of a run.
    public void putRun(Page[] run) {
        if (run.length == 1) {
            put(run[0]);
            return;
        }
        for (Page page : run) {
            if (!page.drop()) {
                throw new IllegalStateException("mm: gives " + page + " back, which is referenced elsewhere");
            }
            prepareFree(page);
        }
        events.add(VmEvent.PGFREE.ordinal(), run.length);
        poolLock.lock();
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, Math.max(8, runCount * 2));
        }
        runs[runCount++] = (int) run[0].pfn();
        poolLock.unlock();
    }

    // Huge pages.

    /// A run of `count` frames of zero bytes, a power of two and the same each time, aligned to its size and with a
    /// reference each; the first of them, or null where there is none. Cheap where memory is in pieces: nothing is
    /// moved or reclaimed for it, only with `drains` the vCPUs give up theirs first. Frames below the low watermark
    /// are not taken.
    public @Nullable Page allocHuge(int count, boolean drains) {
        int first = takeHuge(count);
        if (first == 0 && memory.usableFrames() < memory.frames()) {
            memory.extend();
            first = takeHuge(count);
        }
        if (first == 0 && drains && huge.mayDrain()) {
            drain();
            first = takeHuge(count);
            huge.drained(first != 0);
        }
        return first == 0 ? null : beginHuge(first, count);
    }

    private int takeHuge(int count) {
        poolLock.lock();
        try {
            huge.begin(count, totalFrames(), pool, pooled);
            if (sharedFrames() - count < watermarks.low()) {
                return 0;
            }
            int run = huge.pop();
            if (run == 0 && huge.hasWhole()) {
                pooled = huge.gather(pool, pooled);
                run = huge.pop();
            }
            return run != 0 ? run : takeFreshRun(count);
        } finally {
            poolLock.unlock();
        }
    }

    private Page beginHuge(int first, int count) {
        boolean used = false;
        steps.at(PageStep.PAGE_ALLOC, first);
        for (int frame = first; frame < first + count; frame++) {
            Page page = page(frame);
            if (page.has(Page.FREE)) {
                used = true;
                if (lives != null) {
                    lives.reused(page);
                }
            }
            page.begin(0);
        }
        Page head = page(first);
        if (used) {
            memory.zero(head.pa(), count << geometry.shift());
        }
        events.add(VmEvent.PGALLOC_NORMAL.ordinal(), count);
        return head;
    }

    /// Drops a reference to each page of a run, which is free as such if all were the last.
    public void putHuge(Page head, int count) {
        int first = (int) head.pfn();
        int[] freed = new int[count];
        int frees = 0;
        for (int frame = first; frame < first + count; frame++) {
            Page page = page(frame);
            if (page.drop()) {
                prepareFree(page);
                freed[frees++] = frame;
            }
        }
        poolLock.lock();
        if (frees == count && huge.isOf(count)) {
            huge.push(first);
        } else {
            for (int i = 0; i < frees; i++) {
                givePooled(freed[i]);
            }
        }
        poolLock.unlock();
        events.add(VmEvent.PGFREE.ordinal(), frees);
    }

    /// One more entry maps the run that begins with a page as a huge page.
    public void mappedWhole(Page head) {
        if (head.addEntireMapping(1) == 1) {
            stats.add(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES.ordinal(), 1);
        }
    }

    /// One less does.
    public void unmappedWhole(Page head) {
        if (head.addEntireMapping(-1) == 0) {
            stats.add(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES.ordinal(), -1);
        }
    }

    /// The frames that vCPUs do not have. The caller holds the pool's lock.
    private long sharedFrames() {
        return pooled + (long) runCount * runLength + huge.frames() + (totalFrames() - nextFresh);
    }

    /// A run that was given back, else a fresh one, else 0.
    private int takeRun(int count) {
        if (count == 1) {
            return take(currentCpu());
        }
        poolLock.lock();
        try {
            runLength = count;
            if (runCount > 0) {
                return runs[--runCount];
            }
            return takeFreshRun(count);
        } finally {
            poolLock.unlock();
        }
    }

    /// An aligned run of frames never used before, 0 where there is none; those that it skips go to the pool. The
    /// caller holds the pool's lock.
    private int takeFreshRun(int count) {
        int first = (nextFresh + count - 1) & -count;
        if (first + count > usable()) {
            return 0;
        }
        while (nextFresh < first) {
            makePage(nextFresh);
            givePooled(nextFresh++);
        }
        for (; nextFresh < first + count; nextFresh++) {
            makePage(nextFresh);
        }
        return first;
    }

    /// A run of frames that are free by themselves, after the vCPUs gave up theirs, else 0.
    private int takeGathered(int count) {
        drain();
        poolLock.lock();
        try {
            BitSet free = new BitSet(totalFrames());
            for (int i = 0; i < pooled; i++) {
                free.set(pool[i]);
            }
            for (int first = count; first + count <= nextFresh; first += count) {
                if (free.nextClearBit(first) >= first + count) {
                    removePooled(first, count);
                    return first;
                }
            }
            return 0;
        } finally {
            poolLock.unlock();
        }
    }

    private void removePooled(int first, int count) {
        int kept = 0;
        for (int i = 0; i < pooled; i++) {
            if (pool[i] < first || pool[i] >= first + count) {
                pool[kept++] = pool[i];
            } else {
                huge.leaves(pool[i]);
            }
        }
        pooled = kept;
    }

    /// A frame of a free run, whose others become single ones, else 0. The caller holds the pool's lock.
    private int breakRun() {
        boolean ofTables = runCount > 0;
        int first = ofTables ? runs[--runCount] : huge.pop();
        int length = ofTables ? runLength : huge.length();
        for (int i = 1; first != 0 && i < length; i++) {
            givePooled(first + i);
        }
        return first;
    }

    private int usable() {
        return Math.min(totalFrames(), memory.usableFrames() >>> frameShift);
    }

    private void reuse(Page page, boolean zeroed) {
        if (lives != null) {
            lives.reused(page);
        }
        if (zeroed) {
            memory.zero(page.pa(), geometry.bytes());
        }
    }

    /// Drops a reference and frees the frame when it was the last.
    public void put(Page page) {
        if (page.drop()) {
            prepareFree(page);
            int cpu = currentCpu();
            if (cpu < 0) {
                giveShared((int) page.pfn());
            } else {
                PerCpuPages own = perCpu[cpu];
                own.lock.lock();
                give(own, (int) page.pfn());
                own.lock.unlock();
            }
            events.add(VmEvent.PGFREE.ordinal(), 1);
        }
    }

    /// Drops one reference of each of the first `count` pages: `folios_put`. The vCPU's frames are
    /// locked once a batch and not once a page.
    public void putAll(Page[] batch, int count) {
        int cpu = currentCpu();
        if (cpu < 0) {
            for (int i = 0; i < count; i++) {
                put(batch[i]);
            }
            return;
        }
        PerCpuPages own = perCpu[cpu];
        int freed = 0;
        for (int from = 0; from < count; from += BATCH) {
            own.lock.lock();
            for (int i = from; i < Math.min(from + BATCH, count); i++) {
                if (batch[i].drop()) {
                    prepareFree(batch[i]);
                    give(own, (int) batch[i].pfn());
                    freed++;
                }
            }
            own.lock.unlock();
        }
        events.add(VmEvent.PGFREE.ordinal(), freed);
    }

    private void prepareFree(Page page) {
        steps.at(PageStep.PAGE_FREE, page.pfn());
        lru.freed(page);
        memory.noteWrite(page.pa(), geometry.bytes());
        if (lives != null) {
            lives.freed(page);
        }
        assert lives != null || page.mapcount() == 0 : "mm: frees " + page + ", which is mapped";
        assert lives != null || !page.isReserved() : "mm: frees " + page + ", which is reserved";
        page.end();
    }

    /// Frames that can still be handed out; exact once everybody is quiet.
    public long freeFrames() {
        long local = 0;
        for (PerCpuPages pages : perCpu) {
            pages.lock.lock();
            local += pages.count();
            pages.lock.unlock();
        }
        poolLock.lock();
        try {
            return local + sharedFrames();
        } finally {
            poolLock.unlock();
        }
    }

    /// How many frames are handed out. Takes no lock, and is exact once everybody is quiet.
    long usedFrames() {
        return events.sum(VmEvent.PGALLOC_NORMAL.ordinal()) - events.sum(VmEvent.PGFREE.ordinal());
    }

    /// All frames there are.
    public int totalFrames() {
        return frameCount;
    }

    /// A frame of the vCPU, which is given a batch when it has none: `rmqueue_pcplist`; else 0. A
    /// thread without a vCPU takes from the pool.
    private int take(int cpu) {
        if (cpu < 0) {
            return takeShared();
        }
        PerCpuPages own = perCpu[cpu];
        own.lock.lock();
        boolean low = own.count() == 0 && refill(own);
        int frame = own.count() == 0 ? 0 : own.pop();
        own.lock.unlock();
        if (low) {
            reclaimer.low();
        }
        return frame;
    }

    /// `rmqueue_bulk`; whether few frames are left afterwards. The caller holds the lock of `own`.
    private boolean refill(PerCpuPages own) {
        poolLock.lock();
        int frame;
        for (int wanted = BATCH; wanted > 0 && (frame = takePooled()) != 0; wanted--) {
            // The oldest end, so that fresh frames, taken in ascending order, are handed out so.
            own.addOldest(frame);
        }
        boolean low = sharedFrames() < watermarks.low();
        poolLock.unlock();
        return low;
    }

    /// Gives a frame to a vCPU, and a batch to the pool when that is one too many:
    /// `free_pcppages_bulk`. The caller holds the lock of `own`.
    private void give(PerCpuPages own, int frame) {
        own.push(frame);
        if (own.count() > own.high) {
            spill(own, BATCH);
        }
    }

    private void spill(PerCpuPages from, int count) {
        poolLock.lock();
        for (int i = 0; i < count; i++) {
            givePooled(from.removeOldest());
        }
        poolLock.unlock();
    }

    /// A frame after the vCPUs gave up theirs: `drain_all_pages`.
    private int takeDrained() {
        drain();
        return takeShared();
    }

    private void drain() {
        for (PerCpuPages pages : perCpu) {
            pages.lock.lock();
            spill(pages, pages.count());
            pages.lock.unlock();
        }
    }

    private int takeShared() {
        poolLock.lock();
        try {
            return takePooled();
        } finally {
            poolLock.unlock();
        }
    }

    /// A frame from the pool, else a fresh one, else 0. The caller holds the pool's lock.
    private int takePooled() {
        if (pooled > 0) {
            int frame = pool[--pooled];
            huge.leaves(frame);
            return frame;
        }
        if (nextFresh >= usable()) {
            return breakRun();
        }
        int frame = nextFresh++;
        makePage(frame);
        return frame;
    }

    private void giveShared(int frame) {
        poolLock.lock();
        givePooled(frame);
        poolLock.unlock();
    }

    private void givePooled(int frame) {
        if (pooled == pool.length) {
            pool = Arrays.copyOf(pool, pooled * 2);
        }
        pool[pooled++] = frame;
        huge.comes(frame);
    }

    private Page makePage(int frame) {
        Page[] chunk = pages[frame >>> CHUNK_SHIFT];
        if (chunk == null) {
            chunk = new Page[CHUNK];
            pages[frame >>> CHUNK_SHIFT] = chunk;
        }
        Page page = new Page(frame, geometry);
        chunk[frame & (CHUNK - 1)] = page;
        return page;
    }

    // Checks.

    /// An entry that names a frame, not as a special one, is about to be stored.
    public void checkMapped(long pfn) {
        if (lives != null) {
            lives.mapped(page(pfn));
        }
    }

    /// Shows every frame that is not free but for the kernel's own, when all are quiet.
    public void forEachUsed(Consumer<Page> visitor) {
        for (Page[] chunk : pages) {
            for (int i = 0; chunk != null && i < CHUNK; i++) {
                Page page = chunk[i];
                if (page != null && page.refcount() != 0 && !page.isReserved()) {
                    visitor.accept(page);
                }
            }
        }
    }
}
