package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.lock.HeldLocks;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.WaitQueue;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/// The locks of the pages of one file, or of the swap cache and all shared memory together. A thread holds one, or the
/// device, from the moment it is
/// asked to read the page until it has.
///
/// A read has no thread that ends it: who waits parks until its time has come, and who looks at the
/// page first afterwards ends it. So a page whose time has come looks locked to nobody.
public final class PageLocks {

    private final Steps steps;

    /// By the page's number: a power of two of them (`folio_wait_table`).
    private final WaitQueue[] waiters;

    /// `id` names who waits in steps.
    public PageLocks(Steps steps, long id) {
        this(steps, id, 1);
    }

    /// The same for the pages of many files, with more places to wait at: a power of two.
    public PageLocks(Steps steps, long id, int places) {
        this.steps = steps;
        this.waiters = new WaitQueue[places];
        Arrays.setAll(waiters, _ -> new WaitQueue(steps, id));
    }

    private WaitQueue waitersFor(Page page) {
        return waiters[(int) page.pfn() & waiters.length - 1];
    }

    /// Locks a page; waits with the vCPU given up.
    public void lock(Page page) {
        assert HeldLocks.acquiring(page, LockRank.PAGE, false);
        steps.at(PageStep.PAGE_LOCK, page.pfn());
        if (!grab(page)) {
            boolean _ = await(page, () -> grab(page), false);
        }
    }

    /// Locks a page; false, without the lock, when a fatal signal came first.
    public boolean lockKillable(Page page) {
        assert HeldLocks.acquiring(page, LockRank.PAGE, false);
        steps.at(PageStep.PAGE_LOCK, page.pfn());
        boolean taken = grab(page) || await(page, () -> grab(page), true);
        assert taken || HeldLocks.released(page);
        return taken;
    }

    /// Locks a page if nobody else has.
    public boolean tryLock(Page page) {
        steps.at(PageStep.PAGE_LOCK, page.pfn());
        boolean taken = grab(page);
        assert !taken || HeldLocks.acquired(page, LockRank.PAGE);
        return taken;
    }

    /// Unlocks a page and wakes who waits for it, and maybe others.
    public void unlock(Page page) {
        assert HeldLocks.released(page);
        steps.at(PageStep.PAGE_UNLOCK, page.pfn());
        page.clear(Page.LOCKED);
        waitersFor(page).wakeAll();
    }

    /// Waits until nobody holds the page's lock; false when `killable` and a fatal signal came first.
    public boolean awaitUnlocked(Page page, boolean killable) {
        steps.at(PageStep.PAGE_WAIT, page.pfn());
        return !isLocked(page) || await(page, () -> !isLocked(page), killable);
    }

    /// Waits until nobody holds the lock of an anonymous page to which the caller has no reference: when it is
    /// over, or the frame serves something else, for whose lock others are woken.
    public void awaitMoved(Page page) {
        steps.at(PageStep.PAGE_WAIT, page.pfn());
        if (page.isAnon() && isLocked(page)) {
            boolean _ = await(page, () -> !page.isAnon() || !isLocked(page), false);
        }
    }

    private boolean isLocked(Page page) {
        endRead(page);
        return page.has(Page.LOCKED);
    }

    /// Whether the page has its contents.
    public boolean isUptodate(Page page) {
        endRead(page);
        return page.isUptodate();
    }

    /// Gives the lock, which the caller has, to the device until it has read the page.
    public void beginRead(Page page, long ends, boolean failed) {
        assert HeldLocks.released(page);
        steps.at(PageStep.READ_BEGIN, page.pfn());
        page.beginRead(ends, failed);
        // Who waits for the lock learns until when.
        waitersFor(page).wakeAll();
    }

    /// Says that a page was read whose lock the caller has and gives back: nothing was to be waited for.
    public void endRead(Page page, boolean failed) {
        page.clear(Page.UNREAD | Page.FAILED);
        page.set(failed ? Page.FAILED : Page.UPTODATE);
        unlock(page);
    }

    private boolean grab(Page page) {
        endRead(page);
        return page.set(Page.LOCKED);
    }

    private void endRead(Page page) {
        if (page.has(Page.READING) && page.endRead(now())) {
            steps.at(PageStep.READ_END, page.pfn());
        }
    }

    /// The clock. For threads outside the machine, such as a debugger's, all reads are over.
    private long now() {
        return Thread.currentThread() instanceof KernelThread ? steps.schedule().nanoTime() : Long.MAX_VALUE;
    }

    private boolean await(Page page, BooleanSupplier condition, boolean killable) {
        KernelThread self = KernelThread.current();
        WaitQueue queue = waitersFor(page);
        try {
            while (true) {
                // Before the look at the page, so that no wake is lost.
                queue.add(self);
                steps.at(PageStep.PAGE_WAIT, page.pfn());
                if (condition.getAsBoolean()) {
                    return true;
                }
                if (killable && self.fatalSignalPending()) {
                    return false;
                }
                self.block(page.readEnds());
            }
        } finally {
            queue.remove(self);
        }
    }
}
