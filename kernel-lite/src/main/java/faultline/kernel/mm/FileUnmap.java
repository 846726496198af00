package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// Takes a page of a file out of page tables to reclaim it: `try_to_unmap_one`. Its flush is made later, together with
/// those of other pages.
///
/// A store through an old translation still reaches the page until then, so who puts the flush off has the page's lock
/// and neither writes nor drops it before. Whoever faults meanwhile waits for that lock.
final class FileUnmap {

    private FileUnmap() {}

    /// Takes out the PTE at `va`, if the file's page is there and no private copy. Called with the rmap lock and the
    /// page's.
    static void unmap(Vma vma, long va, UnmapBatch flushes) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long end = va + mm.geometry().bytes();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        long ptePa = table.lockInTable(va);
        Page unmapped = null;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            unmapped = unmapLocked(vma, va, ptePa, flushes);
            lock.unlock();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (unmapped != null) {
            // The PTE's reference; the caller has another.
            mm.kernel().allocator().put(unmapped);
        }
    }

    private static @Nullable Page unmapLocked(Vma vma, long va, long ptePa, UnmapBatch flushes) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long found = table.load(ptePa);
        if (!format.hasPage(found)) {
            return null;
        }
        Page page = mm.kernel().allocator().page(format.pfn(found));
        if (page.isAnon()) {
            return null;
        }
        flushes.unmapping(mm, va);
        long pte = table.getAndClear(va, ptePa);
        if (vma.has(Vma.VM_UFFD_WP) && format.isUffdWp(pte)) {
            table.store(ptePa, format.marker(PageTableFormat.MARKER_UFFD_WP));
        }
        if (format.isDirty(pte)) {
            boolean _ = page.setDirty();
        }
        mm.addRss(RssKind.of(page), -1);
        page.removeMapping();
        return page;
    }
}
