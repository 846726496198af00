package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// What is written to `/proc/PID/clear_refs`: forgets which pages were used, or stored to, since.
/// `clear_refs_write`.
public final class ClearRefs {

    /// What a number means: `enum clear_refs_types`.
    private enum Type {
        ALL,
        ANON,
        MAPPED,
        SOFT_DIRTY,
        HIWATER_RSS
    }

    private final Mm mm;

    public ClearRefs(Mm mm) {
        this.mm = mm;
    }

    /// `number` is 1 to 5; EINVAL for others.
    public void clear(long number) {
        if (number < 1 || number > Type.values().length) {
            throw Errno.EINVAL.exception();
        }
        Type type = Type.values()[(int) number - 1];
        mm.writeLockKillable();
        try {
            switch (type) {
                case HIWATER_RSS -> mm.resetHighRss();
                case SOFT_DIRTY -> clearSoftDirty();
                case ALL, ANON, MAPPED -> clearYoung(type);
            }
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// No flush: a TLB that still has the translation uses the page without saying so, until it forgets it.
    private void clearYoung(Type type) {
        for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
            boolean wanted = type == Type.ALL || (type == Type.ANON) == vma.isAnonymous();
            if (wanted && !vma.has(Vma.VM_PFNMAP)) {
                walk(vma, null);
            }
        }
    }

    /// Every page loses its soft-dirty bit and the right to be written, so that the next store is noticed. The VMAs
    /// stay closed to faults without mmap_lock until TLBs are flushed: a fault that copied a page before could miss
    /// a store.
    private void clearSoftDirty() {
        if (!mm.kernel().format().tracksSoftDirty()) {
            return;
        }
        long end = mm.kernel().format().userEnd();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.SOFT_DIRTY, 0, end);
        MmuGather gather = mm.gather();
        for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
            vma.beginWrite();
            vma.setRights(vma.flags() & ~Vma.VM_SOFTDIRTY, vma.pkey());
            if (!vma.has(Vma.VM_PFNMAP)) {
                walk(vma, gather);
            }
        }
        gather.finish();
        for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
            vma.endWrite();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.SOFT_DIRTY, 0, end);
    }

    /// Clears soft-dirty bits, to be flushed by `gather`, or without one the accessed bits.
    private void walk(Vma vma, @Nullable MmuGather gather) {
        PageTable table = mm.pageTable();
        long va = vma.start();
        while (va < vma.end()) {
            long stop = Math.min(vma.end(), table.endOfTable(va));
            if (clearHuge(va, stop, gather)) {
                va = stop;
                continue;
            }
            long ptePa = table.find(va);
            if (ptePa != 0) {
                SpinLock lock = table.lockOf(ptePa);
                lock.lock();
                for (; va < stop; va += mm.geometry().bytes(), ptePa += Long.BYTES) {
                    clearPte(table, va, ptePa, gather);
                }
                lock.unlock();
            }
            va = stop;
        }
    }

    /// `clear_soft_dirty_pmd`, and its like for the accessed bit, which is not flushed here either.
    private boolean clearHuge(long start, long stop, @Nullable MmuGather gather) {
        PageTableFormat format = mm.pageTable().format();
        if (gather == null) {
            return HugeMappings.change(mm.gather(), mm, start, stop, format::mkOld);
        }
        return HugeMappings.change(gather, mm, start, stop, pte -> format.clearSoftDirty(format.wrProtect(pte)));
    }

    private void clearPte(PageTable table, long va, long ptePa, @Nullable MmuGather gather) {
        PageTableFormat format = table.format();
        long pte = table.load(ptePa);
        if (!format.isPresent(pte)) {
            if (gather != null && format.hasSwapBits(pte)) {
                table.store(ptePa, format.clearSwapSoftDirty(pte));
            }
            return;
        }
        if (gather == null) {
            while (!format.isSpecial(pte) && format.isYoung(pte)) {
                if (table.compareAndSet(va, ptePa, pte, format.mkOld(pte))) {
                    return;
                }
                pte = table.load(ptePa);
            }
            return;
        }
        // Taken out and put back, so that no bit of the hardware is lost in between.
        pte = table.getAndClear(va, ptePa);
        table.store(ptePa, format.clearSoftDirty(format.wrProtect(pte)));
        gather.addRange(va, va + mm.geometry().bytes());
    }
}
