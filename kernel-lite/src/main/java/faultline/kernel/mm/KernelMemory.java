package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.rcu.Rcu;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What all address spaces of one machine share: frames, page-table format, invalidation, RCU,
/// settings.
public final class KernelMemory implements PageCaches {

    /// `vm.max_map_count`.
    private static final int MAX_MAP_COUNT = 65530;

    /// `vm.mmap_min_addr`.
    private static final long MMAP_MIN_ADDR = 65536;

    /// `stack_guard_gap`: 256 pages.
    private static final long STACK_GUARD_GAP = 256L << PhysicalMemory.FRAME_SHIFT;

    private final Steps steps;
    private final VcpuSet vcpus;
    private final PageTableFormat format;
    private final TlbInvalidation invalidation;
    private final PageAllocator allocator;
    private final Rcu rcu;
    private final KernelHeap heap;

    /// The address space whose root each vCPU has loaded. A slot changes by its vCPU's thread, or
    /// to null at exit.
    private final AtomicReferenceArray<@Nullable Mm> loaded;

    /// Up to which flush of the loaded address space each vCPU has forgotten what it had to.
    /// Touched by its own thread.
    private final long[] flushedGeneration;

    private final AtomicInteger lastMmId = new AtomicInteger();
    private final AtomicLong lastShmemInode = new AtomicLong(1024);

    /// Committed_AS, in pages.
    private final AtomicLong committed = new AtomicLong();

    /// `heap` is charged for what does not lie in RAM; `check` poisons freed frames and looks at
    /// them again before they are reused.
    public KernelMemory(
            PhysicalMemory memory,
            VcpuSet vcpus,
            PageTableFormat format,
            TlbInvalidation invalidation,
            Steps steps,
            KernelHeap heap,
            boolean check) {
        this.heap = heap;
        this.steps = steps;
        this.vcpus = vcpus;
        this.format = format;
        this.invalidation = invalidation;
        this.allocator = new PageAllocator(memory, vcpus.count(), steps, check);
        this.rcu = new Rcu(vcpus.count(), steps);
        this.loaded = new AtomicReferenceArray<>(vcpus.count());
        this.flushedGeneration = new long[vcpus.count()];
    }

    /// An empty address space with one user. `mmapBase` is where searches for free ranges begin,
    /// downwards. Throws `ErrnoException` ENOMEM.
    public Mm newMm(long mmapBase, MmLimits limits) {
        Page root = allocator.allocZeroed();
        if (root == null) {
            throw Errno.ENOMEM.exception();
        }
        root.becomeTable(null);
        return new Mm(this, mmapBase, limits, root);
    }

    /// The page cache of a new inode, written back to `source`.
    @Override
    public PageCache create(PageSource source) {
        return PageCache.ofFile(source, allocator, steps, heap);
    }

    /// The page cache of a new inode that has no other storage (tmpfs, shared anonymous memory):
    /// its pages stay until they are truncated or evicted, and count as MM_SHMEMPAGES.
    public PageCache newShmemCache(PageSource source) {
        return PageCache.ofShmem(source, allocator, steps, heap);
    }

    public PhysicalMemory memory() {
        return allocator.memory();
    }

    @Override
    public PhysicalMemory ram() {
        return allocator.memory();
    }

    @Override
    public KernelHeap heap() {
        return heap;
    }

    public PageAllocator allocator() {
        return allocator;
    }

    public PageTableFormat format() {
        return format;
    }

    public TlbInvalidation invalidation() {
        return invalidation;
    }

    public VcpuSet vcpus() {
        return vcpus;
    }

    public Rcu rcu() {
        return rcu;
    }

    public Steps steps() {
        return steps;
    }

    // Settings.

    public int maxMapCount() {
        return MAX_MAP_COUNT;
    }

    public long mmapMinAddress() {
        return MMAP_MIN_ADDR;
    }

    public long stackGuardGap() {
        return STACK_GUARD_GAP;
    }

    // Counters.

    /// Counts an event on the running vCPU.
    public void count(VmEvent event, long amount) {
        allocator.events().add(event.ordinal(), amount);
    }

    public long events(VmEvent event) {
        return allocator.events().sum(event.ordinal());
    }

    /// Committed_AS in pages.
    public long committed() {
        return committed.get();
    }

    /// Promises pages to a mapping, by `vm.overcommit_memory` 0: only what never could be had is
    /// refused, ENOMEM.
    void commit(long pages) {
        if (pages > allocator.totalFrames()) {
            throw Errno.ENOMEM.exception();
        }
        committed.addAndGet(pages);
    }

    void uncommit(long pages) {
        committed.addAndGet(-pages);
    }

    int nextMmId() {
        return lastMmId.incrementAndGet();
    }

    long nextShmemInode() {
        return lastShmemInode.incrementAndGet();
    }

    // Which address space a vCPU has loaded.

    void load(Vcpu vcpu, Mm mm) {
        int id = vcpu.id();
        Mm before = loaded.get(id);
        // From here on flushes reach the vCPU; one that was counted before may have missed it.
        mm.setActive(vcpu, true);
        long generation = mm.tlbGeneration();
        if (before != mm) {
            if (before != null) {
                before.setActive(vcpu, false);
            }
            loaded.set(id, mm);
            vcpu.mem().mmu().setRoot(mm.root());
            vcpu.mem().tlb().flush();
        } else if (flushedGeneration[id] != generation) {
            vcpu.mem().tlb().flush();
        }
        flushedGeneration[id] = generation;
    }

    void leave(Vcpu vcpu, Mm mm) {
        if (loaded.get(vcpu.id()) == mm) {
            mm.setActive(vcpu, false);
        }
    }

    /// The vCPU has carried a flush out itself. Those of others it may have missed a part of: they
    /// stay counted.
    void flushed(Vcpu self, Mm mm, long generation) {
        if (loaded.get(self.id()) == mm && flushedGeneration[self.id()] == generation - 1) {
            flushedGeneration[self.id()] = generation;
        }
    }

    /// Nobody runs in `mm` any more.
    void unload(Mm mm) {
        for (int cpu = 0; cpu < loaded.length(); cpu++) {
            loaded.compareAndSet(cpu, mm, null);
        }
    }
}
