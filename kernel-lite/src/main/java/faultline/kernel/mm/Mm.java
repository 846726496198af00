package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.PerCpuRwSemaphore;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.lock.WaitQueue;
import faultline.kernel.mm.notifier.MmuNotifier;
import faultline.kernel.mm.notifier.MmuNotifiers;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PerCpuCounters;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapEntry;
import faultline.kernel.trace.TraceBus;
import faultline.kernel.trace.TraceEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An address space: page tables, VMAs, `mmap_lock` and the counters of both. `mm_struct`.
///
/// What a system call does to it is in a class a subject: [MmapCalls], [ProtectCalls],
/// [RemapCalls], [AdviceCalls], [LockCalls], [ForkMm]; this class is what they share.
public final class Mm {

    private static final byte[] NO_AUXV = {};

    private static final VarHandle KHUGEPAGED;

    static {
        try {
            KHUGEPAGED = MethodHandles.lookup().findVarHandle(Mm.class, "khugepaged", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final KernelMemory kernel;
    private final int id;
    private final MmLimits limits;
    private final PageTable pageTable;
    private final MmapLock mmapLock;

    /// Null without checks.
    private final @Nullable Life life;

    private final AtomicInteger users = new AtomicInteger(1);

    /// The vCPUs that may hold translations of this address space, one bit each: `mm_cpumask`.
    private final AtomicLongArray cpumask;

    private final AddressSpaceIds.Context context;

    private final Predicate<Vcpu> active = this::mayHoldTranslations;

    private final MmuGather.Flusher flusher = new MmuGather.Flusher() {
        @Override
        public void flush(long start, long end) {
            flushTlb(start, end);
        }

        @Override
        public void tablesUnhooked() {
            Vcpu self = KernelThread.current().vcpu();
            int interrupted = kernel.invalidation().tablesUnhooked(self, active);
            kernel.count(VmEvent.NR_TLB_REMOTE_FLUSH_RECEIVED, interrupted);
        }

        @Override
        public void flushDeferred() {
            Mm.this.flushDeferred();
        }
    };

    /// How many flushes there were: `tlb_gen`. A vCPU that was away compares it with what it has
    /// seen.
    private final AtomicLong tlbGeneration = new AtomicLong();

    /// Resident pages by [RssKind].
    private final PerCpuCounters rss;

    private volatile boolean hugeDisabled;

    /// MMF_HAS_PINNED.
    private volatile boolean hasPinned;

    private final AtomicInteger writeProtectSeq = new AtomicInteger();

    private volatile boolean mergesAny;

    /// PTEs that have the zero page in the place of a page of zeroes: `ksm_zero_pages`.
    final AtomicInteger ksmZeroPages = new AtomicInteger();

    /// Whether khugepaged knows of it.
    private volatile boolean khugepaged;

    /// hiwater_rss; a lost race costs one update.
    private volatile long highRss;

    private final SpinLock anonVmaLock;

    /// Keeps the address space from ending while a batch of its pages is flushed.
    private final SpinLock batchLock;

    /// Guarded by batchLock.
    private boolean ended;

    /// How many PTEs were taken out whose flush was put off, and is yet to come: `tlb_flush_batched`.
    private final AtomicInteger deferredFlushes = new AtomicInteger();

    private final VmaLookup lookup;

    private final MmuNotifiers notifiers;

    /// `mmu_notifier_lock`, where the design has it.
    private final @Nullable PerCpuRwSemaphore notifierLock;

    /// `vma_writer_wait`: who waits for the readers of a VMA.
    private final WaitQueue vmaWriters;

    // Guarded by mmap_lock.
    private final VmaTree vmas = new VmaTree();
    final VmaEditor editor;

    private final NumaScan numaScan;
    final MmCounters counters = new MmCounters();
    final KeyAllocation keys = new KeyAllocation();
    private final long mmapBase;
    /// VM_LOCKED and VM_LOCKONFAULT for mappings to come: `def_flags`.
    int defaultFlags;

    private long startBrk;
    private long brk;
    private long startCode;
    private long endCode;
    private long startData;
    private long endData;
    private long startStack;
    private long argStart;
    private long argEnd;
    private long envStart;
    private long envEnd;
    private byte[] auxv = NO_AUXV;
    private long signalTrampoline;

    Mm(KernelMemory kernel, long mmapBase, MmLimits limits, AddressSpaceIds.Context context, Page[] root) {
        this.kernel = kernel;
        this.editor = new VmaEditor(this);
        this.numaScan = new NumaScan(this);
        this.id = kernel.nextMmId();
        this.limits = limits;
        this.mmapBase = mmapBase;
        this.context = context;
        this.pageTable = PageTable.create(
                kernel.translation(),
                context,
                kernel.allocator(),
                kernel.steps(),
                kernel.entryCheck(),
                kernel.tableReclaim(),
                flusher,
                root);
        this.life = kernel.heap().begin(ObjectLives.Kind.MM, id);
        this.mmapLock = new MmapLock(kernel, id, life);
        this.lookup = VmaLookup.of(this);
        this.notifiers = new MmuNotifiers(kernel.notifierSrcu());
        this.notifierLock = kernel.vmaGuards().notifiers()
                ? new PerCpuRwSemaphore(
                        kernel.steps(),
                        LockRank.MMU_NOTIFIER,
                        id,
                        kernel.vcpus().count())
                : null;
        this.vmaWriters = new WaitQueue(kernel.steps(), id);
        this.anonVmaLock = new SpinLock(kernel.steps(), LockRank.PAGE_TABLE, id);
        this.batchLock = new SpinLock(kernel.steps(), LockRank.PAGE_TABLE, id);
        this.cpumask = new AtomicLongArray((kernel.vcpus().count() + Long.SIZE - 1) / Long.SIZE);
        this.rss = new PerCpuCounters(RssKind.values().length, kernel.vcpus().count());
    }

    /// A small number that names it in steps.
    public int id() {
        return id;
    }

    public KernelMemory kernel() {
        return kernel;
    }

    /// The size of its pages.
    public PageGeometry geometry() {
        return kernel.geometry();
    }

    public MmLimits limits() {
        return limits;
    }

    public PageTable pageTable() {
        return pageTable;
    }

    /// The physical address of the root table.
    public long root() {
        return pageTable.rootPa();
    }

    /// `mmap_lock`.
    public MmapLock mmapLock() {
        return mmapLock;
    }

    // Life.

    /// One more user (a task, a debugger): `mmget`.
    public void get() {
        if (life != null) {
            life.touched();
        }
        users.incrementAndGet();
    }

    /// One more user, unless the last one has left: `mmget_not_zero`. For an address space that is not the
    /// caller's.
    public boolean tryGet() {
        int seen;
        do {
            seen = users.get();
            if (seen == 0) {
                return false;
            }
        } while (!users.compareAndSet(seen, seen + 1));
        return true;
    }

    /// One user less; the last one takes the address space down: `mmput`. The caller holds a vCPU
    /// and no lock.
    public void put() {
        if (users.decrementAndGet() == 0) {
            exitMmap();
        }
    }

    /// Whether no huge pages are made in it, whatever VMAs ask for: MMF_DISABLE_THP.
    public boolean isHugeDisabled() {
        return hugeDisabled;
    }

    /// Whether a page may have another protection key than 0.
    public boolean usesKeys() {
        return keys.areUsed();
    }

    /// `mm_set_has_pinned_flag`: a device is about to work on a page.
    public void setHasPinned() {
        if (!hasPinned) {
            hasPinned = true;
        }
    }

    /// Whether a page of it was ever pinned.
    boolean hasPinned() {
        return hasPinned;
    }

    /// Odd while fork takes write rights away: who pins a page without `mmap_lock` lets go of it when this is, or has
    /// changed since before he looked. `write_protect_seq`.
    public int writeProtectSeq() {
        return writeProtectSeq.get();
    }

    /// Fork begins, or ends, to take write rights away. The caller has `mmap_lock` for write.
    void changeWriteProtectSeq() {
        // Pairs with the read in writeProtectSeq: who pins counts the pin first and looks here then, fork the other
        // way round, so that one of them sees the other.
        writeProtectSeq.incrementAndGet();
    }

    /// Whether all its pages may be merged with others of the same contents: MMF_VM_MERGE_ANY. Children and
    /// programs that are run inherit it.
    public boolean mergesAny() {
        return mergesAny;
    }

    /// Said before there are VMAs, or with `mmap_lock` held for write by who changes those there are.
    public void mergeAny(boolean to) {
        mergesAny = to;
    }

    /// The flags of a VMA to come: `ksm_vma_flags`.
    int mergeFlags(int flags) {
        return mergesAny && MergeCalls.isMergeable(flags) ? flags | Vma.VM_MERGEABLE : flags;
    }

    /// Whether a new mapping is locked without being asked for: after mlockall(MCL_FUTURE).
    public boolean locksNewMappings() {
        return (defaultFlags & Vma.VM_LOCKED) != 0;
    }

    boolean isInKhugepaged() {
        return khugepaged;
    }

    /// MMF_VM_HUGEPAGE: true for the first who asks.
    boolean enterKhugepaged() {
        return !khugepaged && KHUGEPAGED.compareAndSet(this, false, true);
    }

    /// PR_SET_THP_DISABLE; children and programs that are run inherit it.
    public void disableHuge(boolean to) {
        hugeDisabled = to;
    }

    /// What asks from which nodes its pages are used.
    public NumaScan numaScan() {
        return numaScan;
    }

    /// How many users there are: `mm_users`.
    public int users() {
        return users.get();
    }

    /// A copy-on-write copy for a child process: `dup_mm`. Throws `ErrnoException` ENOMEM, EINTR.
    public Mm fork(MmLimits childLimits) {
        return new ForkMm(this).fork(childLimits);
    }

    private void exitMmap() {
        notifiers.release();
        MmuGather gather = gather();
        mmapLock.writeLock();
        if (life != null) {
            for (Vma vma = vmas.find(0); vma != null; vma = vmas.find(vma.end())) {
                vma.checkQuiet();
            }
        }
        long end;
        for (Vma vma = vmas.find(0); vma != null; vma = vmas.find(vma.end())) {
            Zap.zap(gather, vma, vma.start(), vma.end());
            uncommit(vma.has(Vma.VM_ACCOUNT) ? vma.pages() : 0);
        }
        // Truncation finds VMAs through their files: none may be found once tables go away.
        for (Vma vma = vmas.find(0); vma != null; vma = vmas.find(vma.end())) {
            editor.release(vma);
        }
        pageTable.free(gather, 0, kernel.format().userEnd(), 0, 0);
        gather.finish();
        for (Vma vma = vmas.find(0); vma != null; vma = vmas.find(end)) {
            end = vma.end();
            unlinked(vma);
        }
        mmapLock.writeUnlock();
        batchLock.lock();
        ended = true;
        batchLock.unlock();
        kernel.ended(this);
        mmapLock.sequence().checkQuiet("the end of the address space");
        kernel.unload(this);
        kernel.checkLeftOver(this);
        if (life != null) {
            life.end();
        }
        assert life != null || rssIsZero() : "mm " + id + ": pages left at exit: " + rssText();
        pageTable.destroy();
    }

    private boolean rssIsZero() {
        for (RssKind kind : RssKind.values()) {
            if (rss(kind) != 0) {
                return false;
            }
        }
        return true;
    }

    private String rssText() {
        StringBuilder text = new StringBuilder();
        for (RssKind kind : RssKind.values()) {
            text.append(kind).append(' ').append(rss(kind)).append(' ');
        }
        return text.toString();
    }

    // The calls that everybody needs; the rest is in the classes of each subject.

    /// [MmapCalls#mmap].
    public long mmap(long hint, long length, int prot, int flags, @Nullable MappedFile file, long offset) {
        return new MmapCalls(this).mmap(hint, length, prot, flags, file, offset);
    }

    /// [MmapCalls#munmap].
    public void munmap(long start, long length) {
        new MmapCalls(this).munmap(start, length);
    }

    /// [ProtectCalls#mprotect].
    public void mprotect(long start, long length, int prot) {
        new ProtectCalls(this).mprotect(start, length, prot);
    }

    /// [MmapCalls#brk].
    public long brk(long end) {
        return new MmapCalls(this).brk(end);
    }

    /// [MmapCalls#createStack].
    public long createStack(long top, long argumentBytes, boolean executable) {
        return new MmapCalls(this).createStack(top, argumentBytes, executable);
    }

    // Who keeps translations beside the page table.

    /// Whom to tell that translations become invalid.
    public MmuNotifiers notifiers() {
        return notifiers;
    }

    /// Held for read over an invalidation by who holds nothing else that keeps new subscribers out; null where no
    /// design asks for it.
    public @Nullable PerCpuRwSemaphore notifierLock() {
        return notifierLock;
    }

    /// Has a subscriber hear of every invalidation that begins from now on, and of no other:
    /// `mmu_notifier_register`. It unregisters, or is released when the last user leaves. The caller holds no lock.
    public void register(MmuNotifier subscriber) {
        mmapLock.writeLock();
        AllLocks locks = AllLocks.take(this);
        notifiers.add(subscriber);
        locks.drop();
        mmapLock.writeUnlock();
    }

    // vCPUs and translations.

    /// A task of this address space begins to run on a vCPU: loads its root table, and with
    /// it what the TLB still holds of this address space. Called by the thread that has just taken the
    /// vCPU, in kernel mode.
    public void switchIn(Vcpu vcpu) {
        if (life != null) {
            life.touched();
        }
        kernel.load(vcpu, this);
    }

    /// The vCPU is given up: until [#switchIn] flushes do not reach it, which sees by their number
    /// that it missed one. Called by the thread that still has the vCPU.
    public void switchOut(Vcpu vcpu) {
        kernel.leave(vcpu, this);
    }

    /// What TLBs tell it apart by.
    public AddressSpaceIds.Context context() {
        return context;
    }

    /// How many flushes there were.
    public long flushes() {
        return tlbGeneration.get();
    }

    long tlbGeneration() {
        return tlbGeneration.get();
    }

    void setActive(Vcpu vcpu, boolean on) {
        long bit = 1L << vcpu.id();
        int word = vcpu.id() / Long.SIZE;
        long seen;
        // A full fence: whoever clears a PTE after this sees the bit, whoever did before is walked past. Pairs with
        // getAndClear before mayHoldTranslations.
        do {
            seen = cpumask.get(word);
        } while (!cpumask.compareAndSet(word, seen, on ? seen | bit : seen & ~bit));
    }

    private boolean mayHoldTranslations(Vcpu vcpu) {
        return (cpumask.get(vcpu.id() / Long.SIZE) & 1L << vcpu.id()) != 0;
    }

    /// Makes every vCPU forget the translations of `[start, end)`, acknowledged (I2):
    /// `flush_tlb_range`.
    public void flushTlb(long start, long end) {
        if (life != null) {
            life.touched();
        }
        TlbCoherence.Flush check = kernel.checkFlush(pageTable, active);
        Vcpu self = KernelThread.current().vcpu();
        // A full fence between the PTE stores and the look at the mask; pairs with setActive.
        long generation = tlbGeneration.incrementAndGet();
        if (onlyOn(self)) {
            kernel.count(VmEvent.NR_TLB_LOCAL_FLUSH_ONE, 1);
            traceFlush(start, end, "local mm shootdown (3)");
            self.mem().tlb().flushRange(start, end);
        } else {
            int interrupted = kernel.invalidation().flushRange(self, active, start, end);
            kernel.count(VmEvent.NR_TLB_REMOTE_FLUSH, 1);
            traceFlush(start, end, "remote ipi send (4)");
            kernel.count(VmEvent.NR_TLB_REMOTE_FLUSH_RECEIVED, interrupted);
        }
        kernel.flushed(self, this, generation);
        pageTable.flushed(start, end);
        if (check != null) {
            check.isOver(start, end);
        }
    }

    /// A PTE is about to be taken out, under its lock, and flushed later: `set_tlb_ubc_flush_pending`.
    void deferFlush() {
        deferredFlushes.incrementAndGet();
    }

    /// Flushes all, if there is something whose flush was put off by another: for who has changed PTEs and cannot tell
    /// whether one that was empty, or swapped out, may still be translated. `flush_tlb_batched_pending`.
    void flushDeferred() {
        if (deferredFlushes.get() != 0) {
            flushTlb(0, kernel.format().userEnd());
        }
    }

    /// The flush of `[start, end)` that was put off for so many PTEs. Where the address space has ended, that was
    /// flushed then.
    void flushBatch(long start, long end, int unmapped) {
        batchLock.lock();
        if (!ended) {
            flushTlb(start, end);
        }
        batchLock.unlock();
        deferredFlushes.addAndGet(-unmapped);
    }

    /// The same for the range of a table that was just unhooked and will be freed.
    void flushUnhooked(long start, long end) {
        flusher.flush(start, end);
        flusher.tablesUnhooked();
    }

    private void traceFlush(long start, long end, String reason) {
        TraceBus trace = kernel.trace();
        if (trace.isOn(TraceEvent.TLB_FLUSH)) {
            long pages = start == 0 ? -1 : end - start >>> kernel.geometry().shift();
            trace.emit(TraceEvent.TLB_FLUSH, "pages:" + pages + " reason:" + reason);
        }
    }

    private boolean onlyOn(Vcpu self) {
        for (int word = 0; word < cpumask.length(); word++) {
            long others = cpumask.get(word);
            if (self.id() / Long.SIZE == word) {
                others &= ~(1L << self.id());
            }
            if (others != 0) {
                return false;
            }
        }
        return true;
    }

    MmuGather gather() {
        return new MmuGather(kernel.allocator(), kernel.tableReclaim(), kernel.steps(), flusher);
    }

    // VMAs.

    /// The first VMA that ends above `va`, or null: `find_vma`. The caller holds `mmap_lock`, or
    /// can do with a picture of the past.
    public @Nullable Vma findVma(long va) {
        return vmas.find(va);
    }

    /// The first VMA that overlaps `[start, end)`, which may be empty, or null: `find_vma_intersection`.
    @Nullable
    Vma firstVma(long start, long end) {
        Vma vma = start < end ? findVma(start) : null;
        return vma != null && vma.start() < end ? vma : null;
    }

    /// The VMA that contains `va`, or null.
    public @Nullable Vma vmaAt(long va) {
        Vma vma = vmas.find(va);
        return vma != null && vma.contains(va) ? vma : null;
    }

    /// The first VMA that ends above `va`, or null, found without `mmap_lock` and kept until it is
    /// unpinned: `get_vma` of Dufour's series.
    public @Nullable Vma findAndPin(long va) {
        return lookup.findAndPin(this, va);
    }

    /// Makes the changes of the tree visible, all at once.
    void publishVmas() {
        lookup.beginChange();
        vmas.publish();
        lookup.endChange();
    }

    /// A VMA has left the tree, or that is gone, and has no pages: `vm_area_free`.
    void unlinked(Vma vma) {
        lookup.unlink(vma);
    }

    @Nullable
    VmaLock newVmaLock(long start) {
        return kernel.vmaGuards().newLock(mmapLock, vmaWriters, kernel.steps(), start);
    }

    VmaTree vmas() {
        return vmas;
    }

    /// How many VMAs there are: `map_count`.
    public int mapCount() {
        return vmas.size();
    }

    /// Gives a VMA the AnonVma of a neighbour that it could be merged with, else a new one. The caller
    /// holds `mmap_lock` for read; another fault may be doing the same for it or the neighbour.
    void makeAnonVma(Vma vma) {
        AnonVma shared = editor.neighbourAnonVma(vma);
        AnonVma anon = shared != null ? shared : kernel.anonVmas().make(null);
        anon.lock();
        anonVmaLock.lock();
        boolean first = vma.anonVma() == null;
        if (first) {
            vma.anonChain().beginLocked(anon);
            vma.setAnonVma(anon);
        }
        anonVmaLock.unlock();
        if (!first && shared == null) {
            boolean _ = kernel.anonVmas().tryRemove(anon);
        }
        anon.unlock();
    }

    /// The slot that a PTE names whose page is swapped out: `pte_to_swp_entry`.
    public long swapEntry(long pte) {
        PageTableFormat format = pageTable.format();
        return SwapEntry.of(format.swapType(pte), format.swapOffset(pte));
    }

    // Counters.

    /// Adds to the resident pages of a kind. Any thread that holds a PTE lock of this address
    /// space.
    public void addRss(RssKind kind, long pages) {
        rss.add(kind.ordinal(), pages);
    }

    public long rss(RssKind kind) {
        return rss.sum(kind.ordinal());
    }

    /// All resident pages.
    public long rss() {
        return rss(RssKind.MM_FILEPAGES) + rss(RssKind.MM_ANONPAGES) + rss(RssKind.MM_SHMEMPAGES);
    }

    /// Remembers the most resident pages, before some go: `update_hiwater_rss`.
    void noteHighWater() {
        long now = rss();
        if (now > highRss) {
            highRss = now;
        }
    }

    /// The most pages that were resident: hiwater_rss.
    public long highRss() {
        return Math.max(highRss, rss());
    }

    /// Forgets it: `reset_mm_hiwater_rss`.
    void resetHighRss() {
        highRss = rss();
    }

    /// All mapped pages: total_vm.
    public long totalVm() {
        return counters.total();
    }

    // The program's layout.

    public long mmapBase() {
        return mmapBase;
    }

    /// Where code and data lie, for /proc and RLIMIT_DATA.
    public void setCode(long startCode, long endCode, long startData, long endData) {
        this.startCode = startCode;
        this.endCode = endCode;
        this.startData = startData;
        this.endData = endData;
    }

    /// Where the heap begins; it is empty.
    public void setHeap(long startBrk) {
        this.startBrk = startBrk;
        this.brk = startBrk;
    }

    void setBrk(long brk) {
        this.brk = brk;
    }

    /// Where the argument and environment strings lie on the stack, and the stack pointer at the
    /// start.
    public void setArguments(long argStart, long argEnd, long envStart, long envEnd, long startStack) {
        this.argStart = argStart;
        this.argEnd = argEnd;
        this.envStart = envStart;
        this.envEnd = envEnd;
        this.startStack = startStack;
    }

    /// The auxiliary vector as /proc/PID/auxv shows it.
    public void setAuxv(byte[] auxv) {
        this.auxv = auxv.clone();
    }

    void copyLayout(Mm from) {
        setCode(from.startCode, from.endCode, from.startData, from.endData);
        startBrk = from.startBrk;
        brk = from.brk;
        setArguments(from.argStart, from.argEnd, from.envStart, from.envEnd, from.startStack);
        auxv = from.auxv;
        signalTrampoline = from.signalTrampoline;
        defaultFlags = 0;
    }

    /// Where code lies that the kernel has mapped and that calls `rt_sigreturn`; 0 without.
    public long signalTrampoline() {
        return signalTrampoline;
    }

    /// Called once, by the program's own thread.
    public void setSignalTrampoline(long address) {
        signalTrampoline = address;
    }

    public long startBrk() {
        return startBrk;
    }

    public long brkEnd() {
        return brk;
    }

    public long startCode() {
        return startCode;
    }

    public long endCode() {
        return endCode;
    }

    public long startData() {
        return startData;
    }

    public long endData() {
        return endData;
    }

    public long startStack() {
        return startStack;
    }

    public long argStart() {
        return argStart;
    }

    public long argEnd() {
        return argEnd;
    }

    public long envStart() {
        return envStart;
    }

    public long envEnd() {
        return envEnd;
    }

    public byte[] auxv() {
        return auxv.clone();
    }

    // Helpers of the calls.

    /// Has pages promised that a mapping may need: `security_vm_enough_memory_mm`. ENOMEM.
    void commit(long pages) {
        kernel.overcommit().commit(this, pages);
    }

    /// Gives a promise back: `vm_unacct_memory`.
    void uncommit(long pages) {
        kernel.overcommit().uncommit(pages);
    }

    /// Takes mmap_lock for write, EINTR when a fatal signal comes first.
    void writeLockKillable() {
        if (!mmapLock.writeLockKillable()) {
            throw Errno.EINTR.exception();
        }
    }
}
