package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.mm.swap.SwapEntry;
import faultline.kernel.mm.swap.SwapSpace;

/// Empties a swap area: `try_to_unuse`.
///
/// Goes over all address spaces, reads what their PTEs name and maps it there; over shared memory; then over the
/// slots, for copies in memory that nobody names. Who swaps in, forks or ends meanwhile may carry a name past the
/// look, so it is done until the area is empty.
public final class SwapOff {

    /// A tick.
    private static final long PAUSE_NANOS = 4_000_000;

    private final KernelMemory kernel;
    private final SwapSpace swap;
    private final SwapArea area;
    private final PageTableFormat format;
    private final SwapIn swapIn;

    public SwapOff(KernelMemory kernel, SwapArea area) {
        this.kernel = kernel;
        this.swap = kernel.swap();
        this.area = area;
        this.format = kernel.format();
        this.swapIn = new SwapIn(kernel);
    }

    /// The same as [#run] unless what is promised needs the area: then throws `ErrnoException` ENOMEM.
    public void runFor(Mm asker) {
        Overcommit overcommit = kernel.overcommit();
        // Promised for a moment, while the area still counts, its pages must fit beside all that is.
        overcommit.commit(asker, area.pages());
        overcommit.uncommit(area.pages());
        run();
    }

    /// Takes the area out of use. The caller holds no lock. Throws `ErrnoException` EINTR when a signal came first and
    /// ENOMEM; then the area is in use as before.
    public void run() {
        swap.beginOff(area);
        boolean empty = false;
        try {
            empty();
            empty = true;
        } finally {
            if (!empty) {
                swap.cancelOff(area);
            }
        }
        swap.endOff(area);
    }

    private void empty() {
        KernelThread self = KernelThread.current();
        while (area.used() > 0) {
            for (Mm mm : kernel.spaces()) {
                if (mm.tryGet()) {
                    try {
                        emptyIn(mm);
                    } finally {
                        mm.put();
                    }
                }
            }
            bringSharedBack();
            freeCopies();
            if (area.used() > 0) {
                checkSignal(self);
                self.block(self.schedule().nanoTime() + PAUSE_NANOS);
            }
        }
    }

    private static void checkSignal(KernelThread self) {
        if (self.signalPending()) {
            throw Errno.EINTR.exception();
        }
    }

    /// `unuse_mm`.
    private void emptyIn(Mm mm) {
        if (mm.rss(RssKind.MM_SWAPENTS) == 0) {
            return;
        }
        checkSignal(KernelThread.current());
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                if (vma.anonVma() != null) {
                    emptyIn(mm, vma);
                }
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    private void emptyIn(Mm mm, Vma vma) {
        PageTable table = mm.pageTable();
        int bytes = mm.geometry().bytes();
        for (long va = vma.start(); va < vma.end(); va += bytes) {
            table.beginLook();
            long ptePa = table.findInTable(va);
            long pte = ptePa == 0 ? 0 : table.load(ptePa);
            table.endLook();
            if (ptePa == 0) {
                va = Math.min(vma.end(), table.endOfTable(va)) - bytes;
            } else if (format.isSwap(pte) && format.swapType(pte) == area.type()) {
                checkSignal(KernelThread.current());
                bringIn(vma, va, pte);
            }
        }
    }

    /// `unuse_pte`.
    private void bringIn(Vma vma, long va, long pte) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long entry = mm.swapEntry(pte);
        Page page = swap.findOrRead(entry);
        if (page == null) {
            if (swap.count(entry) != 0) {
                throw Errno.ENOMEM.exception();
            }
            return;
        }
        swap.locks().lock(page);
        swap.awaitWriteback(page);
        boolean mapped = false;
        Page copy = null;
        if (swap.isCopyOf(page, entry) && kernel.ksm().isAnothers(vma, va, page)) {
            copy = swapIn.copyFor(page);
            if (copy == null) {
                swap.locks().unlock(page);
                kernel.allocator().put(page);
                throw Errno.ENOMEM.exception();
            }
        }
        long ptePa = swap.isCopyOf(page, entry) ? table.lockInTable(va) : 0;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            if (format.isSame(table.load(ptePa), pte)) {
                if (copy == null) {
                    // The PTE's own: once its lock is gone anybody may unmap the page.
                    page.get();
                }
                long _ = swapIn.map(vma, va, ptePa, pte, page, copy, false);
                mapped = true;
            }
            lock.unlock();
        }
        boolean _ = swap.free(page);
        swap.locks().unlock(page);
        if (!mapped && copy != null) {
            kernel.allocator().put(copy);
        }
        kernel.allocator().put(page);
    }

    /// `shmem_unuse`.
    private void bringSharedBack() {
        checkSignal(KernelThread.current());
        if (!kernel.allocator().bringSharedBack(entry -> SwapEntry.type(entry) == area.type())) {
            throw Errno.ENOMEM.exception();
        }
    }

    private void freeCopies() {
        for (int slot = area.nextUsed(0); slot >= 0; slot = area.nextUsed(slot + 1)) {
            Page page = swap.find(SwapEntry.of(area.type(), slot));
            if (page != null) {
                swap.locks().lock(page);
                swap.awaitWriteback(page);
                if (page.isSwapCache()) {
                    boolean _ = swap.free(page);
                }
                swap.locks().unlock(page);
                kernel.allocator().put(page);
            }
        }
    }
}
