package faultline.kernel.mm.pgtable;

import faultline.core.step.Steps;
import faultline.kernel.check.Oracle;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import org.jspecify.annotations.Nullable;

/// The frames of a machine's page tables, from constructor to destructor: `pagetable_pte_ctor`,
/// `pagetable_dtor`. With checks on it knows of each whether it is one.
///
/// When a frame may go [TableReclaim] says. One serves a machine; any thread.
public final class TableFrames {

    private final PageAllocator allocator;
    private final Steps steps;
    private final Oracle oracle;

    /// Null without checks.
    private final @Nullable TableLives lives;

    /// Set before the first address space.
    private PteLockStorage lockStorage = PteLockStorage.EMBEDDED;

    /// `checks` has accesses to tables that are gone reported to `oracle`.
    public TableFrames(PageAllocator allocator, Steps steps, Oracle oracle, boolean checks) {
        this.allocator = allocator;
        this.steps = steps;
        this.oracle = oracle;
        this.lives = checks ? new TableLives(allocator, steps.schedule(), oracle) : null;
    }

    /// Where the locks of tables lie; said before the first address space.
    public void storeLocks(PteLockStorage storage) {
        lockStorage = storage;
    }

    public PteLockStorage lockStorage() {
        return lockStorage;
    }

    @Nullable
    TableLives lives() {
        return lives;
    }

    /// An empty table that nothing points to; null without a frame.
    @Nullable
    Page make(PageTable owner, int level) {
        Page page = allocator.allocZeroed();
        if (page == null) {
            return null;
        }
        steps.at(PgtableStep.TABLE_ALLOC, page.pfn());
        if (level == 0) {
            makeLock(page);
        } else {
            page.becomeTable(null);
        }
        if (lives != null) {
            lives.begin(owner, level, page);
        }
        return page;
    }

    /// With checks on an embedded lock is a new one each time, too: who still has the old one is found out.
    private void makeLock(Page page) {
        if (lockStorage.isSeparate() || lives != null) {
            page.becomeTableBeside(new SpinLock(steps, LockRank.PTE, page.pfn()));
        } else {
            page.becomeTable(steps);
        }
    }

    /// The frames of a root, which are tables from the first to the last day of their owner.
    void beginRoot(PageTable owner, int level, Page[] root) {
        if (lives != null) {
            for (Page page : root) {
                lives.begin(owner, level, page);
            }
        }
    }

    void freeRoot(Page[] root) {
        if (lives != null) {
            for (Page page : root) {
                int _ = lives.free(page);
            }
        }
        allocator.putRun(root);
    }

    /// No entry points to the table any more. Called with the locks that this is done under.
    void unhook(Page table) {
        if (lives != null) {
            lives.unhook(table);
        }
    }

    /// Follows [#unhook], with no lock of the table held: the destructor, where it runs so early.
    void destruct(Page table) {
        if (lives != null && lockStorage == PteLockStorage.SEPARATE_UNTIL_UNHOOKED && lives.level(table) == 0) {
            destroyLock(table);
        }
    }

    /// Nobody uses the table any more: the frame is free.
    void free(Page table) {
        steps.at(PgtableStep.TABLE_FREE, table.pfn());
        if (lives != null && lives.free(table) == 0 && lockStorage != PteLockStorage.SEPARATE_UNTIL_UNHOOKED) {
            destroyLock(table);
        }
        allocator.put(table);
    }

    /// Frees a table that was never hooked.
    void discard(Page table) {
        if (lives != null && lives.free(table) == 0) {
            destroyLock(table);
        }
        allocator.put(table);
    }

    private void destroyLock(Page table) {
        SpinLock lock = table.tableLockMemory();
        if (lock != null) {
            lock.destroy(oracle);
        }
    }
}
