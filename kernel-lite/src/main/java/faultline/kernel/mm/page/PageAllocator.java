package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.check.Oracle;
import faultline.kernel.lock.KernelThread;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Hands out page frames of RAM and takes them back. A frame here is a page of the machine, which
/// may be several of RAM's.
///
/// RAM is split among memory nodes, usually one. Each vCPU has free frames of each node of its own, [PerCpuPages],
/// filled from and spilled to the node's pool, [NodePool], a batch at a time, so that two vCPUs that fault do not
/// meet: neither at the pool's lock nor at the `struct page` of a frame that the other has just used. They are large,
/// as with `vm.percpu_pagelist_high_fraction` 8, so that what one munmap frees the next faults take again; when the
/// pools are empty, all are drained before an allocation fails. Frames never used before are taken in ascending order
/// and are zero already; RAM has to be there only as far as they go.
///
/// With checking on, a freed frame is filled with [#POISON] and looked at again when it is handed
/// out: a store through a stale translation is found here.
public final class PageAllocator {

    /// What freed frames are filled with while checking is on; Linux's POISON_FREE.
    public static final byte POISON = 0x6b;

    /// A node mask that leaves none out.
    public static final long ALL_NODES = -1;

    private static final Page[] NO_PAGES = {};

    private static final int HINT_SHIFT = 4;
    private static final int HINT_NODE = (1 << HINT_SHIFT) - 1;

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /// `pcp->batch` of a zone of 1 GiB or more: the pool's lock is taken once in so many faults.
    static final int BATCH = 63;

    /// How often frames are reclaimed for a run.
    private static final int RUN_TRIES = 64;

    /// How many runs of a node are tried to be emptied each time.
    private static final int COMPACT_TRIES = 8;

    /// All vCPUs together keep at most this part of RAM: MIN_PERCPU_PAGELIST_HIGH_FRACTION.
    private static final int HIGH_FRACTION = 8;

    private final PhysicalMemory memory;
    private final PageGeometry geometry;

    private final int frameCount;
    private final Steps steps;

    /// Null without checks.
    private final @Nullable FrameLives lives;

    /// By number. The machine's RAM is split evenly among them.
    private final NodePool[] nodes;

    private final int framesPerNode;
    private final int cpus;
    private final InterleaveWeights interleaveWeights;

    /// By frame, who last used it by a fault that says so, and the node he was on, plus one: `_last_cpupid`. Null on a
    /// machine of one node.
    private final @Nullable AtomicIntegerArray lastHints;

    /// Of each node, by `NumaStat.ordinal()`; none on a machine of one node, where all is known without.
    private final PerCpuCounters[] numaStats;

    private final Page[][] pages;
    private final PerCpuCounters events;
    private final PerCpuCounters stats;

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

    /// `end` is where RAM ends for frames, which `nodeCount` nodes share; with an `oracle` freed frames are
    /// poisoned and watched.
    public PageAllocator(
            PhysicalMemory memory,
            long end,
            PageGeometry geometry,
            int cpus,
            int nodeCount,
            Steps steps,
            @Nullable Oracle oracle) {
        this.memory = memory;
        this.frameCount = (int) (end >>> geometry.shift());
        this.geometry = geometry;
        this.steps = steps;
        this.lives =
                oracle == null ? null : new FrameLives(memory, frameCount, geometry.bytes(), steps.schedule(), oracle);
        this.cpus = cpus;
        this.pages = new Page[(totalFrames() + CHUNK - 1) >>> CHUNK_SHIFT][];
        this.events = new PerCpuCounters(VmEvent.values().length, cpus);
        this.stats = new PerCpuCounters(NodeStat.values().length, cpus);
        this.lru = new Lru(this, steps);
        this.watermarks = Watermarks.of(frameCount, geometry);
        this.lastHints = nodeCount == 1 ? null : new AtomicIntegerArray(frameCount);
        this.interleaveWeights = new InterleaveWeights(nodeCount);
        this.framesPerNode = split(frameCount, nodeCount);
        int high = Math.max(BATCH, framesPerNode / HIGH_FRACTION / cpus);
        this.nodes = new NodePool[nodeCount];
        Arrays.setAll(nodes, id -> {
            int first = id * framesPerNode;
            int behind = id == nodeCount - 1 ? frameCount : first + framesPerNode;
            return new NodePool(this, memory, geometry, id, first, behind, cpus, high, steps);
        });
        this.numaStats = new PerCpuCounters[nodeCount == 1 ? 0 : nodeCount];
        Arrays.setAll(numaStats, _ -> new PerCpuCounters(NumaStat.values().length, cpus));
        if (nodeCount > 1) {
            // Frames are not handed out in ascending order then.
            memory.extend();
        }
        // Frame 0 is the zero page: no PTE of a counted page ever names it, so a zeroed entry that is taken for a
        // present one leads nowhere.
        this.zeroPage = makePage(0);
        zeroPage.begin(Page.RESERVED | Page.UPTODATE);
    }

    /// How many frames a node has, the last one what is left: whole chunks, so that no two nodes make one.
    private static int split(int frames, int nodes) {
        int each = nodes == 1 ? frames : frames / nodes & -CHUNK;
        if (each == 0) {
            throw new IllegalArgumentException("mm: " + frames + " frames are too few for " + nodes + " nodes");
        }
        return each;
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

    /// A frame of zero bytes with one reference, from where the thread's policy says; null when RAM is full.
    public @Nullable Page allocZeroed() {
        return nodes.length == 1 ? allocSingle(true) : allocPlaced(true);
    }

    /// A frame whose contents the caller overwrites, with one reference, from where the thread's policy says; null
    /// when RAM is full.
    public @Nullable Page alloc() {
        return nodes.length == 1 ? allocSingle(false) : allocPlaced(false);
    }

    /// On the only node there is.
    private @Nullable Page allocSingle(boolean zeroed) {
        NodePool node = nodes[0];
        int frame = take(node, currentCpu());
        if (frame == 0) {
            memory.extend();
            frame = take(node, currentCpu());
        }
        if (frame == 0) {
            frame = takeDrained(node);
        }
        while (frame == 0 && reclaimer.reclaim(ALL_NODES)) {
            frame = take(node, currentCpu());
            frame = frame == 0 ? takeDrained(node) : frame;
        }
        return frame == 0 ? null : begin(frame, zeroed);
    }

    private @Nullable Page allocPlaced(boolean zeroed) {
        Placement placement = Thread.currentThread() instanceof PagePlacer placer ? placer.placement() : null;
        return placement == null
                ? allocOn(localNode(), ALL_NODES, zeroed)
                : placement.alloc(this, Placement.NO_INDEX, zeroed);
    }

    // Nodes.

    /// How many memory nodes there are.
    public int nodes() {
        return nodes.length;
    }

    /// The node that a frame is of: `page_to_nid`.
    public int nodeOf(long pfn) {
        return nodes.length == 1 ? 0 : Math.min((int) pfn / framesPerNode, nodes.length - 1);
    }

    /// The node of a vCPU: nodes have vCPUs in a row, as evenly as can be. `cpu_to_node`.
    public int nodeOfCpu(int cpu) {
        return (int) ((long) cpu * nodes.length / cpus);
    }

    /// The node the running thread is on: `numa_mem_id`.
    public int localNode() {
        int cpu = currentCpu();
        return cpu < 0 ? 0 : nodeOfCpu(cpu);
    }

    /// How many frames a node has.
    public int framesOf(int node) {
        return nodes[node].frames();
    }

    /// How many of them are free; exact once everybody is quiet.
    public long freeFramesOf(int node) {
        return nodes[node].freeFrames();
    }

    /// How pages are spread by weight.
    public InterleaveWeights interleaveWeights() {
        return interleaveWeights;
    }

    /// A thread on a node has used a page, which says so by a fault. Whether that is reason to move the page there:
    /// the first use since the page was made, or after one by the same thread, or from the same node. The first two
    /// move a page that one thread uses at once, the last keeps several from moving it to and fro:
    /// `should_numa_migrate_memory`, without its statistics of groups of tasks.
    public boolean noteHint(long pfn, int thread, int node) {
        if (lastHints == null) {
            return false;
        }
        int now = thread << HINT_SHIFT | node + 1;
        int last = lastHints.getAndSet((int) pfn, now);
        return last == 0 || last >>> HINT_SHIFT == now >>> HINT_SHIFT || (last & HINT_NODE) == node + 1;
    }

    /// What was counted of a node.
    public long numaStat(int node, NumaStat stat) {
        if (nodes.length > 1) {
            return numaStats[node].sum(stat.ordinal());
        }
        boolean all = stat == NumaStat.NUMA_HIT || stat == NumaStat.LOCAL_NODE;
        return all ? events.sum(VmEvent.PGALLOC_NORMAL.ordinal()) : 0;
    }

    /// A frame of a node, or of the next one that has a frame, of those that `allowed` has a bit for; null where all
    /// are full. `__alloc_pages` with a node mask.
    public @Nullable Page allocOn(int node, long allowed, boolean zeroed) {
        int frame = takeOn(node, allowed, false);
        if (frame == 0) {
            frame = takeOn(node, allowed, true);
        }
        while (frame == 0 && reclaimer.reclaim(allowed)) {
            frame = takeOn(node, allowed, true);
        }
        return frame == 0 ? null : begin(frame, zeroed);
    }

    /// The same where nothing is reclaimed for it.
    public @Nullable Page tryAllocOn(int node, long allowed, boolean zeroed) {
        int frame = takeOn(node, allowed, false);
        return frame == 0 ? null : begin(frame, zeroed);
    }

    /// Along the zonelist of a node: itself, then those behind it, then those before it. All are as far away, and
    /// Linux begins with the next so that not all fall back to the same.
    private int takeOn(int node, long allowed, boolean drains) {
        int preferred = -1;
        for (int i = 0; i < nodes.length; i++) {
            int id = (node + i) % nodes.length;
            if ((allowed >>> id & 1) == 0) {
                continue;
            }
            preferred = preferred < 0 ? id : preferred;
            int frame = drains ? takeDrained(nodes[id]) : take(nodes[id], currentCpu());
            if (frame != 0) {
                countPlaced(preferred, id, 1);
                return frame;
            }
        }
        return 0;
    }

    /// `zone_statistics`.
    private void countPlaced(int preferred, int node, int frames) {
        if (numaStats.length == 0) {
            return;
        }
        PerCpuCounters counted = numaStats[node];
        counted.add((node == localNode() ? NumaStat.LOCAL_NODE : NumaStat.OTHER_NODE).ordinal(), frames);
        if (node == preferred) {
            counted.add(NumaStat.NUMA_HIT.ordinal(), frames);
        } else {
            counted.add(NumaStat.NUMA_MISS.ordinal(), frames);
            numaStats[preferred].add(NumaStat.NUMA_FOREIGN.ordinal(), frames);
        }
    }

    /// A frame went to the node whose turn it was.
    public void countInterleaved(int node) {
        if (numaStats.length != 0) {
            numaStats[node].add(NumaStat.INTERLEAVE_HIT.ordinal(), 1);
        }
    }

    private Page begin(int frame, boolean zeroed) {
        Page page = page(frame);
        steps.at(PageStep.PAGE_ALLOC, frame);
        if (page.has(Page.FREE)) {
            reuse(page, zeroed);
        }
        page.begin(0);
        if (lastHints != null) {
            lastHints.setOpaque(frame, 0);
        }
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
        for (int tries = 0; first == 0 && tries < RUN_TRIES && reclaimer.reclaim(ALL_NODES); tries++) {
            first = takeRun(count);
            first = first == 0 && count > 1 ? takeGathered(count) : first;
        }
        if (first == 0) {
            return NO_PAGES;
        }
        countPlaced(localNode(), nodeOf(first), count);
        Page[] run = new Page[count];
        for (int i = 0; i < count; i++) {
            run[i] = begin(first + i, true);
        }
        return run;
    }

    private int takeRun(int count) {
        int local = localNode();
        int first = 0;
        for (int i = 0; i < nodes.length && first == 0; i++) {
            NodePool node = nodes[(local + i) % nodes.length];
            first = count == 1 ? take(node, currentCpu()) : node.takeRun(count);
        }
        return first;
    }

    /// A run of single frames that are free, or else of which few are in use, by pages that are moved elsewhere.
    private int takeGathered(int count) {
        int local = localNode();
        int first = 0;
        for (int i = 0; i < nodes.length && first == 0; i++) {
            first = nodes[(local + i) % nodes.length].takeGathered(count);
        }
        for (int i = 0; i < nodes.length && first == 0 && count > 1; i++) {
            first = takeCompacted(nodes[(local + i) % nodes.length], count);
        }
        return first;
    }

    private int takeCompacted(NodePool node, int count) {
        for (FrameRun run : FrameRun.candidates(this, node, count, COMPACT_TRIES)) {
            if (reclaimer.empty(run)) {
                return run.first();
            }
        }
        return 0;
    }

    /// Drops a reference to a page; whether it was the last one, and the frame is the caller's.
    boolean dropAside(Page page) {
        boolean free = page.drop();
        if (free) {
            prepareFree(page);
            events.add(VmEvent.PGFREE.ordinal(), 1);
        }
        return free;
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
        nodes[nodeOf(run[0].pfn())].giveRun((int) run[0].pfn());
    }

    // Huge pages.

    /// As below, from where the running thread is or the next node.
    public @Nullable Page allocHuge(int count, boolean drains) {
        return allocHuge(count, drains, localNode(), ALL_NODES);
    }

    /// A run of `count` frames of zero bytes, a power of two and the same each time, aligned to its size and with a
    /// reference each; the first of them, or null where there is none. Cheap where memory is in pieces: nothing is
    /// moved or reclaimed for it, only with `drains` the vCPUs give up theirs first. Frames below the low watermark
    /// are not taken. The nodes as [#allocOn] has them.
    public @Nullable Page allocHuge(int count, boolean drains, int node, long allowed) {
        int preferred = -1;
        for (int i = 0; i < nodes.length; i++) {
            int id = (node + i) % nodes.length;
            if ((allowed >>> id & 1) == 0) {
                continue;
            }
            preferred = preferred < 0 ? id : preferred;
            int first = takeHuge(nodes[id], count, drains);
            if (first != 0) {
                countPlaced(preferred, id, count);
                return beginHuge(first, count);
            }
        }
        return null;
    }

    private int takeHuge(NodePool node, int count, boolean drains) {
        int low = watermarks.low() / nodes.length;
        int first = node.takeHuge(count, low);
        if (first == 0 && memory.usableFrames() < memory.frames()) {
            memory.extend();
            first = node.takeHuge(count, low);
        }
        return first == 0 && drains ? node.takeHugeDrained(count, low) : first;
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
        nodes[nodeOf(first)].giveHuge(first, count, freed, frees);
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
                nodes[nodeOf(page.pfn())].giveShared((int) page.pfn());
            } else {
                NodePool node = nodes[nodeOf(page.pfn())];
                PerCpuPages own = node.perCpu[cpu];
                own.lock.lock();
                node.give(own, (int) page.pfn());
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
        int freed = 0;
        for (int from = 0; from < count; from += BATCH) {
            freed += putSome(batch, from, Math.min(from + BATCH, count), cpu);
        }
        events.add(VmEvent.PGFREE.ordinal(), freed);
    }

    private int putSome(Page[] batch, int from, int to, int cpu) {
        int freed = 0;
        int id = nodeOf(batch[from].pfn());
        PerCpuPages own = nodes[id].perCpu[cpu];
        own.lock.lock();
        for (int i = from; i < to; i++) {
            Page page = batch[i];
            if (page.drop()) {
                prepareFree(page);
                int of = nodeOf(page.pfn());
                if (of != id) {
                    own.lock.unlock();
                    id = of;
                    own = nodes[id].perCpu[cpu];
                    own.lock.lock();
                }
                nodes[id].give(own, (int) page.pfn());
                freed++;
            }
        }
        own.lock.unlock();
        return freed;
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
        return freeFrames(ALL_NODES);
    }

    /// The same of the nodes that have a bit.
    public long freeFrames(long of) {
        long free = 0;
        for (int id = 0; id < nodes.length; id++) {
            free += (of >>> id & 1) == 0 ? 0 : nodes[id].freeFrames();
        }
        return free;
    }

    /// How many frames are handed out. Takes no lock, and is exact once everybody is quiet.
    long usedFrames() {
        return events.sum(VmEvent.PGALLOC_NORMAL.ordinal()) - events.sum(VmEvent.PGFREE.ordinal());
    }

    /// All frames there are.
    public int totalFrames() {
        return frameCount;
    }

    /// A frame of the node that the vCPU has, which is given a batch when it has none: `rmqueue_pcplist`; else 0. A
    /// thread without a vCPU takes from the pool.
    private int take(NodePool node, int cpu) {
        if (cpu < 0) {
            return node.takeShared();
        }
        PerCpuPages own = node.perCpu[cpu];
        own.lock.lock();
        boolean low = own.count() == 0 && refill(node, own);
        int frame = own.count() == 0 ? 0 : own.pop();
        own.lock.unlock();
        if (low && isLow()) {
            reclaimer.low();
        }
        return frame;
    }

    /// `rmqueue_bulk`; whether few frames are left afterwards. The caller holds the lock of `own`.
    private boolean refill(NodePool node, PerCpuPages own) {
        node.lock.lock();
        int frame;
        for (int wanted = BATCH; wanted > 0 && (frame = node.takePooled()) != 0; wanted--) {
            // The oldest end, so that fresh frames, taken in ascending order, are handed out so.
            own.addOldest(frame);
        }
        boolean low = node.sharedFrames() < watermarks.low() / nodes.length;
        node.lock.unlock();
        return low;
    }

    /// Whether a node that has few frames left is reason to reclaim: the others have few as well.
    private boolean isLow() {
        if (nodes.length == 1) {
            return true;
        }
        long shared = 0;
        for (NodePool node : nodes) {
            node.lock.lock();
            shared += node.sharedFrames();
            node.lock.unlock();
        }
        return shared < watermarks.low();
    }

    private static int takeDrained(NodePool node) {
        node.drain();
        return node.takeShared();
    }

    /// The `struct page` of a frame that is handed out for the first time. The caller holds the lock of its node.
    Page makePage(int frame) {
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
