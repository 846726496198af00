package faultline.kernel.mm.swap;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.RamRefused;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.block.BlockDevice;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageLocks;
import faultline.kernel.mm.page.SwapBacking;
import faultline.kernel.mm.page.VmEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// All swap areas of a machine and the swap cache: `mm/swapfile.c` and `mm/swap_state.c`.
///
/// The bytes are moved when a request is submitted, as those of files are; until its end the page is locked (a read) or
/// counts as being written back.
public final class SwapSpace implements SwapBacking {

    /// MAX_SWAPFILES: 32 types, less those that Linux has for entries which are no swap.
    private static final int MAX_AREAS = 23;

    /// How wide the first column of `/proc/swaps` is, and what fills another with one tab stop.
    private static final int NAME_COLUMNS = 40;

    private static final int WIDE_NUMBER = 10_000_000;

    /// Where threads wait for pages of shared memory and of the swap cache, so that few are woken for another's.
    private static final int WAITING_PLACES = 64;

    private final PageAllocator allocator;
    private final BlockDevice device;
    private final Steps steps;
    private final PageLocks locks;

    /// By type; a null is free. Changed with the monitor, which is held across no step.
    private final @Nullable SwapArea[] areas = new @Nullable SwapArea[MAX_AREAS];

    /// Those that pages may be written to, in the order they are tried in. Replaced with the monitor.
    private volatile List<SwapArea> active = List.of();

    /// Areas of the same priority take turns.
    private final AtomicInteger turn = new AtomicInteger();

    /// Changed with the monitor.
    private volatile long total;

    /// When the device will have written what it was given last.
    private volatile long lastWrite = Long.MIN_VALUE;

    /// The priority of the last area that asked for none.
    private int leastPriority = -1;

    private final SwapCluster cluster;

    /// `pageCluster` is the logarithm of how many slots are read together at the most.
    public SwapSpace(PageAllocator allocator, BlockDevice device, Steps steps, IntSupplier pageCluster) {
        this.cluster = new SwapCluster(this, pageCluster);
        this.allocator = allocator;
        this.device = device;
        this.steps = steps;
        this.locks = new PageLocks(steps, -1, WAITING_PLACES);
    }

    /// The locks of pages in the swap cache, of those that are about to be put in, and of shared memory.
    @Override
    public PageLocks locks() {
        return locks;
    }

    // Areas.

    /// Begins to swap to a new area with room for `slots` pages, the header among them, and gives it a priority below
    /// all others where `priority` is negative. Throws `ErrnoException` EPERM when there are too many areas,
    /// ENOMEM.
    public SwapArea on(String name, boolean file, int priority, int slots) {
        PhysicalMemory disk;
        try {
            disk = PhysicalMemory.reserve((long) slots << allocator.geometry().shift());
        } catch (RamRefused _) {
            throw Errno.ENOMEM.exception();
        }
        SwapArea area = begin(name, file, priority, slots, disk);
        if (area == null) {
            disk.close();
            throw Errno.EPERM.exception();
        }
        return area;
    }

    private synchronized @Nullable SwapArea begin(
            String name, boolean file, int priority, int slots, PhysicalMemory disk) {
        for (int type = 0; type < MAX_AREAS; type++) {
            if (areas[type] == null) {
                int rank = priority < 0 ? --leastPriority : priority;
                SwapArea area = new SwapArea(type, name, file, rank, slots, disk, steps);
                areas[type] = area;
                total += area.pages();
                activate(area);
                return area;
            }
        }
        return null;
    }

    /// Nothing is written to the area any more; what lies there stays.
    public void beginOff(SwapArea area) {
        area.setWritable(false);
        deactivate(area);
    }

    private synchronized void deactivate(SwapArea area) {
        List<SwapArea> left = new ArrayList<>(active);
        left.remove(area);
        active = List.copyOf(left);
    }

    /// It was not emptied, and is used again.
    public void cancelOff(SwapArea area) {
        area.setWritable(true);
        activate(area);
    }

    private synchronized void activate(SwapArea area) {
        List<SwapArea> all = new ArrayList<>(active);
        all.add(area);
        all.sort(Comparator.comparingInt(SwapArea::priority).reversed());
        active = List.copyOf(all);
    }

    /// The area is empty and gone.
    public synchronized void endOff(SwapArea area) {
        areas[area.type()] = null;
        total -= area.pages();
        area.disk().close();
    }

    /// The areas there are, by type.
    public synchronized List<SwapArea> areas() {
        List<SwapArea> all = new ArrayList<>();
        for (SwapArea area : areas) {
            if (area != null) {
                all.add(area);
            }
        }
        return all;
    }

    /// Gives the host back what areas have taken, when no thread of the machine is left.
    public void close() {
        areas().forEach(this::endOff);
    }

    /// `/proc/swaps`.
    public String text() {
        StringBuilder text = new StringBuilder("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        int shift = allocator.geometry().shift() - 10;
        for (SwapArea area : areas()) {
            text.append(area.name())
                    .repeat(' ', Math.max(1, NAME_COLUMNS - area.name().length()));
            text.append(area.isFile() ? "file\t\t" : "partition\t");
            column(text, (long) area.pages() << shift);
            column(text, (long) area.used() << shift);
            text.append(area.priority()).append('\n');
        }
        return text.toString();
    }

    private static void column(StringBuilder text, long kib) {
        text.append(kib).append(kib < WIDE_NUMBER ? "\t\t" : "\t");
    }

    /// Whether there is an area that may have room: for who asks before he tries.
    public boolean hasRoom() {
        for (SwapArea area : active) {
            if (area.used() < area.pages()) {
                return true;
            }
        }
        return false;
    }

    /// SwapTotal, in pages.
    public long total() {
        return total;
    }

    /// SwapTotal less SwapFree, in pages.
    public long used() {
        return areas().stream().mapToLong(SwapArea::used).sum();
    }

    /// `vm_swap_full`: more than half is in use, so that copies in memory do not keep their slots.
    public boolean isFull() {
        return used() * 2 > total();
    }

    private @Nullable SwapArea areaOf(long entry) {
        return areas[SwapEntry.type(entry)];
    }

    private SwapArea areaIn(long entry) {
        SwapArea area = areas[SwapEntry.type(entry)];
        if (area == null) {
            throw new IllegalStateException("swap: 0x" + Long.toHexString(entry) + " is in no area");
        }
        return area;
    }

    // Slots.

    /// One more PTE names a slot. PTE locks may be held.
    @Override
    public void duplicate(long entry) {
        areaIn(entry).duplicate(SwapEntry.offset(entry));
    }

    /// One PTE less names a slot: `swap_free`. True when nothing but a copy in memory is left. PTE locks may be held.
    @Override
    public boolean release(long entry) {
        return areaIn(entry).release(SwapEntry.offset(entry));
    }

    /// The same; the copy goes too, unless somebody uses it: `free_swap_and_cache`.
    @Override
    public void releaseAndFree(long entry) {
        if (release(entry)) {
            Page page = find(entry);
            if (page != null) {
                freeUnused(page);
                allocator.put(page);
            }
        }
    }

    /// Takes a page to which the caller has a reference out of the swap cache, if no PTE maps it or names its slot:
    /// `free_swap_cache`. PTE locks may be held.
    public void freeUnused(Page page) {
        if (page.isSwapCache() && page.mapcount() == 0 && locks.tryLock(page)) {
            boolean _ = page.mapcount() == 0 && free(page);
            locks.unlock(page);
        }
    }

    /// How many PTEs name the slot.
    public int count(long entry) {
        return areaIn(entry).count(SwapEntry.offset(entry));
    }

    // The cache.

    /// The page that is the copy of a slot, with a reference, or null: `swap_cache_get_folio`.
    @Override
    public @Nullable Page find(long entry) {
        SwapArea area = areaOf(entry);
        int slot = SwapEntry.offset(entry);
        if (area == null || slot > area.pages()) {
            return null;
        }
        Page page = area.peek(slot);
        while (page != null) {
            boolean taken = page.tryGet();
            Page now = area.peek(slot);
            if (taken && now == page) {
                return page;
            }
            if (taken) {
                allocator.put(page);
            } else {
                // Somebody has frozen it, and is about to say whether it stays.
                steps.schedule().spin();
            }
            page = now;
        }
        return null;
    }

    /// Whether the page, which the caller has locked, is the copy of the slot.
    @Override
    public boolean isCopyOf(Page page, long entry) {
        return page.isSwapCache() && page.swap() == entry;
    }

    /// Whether reading from swap takes no time (SWP_SYNCHRONOUS_IO): then nothing is read ahead.
    public boolean isSynchronous() {
        return device.isInstant();
    }

    /// Gives a page, which the caller has locked and has a reference to, a slot, and makes it dirty: `add_to_swap`.
    /// False when no area has room.
    @Override
    public boolean add(Page page) {
        List<SwapArea> all = active;
        for (int first = 0; first < all.size(); ) {
            int end = first + 1;
            while (end < all.size() && all.get(end).priority() == all.get(first).priority()) {
                end++;
            }
            int from = end - first == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), end - first);
            for (int i = 0; i < end - first; i++) {
                if (addTo(all.get(first + (from + i) % (end - first)), page)) {
                    return true;
                }
            }
            first = end;
        }
        return false;
    }

    private boolean addTo(SwapArea area, Page page) {
        page.get();
        if (area.allocate(page) == 0) {
            allocator.put(page);
            return false;
        }
        page.setDirty();
        count(NodeStat.NR_SWAPCACHED, 1);
        return true;
    }

    /// The copy of a slot, which is made and begun to be read if there is none: `read_swap_cache_async`. With a
    /// reference; null without a free frame, and when no PTE names the slot any more.
    @Override
    public @Nullable Page findOrRead(long entry) {
        SwapArea area = areaOf(entry);
        if (area == null) {
            return null;
        }
        int slot = SwapEntry.offset(entry);
        while (true) {
            Page page = find(entry);
            if (page != null || slot > area.pages() || area.count(slot) == 0) {
                return page;
            }
            page = allocator.alloc();
            if (page == null) {
                return null;
            }
            boolean locked = locks.tryLock(page);
            assert locked : "swap: a fresh page is locked";
            page.get();
            if (area.insert(slot, page)) {
                count(NodeStat.NR_SWAPCACHED, 1);
                read(area, slot, page);
                return page;
            }
            locks.unlock(page);
            allocator.put(page);
            allocator.put(page);
        }
    }

    @Override
    public @Nullable Page findOrReadAround(long entry) {
        SwapArea area = areaOf(entry);
        return isSynchronous() || area == null ? findOrRead(entry) : cluster.read(entry, area.pages());
    }

    /// Gives a reference to a copy back.
    void giveBack(Page page) {
        allocator.put(page);
    }

    /// Begins to read a page whose lock the caller has, and gives that away.
    private void read(SwapArea area, int slot, Page page) {
        steps.at(SwapStep.SWAP_READ, slot);
        int bytes = allocator.geometry().bytes();
        allocator
                .memory()
                .copyFrom(area.disk(), (long) slot << allocator.geometry().shift(), page.pa(), bytes);
        count(VmEvent.PSWPIN, 1);
        count(VmEvent.PGPGIN, bytes >>> 10);
        if (takesTime()) {
            locks.beginRead(page, device.submit(slot), false);
        } else {
            locks.endRead(page, false);
        }
    }

    /// Writes a page, which the caller has locked and nobody maps, to its slot; it counts as clean from now on:
    /// `swap_writepage`.
    @Override
    public void write(Page page) {
        int slot = SwapEntry.offset(page.swap());
        steps.at(SwapStep.SWAP_WRITE, slot);
        boolean _ = page.clearDirty();
        int bytes = allocator.geometry().bytes();
        PhysicalMemory disk = areaIn(page.swap()).disk();
        disk.copyFrom(
                allocator.memory(),
                page.pa(),
                (long) slot << allocator.geometry().shift(),
                bytes);
        count(VmEvent.PSWPOUT, 1);
        count(VmEvent.PGPGOUT, bytes >>> 10);
        if (takesTime()) {
            long ends = device.submit(slot);
            page.beginWriteback(ends);
            lastWrite = ends;
        }
    }

    private boolean takesTime() {
        return !device.isInstant() && Thread.currentThread() instanceof KernelThread;
    }

    /// Whether the device is still writing the page.
    @Override
    public boolean isUnderWriteback(Page page) {
        return page.isUnderWriteback(device.now());
    }

    /// Waits until it is not, with the page's lock.
    @Override
    public void awaitWriteback(Page page) {
        KernelThread self = KernelThread.current();
        while (isUnderWriteback(page)) {
            self.block(page.ioEnds());
        }
    }

    /// Waits until the device has written something; false when it writes nothing.
    public boolean awaitSome(KernelThread self) {
        long ends = lastWrite;
        if (ends <= device.now()) {
            return false;
        }
        self.block(ends);
        return true;
    }

    /// Takes a page, which the caller has locked and has a reference to, out of the cache if no PTE names its slot, and
    /// frees that: `folio_free_swap`. PTE locks may be held.
    @Override
    public boolean free(Page page) {
        if (!page.isSwapCache() || isUnderWriteback(page)) {
            return false;
        }
        long entry = page.swap();
        if (!areaIn(entry).freeCopied(SwapEntry.offset(entry), page)) {
            return false;
        }
        page.setDirty();
        count(NodeStat.NR_SWAPCACHED, -1);
        allocator.put(page);
        return true;
    }

    /// Takes a page, which the caller has locked and has the only other reference to, out of the cache if its slot has
    /// what it has.
    @Override
    public boolean removeUnused(Page page) {
        long entry = page.swap();
        boolean removed = areaIn(entry).removeUnused(SwapEntry.offset(entry), page);
        if (removed) {
            count(NodeStat.NR_SWAPCACHED, -1);
        }
        return removed;
    }

    private void count(VmEvent event, long amount) {
        allocator.events().add(event.ordinal(), amount);
    }

    private void count(NodeStat stat, long amount) {
        allocator.stats().add(stat.ordinal(), amount);
    }
}
