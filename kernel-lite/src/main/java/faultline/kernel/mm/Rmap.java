package faultline.kernel.mm;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// From an anonymous page to the PTEs that map it: `rmap_walk_anon`.
final class Rmap {

    /// Hears of one PTE of the page, with its lock.
    interface Visitor {
        void at(Vma vma, long va, long ptePa);
    }

    private Rmap() {}

    /// Shows every PTE that maps an anonymous page. The caller has a reference to the page and no spinning lock.
    static void walk(KernelMemory kernel, Page page, Visitor visitor) {
        AnonVma anon = kernel.anonVmas().find(page.anonVma());
        if (anon != null) {
            anon.forEach(vma -> look(vma, page, visitor));
        }
    }

    /// Where a page would be in a VMA, or -1: `vma_address`.
    static long addressIn(Vma vma, Page page) {
        long first = vma.pgoff();
        if (page.index() < first || page.index() >= first + vma.pages()) {
            return -1;
        }
        return vma.start() + ((page.index() - first) << vma.mm().geometry().shift());
    }

    /// Makes the PTE at `va` old if it maps the frame `pfn`, or whatever it maps where that is -1; whether it was
    /// young. The flush, which `batch` makes later, has the next use noted again.
    static boolean takeUse(Vma vma, long va, long pfn, UnmapBatch batch) {
        int huge = HugeMappings.takeUse(vma, va, pfn, batch);
        if (huge >= 0) {
            return huge > 0;
        }
        PageTable table = vma.mm().pageTable();
        PageTableFormat format = table.format();
        long ptePa = table.lockInTable(va);
        if (ptePa == 0) {
            return false;
        }
        SpinLock lock = table.lockOf(ptePa);
        long pte = table.load(ptePa);
        boolean young = format.hasPage(pte) && (pfn < 0 || format.pfn(pte) == pfn) && format.isYoung(pte);
        if (young && table.compareAndSet(va, ptePa, pte, format.mkOld(pte))) {
            batch.aged(vma.mm(), va);
        }
        lock.unlock();
        return young;
    }

    private static void look(Vma vma, Page page, Visitor visitor) {
        long va = addressIn(vma, page);
        if (va < 0) {
            return;
        }
        PageTable table = vma.mm().pageTable();
        long ptePa = table.lockAt(va);
        if (ptePa == 0) {
            return;
        }
        SpinLock lock = table.lockOf(ptePa);
        if (table.format().maps(table.load(ptePa), page.pfn())) {
            visitor.at(vma, va, ptePa);
        }
        lock.unlock();
    }
}
