package faultline.kernel.mm.fault;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.PerCpuRwSemaphore;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// One fault that holds no lock which keeps its VMA as it is: FAULT_FLAG_SPECULATIVE.
///
/// It works on a copy of the VMA and on what it saw at its beginning; what it stores counts only if
/// nothing has changed by then. It makes no page tables, and but for the choices of [TryPolicy] waits
/// for nobody (I5). How a change is noticed is the series' own, and so are its counters; the walk and
/// the two checks around the PTE lock both series have alike. A task has one record a series and uses
/// it again.
abstract class Speculation {

    /// Why a fault is given up.
    enum Refusal {
        /// No table above the PTE table.
        NO_UPPER_TABLE,
        /// No PTE table, be it that nothing is there or a huge page.
        NO_TABLE,
        /// A writer came before the PTE lock was asked for.
        CHANGED,
        /// The upper entry is not the one the table was found by.
        TABLE_CHANGED,
        /// Somebody holds the PTE lock.
        LOCKED,
        /// A writer came while the PTE lock was asked for.
        CHANGED_MEANWHILE,
        /// A subscriber of MMU notifiers is coming.
        NOTIFIER,
        /// The VMA has had no anonymous page, and looking for a neighbour's AnonVma needs `mmap_lock`.
        NO_ANON_VMA,
        /// A writer came before the file was looked at: it may be another's by now, or nobody's.
        FILE_CHANGED,
        /// The page of the fault is not among those that could be mapped without waiting.
        NOT_AMONG_CACHED,
        /// The page of the fault cannot be had without waiting, or not at all.
        NO_PAGE,
        /// Somebody in user space handles the fault.
        USERFAULT,
        /// What is in the place of the page is none that is swapped out.
        NON_SWAP_ENTRY,
        /// The page is swapped out.
        SWAPPED,
        /// It is, and not in the swap cache.
        NOT_IN_SWAP_CACHE,
        /// Somebody has the lock of the page in the swap cache.
        SWAP_PAGE_LOCKED
    }

    /// What is done about a page that is swapped out.
    enum Swap {
        /// Nothing.
        NONE,
        /// It is mapped if the swap cache has it and its lock is free.
        CACHED,
        /// It is read, if that takes no time, and its lock waited for.
        READ_ALONE,
        /// It is read, with its neighbours in the VMA as that is now, and waited for.
        READ_AHEAD
    }

    /// What a fault turns out to be.
    enum Kind {
        ANON,
        FILE,
        SWAP,
        NUMA,
        PTE,
        WP
    }

    final KernelMemory kernel;
    final Rcu rcu;
    private final PageTableFormat format;
    private final LocklessWalk protection;
    private final TryPolicy policy;
    private final boolean checksUnderLock;
    private final boolean losesPages;
    private final TableMaking tables;

    /// What the fault takes for its VMA.
    private final Vma copy;

    /// Where the table's entry is, and what it was: `orig_pmd`.
    private long pmdPa;

    private long pmd;

    /// `checksUnderLock` looks at the PMD again once the PTE lock is held; `losesPages` forgets the
    /// reference to a page that it cannot use.
    Speculation(
            Mm mm,
            LocklessWalk protection,
            TryPolicy policy,
            TableMaking tables,
            boolean checksUnderLock,
            boolean losesPages) {
        this.kernel = mm.kernel();
        this.format = kernel.format();
        this.rcu = kernel.rcu();
        this.protection = protection;
        this.policy = policy;
        this.checksUnderLock = checksUnderLock;
        this.losesPages = losesPages;
        this.tables = tables;
        this.copy = Vma.forCopies(mm);
    }

    /// The VMA as it was when the fault began.
    final Vma vma() {
        return copy;
    }

    /// Whether a writer has come since the fault began.
    abstract boolean hasChanged();

    /// Counts why the fault is given up.
    abstract void refused(Refusal reason);

    /// Hears what the fault turned out to be.
    abstract void attempted(Kind kind, PageTable table);

    /// What the series does about a page that is swapped out.
    abstract Swap swap();

    /// Whether the series waits for a page that is being moved to another frame.
    boolean awaitsMigration() {
        return false;
    }

    /// Whether the series looks who handles a fault in user space, by the VMA itself.
    boolean meetsHandlers() {
        return false;
    }

    /// The VMA itself, as far as the series keeps it: what it is by now, and not what it was when the fault began.
    Vma liveVma() {
        return copy;
    }

    /// Whether `anon_vma_prepare` has been done: false when the fault is to be given up.
    final boolean hasAnonVma() {
        return copy.hasAnonVma() || giveUp(Refusal.NO_ANON_VMA);
    }

    /// Begins a section in which the file of the VMA stays what it is: who unmaps the VMA later releases it
    /// after a grace period. False, without one, when the fault is to be given up. Nothing is waited for
    /// before [#endFileSection].
    final boolean beginFileSection() {
        Vcpu self = KernelThread.current().vcpu();
        rcu.readLock(self);
        if (hasChanged()) {
            rcu.readUnlock(self);
            return giveUp(Refusal.FILE_CHANGED);
        }
        return true;
    }

    final void endFileSection() {
        rcu.readUnlock(KernelThread.current().vcpu());
    }

    /// Gives back a page of a file that was found and cannot be used.
    final void giveBack(Page page) {
        if (losesPages) {
            kernel.lose(page, Defect.PAGE_LOST.toString());
        } else {
            kernel.allocator().put(page);
        }
    }

    /// Keeps new subscribers out from before the start of an invalidation until [#endNotifying], where the design
    /// has a lock for that: `mmu_notifier_trylock`. False when the fault is to be given up.
    final boolean beginNotifying() {
        PerCpuRwSemaphore lock = copy.mm().notifierLock();
        return lock == null || lock.tryReadLock() || giveUp(Refusal.NOTIFIER);
    }

    /// `mmu_notifier_unlock`.
    final void endNotifying() {
        PerCpuRwSemaphore lock = copy.mm().notifierLock();
        if (lock != null) {
            lock.readUnlock();
        }
    }

    /// Whether subscribers hear the end of a copy that is given up.
    boolean tellsEndOfGivenUp() {
        return true;
    }

    /// Looks the PTE up: leaves its place and what is there in `fault`. False when the fault is to be
    /// given up.
    boolean walk(PageTable table, PageFault fault) {
        boolean present = look(table, fault);
        if (!present && pmdPa != 0 && tables != TableMaking.OFF) {
            makeTable(table, fault);
            present = look(table, fault);
        }
        return present || giveUp(pmdPa == 0 ? Refusal.NO_UPPER_TABLE : Refusal.NO_TABLE);
    }

    private boolean look(PageTable table, PageFault fault) {
        Vcpu self = KernelThread.current().vcpu();
        protection.begin(self, rcu);
        pmdPa = table.findPmd(fault.address());
        boolean present = false;
        if (pmdPa != 0) {
            pmd = table.loadPmd(pmdPa);
            present = format.isPresent(pmd) && !format.isHuge(pmd);
        }
        if (present) {
            fault.ptePa = table.pteIn(pmd, fault.address());
            fault.snapshot = table.load(fault.ptePa);
        }
        protection.end(self, rcu);
        return present;
    }

    /// Makes the PTE table, if nothing has changed since the fault began. The frame is taken with nothing held.
    private void makeTable(PageTable table, PageFault fault) {
        long fresh = table.newTable();
        if (fresh == 0) {
            return;
        }
        Vcpu self = KernelThread.current().vcpu();
        protection.begin(self, rcu);
        long place = table.findPmd(fault.address());
        boolean hooked = place != 0
                && !hasChanged()
                && table.tryHook(place, fresh, () -> tables == TableMaking.LOCKED && hasChanged());
        protection.end(self, rcu);
        if (!hooked) {
            table.discard(fresh);
        }
    }

    /// The entry of the PTE table that [#walk] found.
    final long pmdPa() {
        return pmdPa;
    }

    /// Takes the lock of the PTE, if nothing has changed since the fault began: `pte_map_lock` and
    /// `pte_spinlock`. Null when the fault is to be given up.
    final @Nullable SpinLock lockPte(PageTable table, PageFault fault) {
        Vcpu self = KernelThread.current().vcpu();
        while (true) {
            protection.begin(self, rcu);
            SpinLock lock = null;
            Refusal reason = changeBefore(table);
            if (reason == null) {
                lock = table.lockOf(fault.ptePa);
                reason = tryLock(table, lock);
            }
            protection.end(self, rcu);
            if (reason == null) {
                return lock;
            }
            if (reason != Refusal.LOCKED || policy == TryPolicy.ONCE) {
                refused(reason);
                return null;
            }
            kernel.steps().schedule().spin();
        }
    }

    private @Nullable Refusal changeBefore(PageTable table) {
        if (hasChanged()) {
            return Refusal.CHANGED;
        }
        return table.loadPmd(pmdPa) == pmd ? null : Refusal.TABLE_CHANGED;
    }

    private @Nullable Refusal tryLock(PageTable table, SpinLock lock) {
        if (policy == TryPolicy.BLOCK) {
            lock.lock();
        } else if (!lock.tryLock()) {
            return Refusal.LOCKED;
        }
        if (hasChanged()) {
            lock.unlock();
            return Refusal.CHANGED_MEANWHILE;
        }
        if (checksUnderLock && table.loadPmd(pmdPa) != pmd) {
            lock.unlock();
            return Refusal.TABLE_CHANGED;
        }
        return null;
    }

    private boolean giveUp(Refusal reason) {
        refused(reason);
        return false;
    }
}
