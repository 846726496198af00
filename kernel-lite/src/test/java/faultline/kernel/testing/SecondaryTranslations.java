package faultline.kernel.testing;

import faultline.core.step.Step;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.notifier.MmuNotifier;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Translations of an address space beside its page table, which only its notifiers keep true: what a
/// hypervisor has for its guest.
///
/// It has no reference to the frames it knows. So that none is entered that was looked up before an
/// invalidation, it counts those under way and those that were, and who looks a page up notes the
/// second count before and asks for both behind (`mmu_invalidate_in_progress` and `mmu_invalidate_seq`
/// of KVM).
public final class SecondaryTranslations implements MmuNotifier {

    /// What it heard, in order.
    public record Heard(String what, @Nullable MmuNotifyEvent event, long start, long end) {}

    /// Where a test may stop who looks a page up.
    public enum LookupStep implements Step {
        /// The page is known, and not entered yet: the window that the counts are for.
        LOOKED_UP
    }

    private record Entry(long pfn, boolean writable) {}

    private final Mm mm;
    private final KernelMemory kernel;
    private final Gup gup;

    // Guarded by the monitor, in which there is no step: KVM's mmu_lock.
    private final Map<Long, Entry> entries = new HashMap<>();
    private final List<Heard> heard = new ArrayList<>();
    private final List<long[]> inProgress = new ArrayList<>();
    private long sequence;
    private int unmatchedEnds;

    public SecondaryTranslations(Mm mm) {
        this.mm = mm;
        this.kernel = mm.kernel();
        this.gup = new Gup(new FaultHandler(kernel));
    }

    @Override
    public synchronized void invalidateRangeStart(MmuNotifyEvent event, long start, long end) {
        heard.add(new Heard("start", event, start, end));
        inProgress.add(new long[] {start, end});
        entries.keySet().removeIf(va -> va >= start && va < end);
    }

    @Override
    public synchronized void invalidateRangeEnd(MmuNotifyEvent event, long start, long end) {
        heard.add(new Heard("end", event, start, end));
        sequence++;
        for (int i = 0; i < inProgress.size(); i++) {
            if (inProgress.get(i)[0] == start && inProgress.get(i)[1] == end) {
                inProgress.remove(i);
                return;
            }
        }
        unmatchedEnds++;
    }

    @Override
    public synchronized void release() {
        heard.add(new Heard("release", null, 0, 0));
        entries.clear();
    }

    /// Enters the page of an address, faulted in. False when nothing is mapped there, or an invalidation is
    /// or was under way: who wants the translation tries again.
    public boolean translate(long va, boolean write) {
        long seen = sequence();
        Page page = pageOf(va, write);
        if (page == null) {
            return false;
        }
        kernel.steps().at(LookupStep.LOOKED_UP, va);
        boolean entered = enter(va, new Entry(page.pfn(), write), seen);
        if (!page.isReserved()) {
            // The notifier has it from here on.
            kernel.allocator().put(page);
        }
        return entered;
    }

    private synchronized long sequence() {
        return sequence;
    }

    private synchronized boolean enter(long va, Entry entry, long seen) {
        // mmu_invalidate_retry_hva
        if (sequence != seen || inProgress.stream().anyMatch(range -> va >= range[0] && va < range[1])) {
            return false;
        }
        entries.put(va, entry);
        return true;
    }

    /// The page of an address with a reference, none for the zero page; null when it cannot be had.
    private @Nullable Page pageOf(long va, boolean write) {
        try {
            gup.populateFor(mm, va, va + kernel.geometry().bytes(), write);
        } catch (ErrnoException _) {
            return null;
        }
        mm.mmapLock().readLock();
        try {
            PageTable table = mm.pageTable();
            long ptePa = table.lockAt(va);
            if (ptePa == 0) {
                return null;
            }
            long pte = table.load(ptePa);
            Page page = null;
            if (table.format().isPresent(pte) && (!write || table.format().isWritable(pte))) {
                page = table.format().isSpecial(pte)
                        ? kernel.allocator().zeroPage()
                        : kernel.allocator().page(table.format().pfn(pte));
                if (!page.isReserved()) {
                    page.get();
                }
            }
            table.lockOf(ptePa).unlock();
            return page;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// Stores a byte by a translation that is there and permits it; false without one.
    public synchronized boolean store(long va, int value) {
        Entry entry = entries.get(kernel.geometry().down(va));
        if (entry == null || !entry.writable) {
            return false;
        }
        kernel.memory().writeMapped(pa(entry, va), new byte[] {(byte) value}, 0, 1);
        return true;
    }

    /// Loads a byte by a translation that is there; -1 without one.
    public synchronized int load(long va) {
        Entry entry = entries.get(kernel.geometry().down(va));
        if (entry == null) {
            return -1;
        }
        byte[] found = new byte[1];
        kernel.memory().read(pa(entry, va), found, 0, 1);
        return Byte.toUnsignedInt(found[0]);
    }

    private long pa(Entry entry, long va) {
        return (entry.pfn << kernel.geometry().shift()) + kernel.geometry().offset(va);
    }

    // What a test looks at.

    public synchronized boolean has(long va) {
        return entries.containsKey(va);
    }

    /// Whether a translation is there and the page table has another, or none, or fewer rights. For who
    /// knows that all is quiet.
    public synchronized boolean isStale(long va) {
        Entry entry = entries.get(va);
        if (entry == null) {
            return false;
        }
        PageTable table = mm.pageTable();
        long ptePa = table.find(va);
        long pte = ptePa == 0 ? 0 : table.load(ptePa);
        return !table.format().isPresent(pte)
                || table.format().pfn(pte) != entry.pfn
                || entry.writable && !table.format().isWritable(pte);
    }

    /// What it heard since it was last asked.
    public synchronized List<Heard> takeHeard() {
        List<Heard> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    /// How many invalidations are under way: starts without their ends.
    public synchronized int inProgress() {
        return inProgress.size();
    }

    /// How many ends it heard of whose start it had not.
    public synchronized int unmatchedEnds() {
        return unmatchedEnds;
    }
}
