package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.Mutex;
import faultline.kernel.mm.KsmSettings.Setting;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageLocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// Pages of the same contents share one frame: `mm/ksm.c` of Linux 6.18. `docs/ksm.md` says how.
///
/// What is known of address spaces and of pages is guarded by a mutex (`ksm_thread_mutex`), which ranks above
/// `mmap_lock`; where a page is mapped, by the page's lock too, because reclaim and migration ask and may not
/// wait. Before an address space asks for it there is no thread, and nothing of this costs.
public final class Ksm extends BackgroundScan {

    /// Where pages are merged: `--ksm`.
    public enum Where {
        /// Nowhere, until a program writes to `/sys/kernel/mm/ksm/run`.
        OFF,
        /// Where MADV_MERGEABLE or PR_SET_MEMORY_MERGE asked.
        MADVISE,
        /// Everywhere: as if each program had been started by one with PR_SET_MEMORY_MERGE.
        ALWAYS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Of `/sys/kernel/mm/ksm/run`.
    private static final int STOP = 0;

    private static final int MERGE = 1;
    private static final int UNMERGE = 2;

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageLocks locks;
    private final Steps steps;
    private final Mutex mutex;
    private final KsmSettings settings = new KsmSettings();
    private final KsmIndex index;
    private final KsmScan scan;
    private final KsmCounters counters;

    /// The address spaces with pages to merge, by number.
    private final Map<Integer, KsmSpace> spaces = new ConcurrentSkipListMap<>();

    private volatile int run = STOP;
    private volatile boolean always;

    Ksm(KernelMemory kernel) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.locks = kernel.swap().locks();
        this.steps = kernel.steps();
        this.mutex = new Mutex(steps, LockRank.KSM, 0);
        KsmContents contents =
                new KsmContents(allocator.memory(), kernel.geometry().bytes());
        this.index = new KsmIndex(this, contents);
        this.scan = new KsmScan(this, kernel, index, contents);
        this.counters = new KsmCounters(kernel.geometry(), spaces, index, scan);
    }

    // What is chosen.

    /// Said before the first address space.
    public void mergeIn(Where where) {
        run = where == Where.OFF ? STOP : MERGE;
        always = where == Where.ALWAYS;
    }

    /// Whether new address spaces have all their pages merged.
    public boolean mergesAll() {
        return always;
    }

    public long get(Setting setting) {
        return settings.get(setting);
    }

    /// EINVAL; EBUSY for what cannot be changed while pages are shared.
    public void set(Setting setting, long value) {
        KsmSettings.check(setting, value);
        mutex.lock();
        try {
            if (setting.isFixed() && settings.get(setting) != value) {
                index.prune();
                if (!index.isEmpty()) {
                    throw Errno.EBUSY.exception();
                }
            }
            settings.set(setting, value);
        } finally {
            mutex.unlock();
        }
        wakeThread();
    }

    public int run() {
        return run;
    }

    /// What it shows.
    public KsmCounters counters() {
        return counters;
    }

    /// 0: the thread stops and what is shared stays; 1: it goes on; 2: it stops, and every page is its own
    /// again. EINVAL; ENOMEM without frames for the last, and then it has stopped.
    public void setRun(long to) {
        if (to < STOP || to > UNMERGE) {
            throw Errno.EINVAL.exception();
        }
        List<Mm> left = new ArrayList<>();
        boolean complete = true;
        mutex.lock();
        if (run != to) {
            run = (int) to;
            if (to == UNMERGE) {
                complete = unmergeAll(left);
                run = complete ? UNMERGE : STOP;
            }
        }
        mutex.unlock();
        left.forEach(Mm::put);
        if (!complete) {
            throw Errno.ENOMEM.exception();
        }
        if (hasWork()) {
            startThread();
        }
        wakeThread();
    }

    /// `unmerge_and_remove_all_rmap_items`, with the mutex. Leaves in `left` whose references are to be given
    /// back without it.
    private boolean unmergeAll(List<Mm> left) {
        for (KsmSpace space : spaces.values()) {
            Mm mm = space.mm;
            if (!mm.tryGet()) {
                continue;
            }
            left.add(mm);
            mm.mmapLock().readLock();
            boolean complete = true;
            for (Vma vma = mm.findVma(0); vma != null && complete; vma = mm.findVma(vma.end())) {
                complete =
                        !vma.has(Vma.VM_MERGEABLE) || !vma.hasAnonVma() || KsmBreak.range(vma, vma.start(), vma.end());
            }
            mm.mmapLock().readUnlock();
            if (!complete) {
                return false;
            }
            forget(space, 0, Long.MAX_VALUE);
        }
        index.prune();
        return true;
    }

    // Who is told of address spaces.

    /// An address space has pages to merge: `__ksm_enter`. Cheap where it is known.
    public void enter(Mm mm) {
        if (spaces.putIfAbsent(mm.id(), new KsmSpace(mm)) == null && run == MERGE) {
            startThread();
        }
    }

    boolean knows(Mm mm) {
        return spaces.containsKey(mm.id());
    }

    /// An address space has no user any more: `__ksm_exit`. The caller holds no lock.
    void exit(Mm mm) {
        KsmSpace space = spaces.remove(mm.id());
        if (space != null) {
            mutex.lock();
            forget(space, 0, Long.MAX_VALUE);
            mutex.unlock();
            wakeThread();
        }
    }

    /// It has nothing to merge any more. The caller holds the mutex and its `mmap_lock`.
    void leave(KsmSpace space) {
        forget(space, 0, Long.MAX_VALUE);
        spaces.remove(space.mm.id(), space);
    }

    /// Forgets what is known of addresses in `[start, end)`. The caller holds the mutex.
    void forget(KsmSpace space, long start, long end) {
        Map<Long, KsmItem> gone = space.items.subMap(start, true, end, false);
        if (!gone.isEmpty()) {
            gone.values().forEach(index::remove);
            gone.clear();
            space.itemCount = space.items.size();
        }
    }

    Map<Integer, KsmSpace> spaces() {
        return spaces;
    }

    // The thread.

    @Override
    public boolean hasWork() {
        return run == MERGE && !spaces.isEmpty();
    }

    /// One batch, and how long to sleep behind it, in nanoseconds: `ksm_do_scan`.
    public long scan() {
        scan.run(settings.get(Setting.PAGES_TO_SCAN));
        return settings.get(Setting.SLEEP_MILLISECS) * 1_000_000;
    }

    boolean isOn(Setting setting) {
        return settings.is(setting);
    }

    Mutex mutex() {
        return mutex;
    }

    boolean hasRoom(KsmNode node) {
        return node.items.size() < settings.get(Setting.MAX_PAGE_SHARING);
    }

    // The pages of nodes.

    /// The page of a node with a reference, or null when it is gone: `ksm_get_folio`.
    @Nullable
    Page pageOf(KsmNode node) {
        while (true) {
            Page page = node.page;
            boolean alive = page.isKsm(node.id);
            boolean taken = alive && page.tryGet();
            if (taken && node.page == page && page.isKsm(node.id)) {
                return page;
            }
            if (taken) {
                allocator.put(page);
            } else if (alive) {
                // Somebody has frozen it, or frees it.
                steps.schedule().spin();
            }
            if (!alive && node.page == page) {
                return null;
            }
        }
    }

    /// The same with its lock.
    @Nullable
    Page lockPageOf(KsmNode node) {
        while (true) {
            Page page = pageOf(node);
            if (page == null) {
                return null;
            }
            locks.lock(page);
            if (node.page == page) {
                return page;
            }
            // It was moved to another frame.
            unlockAndPut(page);
        }
    }

    void unlockAndPut(Page page) {
        locks.unlock(page);
        allocator.put(page);
    }

    void put(@Nullable Page page) {
        if (page != null) {
            allocator.put(page);
        }
    }

    void letGo(KsmItem item) {
        AnonVma anon = item.anon;
        if (anon != null) {
            item.anon = null;
            kernel.anonVmas().letGo(anon);
        }
    }

    /// Shows every place where a shared page may be mapped, as far as is known, until nothing maps it; false
    /// where somebody keeps readers out. The caller has the page's lock: `rmap_walk_ksm`.
    boolean tryForEachPlace(Page page, ObjLongConsumer<Vma> visitor) {
        KsmNode node = index.nodeOf(page);
        boolean all = node != null;
        for (int i = 0; node != null && i < node.items.size(); i++) {
            KsmItem item = node.items.get(i);
            AnonVma anon = item.anon;
            all &= anon != null
                    && anon.tryForEach(vma -> {
                        item.showIn(vma, visitor);
                        return true;
                    });
        }
        return all;
    }

    /// The same for who waits for rmap locks.
    void forEachPlace(Page page, ObjLongConsumer<Vma> visitor) {
        KsmNode node = index.nodeOf(page);
        if (node == null) {
            return;
        }
        for (KsmItem item : node.items) {
            AnonVma anon = item.anon;
            if (anon != null) {
                anon.forEach(vma -> item.showIn(vma, visitor));
            }
        }
    }

    /// Gives an address a page of its own again, if it has a shared one; false without a frame. The caller
    /// holds `mmap_lock`.
    public boolean unshare(Vma vma, long va) {
        return KsmBreak.page(vma, va);
    }

    /// A shared page is in another frame from now on. The caller has its lock: `ksm_migrate_page`.
    void moved(Page from, Page to) {
        KsmNode node = index.nodeOf(from);
        if (node != null) {
            node.page = to;
        }
    }

    /// Whether a page of the swap cache, whose lock the caller has, is to be copied for a VMA that named its
    /// slot: slots of what was shared are named by address spaces that are no relatives, or by several
    /// addresses of one, and once the page is no shared one any more it can be the first one's alone.
    /// `ksm_might_need_to_copy`.
    public boolean isAnothers(Vma vma, long va, Page page) {
        if (!page.isAnon() || page.isKsm()) {
            return false;
        }
        int id = page.anonVma();
        if (page.index() == vma.indexOf(va) && id == vma.anonId()) {
            return false;
        }
        AnonVma its = kernel.anonVmas().find(id);
        AnonVma ours = vma.anonVma();
        return its == null || ours == null || its.rootLock() != ours.rootLock() || page.index() != vma.indexOf(va);
    }

    // The zero page in the place of a page of zeroes: a dirty PTE, which no other path makes of it.

    /// `is_ksm_zero_pte`.
    private boolean isZero(long pte) {
        return kernel.format().isPresent(pte)
                && kernel.format().isDirty(pte)
                && kernel.format().pfn(pte) == allocator.zeroPage().pfn();
    }

    /// The same of a PTE of an address space, most of which have none.
    boolean hasZero(Mm mm, long pte) {
        return mm.ksmZeroPages.get() != 0 && isZero(pte);
    }

    /// Said before the PTE is there.
    void mapZero(Mm mm) {
        mm.ksmZeroPages.incrementAndGet();
        counters.zeroPages.incrementAndGet();
    }

    /// A PTE of the zero page, or another special one, is taken out: `ksm_might_unmap_zero_page`.
    public void unmapZero(Mm mm, long pte) {
        if (hasZero(mm, pte)) {
            mm.ksmZeroPages.decrementAndGet();
            counters.zeroPages.decrementAndGet();
        }
    }

    /// Has the running thread work until every address space was gone over once more: for tests and reports.
    public void scanAll() {
        long before = scan.fullScans.get();
        while (scan.fullScans.get() == before
                && hasWork()
                && !KernelThread.current().fatalSignalPending()) {
            long _ = scan();
        }
    }
}
