package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.page.FrameRun;
import faultline.kernel.mm.page.Lru;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.Reclaimer;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.page.Watermarks;
import java.util.concurrent.atomic.AtomicInteger;

/// Gets frames back when few are free: `mm/vmscan.c`.
///
/// Who finds none reclaims himself (direct reclaim), and before it comes to that a thread does it in the background
/// (`kswapd`), from the low watermark up to the high one. Both go over the lists of [Lru]: what was used since the
/// last look stays, or becomes active; clean pages of files are dropped, dirty ones written first, anonymous ones
/// written to swap.
public final class Reclaim implements Reclaimer {

    /// DEF_PRIORITY: at first one page in 4096 of a list is looked at, at the end all.
    private static final int PRIORITY = 12;

    /// What swappiness is a part of.
    private static final int BOTH = 200;

    /// MAX_RECLAIM_RETRIES: so often without success, or with one that helps nobody, then memory is out.
    private static final int MOST_TRIES = 16;

    private static final long PAUSE_NANOS = 1_000_000;

    /// As long as somebody has a lock without which nothing goes, he is waited for, a second in all: who asks may hold
    /// it himself. Linux waits for rmap locks.
    private static final int MOST_PAUSES = 1000;

    /// Nothing was freed, and somebody had a lock.
    private static final int BUSY = -1;

    /// As long as the device writes, somebody waits; so often, then it is given up.
    private static final int MOST_WAITS = 16;

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final Lru lru;
    private final Watermarks watermarks;
    private final Compaction compaction;

    /// Pages that are on no list while somebody looks at them: NR_ISOLATED_FILE and NR_ISOLATED_ANON.
    private final AtomicInteger isolated = new AtomicInteger();

    /// How often in a row the background thread has freed nothing: `kswapd_failures`.
    private final AtomicInteger failures = new AtomicInteger();

    /// Starts the background thread; does nothing when it is under way.
    private volatile Runnable background = () -> {};

    Reclaim(KernelMemory kernel) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.lru = allocator.lru();
        this.watermarks = allocator.watermarks();
        this.compaction = new Compaction(kernel);
    }

    /// Says how the background thread is started.
    public void startBackgroundBy(Runnable starter) {
        background = starter;
    }

    @Override
    public void low() {
        if (mayReclaim() && failures.get() < MOST_TRIES) {
            background.run();
        }
    }

    @Override
    public boolean reclaim(long nodes) {
        if (!mayReclaim()) {
            return false;
        }
        kernel.count(VmEvent.ALLOCSTALL_NORMAL, 1);
        KernelThread self = KernelThread.current();
        int tries = 0;
        for (int pauses = 0; tries < MOST_TRIES && pauses < MOST_PAUSES; pauses++) {
            // What others have in hand meanwhile is on no list, and comes back as free frames, or to the lists.
            int freed = shrink(BATCH, false, nodes);
            boolean some = freed > 0 || allocator.freeFrames(nodes) > 0;
            if (some && (self.fatalSignalPending() || isWorthwhile())) {
                return true;
            }
            if (self.fatalSignalPending() || !some && !mayFindMore()) {
                break;
            }
            tries += freed == BUSY ? 0 : 1;
            self.block(self.schedule().nanoTime() + PAUSE_NANOS);
        }
        // Others may have given back what they had, or have ended.
        return allocator.freeFrames(nodes) >= watermarks.high();
    }

    @Override
    public boolean empty(FrameRun run) {
        return mayReclaim() && compaction.empty(run);
    }

    /// `should_reclaim_retry`: whether what is free and what could be are as much as the low end of the watermarks.
    /// What is freed below that is faulted back at once, and nobody gets on.
    private boolean isWorthwhile() {
        if (free() >= watermarks.min()) {
            return true;
        }
        lru.gather(allocator.totalFrames());
        return free() >= watermarks.min();
    }

    /// Frames that are free, and those on the lists, or taken off for a moment, that can go: `zone_reclaimable_pages`.
    /// In the order they go, so that what goes meanwhile is counted.
    private long free() {
        long pages = (long) lru.size(Lru.List.INACTIVE_FILE) + lru.size(Lru.List.ACTIVE_FILE);
        if (kernel.swap().hasRoom()) {
            pages += lru.size(Lru.List.INACTIVE_ANON) + lru.size(Lru.List.ACTIVE_ANON);
        }
        return pages + isolated.get() + allocator.freeFrames();
    }

    /// Whether there is something that could go, were it not in use or in somebody's hand.
    private boolean mayFindMore() {
        int files = lru.size(Lru.List.INACTIVE_FILE) + lru.size(Lru.List.ACTIVE_FILE);
        return kernel.swap().hasRoom() || files > 0;
    }

    /// The work of the background thread: returns when the high watermark is reached, or nothing can be freed.
    public void balance() {
        kernel.count(VmEvent.PAGEOUTRUN, 1);
        boolean some = false;
        while (allocator.freeFrames() < watermarks.high()) {
            if (shrink(BATCH, true, PageAllocator.ALL_NODES) <= 0) {
                // In vain again and again, it is left to who needs a frame, until he gets one.
                failures.addAndGet(some ? 0 : 1);
                return;
            }
            some = true;
        }
    }

    /// Whether the running thread may wait: it is the machine's, is not reclaiming, is in no read section and has
    /// interrupts on.
    private boolean mayReclaim() {
        return Thread.currentThread() instanceof KernelThread self
                && !self.isReclaiming()
                && kernel.rcu().depth(self.vcpu()) == 0
                && self.vcpu().mode() == Vcpu.Mode.KERNEL;
    }

    /// `do_try_to_free_pages`: returns how many pages were freed, at least `wanted` if they could be; [#BUSY] for none.
    private int shrink(int wanted, boolean kswapd, long nodes) {
        KernelThread self = KernelThread.current();
        self.setReclaiming(true);
        try {
            int freed = 0;
            boolean busy = false;
            for (int waits = 0; waits < MOST_WAITS; waits++) {
                for (int priority = PRIORITY; priority >= 0 && freed < wanted; priority--) {
                    freed += new Scan(kswapd, priority, false, nodes).run(wanted - freed);
                }
                if (freed == 0) {
                    // All are in use all the time: somebody's go nevertheless.
                    Scan last = new Scan(kswapd, 0, true, nodes);
                    freed = last.run(wanted);
                    busy = last.busy;
                }
                if (freed > 0 && failures.get() != 0) {
                    failures.set(0);
                }
                if (freed > 0 || !kernel.swap().awaitSome(self)) {
                    break;
                }
            }
            return freed == 0 && busy ? BUSY : freed;
        } finally {
            self.setReclaiming(false);
        }
    }

    /// One pass over the lists at one priority: `shrink_lruvec`.
    private final class Scan {

        private final boolean kswapd;
        private final int priority;

        /// Whether it does not matter what was used.
        private final boolean any;

        /// The nodes whose pages are to go, one bit each; those of others are passed over.
        private final long nodes;

        private final Page[] batch = new Page[BATCH];
        private final boolean[] last = new boolean[BATCH];
        private final UnmapBatch flushes = new UnmapBatch();
        private int freed;

        /// Whether a page stayed only because somebody had a lock.
        private boolean busy;

        Scan(boolean kswapd, int priority, boolean any, long nodes) {
            this.kswapd = kswapd;
            this.priority = priority;
            this.any = any;
            this.nodes = nodes;
        }

        int run(int wanted) {
            lru.gather(BATCH << PRIORITY - priority);
            int anon = toScan(Lru.List.INACTIVE_ANON, kernel.reclaimSettings().swappiness());
            int file = toScan(
                    Lru.List.INACTIVE_FILE, BOTH - kernel.reclaimSettings().swappiness());
            if (!kernel.swap().hasRoom()) {
                anon = 0;
            }
            while (freed < wanted && (anon > 0 || file > 0)) {
                anon -= shrinkList(Lru.List.INACTIVE_ANON, anon);
                file -= shrinkList(Lru.List.INACTIVE_FILE, file);
            }
            return freed;
        }

        /// `get_scan_count`: a part of both lists of a kind, by the weight of the kind.
        private int toScan(Lru.List inactive, int weight) {
            int pages = lru.size(inactive) + lru.size(inactive.other());
            int part = (int) (((long) pages >>> priority) * weight / BOTH);
            return weight == 0 ? 0 : Math.max(part, Math.min(pages, BATCH));
        }

        /// Looks at a batch of one list, after its active half has given up what was not used if that is the longer one
        /// (`inactive_is_low`). Returns how many pages it was, `most` where there are none.
        private int shrinkList(Lru.List inactive, int most) {
            if (most <= 0) {
                return 0;
            }
            // So far that a page has time to be used again before it comes to the old end.
            boolean shrunk = true;
            while (shrunk && lru.size(inactive) < lru.size(inactive.other())) {
                shrunk = shrinkActive(inactive);
            }
            int count = isolate(inactive);
            int going = 0;
            for (int i = 0; i < count; i++) {
                count(kswapd ? VmEvent.PGSCAN_KSWAPD : VmEvent.PGSCAN_DIRECT, 1);
                count(isAnon(inactive) ? VmEvent.PGSCAN_ANON : VmEvent.PGSCAN_FILE, 1);
                if (!isWanted(batch[i])) {
                    lru.putBack(batch[i], inactive);
                    allocator.put(batch[i]);
                } else if (isReferenced(batch[i]) && !any) {
                    keep(batch[i], inactive);
                } else {
                    batch[going++] = batch[i];
                }
            }
            flushes.flush();
            takeOut(going, inactive);
            isolated.addAndGet(-count);
            return count == 0 ? most : count;
        }

        private int isolate(Lru.List list) {
            int count = lru.isolate(list, batch);
            isolated.addAndGet(count);
            return count;
        }

        private boolean isWanted(Page page) {
            return (nodes >>> allocator.nodeOf(page.pfn()) & 1) != 0;
        }

        /// `shrink_active_list`; false where there was nothing.
        private boolean shrinkActive(Lru.List inactive) {
            int count = isolate(inactive.other());
            for (int i = 0; i < count; i++) {
                // Used or not, it is looked at once more before it goes.
                boolean _ = isReferenced(batch[i]);
                batch[i].forgetUse();
                lru.putBack(batch[i], inactive);
                allocator.put(batch[i]);
            }
            isolated.addAndGet(-count);
            flushes.flush();
            kernel.count(VmEvent.PGDEACTIVATE, count);
            return count > 0;
        }

        /// `shrink_folio_list`: takes the first pages of the batch out of memory, and gives their references back.
        private void takeOut(int going, Lru.List inactive) {
            for (int i = 0; i < going; i++) {
                batch[i].forgetUse();
            }
            busy |= kernel.pageOut().writeOut(batch, going, last);
            for (int i = 0; i < going; i++) {
                Page page = batch[i];
                if (last[i]) {
                    freed++;
                    count(kswapd ? VmEvent.PGSTEAL_KSWAPD : VmEvent.PGSTEAL_DIRECT, 1);
                    count(isAnon(inactive) ? VmEvent.PGSTEAL_ANON : VmEvent.PGSTEAL_FILE, 1);
                } else {
                    lru.putBack(page, keptOn(page, inactive));
                }
                allocator.put(page);
            }
        }

        private static boolean isAnon(Lru.List inactive) {
            return inactive == Lru.List.INACTIVE_ANON;
        }

        private void count(VmEvent event, long amount) {
            kernel.count(event, amount);
        }

        /// The list for a page that stays: one that was stored to after MADV_FREE counts as used.
        private Lru.List keptOn(Page page, Lru.List inactive) {
            boolean stored = inactive == Lru.List.INACTIVE_FILE && page.mapping() == null && !page.isLazyFree();
            kernel.count(VmEvent.PGACTIVATE, stored ? 1 : 0);
            return stored ? Lru.List.ACTIVE_ANON : inactive;
        }

        /// `folio_check_references`: every page was used once, by who made it; who finds it used a second time has it
        /// become active.
        private void keep(Page page, Lru.List inactive) {
            boolean again = page.noteUse();
            kernel.count(VmEvent.PGACTIVATE, again ? 1 : 0);
            lru.putBack(page, again ? inactive.other() : inactive);
            allocator.put(page);
        }

        private boolean isReferenced(Page page) {
            PageCache cache = page.mapping();
            return cache == null ? kernel.pageOut().wasUsed(page, flushes) : cache.wasUsed(page, flushes);
        }
    }
}
