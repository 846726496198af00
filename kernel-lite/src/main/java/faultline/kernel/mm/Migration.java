package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.swap.SwapSpace;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// Moves pages to other frames while programs use them: `mm/migrate.c`.
///
/// Locks of the page and of the fresh one → every PTE becomes a migration entry, flushed → nobody else has a
/// reference? → copied → every entry becomes a PTE of the new frame, or where it could not be moved of the
/// old one. Who faults on an entry waits for the page lock. Entries are found by the page's AnonVma, and
/// counted, for VMAs and PTEs may be on their way elsewhere while one looks. Pages of files, shared memory
/// among them, lose their PTEs, and who comes to them finds them in the file's page cache.
public final class Migration {

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final SwapSpace swap;
    private final Steps steps;

    public Migration(KernelMemory kernel) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.swap = kernel.swap();
        this.steps = kernel.steps();
    }

    /// Moves a page, to which the caller has a reference, to a fresh frame, whose only reference he has. False,
    /// and everything is as before, for a page that is neither anonymous nor a file's, that has a slot of a swap
    /// area, or that somebody else looks at. May block.
    public boolean move(Page page, Page to) {
        PageCache cache = page.mapping();
        boolean moved = false;
        if (cache != null) {
            moved = cache.move(page, to);
        } else if (page.isAnon()) {
            swap.locks().lock(page);
            swap.awaitWriteback(page);
            moved = moveAnon(page, to);
        }
        kernel.count(moved ? VmEvent.PGMIGRATE_SUCCESS : VmEvent.PGMIGRATE_FAIL, 1);
        return moved;
    }

    /// The same of an anonymous page without waiting for its lock or a device: MIGRATE_ASYNC.
    public boolean tryMove(Page page, Page to) {
        boolean moved = false;
        if (page.mapping() == null && page.isAnon() && swap.locks().tryLock(page)) {
            if (swap.isUnderWriteback(page)) {
                swap.locks().unlock(page);
            } else {
                moved = moveAnon(page, to);
            }
        }
        kernel.count(moved ? VmEvent.PGMIGRATE_SUCCESS : VmEvent.PGMIGRATE_FAIL, 1);
        return moved;
    }

    /// Of a page whose lock the caller has, and gives away.
    private boolean moveAnon(Page page, Page to) {
        // Without a PTE there is nothing to move, and nothing that keeps the AnonVma.
        boolean mapped = page.isAnon() && page.mapcount() != 0;
        // One that is shared for its contents is found otherwise.
        AnonVma anon = mapped && !page.isKsm() ? kernel.anonVmas().keep(page.anonVma()) : null;
        boolean found = anon != null || mapped && page.isKsm();
        // Who finds the page by what knows it, and has another place map it or none, waits until every entry is a PTE.
        boolean fresh = swap.locks().tryLock(to);
        assert fresh : "mm: " + to + " is in use already";
        boolean moved = found && (!page.isSwapCache() || swap.free(page)) && moveLocked(anon, page, to);
        swap.locks().unlock(to);
        swap.locks().unlock(page);
        if (anon != null) {
            kernel.anonVmas().letGo(anon);
        }
        return moved;
    }

    /// Shows every place where the page may be mapped, or `now`, which is what it has become: of a page that
    /// is shared for its contents, where `anon` is null, those of its node. There only VMAs out of which
    /// mremap does not move such pages.
    private void forEachPlace(@Nullable AnonVma anon, Page page, Page now, ObjLongConsumer<Vma> visitor) {
        if (anon == null) {
            kernel.ksm().forEachPlace(page, (vma, va) -> {
                if (vma.has(Vma.VM_MERGEABLE)) {
                    visitor.accept(vma, va);
                }
            });
            return;
        }
        anon.forEach(vma -> {
            long va = Rmap.addressIn(vma, now);
            if (va >= 0) {
                visitor.accept(vma, va);
            }
        });
    }

    private boolean moveLocked(@Nullable AnonVma anon, Page page, Page to) {
        forEachPlace(anon, page, page, (vma, va) -> unmapIn(vma, va, page));
        steps.at(PageStep.PAGE_MOVE, page.pfn());
        // Who looks a page up without locks finds the entries now, and gives back what he may just have got.
        boolean alone = page.mapcount() == 0 && page.refcount() == 1;
        if (alone) {
            kernel.memory().copy(page.pa(), to.pa(), kernel.geometry().bytes());
            to.become(page);
            kernel.ksm().moved(page, to);
        }
        Page now = alone ? to : page;
        forEachPlace(anon, page, now, (vma, va) -> mapIn(vma, va, page, now));
        while (page.migrationEntries() != 0) {
            // Its VMA was between two bounds, or the entry has just been copied: fork, merge, mremap.
            steps.schedule().spin();
            forEachPlace(anon, page, now, (vma, va) -> mapIn(vma, va, page, now));
        }
        return alone;
    }

    /// `try_to_migrate_one`.
    private void unmapIn(Vma vma, long va, Page page) {
        Mm mm = vma.mm();
        long end = va + mm.geometry().bytes();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.CLEAR, va, end);
        boolean unmapped = replace(vma, va, pte -> format.maps(pte, page.pfn()) ? Change.UNMAP : Change.NONE, page);
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.CLEAR, va, end);
        if (unmapped) {
            // The reference of the PTE that is gone.
            allocator.put(page);
        }
    }

    /// `remove_migration_pte`.
    private void mapIn(Vma vma, long va, Page old, Page now) {
        if (replace(vma, va, pte -> isEntryOf(pte, old) ? Change.MAP : Change.NONE, now)) {
            old.addMigrationEntries(-1);
        }
    }

    private boolean isEntryOf(long pte, Page page) {
        return format.isMigration(pte) && format.migrationPfn(pte) == page.pfn();
    }

    private enum Change {
        NONE,
        UNMAP,
        MAP
    }

    @FunctionalInterface
    private interface Choice {
        Change of(long pte);
    }

    /// Changes the PTE at `va` as `choice` says; whether it did. `page` is what is there or is to be.
    private boolean replace(Vma vma, long va, Choice choice, Page page) {
        PageTable table = vma.mm().pageTable();
        long ptePa = table.lockAt(va);
        if (ptePa == 0) {
            return false;
        }
        SpinLock lock = table.lockOf(ptePa);
        Change change = choice.of(table.load(ptePa));
        switch (change) {
            case NONE -> {}
            case UNMAP -> unmap(vma.mm(), va, ptePa, page);
            case MAP -> map(vma, va, ptePa, page);
        }
        lock.unlock();
        return change != Change.NONE;
    }

    /// The page stays resident, though nobody maps it for now.
    private void unmap(Mm mm, long va, long ptePa, Page page) {
        PageTable table = mm.pageTable();
        long pte = table.getAndClear(va, ptePa);
        mm.flushTlb(va, va + mm.geometry().bytes());
        if (format.isDirty(pte)) {
            page.setDirty();
        }
        table.store(ptePa, format.migrationEntry(pte));
        page.addMigrationEntries(1);
        page.removeMapping();
    }

    private void map(Vma vma, long va, long ptePa, Page page) {
        page.get();
        page.addMapping();
        kernel.checkAnon(vma, page, va);
        PageTable table = vma.mm().pageTable();
        table.store(ptePa, format.migrated(table.load(ptePa), page.pfn(), vma.pageProt(), vma.isWritable()));
    }
}
