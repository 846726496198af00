package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.block.BlockDevice;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.WaitQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The dirty pages of all files on the disk: how many there are, when some are written back, and who waits for it
/// (`mm/page-writeback.c`).
///
/// Who makes a page dirty calls [#balance] afterwards. With more dirty pages than the background limit he does the
/// work of the flusher thread, for one who finds it being done leaves it at that: it takes no time but that of the
/// submission. With more than the ceiling he waits for the disk, as long as that takes. Linux computes a pause from
/// the measured speed of the disk instead, so that writers slow down before they stop; both let pages become dirty no
/// faster than they are written.
///
/// While the disk takes no time, pages are counted, and that is all: nobody would wait for anything.
public final class DirtyPages {

    /// What is written of one file before the next has its turn: MIN_WRITEBACK_PAGES.
    private static final int TURN_BYTES = 4 << 20;

    private final PageAllocator allocator;
    private final BlockDevice device;
    private final Steps steps;
    private final DirtyLimits limits;
    private final PagesUnderWriteback underWriteback;
    private final int turn;

    /// Whether somebody does the flusher's work; who has waited for the end of that is in `flushed`.
    private final AtomicBoolean flushing = new AtomicBoolean();

    private final WaitQueue flushed;

    /// The file that had the last turn. Of whoever does the flusher's work.
    private volatile long lastFile;

    public DirtyPages(PageAllocator allocator, BlockDevice device, Steps steps) {
        this.allocator = allocator;
        this.device = device;
        this.steps = steps;
        this.limits = new DirtyLimits(allocator.geometry());
        this.underWriteback = new PagesUnderWriteback(device, steps);
        this.turn = TURN_BYTES >>> allocator.geometry().shift();
        this.flushed = new WaitQueue(steps, 0);
    }

    /// The disk that files lie on.
    public BlockDevice device() {
        return device;
    }

    /// `vm.dirty_ratio` and its kin.
    public DirtyLimits limits() {
        return limits;
    }

    // Counting.

    /// A page has become dirty.
    void dirtied() {
        count(NodeStat.NR_DIRTY, 1);
        count(NodeStat.NR_DIRTIED, 1);
    }

    /// A page is no longer dirty.
    void cleaned() {
        count(NodeStat.NR_DIRTY, -1);
    }

    /// A page was given to the disk.
    void written() {
        count(NodeStat.NR_WRITTEN, 1);
    }

    /// The disk writes a page until then.
    void isWritten(long ends) {
        underWriteback.add(ends);
    }

    private void count(NodeStat stat, long amount) {
        allocator.stats().add(stat.ordinal(), amount);
    }

    private long sum(NodeStat stat) {
        return allocator.stats().sum(stat.ordinal());
    }

    /// How many pages are dirty, those that are being written not among them.
    public long dirty() {
        return sum(NodeStat.NR_DIRTY);
    }

    /// How many pages are being written.
    public long underWriteback() {
        return underWriteback.count();
    }

    /// How many pages could be dirty: free ones, and those of files on the disk. `global_dirtyable_memory`.
    public long dirtyable() {
        return allocator.totalFrames() - allocator.usedFrames() + sum(NodeStat.NR_FILE_PAGES) - sum(NodeStat.NR_SHMEM);
    }

    // Limiting.

    /// Called by who has made a page dirty, with no lock but such as may be held across I/O, and none of a page.
    /// Begins to write back and waits as the limits say; a fatal signal ends the wait. `storing`, which the caller
    /// need not have a reference to, is left out: what made it dirty is a store that is yet to be made.
    /// `balance_dirty_pages_ratelimited`.
    void balance(@Nullable Page storing) {
        if (device.isInstant() || !(Thread.currentThread() instanceof KernelThread self)) {
            return;
        }
        while (true) {
            long available = dirtyable();
            long background = limits.background(available);
            if (dirty() > background) {
                flush(background, storing);
            }
            if (dirty() + underWriteback() <= limits.ceiling(available)
                    || self.fatalSignalPending()
                    || !awaitDisk(self)) {
                return;
            }
        }
    }

    /// Waits until the disk has written something; false when nothing is being written.
    private boolean awaitDisk(KernelThread self) {
        long ends = underWriteback.firstEnd();
        if (ends != Long.MAX_VALUE) {
            steps.at(PageStep.DIRTY_WAIT, 0);
            self.block(ends);
            return true;
        }
        // Another is about to have something written.
        return flushing.get()
                && flushed.await(() -> !flushing.get(), WaitQueue.Sleep.KILLABLE, Long.MAX_VALUE)
                        == WaitQueue.Woken.CONDITION;
    }

    /// The flusher's work, unless somebody does it: gives dirty pages to the disk, file by file, until there are no
    /// more than `target`. Waits for no page and not for the disk.
    private void flush(long target, @Nullable Page except) {
        if (!flushing.compareAndSet(false, true)) {
            return;
        }
        try {
            int fruitless = 0;
            while (dirty() > target && fruitless <= allocator.cachedFiles().count()) {
                PageCache file = allocator.cachedFiles().after(lastFile);
                if (file == null) {
                    return;
                }
                lastFile = file.id();
                fruitless = file.writeSome(turn, except) == 0 ? fruitless + 1 : 0;
            }
        } finally {
            flushing.set(false);
            flushed.wakeAll();
        }
    }
}
