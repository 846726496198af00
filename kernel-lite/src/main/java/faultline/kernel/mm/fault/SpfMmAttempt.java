package faultline.kernel.mm.fault;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SeqCount;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// One fault of [SpfMmDesign]: the copy of its VMA, the value of `mmap_seq` it relies on, and the
/// upper entry it found its table by. Every way to give up has its counter.
final class SpfMmAttempt extends Speculation {

    private final KernelMemory kernel;
    private final PageTableFormat format;
    private final Rcu rcu;
    private final LocklessWalk protection;
    private final SeqCount sequence;

    /// `pvma`: what the fault takes for its VMA.
    private final Vma copy;

    /// What `mmap_seq` was at the start: even.
    private long seen;

    /// Where the table's entry is, and what it was: `orig_pmd`.
    private long pmdPa;

    private long pmd;

    SpfMmAttempt(Mm mm) {
        this.kernel = mm.kernel();
        this.format = kernel.format();
        this.rcu = kernel.rcu();
        this.protection = kernel.tableReclaim().walk();
        this.sequence = mm.mmapLock().sequence();
        this.copy = Vma.forCopies(mm);
    }

    /// The VMA as it was when the fault began.
    Vma vma() {
        return copy;
    }

    /// Copies the VMA and looks whether it permits the access; false when the fault is to be given up.
    boolean begin(PageFault fault) {
        Mm mm = copy.mm();
        seen = sequence.beginRead();
        if ((seen & 1) != 0) {
            return abort(VmEvent.SPF_ABORT_ODD);
        }
        Vcpu self = KernelThread.current().vcpu();
        rcu.readLock(self);
        Vma vma = mm.findVma(fault.address());
        VmEvent refusal = refusal(vma, fault);
        if (vma != null && refusal == null) {
            copy.copyFrom(vma);
        }
        rcu.readUnlock(self);
        if (refusal != null) {
            return abort(refusal);
        }
        if (sequence.retry(seen)) {
            return abort(VmEvent.SPF_ABORT_VMA_COPY);
        }
        // No signal from here: who holds mmap_lock decides what it is.
        return !fault.accessError(copy) || abort(VmEvent.SPF_ABORT_ACCESS_ERROR);
    }

    private static @Nullable VmEvent refusal(@Nullable Vma vma, PageFault fault) {
        // Below a stack nothing is mapped yet: it grows under mmap_lock.
        if (vma == null || Long.compareUnsigned(vma.start(), fault.address()) > 0) {
            return VmEvent.SPF_ABORT_UNMAPPED;
        }
        return vma.isAnonymous() ? null : VmEvent.SPF_ABORT_NO_SPECULATE;
    }

    @Override
    boolean walk(PageTable table, PageFault fault) {
        Vcpu self = KernelThread.current().vcpu();
        protection.begin(self, rcu);
        pmdPa = table.findPmd(fault.address());
        boolean present = false;
        if (pmdPa != 0) {
            pmd = table.loadPmd(pmdPa);
            present = format.isPresent(pmd);
        }
        if (present) {
            fault.ptePa = table.pteIn(pmd, fault.address());
            fault.snapshot = table.load(fault.ptePa);
        }
        protection.end(self, rcu);
        return present || abort(pmdPa == 0 ? VmEvent.SPF_ABORT_PUD : VmEvent.SPF_ABORT_PMD);
    }

    /// The lock is tried once: who waited for it would starve behind a stream of others, and with
    /// interrupts off its holder's shootdown would wait for who waits.
    @Override
    @Nullable
    SpinLock lockPte(PageTable table, PageFault fault) {
        Vcpu self = KernelThread.current().vcpu();
        protection.begin(self, rcu);
        SpinLock lock = null;
        VmEvent change = changeBefore(table);
        if (change == null) {
            lock = table.lockOf(fault.ptePa);
            change = tryLock(lock);
        }
        protection.end(self, rcu);
        if (change != null) {
            boolean _ = abort(change);
            return null;
        }
        return lock;
    }

    private @Nullable VmEvent changeBefore(PageTable table) {
        if (sequence.retry(seen)) {
            return VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1;
        }
        return table.loadPmd(pmdPa) == pmd ? null : VmEvent.SPF_ABORT_PTE_MAP_LOCK_PMD;
    }

    private @Nullable VmEvent tryLock(SpinLock lock) {
        if (!lock.tryLock()) {
            return VmEvent.SPF_ABORT_PTE_MAP_LOCK_PTL;
        }
        if (sequence.retry(seen)) {
            lock.unlock();
            return VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2;
        }
        return null;
    }

    private boolean abort(VmEvent reason) {
        kernel.count(reason, 1);
        return false;
    }
}
