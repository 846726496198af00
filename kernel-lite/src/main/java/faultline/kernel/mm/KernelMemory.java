package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.SoftTlb;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.block.BlockDevice;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.Oracle;
import faultline.kernel.check.SequenceCheck;
import faultline.kernel.check.Violation;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.LockWaits;
import faultline.kernel.lock.Mutex;
import faultline.kernel.mm.page.DirtyPages;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAccount;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.EntryCheck;
import faultline.kernel.mm.pgtable.LostTranslations;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFrames;
import faultline.kernel.mm.pgtable.TableReclaim;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.pgtable.Translation;
import faultline.kernel.mm.swap.SwapSpace;
import faultline.kernel.rcu.Rcu;
import faultline.kernel.rcu.Srcu;
import faultline.kernel.trace.TraceBus;
import faultline.kernel.trace.TraceEvent;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What all address spaces of one machine share: frames, page-table format, invalidation, RCU,
/// settings.
public final class KernelMemory implements PageCaches {

    /// `vm.max_map_count`.
    private static final int MAX_MAP_COUNT = 65530;

    /// `vm.mmap_min_addr`.
    private static final long MMAP_MIN_ADDR = 65536;

    /// `stack_guard_gap`, in pages.
    private static final long STACK_GUARD_GAP = 256;

    private final Steps steps;
    private final VcpuSet vcpus;
    private final Translation translation;
    private final EntryCheck entryCheck;
    private final PageAllocator allocator;
    private final NumaNodes nodes;
    private final NumaBalancing balancing;
    private final Rcu rcu;

    private volatile boolean unprivilegedUserfaultfd;

    /// Keeps subscribers of MMU notifiers while they are called.
    private final Srcu notifierSrcu;

    private final Mutex allLocksMutex;
    private final Oracle oracle = new Oracle();

    // Null without checks.
    private final @Nullable ObjectLives lives;

    private final LeftOvers leftOvers = new LeftOvers(this);
    private final @Nullable AnonPlaces anonPlaces;
    private final @Nullable TlbCoherence tlbCoherence;

    private final TableFrames tableFrames;
    private final TableReclaim tableReclaim;
    private final AnonVmas anonVmas;
    private final KernelHeap heap;
    private final DirtyPages dirtyPages;
    private final SwapSpace swap;
    private final PageOut pageOut;
    private final Reclaim reclaim;
    private final ReclaimSettings reclaimSettings = new ReclaimSettings();
    private final HugePageSettings hugePages;
    private final Khugepaged khugepaged;
    private final Ksm ksm;

    /// The address spaces there are, by number: `mmlist`, which here has all.
    private final Map<Integer, Mm> spaces = new ConcurrentSkipListMap<>();

    /// The address space whose root each vCPU has loaded. A slot changes by its vCPU's thread, or
    /// to null at exit.
    private final AtomicReferenceArray<@Nullable Mm> loaded;

    /// Set before the first address space.
    private VmaGuards vmaGuards = VmaGuards.NONE;

    /// Set before the first address space.
    private TraceBus trace = TraceBus.OFF;

    /// Set before the first address space.
    private Consumer<String> log = _ -> {};

    private final DelayedFput delayedFput;

    private final LockWaits mmapLockWaits = new LockWaits();

    private final AtomicInteger lastMmId = new AtomicInteger();
    private final AtomicLong lastShmemInode = new AtomicLong(1024);

    private final Overcommit overcommit;

    private final ShmTable shm = new ShmTable();

    /// `heap` is charged for what does not lie in RAM; `check` has [#oracle] told of accesses to what is gone, and
    /// of what must not be.
    public KernelMemory(
            PhysicalMemory memory,
            VcpuSet vcpus,
            Translation translation,
            Steps steps,
            KernelHeap heap,
            boolean check) {
        this(memory, vcpus, translation, steps, heap, check, DiskTiming.INSTANT, 1);
    }

    /// The same with files on a disk that takes its time.
    public KernelMemory(
            PhysicalMemory memory,
            VcpuSet vcpus,
            Translation translation,
            Steps steps,
            KernelHeap heap,
            boolean check,
            DiskTiming disk) {
        this(memory, vcpus, translation, steps, heap, check, disk, 1);
    }

    /// The same with so many memory nodes.
    public KernelMemory(
            PhysicalMemory memory,
            VcpuSet vcpus,
            Translation translation,
            Steps steps,
            KernelHeap heap,
            boolean check,
            DiskTiming disk,
            int nodeCount) {
        this.heap = heap;
        if (check) {
            this.lives = new ObjectLives(oracle, steps.schedule());
            heap.watch(lives);
            this.anonPlaces = new AnonPlaces(this);
            this.tlbCoherence = new TlbCoherence(this, vcpus.count());
        } else {
            this.lives = null;
            this.anonPlaces = null;
            this.tlbCoherence = null;
        }
        this.steps = steps;
        this.vcpus = vcpus;
        this.translation = translation;
        this.entryCheck = check ? translation.format().newEntryCheck() : EntryCheck.NONE;
        this.allocator = new PageAllocator(
                memory,
                translation.cache().framesEnd(memory.bytes()),
                translation.format().geometry(),
                vcpus.count(),
                nodeCount,
                steps,
                check ? oracle : null);
        this.nodes = new NumaNodes(allocator, vcpus.count());
        this.balancing = new NumaBalancing(nodeCount);
        this.dirtyPages = new DirtyPages(allocator, new BlockDevice(disk, steps), steps);
        this.anonVmas = new AnonVmas(steps, heap);
        this.swap = new SwapSpace(allocator, dirtyPages.device(), steps, reclaimSettings::pageCluster);
        allocator.swapTo(swap);
        this.overcommit = new Overcommit(
                allocator.totalFrames(),
                swap::total,
                translation.format().geometry().shift());
        this.pageOut = new PageOut(this);
        this.rcu = new Rcu(vcpus.count(), steps);
        this.delayedFput = new DelayedFput(rcu, steps);
        this.notifierSrcu = new Srcu(vcpus.count(), steps);
        this.allLocksMutex = new Mutex(steps, LockRank.ALL_LOCKS, 0);
        this.tableFrames = new TableFrames(allocator, steps, oracle, check);
        this.tableReclaim = new TableReclaim(translation.freeing(), allocator, vcpus, rcu, tableFrames);
        this.reclaim = new Reclaim(this);
        this.hugePages = new HugePageSettings(
                translation.format().entries(0), 1L << translation.format().shift(1));
        this.khugepaged = new Khugepaged(this);
        this.ksm = new Ksm(this);
        allocator.reclaimBy(reclaim);
        this.loaded = new AtomicReferenceArray<>(vcpus.count());
    }

    /// An empty address space with one user. `mmapBase` is where searches for free ranges begin,
    /// downwards. Throws `ErrnoException` ENOMEM.
    public Mm newMm(long mmapBase, MmLimits limits) {
        AddressSpaceIds.Context context = new AddressSpaceIds.Context();
        translation.ids().begin(context);
        Page[] root = allocator.allocRun(PageTable.rootPages(format()));
        if (root.length == 0) {
            translation.ids().end(context);
            throw Errno.ENOMEM.exception();
        }
        for (Page page : root) {
            page.becomeTable(null);
        }
        Mm made = new Mm(this, mmapBase, limits, context, root);
        spaces.put(made.id(), made);
        return made;
    }

    /// An address space has no user any more.
    void ended(Mm mm) {
        spaces.remove(mm.id());
        khugepaged.exit(mm);
        ksm.exit(mm);
    }

    /// The address spaces there are, in the order they were made in; each may end at any time ([Mm#tryGet]).
    public Collection<Mm> spaces() {
        return spaces.values();
    }

    /// Whether pages are moved to where they are used.
    public NumaBalancing balancing() {
        return balancing;
    }

    /// The memory nodes.
    public NumaNodes nodes() {
        return nodes;
    }

    /// Swap areas and the swap cache.
    public SwapSpace swap() {
        return swap;
    }

    /// System V shared memory.
    public ShmTable shm() {
        return shm;
    }

    /// `vm.swappiness` and its kin.
    public ReclaimSettings reclaimSettings() {
        return reclaimSettings;
    }

    /// Who puts huge pages together.
    public Khugepaged khugepaged() {
        return khugepaged;
    }

    /// Who has pages of the same contents share one.
    public Ksm ksm() {
        return ksm;
    }

    /// Where huge pages are made.
    public HugePageSettings hugePages() {
        return hugePages;
    }

    /// Who gets frames back when few are free.
    public Reclaim reclaim() {
        return reclaim;
    }

    /// Who takes anonymous pages out of memory.
    public PageOut pageOut() {
        return pageOut;
    }

    /// The page cache of a new inode, written back to `source`; one of tmpfs (`PageSource.isShmem`) has no other
    /// storage, and its pages are promised as they come.
    @Override
    public PageCache create(PageSource source) {
        return source.isShmem()
                ? newShmemCache(source, true)
                : PageCache.ofFile(source, allocator, dirtyPages, steps, heap);
    }

    /// The page cache of a new inode that has no other storage: its pages stay, in memory or in swap, until they are
    /// truncated or evicted, and count as MM_SHMEMPAGES. With `promises` each is promised as it comes.
    PageCache newShmemCache(PageSource source, boolean promises) {
        PageAccount account = promises ? new FilePages(overcommit, this, source) : PageAccount.NONE;
        return PageCache.ofShmem(source, allocator, dirtyPages, steps, heap, account);
    }

    /// The address space that the running thread's vCPU has loaded, or null: `current->mm`.
    @Nullable
    Mm current() {
        return Thread.currentThread() instanceof KernelThread self
                ? loaded.get(self.vcpu().id())
                : null;
    }

    @Override
    public void sync() {
        allocator.syncFiles();
    }

    @Override
    public void reportErrors() {
        allocator.reportFileErrors();
    }

    /// The dirty pages of files.
    public DirtyPages dirtyPages() {
        return dirtyPages;
    }

    /// Drops every clean page of a file that nobody uses: `drop_pagecache_sb`, for `/proc/sys/vm/drop_caches`.
    public void dropPageCache() {
        count(VmEvent.DROP_PAGECACHE, 1);
        allocator.dropFilePages();
    }

    /// Says what VMAs to come have for faults without `mmap_lock`.
    public void guardVmas(VmaGuards guards) {
        vmaGuards = guards;
    }

    VmaGuards vmaGuards() {
        return vmaGuards;
    }

    /// The files of VMAs that are gone, which are not yet released.
    public DelayedFput delayedFput() {
        return delayedFput;
    }

    AnonVmas anonVmas() {
        return anonVmas;
    }

    /// Says where the kernel's messages go: printk.
    public void logTo(Consumer<String> lines) {
        log = lines;
    }

    public Consumer<String> log() {
        return log;
    }

    /// Says where tracepoints go.
    public void traceTo(TraceBus bus) {
        trace = bus;
    }

    public TraceBus trace() {
        return trace;
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

    /// What sees page-table entries change.
    public EntryCheck entryCheck() {
        return entryCheck;
    }

    public Translation translation() {
        return translation;
    }

    public PageTableFormat format() {
        return translation.format();
    }

    @Override
    public PageGeometry geometry() {
        return format().geometry();
    }

    public TlbInvalidation invalidation() {
        return translation.invalidation();
    }

    /// How often all address-space ids were given out.
    public long asidRollovers() {
        return translation.ids().rollovers();
    }

    /// What checks have found.
    public Oracle oracle() {
        return oracle;
    }

    // Checks.

    /// Whether checks are on.
    public boolean checks() {
        return lives != null;
    }

    /// With checks, looks whether a thread that is about to go back from `what` holds the locks `held` and no
    /// other, is in no read section and has interrupts on.
    public void checkReturn(KernelThread self, String held, String what) {
        if (lives == null) {
            return;
        }
        String now = self.locksHeld();
        String wrong = now.equals(held) ? "" : "with " + (now.isEmpty() ? "no lock" : now);
        if (rcu.depth(self.vcpu()) != 0) {
            wrong = "in a read section";
        } else if (self.vcpu().mode() == Vcpu.Mode.KERNEL_INTERRUPTS_OFF) {
            wrong = "with interrupts off";
        }
        if (!wrong.isEmpty()) {
            String name = self.getName();
            oracle.report(Violation.Rule.HELD_AT_RETURN, "return: " + name + " goes back from " + what + " " + wrong);
        }
    }

    /// With checks, looks whether an anonymous page can be found at `va` of a VMA, where it is mapped. The caller
    /// has the PTE's lock.
    public void checkAnon(Vma vma, Page page, long va) {
        if (anonPlaces != null && page.isAnon()) {
            anonPlaces.look(vma, page, va);
        }
    }

    /// The same for a page at `va` of an address space whose VMAs the caller keeps as they are.
    void checkAnon(Mm mm, Page page, long va) {
        if (anonPlaces != null && page.isAnon()) {
            Vma vma = mm.vmaAt(va);
            if (vma == null) {
                throw new IllegalStateException("mm: " + page + " is mapped where no VMA is");
            }
            anonPlaces.look(vma, page, va);
        }
    }

    /// What sees a sequence counter change; null without checks.
    @Nullable
    SequenceCheck sequenceCheck(String name, long id) {
        return lives == null ? null : new SequenceCheck(oracle, name + Long.toHexString(id));
    }

    /// What looks at TLBs after a flush that is about to begin; null without checks.
    TlbCoherence.@Nullable Flush checkFlush(PageTable table, Predicate<Vcpu> active) {
        LostTranslations lost = table.lost();
        return tlbCoherence == null || lost == null ? null : tlbCoherence.new Flush(table, lost, active);
    }

    /// With checks, looks for what the address space has left behind that was just taken down.
    void checkLeftOver(Mm mm) {
        if (lives != null) {
            leftOvers.ofMm(mm);
        }
    }

    /// With checks, looks for what tasks have left behind, once all are gone.
    public void checkLeftOver() {
        if (lives != null) {
            leftOvers.ofMachine(lives);
        }
    }

    /// With checks, notes that a design as it was posted forgets to give a page's reference back.
    public void lose(Page page, String defect) {
        if (lives != null) {
            leftOvers.lost(page, defect);
        }
    }

    /// Which of the kernel's objects are in use; null without checks.
    public @Nullable ObjectLives lives() {
        return lives;
    }

    /// The frames of page tables, and where their locks lie.
    public TableFrames tableFrames() {
        return tableFrames;
    }

    /// How page tables are freed, and what that asks of walks without locks.
    public TableReclaim tableReclaim() {
        return tableReclaim;
    }

    public VcpuSet vcpus() {
        return vcpus;
    }

    public Rcu rcu() {
        return rcu;
    }

    Srcu notifierSrcu() {
        return notifierSrcu;
    }

    /// `mm_all_locks_mutex`.
    Mutex allLocksMutex() {
        return allLocksMutex;
    }

    public Steps steps() {
        return steps;
    }

    // Settings.

    /// `vm.unprivileged_userfaultfd`: whether everybody may handle faults of system calls in user space.
    public boolean unprivilegedUserfaultfd() {
        return unprivilegedUserfaultfd;
    }

    public void setUnprivilegedUserfaultfd(boolean on) {
        unprivilegedUserfaultfd = on;
    }

    public int maxMapCount() {
        return MAX_MAP_COUNT;
    }

    public long mmapMinAddress() {
        return MMAP_MIN_ADDR;
    }

    public long stackGuardGap() {
        return STACK_GUARD_GAP << geometry().shift();
    }

    // Counters.

    /// Counts an event on the running vCPU.
    public void count(VmEvent event, long amount) {
        allocator.events().add(event.ordinal(), amount);
    }

    /// Counts why a fault on `address` is given up, and says so; `vma` is null when none was found.
    public void giveUp(VmEvent reason, @Nullable Vma vma, long address) {
        count(reason, 1);
        TraceEvent event = reason.tracepoint();
        if (event != null && trace.isOn(event)) {
            trace.emitFault(event, vma == null ? 0 : vma.start(), vma == null ? 0 : vma.end(), address);
        }
    }

    /// What is counted of pages.
    public long stat(NodeStat stat) {
        return allocator.stats().sum(stat.ordinal());
    }

    public long events(VmEvent event) {
        return allocator.events().sum(event.ordinal());
    }

    /// What of the events was counted on one vCPU.
    public long events(VmEvent event, Vcpu on) {
        return allocator.events().of(event.ordinal(), on.id());
    }

    /// Waits for the `mmap_lock` of any address space.
    public LockWaits mmapLockWaits() {
        return mmapLockWaits;
    }

    /// How much memory is promised.
    public Overcommit overcommit() {
        return overcommit;
    }

    int nextMmId() {
        return lastMmId.incrementAndGet();
    }

    long nextShmemInode() {
        return lastShmemInode.incrementAndGet();
    }

    // Which address space a vCPU has loaded. The stamp of its TLB says up to which flush of that address space it
    // has forgotten what it had to.

    void load(Vcpu vcpu, Mm mm) {
        rcu.quiesce();
        if (tlbCoherence != null) {
            tlbCoherence.loading(vcpu);
        }
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
            translation.ids().switchTo(vcpu, mm.context());
            vcpu.mem().mmu().setRoot(mm.root());
        }
        SoftTlb tlb = vcpu.mem().tlb();
        if (tlb.stamp() != generation) {
            tlb.flushSelected();
            tlb.setStamp(generation);
        }
        if (before != mm) {
            count(tlb.isEmpty() ? VmEvent.ASID_SWITCH_COLD : VmEvent.ASID_SWITCH_WARM, 1);
        }
        if (tlbCoherence != null) {
            tlbCoherence.loading(vcpu);
        }
    }

    void leave(Vcpu vcpu, Mm mm) {
        if (loaded.get(vcpu.id()) == mm) {
            mm.setActive(vcpu, false);
        }
    }

    /// The vCPU has carried a flush out itself. Those of others it may have missed a part of: they
    /// stay counted.
    void flushed(Vcpu self, Mm mm, long generation) {
        SoftTlb tlb = self.mem().tlb();
        if (loaded.get(self.id()) == mm && tlb.stamp() == generation - 1) {
            tlb.setStamp(generation);
        }
    }

    /// Nobody runs in `mm` any more.
    void unload(Mm mm) {
        for (int cpu = 0; cpu < loaded.length(); cpu++) {
            loaded.compareAndSet(cpu, mm, null);
        }
        translation.ids().end(mm.context());
    }
}
