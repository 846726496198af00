package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;
import java.util.BitSet;

/// The frames of one memory node: `struct pglist_data` with its one zone.
///
/// Each vCPU has free frames of the node of its own, [PerCpuPages]; this is what those are filled from and spilled to.
/// Single frames, runs of page tables and runs of huge pages that were given back, and the frames above that were
/// never used.
final class NodePool {

    private static final int CHUNK = 512;

    private final PageAllocator allocator;
    private final PhysicalMemory memory;
    private final int frameShift;

    /// The first frame of the node, and the one behind its last.
    private final int first;

    private final int end;

    /// `per_cpu_pageset`: of each vCPU, the frames of this node it has.
    final PerCpuPages[] perCpu;

    final SpinLock lock;
    // Guarded by lock.
    private int[] pool = new int[CHUNK];
    private int pooled;
    private int nextFresh;
    /// The first frames of runs that were given back.
    private int[] runs = {};
    private int runCount;
    private int runLength = 1;
    private final HugeRuns huge = new HugeRuns();

    /// The node has the frames `[first, end)`; each of `cpus` vCPUs may keep `high` of them.
    NodePool(
            PageAllocator allocator,
            PhysicalMemory memory,
            PageGeometry geometry,
            int id,
            int first,
            int end,
            int cpus,
            int high,
            Steps steps) {
        this.allocator = allocator;
        this.memory = memory;
        this.frameShift = geometry.shift() - PhysicalMemory.FRAME_SHIFT;
        this.first = first;
        this.end = end;
        this.perCpu = new PerCpuPages[cpus];
        Arrays.setAll(perCpu, cpu -> new PerCpuPages(steps, cpu, high));
        this.lock = new SpinLock(steps, LockRank.PAGE_ALLOCATOR, id);
        // Frame 0 is the zero page.
        this.nextFresh = Math.max(first, 1);
    }

    int first() {
        return first;
    }

    /// The frame behind its last one.
    int end() {
        return end;
    }

    /// How many frames the node has.
    int frames() {
        return end - first;
    }

    private int usable() {
        return Math.min(end, memory.usableFrames() >>> frameShift);
    }

    /// The frames that vCPUs do not have. The caller holds the lock.
    long sharedFrames() {
        return pooled + (long) runCount * runLength + huge.frames() + (end - nextFresh);
    }

    /// The frames that can still be handed out; exact once everybody is quiet.
    long freeFrames() {
        long local = 0;
        for (PerCpuPages pages : perCpu) {
            pages.lock.lock();
            local += pages.count();
            pages.lock.unlock();
        }
        lock.lock();
        try {
            return local + sharedFrames();
        } finally {
            lock.unlock();
        }
    }

    // Single frames.

    /// A frame from the pool, else a fresh one, else 0. The caller holds the lock.
    int takePooled() {
        if (pooled > 0) {
            int frame = pool[--pooled];
            huge.leaves(frame);
            return frame;
        }
        if (nextFresh >= usable()) {
            return breakRun();
        }
        int frame = nextFresh++;
        allocator.makePage(frame);
        return frame;
    }

    int takeShared() {
        lock.lock();
        try {
            return takePooled();
        } finally {
            lock.unlock();
        }
    }

    void giveShared(int frame) {
        lock.lock();
        givePooled(frame);
        lock.unlock();
    }

    private void givePooled(int frame) {
        if (pooled == pool.length) {
            pool = Arrays.copyOf(pool, pooled * 2);
        }
        pool[pooled++] = frame;
        huge.comes(frame);
    }

    /// Gives a frame to a vCPU, and a batch to the pool when that is one too many: `free_pcppages_bulk`. The caller
    /// holds the lock of `own`.
    void give(PerCpuPages own, int frame) {
        own.push(frame);
        if (own.count() > own.high) {
            spill(own, PageAllocator.BATCH);
        }
    }

    private void spill(PerCpuPages from, int count) {
        lock.lock();
        for (int i = 0; i < count; i++) {
            givePooled(from.removeOldest());
        }
        lock.unlock();
    }

    /// The vCPUs give up theirs: `drain_all_pages`.
    void drain() {
        for (PerCpuPages pages : perCpu) {
            pages.lock.lock();
            spill(pages, pages.count());
            pages.lock.unlock();
        }
    }

    // Runs.

    /// A run that was given back, else a fresh one, else 0.
    int takeRun(int count) {
        lock.lock();
        try {
            runLength = count;
            if (runCount > 0) {
                return runs[--runCount];
            }
            return takeFreshRun(count);
        } finally {
            lock.unlock();
        }
    }

    void giveRun(int frame) {
        lock.lock();
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, Math.max(8, runCount * 2));
        }
        runs[runCount++] = frame;
        lock.unlock();
    }

    /// An aligned run of frames never used before, 0 where there is none; those that it skips go to the pool. The
    /// caller holds the lock.
    private int takeFreshRun(int count) {
        int at = (nextFresh + count - 1) & -count;
        if (at + count > usable()) {
            return 0;
        }
        while (nextFresh < at) {
            allocator.makePage(nextFresh);
            givePooled(nextFresh++);
        }
        for (; nextFresh < at + count; nextFresh++) {
            allocator.makePage(nextFresh);
        }
        return at;
    }

    /// A run of frames that are free by themselves, after the vCPUs gave up theirs, else 0.
    int takeGathered(int count) {
        drain();
        lock.lock();
        try {
            BitSet free = new BitSet(end);
            for (int i = 0; i < pooled; i++) {
                free.set(pool[i]);
            }
            for (int at = (Math.max(first, 1) + count - 1) & -count; at + count <= nextFresh; at += count) {
                if (free.nextClearBit(at) >= at + count) {
                    removePooled(at, count, new BitSet());
                    return at;
                }
            }
            int run = huge.pop();
            for (int i = count; run != 0 && i < huge.length(); i++) {
                givePooled(run + i);
            }
            return run;
        } finally {
            lock.unlock();
        }
    }

    /// Removes those of `count` frames that are in the pool, and sets a bit for each.
    private void removePooled(int from, int count, BitSet removed) {
        int kept = 0;
        for (int i = 0; i < pooled; i++) {
            if (pool[i] < from || pool[i] >= from + count) {
                pool[kept++] = pool[i];
            } else {
                huge.leaves(pool[i]);
                removed.set(pool[i] - from);
            }
        }
        pooled = kept;
    }

    /// Takes those of `count` frames that are free by themselves, after the vCPUs gave up theirs, and sets a bit for
    /// each.
    void takeFrames(int from, int count, BitSet taken) {
        drain();
        lock.lock();
        removePooled(from, count, taken);
        lock.unlock();
    }

    /// Takes the frames back that have a bit.
    void giveFrames(int from, BitSet frames) {
        lock.lock();
        frames.stream().forEach(frame -> givePooled(from + frame));
        lock.unlock();
    }

    /// A frame of a free run, whose others become single ones, else 0. The caller holds the lock.
    private int breakRun() {
        boolean ofTables = runCount > 0;
        int frame = ofTables ? runs[--runCount] : huge.pop();
        int length = ofTables ? runLength : huge.length();
        for (int i = 1; frame != 0 && i < length; i++) {
            givePooled(frame + i);
        }
        return frame;
    }

    // Huge pages.

    /// A run for a huge page that leaves `low` frames, else 0.
    int takeHuge(int count, int low) {
        lock.lock();
        try {
            huge.begin(count, end, pool, pooled);
            if (sharedFrames() - count < low) {
                return 0;
            }
            int run = huge.pop();
            if (run == 0 && huge.hasWhole()) {
                pooled = huge.gather(pool, pooled);
                run = huge.pop();
            }
            return run != 0 ? run : takeFreshRun(count);
        } finally {
            lock.unlock();
        }
    }

    /// The same after the vCPUs gave up theirs, if that is worth another try.
    int takeHugeDrained(int count, int low) {
        if (!huge.mayDrain()) {
            return 0;
        }
        drain();
        int frame = takeHuge(count, low);
        huge.drained(frame != 0);
        return frame;
    }

    /// Takes `count` frames of a run that began at `frame` back, the first `frees` of `freed`: as a run if those are
    /// all.
    void giveHuge(int frame, int count, int[] freed, int frees) {
        lock.lock();
        if (frees == count && huge.isOf(count)) {
            huge.push(frame);
        } else {
            for (int i = 0; i < frees; i++) {
                givePooled(freed[i]);
            }
        }
        lock.unlock();
    }
}
