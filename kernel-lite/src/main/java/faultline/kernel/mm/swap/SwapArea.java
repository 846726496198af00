package faultline.kernel.mm.swap;

import faultline.core.mem.PhysicalMemory;
import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// One swap area: `struct swap_info_struct`.
///
/// Of each slot it knows how many PTEs name it (`swap_map`) and which page is its copy in memory. A slot is free when
/// neither is there. Slot 0 is the header and is never handed out.
public final class SwapArea {

    private static final int HEADER = 0;

    private final int type;
    private final String name;
    private final boolean file;
    private final int priority;
    private final int slots;
    private final PhysicalMemory disk;
    private final Steps steps;
    private final SpinLock lock;

    // Guarded by lock.
    private final int[] counts;
    private final BitSet free;
    private int used;
    /// Whether slots are handed out: SWP_WRITEOK.
    private boolean writable = true;
    /// Where to look first: slots are handed out in a row, so that pages written together can be read together.
    private int next = HEADER + 1;

    /// The pages of the swap cache by slot. Stored with the lock; who looks without it checks his reference.
    private final AtomicReferenceArray<@Nullable Page> cached;

    /// `slots` counts the header; `disk` has a page for each.
    SwapArea(int type, String name, boolean file, int priority, int slots, PhysicalMemory disk, Steps steps) {
        this.type = type;
        this.name = name;
        this.file = file;
        this.priority = priority;
        this.slots = slots;
        this.disk = disk;
        this.steps = steps;
        this.lock = new SpinLock(steps, LockRank.SWAP, type);
        this.counts = new int[slots];
        this.free = new BitSet(slots);
        this.cached = new AtomicReferenceArray<>(slots);
        free.set(HEADER + 1, slots);
    }

    /// Its number, by which entries name it.
    public int type() {
        return type;
    }

    /// Its path.
    public String name() {
        return name;
    }

    /// Whether it is a file, not a device.
    public boolean isFile() {
        return file;
    }

    public int priority() {
        return priority;
    }

    /// How many pages it can take.
    public int pages() {
        return slots - 1;
    }

    /// How many of its slots are in use.
    public int used() {
        lock.lock();
        int now = used;
        lock.unlock();
        return now;
    }

    PhysicalMemory disk() {
        return disk;
    }

    /// No slot is handed out any more, not to those either who have found the area before; or they are again.
    void setWritable(boolean on) {
        lock.lock();
        writable = on;
        lock.unlock();
    }

    /// A free slot, whose copy `page` is from now on, or 0: the caller has locked the page and gives a reference away.
    int allocate(Page page) {
        lock.lock();
        int slot = writable ? free.nextSetBit(next) : 0;
        slot = slot < 0 ? free.nextSetBit(0) : slot;
        if (slot > 0) {
            steps.at(SwapStep.SLOT_ALLOC, slot);
            next = slot + 1;
            free.clear(slot);
            used++;
            cached.set(slot, page);
            page.enterSwapCache(SwapEntry.of(type, slot));
        }
        lock.unlock();
        return Math.max(slot, 0);
    }

    /// Makes a page the copy of a slot that PTEs name and that has none; false when there is one by now, or the slot is
    /// free. The caller has locked the page, which nobody else sees yet, and gives a reference away if it is true.
    boolean insert(int slot, Page page) {
        lock.lock();
        boolean inserted = counts[slot] != 0 && cached.get(slot) == null;
        if (inserted) {
            steps.at(SwapStep.CACHE_INSERT, slot);
            page.enterSwapCache(SwapEntry.of(type, slot));
            cached.set(slot, page);
        }
        lock.unlock();
        return inserted;
    }

    /// The page that is the copy of a slot; the caller takes a reference and looks again.
    @Nullable
    Page peek(int slot) {
        return cached.get(slot);
    }

    /// One more PTE names the slot: `swap_duplicate`.
    void duplicate(int slot) {
        lock.lock();
        assert counts[slot] != 0 || cached.get(slot) != null : "swap: slot " + slot + " of " + this + " is free";
        counts[slot]++;
        lock.unlock();
    }

    /// One PTE less names the slot; without a copy in memory the last one frees it: `swap_free`. True when nothing but
    /// a copy in memory is left.
    boolean release(int slot) {
        lock.lock();
        assert counts[slot] != 0 : "swap: slot " + slot + " of " + this + " is named by no PTE";
        boolean last = --counts[slot] == 0;
        boolean copied = cached.get(slot) != null;
        if (last && !copied) {
            freeLocked(slot);
        }
        lock.unlock();
        return last && copied;
    }

    /// How many PTEs name the slot.
    int count(int slot) {
        lock.lock();
        int now = counts[slot];
        lock.unlock();
        return now;
    }

    /// Takes the copy of a slot out that no PTE names, and frees the slot: `folio_free_swap`. The caller has the page's
    /// lock, and from here on the cache's reference.
    boolean freeCopied(int slot, Page page) {
        lock.lock();
        boolean unnamed = counts[slot] == 0;
        if (unnamed) {
            steps.at(SwapStep.CACHE_REMOVE, slot);
            page.leaveSwapCache();
            cached.set(slot, null);
            freeLocked(slot);
        }
        lock.unlock();
        return unnamed;
    }

    /// Takes the copy of a slot out if nobody but the caller and the cache refers to it and it is clean:
    /// `remove_mapping`. The caller has the page's lock; the cache's reference is gone.
    boolean removeUnused(int slot, Page page) {
        lock.lock();
        // Nobody finds the page from here on: who has found it before has a reference.
        boolean alone = page.tryFreeze(2);
        boolean removed = alone && !page.isDirty();
        if (removed) {
            steps.at(SwapStep.CACHE_REMOVE, slot);
            page.leaveSwapCache();
            cached.set(slot, null);
            if (counts[slot] == 0) {
                freeLocked(slot);
            }
        }
        if (alone) {
            page.unfreeze(removed ? 1 : 2);
        }
        lock.unlock();
        return removed;
    }

    private void freeLocked(int slot) {
        steps.at(SwapStep.SLOT_FREE, slot);
        free.set(slot);
        used--;
    }

    /// The first slot from `from` on that is in use, or -1: what `swapoff` goes over.
    public int nextUsed(int from) {
        lock.lock();
        int slot = free.nextClearBit(Math.max(from, HEADER + 1));
        lock.unlock();
        return slot < slots ? slot : -1;
    }

    @Override
    public String toString() {
        return "swap area " + name;
    }
}
