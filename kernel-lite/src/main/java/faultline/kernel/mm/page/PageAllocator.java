package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Hands out frames of RAM and takes them back.
///
/// Each vCPU has a small last-in-first-out list that only its own thread touches; lists are filled
/// from and spilled to one shared pool under a spin lock, a batch at a time, so that two vCPUs that
/// fault do not meet. Frames never used before are taken in ascending order and are zero already.
///
/// With checking on, a freed frame is filled with [#POISON] and looked at again when it is handed
/// out: a store through a stale translation is found here.
public final class PageAllocator {

    /// What freed frames are filled with while checking is on; Linux's POISON_FREE.
    public static final byte POISON = 0x6b;

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /// Large enough that the pool's lock is taken once in 32 faults, small enough to strand little
    /// (256 KiB).
    private static final int LIST = 64;

    private static final int BATCH = LIST / 2;

    /// A vCPU's free frames. Touched by the thread that holds the vCPU.
    private static final class CpuList {
        final int[] frames = new int[LIST];
        int count;
    }

    private final PhysicalMemory memory;
    private final Steps steps;
    private final boolean check;
    private final CpuList[] lists;
    private final Page[][] pages;
    private final PerCpuCounters events;

    private final SpinLock poolLock;
    // Guarded by poolLock.
    private int[] pool = new int[CHUNK];
    private int pooled;
    private int nextFresh;

    private final Page zeroPage;
    private final AtomicLong lastCacheId = new AtomicLong();

    /// `check` turns poisoning on.
    public PageAllocator(PhysicalMemory memory, int cpus, Steps steps, boolean check) {
        this.memory = memory;
        this.steps = steps;
        this.check = check;
        this.lists = new CpuList[cpus];
        Arrays.setAll(lists, _ -> new CpuList());
        this.pages = new Page[(memory.frames() + CHUNK - 1) >>> CHUNK_SHIFT][];
        this.events = new PerCpuCounters(VmEvent.values().length, cpus);
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

    /// The machine's event counters, by `VmEvent.ordinal()`.
    public PerCpuCounters events() {
        return events;
    }

    /// The shared page of zero bytes. Mapped read-only and special: no reference counts.
    public Page zeroPage() {
        return zeroPage;
    }

    long nextCacheId() {
        return lastCacheId.incrementAndGet();
    }

    /// The page of a frame that has been handed out.
    public Page page(long pfn) {
        return pages[(int) (pfn >>> CHUNK_SHIFT)][(int) pfn & (CHUNK - 1)];
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
        int frame = cpu < 0 ? takeShared() : takeLocal(lists[cpu]);
        if (frame == 0) {
            return null;
        }
        Page page = page(frame);
        steps.at(PageStep.PAGE_ALLOC, frame);
        if (page.has(Page.FREE)) {
            reuse(page, zeroed);
        }
        page.begin(0);
        events.add(VmEvent.PGALLOC_NORMAL.ordinal(), 1);
        return page;
    }

    private void reuse(Page page, boolean zeroed) {
        if (check) {
            checkPoison(page);
        }
        if (zeroed) {
            memory.zero(page.pfn());
        }
    }

    /// Drops a reference and frees the frame when it was the last.
    public void put(Page page) {
        if (page.drop()) {
            free(page);
        }
    }

    private void free(Page page) {
        steps.at(PageStep.PAGE_FREE, page.pfn());
        assert page.mapcount() == 0 : "mm: frees " + page + ", which is mapped";
        assert !page.isReserved() : "mm: frees " + page + ", which is reserved";
        memory.noteWrite(page.pfn());
        if (check) {
            memory.fill(page.pa(), PhysicalMemory.FRAME_BYTES, POISON);
        }
        page.mapping = null;
        page.set(Page.FREE);
        events.add(VmEvent.PGFREE.ordinal(), 1);
        int cpu = currentCpu();
        if (cpu < 0) {
            giveShared((int) page.pfn());
        } else {
            giveLocal(lists[cpu], (int) page.pfn());
        }
    }

    /// Frames that can still be handed out. Frames on the lists of vCPUs count; exact once
    /// everybody is quiet.
    public long freeFrames() {
        long local = 0;
        for (CpuList list : lists) {
            local += list.count;
        }
        poolLock.lock();
        try {
            return local + pooled + (memory.frames() - nextFresh);
        } finally {
            poolLock.unlock();
        }
    }

    /// All frames of RAM.
    public long totalFrames() {
        return memory.frames();
    }

    private int takeLocal(CpuList list) {
        if (list.count == 0) {
            poolLock.lock();
            int wanted = BATCH;
            int frame;
            while (wanted-- > 0 && (frame = takePooled()) != 0) {
                list.frames[list.count++] = frame;
            }
            poolLock.unlock();
            if (list.count == 0) {
                return 0;
            }
            // Fresh frames were taken ascending; hand them out so.
            reverse(list.frames, list.count);
        }
        return list.frames[--list.count];
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
            return pool[--pooled];
        }
        if (nextFresh >= memory.frames()) {
            return 0;
        }
        int frame = nextFresh++;
        makePage(frame);
        return frame;
    }

    private void giveLocal(CpuList list, int frame) {
        if (list.count == LIST) {
            poolLock.lock();
            for (int i = 0; i < BATCH; i++) {
                givePooled(list.frames[i]);
            }
            poolLock.unlock();
            System.arraycopy(list.frames, BATCH, list.frames, 0, LIST - BATCH);
            list.count -= BATCH;
        }
        list.frames[list.count++] = frame;
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
    }

    private Page makePage(int frame) {
        Page[] chunk = pages[frame >>> CHUNK_SHIFT];
        if (chunk == null) {
            chunk = new Page[CHUNK];
            pages[frame >>> CHUNK_SHIFT] = chunk;
        }
        Page page = new Page(frame);
        chunk[frame & (CHUNK - 1)] = page;
        return page;
    }

    private void checkPoison(Page page) {
        long word = (POISON & 0xffL) * 0x0101010101010101L;
        for (long pa = page.pa(); pa < page.pa() + PhysicalMemory.FRAME_BYTES; pa += Long.BYTES) {
            if (memory.load64(pa) != word) {
                throw new IllegalStateException(
                        "mm: " + page + " was stored to at 0x" + Long.toHexString(pa) + " after it was freed");
            }
        }
    }

    private static void reverse(int[] values, int count) {
        for (int i = 0, j = count - 1; i < j; i++, j--) {
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
