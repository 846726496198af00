package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Moves pages of an address space to other nodes: what mbind, migrate_pages and move_pages have in common.
///
/// Pages are collected, each with a reference, while `mmap_lock` keeps the VMAs, and moved afterwards. A huge page is
/// split first; its pages are moved one by one. One thread.
final class PageMoves {

    /// A page to be moved, and where it was found.
    private record Found(Page page, Vma vma, long va) {}

    private final Mm mm;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final Migration migration;

    /// Pages that others map are moved, too: MPOL_MF_MOVE_ALL.
    private final boolean all;

    private final List<Found> found = new ArrayList<>();

    /// Maps the page at an address again: a page of a file loses its PTEs while it is moved.
    private final LongConsumer mapAgain;

    PageMoves(Mm mm, boolean all, LongConsumer mapAgain) {
        this.mapAgain = mapAgain;
        this.mm = mm;
        this.geometry = mm.geometry();
        this.allocator = mm.kernel().allocator();
        this.migration = new Migration(mm.kernel());
        this.all = all;
    }

    /// Collects the pages in `[start, end)` of a VMA that are on a node that `misplaced` knows; returns how many
    /// there are, be they moved or not. `queue_pages_range`. The caller holds `mmap_lock`.
    int collect(Vma vma, long start, long end, IntPredicate misplaced, boolean moves) {
        PageTable table = mm.pageTable();
        int count = 0;
        for (long va = start; va < end; ) {
            long stop = Math.min(end, table.endOfTable(va));
            if (moves) {
                table.huge().split(va);
            }
            count += collectTable(vma, va, stop, misplaced, moves);
            va = stop;
        }
        return count;
    }

    private int collectTable(Vma vma, long start, long stop, IntPredicate misplaced, boolean moves) {
        PageTable table = mm.pageTable();
        long pmd = table.huge().find(start);
        if (pmd != 0) {
            return countHuge(start, stop, pmd, misplaced);
        }
        long ptePa = table.lockInTable(start);
        if (ptePa == 0) {
            return 0;
        }
        int count = 0;
        SpinLock lock = table.lockOf(ptePa);
        for (long va = start; va < stop; va += geometry.bytes(), ptePa += Long.BYTES) {
            Page page = pageOf(table.load(ptePa));
            if (page != null && misplaced.test(allocator.nodeOf(page.pfn()))) {
                count++;
                if (moves && isMovable(page)) {
                    page.get();
                    found.add(new Found(page, vma, va));
                }
            }
        }
        lock.unlock();
        return count;
    }

    private int countHuge(long start, long stop, long pmdPa, IntPredicate misplaced) {
        long pmd = mm.pageTable().huge().lockFound(pmdPa);
        if (pmd == 0) {
            return 0;
        }
        boolean counts = misplaced.test(allocator.nodeOf(mm.pageTable().format().pfn(pmd)));
        mm.pageTable().huge().lock().unlock();
        return counts ? (int) (stop - start >>> geometry.shift()) : 0;
    }

    private @Nullable Page pageOf(long pte) {
        PageTableFormat format = mm.pageTable().format();
        return format.hasPage(pte) ? allocator.page(format.pfn(pte)) : null;
    }

    private boolean isMovable(Page page) {
        return !page.isReserved() && (all || page.mapcount() == 1);
    }

    /// Looks at the page at an address: the node it is on, an errno as move_pages tells it, or -1, when it was
    /// collected because it is to be on `node`. `add_folio_for_migration`. The caller holds `mmap_lock`.
    int add(long va, int node) {
        Vma vma = mm.vmaAt(va);
        if (vma == null) {
            return error(Errno.EFAULT);
        }
        long at = geometry.down(va);
        PageTable table = mm.pageTable();
        table.huge().split(at);
        long ptePa = table.lockAt(at);
        if (ptePa == 0) {
            return error(Errno.ENOENT);
        }
        SpinLock lock = table.lockOf(ptePa);
        long pte = table.load(ptePa);
        int result;
        if (!table.format().isPresent(pte)) {
            result = error(Errno.ENOENT);
        } else {
            result = add(pageOf(pte), vma, at, node);
        }
        lock.unlock();
        return result;
    }

    private int add(@Nullable Page page, Vma vma, long va, int node) {
        if (page == null) {
            return error(Errno.EFAULT);
        }
        if (allocator.nodeOf(page.pfn()) == node) {
            return node;
        }
        if (!isMovable(page)) {
            return error(page.isReserved() ? Errno.EBUSY : Errno.EACCES);
        }
        page.get();
        found.add(new Found(page, vma, va));
        return -1;
    }

    /// An errno as a negative `int`, which -1, that of EPERM, is never.
    private static int error(Errno errno) {
        return (int) errno.result();
    }

    /// Moves what was collected to frames that `target` makes, and forgets it; returns how many pages stayed where
    /// they were, or -ENOMEM where no frame was to be had. `migrate_pages`. May block.
    private int run(BiFunction<Vma, Found, @Nullable Page> target) {
        int stayed = 0;
        boolean full = false;
        for (Found one : found) {
            Page to = full ? null : target.apply(one.vma, one);
            full = to == null;
            boolean cached = one.page.mapping() != null;
            boolean moved = to != null && migration.move(one.page, to);
            stayed += moved ? 0 : 1;
            if (moved && cached) {
                mapAgain.accept(one.va);
            }
            if (to != null) {
                allocator.put(to);
            }
            allocator.put(one.page);
        }
        found.clear();
        return full ? error(Errno.ENOMEM) : stayed;
    }

    /// Whether nothing was collected.
    boolean isEmpty() {
        return found.isEmpty();
    }

    /// Forgets what was collected, which stays where it is.
    void forget() {
        found.forEach(one -> allocator.put(one.page));
        found.clear();
    }

    /// To a node, and no other.
    int moveTo(int node) {
        return run((_, _) -> allocator.tryAllocOn(node, 1L << node, false));
    }

    /// Each to the node that `of` has for the one it is on.
    int moveTo(int[] of) {
        return run((_, one) -> {
            int node = of[allocator.nodeOf(one.page.pfn())];
            return allocator.tryAllocOn(node, 1L << node, false);
        });
    }

    /// To where a policy says. The VMAs may be gone by now: of them only where their pages are in their files is
    /// looked at.
    int moveBy(@Nullable MemPolicy policy) {
        return run((vma, one) -> mm.kernel().nodes().newPage(vma, policy, one.va, false));
    }
}
