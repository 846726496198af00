package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import org.jspecify.annotations.Nullable;

/// Puts a shared page in the place of one with the same contents: `try_to_merge_one_page`.
///
/// Page lock, tried → the PTE loses the right to store, flushed → does nobody but PTEs and the swap cache
/// have a reference? → contents compared → the PTE, if it is still the same, gets the other page. After the
/// flush nobody can store to the page but by a fault, which copies it, for who merges has a reference; and by
/// a reference that was there before (a device that writes to it), which the count shows.
final class KsmMerge {

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final SwapSpace swap;
    private final Steps steps;
    private final KsmContents contents;

    KsmMerge(KernelMemory kernel, KsmContents contents) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.swap = kernel.swap();
        this.steps = kernel.steps();
        this.contents = contents;
    }

    /// The anonymous page at `va` with a reference, or null. The caller holds `mmap_lock`.
    @Nullable
    Page pageAt(Vma vma, long va) {
        return vma.mm().pageTable().readPte(va, this::referenced);
    }

    /// Called with the lock of the entry.
    private @Nullable Page referenced(long pte) {
        if (!format.hasPage(pte)) {
            return null;
        }
        Page page = allocator.page(format.pfn(pte));
        if (!page.isAnon()) {
            return null;
        }
        page.get();
        return page;
    }

    /// Has `page`, to which the caller has a reference and which is mapped at `va`, become the shared one
    /// that `node` is for. The caller holds `mmap_lock`.
    boolean share(Vma vma, long va, Page page, KsmNode node) {
        if (!lock(page)) {
            return false;
        }
        boolean done = protect(vma, va, page) != 0 && contents.checksum(page) == node.checksum;
        if (done) {
            steps.at(KsmStep.KSM_SHARE, va);
            // What is in it may be nowhere else.
            page.setDirty();
            page.becomeKsm(node.id);
        }
        swap.locks().unlock(page);
        return done;
    }

    /// Puts `shared`, to which the caller has a reference, in the place of `page`. True also where it is there.
    boolean merge(Vma vma, long va, Page page, Page shared) {
        if (page == shared) {
            return true;
        }
        if (!lock(page)) {
            return false;
        }
        long pte = protect(vma, va, page);
        boolean done = pte != 0 && contents.same(page, shared) && replace(vma, va, pte, page, shared);
        swap.locks().unlock(page);
        if (done) {
            // The reference of the PTE that is gone.
            allocator.put(page);
        }
        return done;
    }

    /// A page whose contents may go is left to go.
    private boolean lock(Page page) {
        if (!page.isAnon() || page.isLazyFree() || !swap.locks().tryLock(page)) {
            return false;
        }
        if (page.isKsm()) {
            // Another mapping of it was merged, and this one is found again.
            swap.locks().unlock(page);
            return false;
        }
        return true;
    }

    /// `write_protect_page`: the PTE as it is then; 0 where it maps another page by now, or somebody has a
    /// reference that is not known.
    private long protect(Vma vma, long va, Page page) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long end = va + mm.geometry().bytes();
        steps.at(KsmStep.KSM_WRITE_PROTECT, va);
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        if (table.huge().find(va) != 0) {
            kernel.count(VmEvent.THP_SPLIT_PAGE, 1);
        }
        long ptePa = table.lockAt(va);
        long pte = 0;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            if (maps(table.load(ptePa), page)) {
                pte = protectLocked(mm, va, ptePa, page);
            }
            lock.unlock();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        return pte;
    }

    /// A page whose next store somebody in user space handles stays what it is.
    private boolean maps(long pte, Page page) {
        return format.maps(pte, page.pfn()) && !format.isUffdWp(pte);
    }

    /// Taken out and flushed before the references are counted: who looks the page up without locks either
    /// has his by then, or sees that the PTE is another and gives it back.
    private long protectLocked(Mm mm, long va, long ptePa, Page page) {
        PageTable table = mm.pageTable();
        long pte = table.getAndClear(va, ptePa);
        mm.flushTlb(va, va + mm.geometry().bytes());
        int known = page.mapcount() + 1 + (page.isSwapCache() ? 1 : 0);
        if (page.refcount() != known) {
            table.store(ptePa, pte);
            return 0;
        }
        if (format.isDirty(pte)) {
            page.setDirty();
        }
        long still = format.mkClean(format.wrProtect(pte));
        table.store(ptePa, still);
        return still;
    }

    /// `replace_page`, with the page's lock. `shared` may be the zero page.
    private boolean replace(Vma vma, long va, long expected, Page page, Page shared) {
        Mm mm = vma.mm();
        PageTable table = mm.pageTable();
        long end = va + mm.geometry().bytes();
        steps.at(KsmStep.KSM_REPLACE, va);
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        long ptePa = table.lockInTable(va);
        boolean same = false;
        if (ptePa != 0) {
            SpinLock lock = table.lockOf(ptePa);
            // Old or young does not matter.
            same = format.isSame(format.mkYoung(table.load(ptePa)), format.mkYoung(expected));
            if (same) {
                long before = table.getAndClear(va, ptePa);
                mm.flushTlb(va, end);
                table.store(ptePa, map(vma, shared, before));
                page.removeMapping();
            }
            lock.unlock();
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (same && page.mapcount() == 0) {
            boolean _ = swap.free(page);
        }
        return same;
    }

    /// The PTE of the shared page. That it was stored to since somebody asked is not forgotten.
    private long map(Vma vma, Page shared, long before) {
        long pte = format.leaf(shared.pfn(), vma.pageProt());
        if (shared == allocator.zeroPage()) {
            pte = format.mkDirty(format.mkSpecial(pte));
            kernel.ksm().mapZero(vma.mm());
            vma.mm().addRss(RssKind.MM_ANONPAGES, -1);
        } else {
            shared.get();
            shared.addMapping();
        }
        return format.isSoftDirty(before) ? format.mkSoftDirty(pte) : format.clearSoftDirty(pte);
    }
}
