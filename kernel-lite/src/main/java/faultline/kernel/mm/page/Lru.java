package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The pages that could be reclaimed, in the order they came to be thought unused: `struct lruvec`.
///
/// Of anonymous memory and of files two lists each: what was used lately, and what was not, from whose old end pages
/// are taken. A new page belongs to the second. Linux puts it there when a batch of a vCPU's new pages is full; here
/// that is done for all at once by who is short of memory and looks for more ([#gather]), so that a machine with
/// enough keeps no lists and a fault pays nothing. A page that is freed leaves at once.
///
/// The lists are of frame numbers and lie beside the pages.
public final class Lru {

    /// The lists.
    public enum List {
        INACTIVE_ANON,
        ACTIVE_ANON,
        INACTIVE_FILE,
        ACTIVE_FILE;

        /// The list of pages of the same kind that were used lately, or were not.
        public List other() {
            return values()[ordinal() ^ 1];
        }
    }

    private static final List[] LISTS = List.values();
    private static final int[] NONE = {};

    /// Says that a page is on no list.
    private static final int OFF = -1;

    /// What stands for the list before its first and behind its last page, above all frame numbers.
    private final int heads;

    private final PageAllocator allocator;
    private final SpinLock lock;

    // Guarded by lock. Without elements until somebody has gathered.
    private int[] next = NONE;
    private int[] previous = NONE;
    private byte[] list = {};
    private final int[] sizes = new int[LISTS.length];
    /// Where gathering goes on.
    private int hand;

    private volatile boolean on;

    Lru(PageAllocator allocator, Steps steps) {
        this.allocator = allocator;
        this.heads = allocator.totalFrames();
        this.lock = new SpinLock(steps, LockRank.LRU, 0);
    }

    /// How many pages a list has.
    public int size(List which) {
        return sizes[which.ordinal()];
    }

    /// Puts up to `most` pages on the inactive lists that are on none, in the order of their frames from where the last
    /// call stopped.
    public void gather(int most) {
        lock.lock();
        begin();
        int found = 0;
        for (int looked = 0; looked < heads && found < most; looked++) {
            int pfn = hand;
            hand = hand + 1 < heads ? hand + 1 : 0;
            if (next[pfn] == OFF) {
                found += gatherLocked(pfn) ? 1 : 0;
            }
        }
        lock.unlock();
    }

    private void begin() {
        if (on) {
            return;
        }
        next = new int[heads + LISTS.length];
        previous = new int[heads + LISTS.length];
        list = new byte[heads];
        Arrays.fill(next, 0, heads, OFF);
        for (int i = 0; i < LISTS.length; i++) {
            next[heads + i] = heads + i;
            previous[heads + i] = heads + i;
        }
        on = true;
    }

    private boolean gatherLocked(int pfn) {
        Page page = allocator.pageOrNull(pfn);
        List which = page == null || page.refcount() == 0 ? null : inactiveOf(page);
        if (page == null || which == null) {
            return false;
        }
        link(pfn, which);
        // Who frees it sees that it is on a list, or is seen here; pairs with the drop of the reference before
        // [#freed].
        VarHandle.fullFence();
        if (page.refcount() == 0) {
            unlink(pfn);
            return false;
        }
        return true;
    }

    /// The list for a page that nobody has on one; null for what cannot be reclaimed.
    private static @Nullable List inactiveOf(Page page) {
        if (page.has(Page.RESERVED | Page.TABLE)) {
            return null;
        }
        PageCache cache = page.mapping();
        if (cache != null) {
            if (!cache.canReclaim() || page.has(Page.KEPT)) {
                return null;
            }
            return cache.isShmem() ? List.INACTIVE_ANON : List.INACTIVE_FILE;
        }
        if (!page.isSwapCache() && (!page.isAnon() || page.mapcount() == 0)) {
            return null;
        }
        // Nothing is to be written of it, so that it goes where clean pages of files are.
        return page.isLazyFree() ? List.INACTIVE_FILE : List.INACTIVE_ANON;
    }

    /// Takes up to `to.length` pages off the old end of a list, each with a reference; returns how many. None only
    /// when the list is empty.
    public int isolate(List which, Page[] to) {
        int count;
        int unwanted;
        do {
            count = 0;
            unwanted = to.length;
            lock.lock();
            int head = heads + which.ordinal();
            while (on && count < unwanted && previous[head] != head) {
                int pfn = previous[head];
                unlink(pfn);
                Page page = allocator.page(pfn);
                if (page.tryGet()) {
                    // What it is now need not be what it was when it came to the list.
                    to[inactiveOf(page) != null ? count++ : --unwanted] = page;
                }
            }
            lock.unlock();
            // The last reference may be this one, and who frees a page takes locks above this one.
            for (int i = unwanted; i < to.length; i++) {
                allocator.put(to[i]);
            }
        } while (count == 0 && unwanted < to.length);
        return count;
    }

    /// Puts a page that was isolated on the young end of a list. The caller keeps a reference meanwhile.
    public void putBack(Page page, List which) {
        lock.lock();
        int pfn = (int) page.pfn();
        if (next[pfn] == OFF) {
            link(pfn, which);
        }
        lock.unlock();
    }

    /// Puts a page whose contents may go, if it is on a list, where it goes soon: `lru_lazyfree`. The caller has a
    /// reference, or the lock of a PTE that has one.
    public void moveLazyFree(Page page) {
        if (on && next[(int) page.pfn()] != OFF) {
            lock.lock();
            int pfn = (int) page.pfn();
            if (next[pfn] != OFF) {
                unlink(pfn);
                link(pfn, List.INACTIVE_FILE);
            }
            lock.unlock();
        }
    }

    /// A page is about to be free: nobody has a reference.
    void freed(Page page) {
        if (on && next[(int) page.pfn()] != OFF) {
            lock.lock();
            unlink((int) page.pfn());
            lock.unlock();
        }
    }

    private void link(int pfn, List which) {
        int head = heads + which.ordinal();
        int first = next[head];
        next[pfn] = first;
        previous[pfn] = head;
        previous[first] = pfn;
        next[head] = pfn;
        list[pfn] = (byte) which.ordinal();
        sizes[which.ordinal()]++;
    }

    private void unlink(int pfn) {
        if (next[pfn] == OFF) {
            return;
        }
        next[previous[pfn]] = next[pfn];
        previous[next[pfn]] = previous[pfn];
        next[pfn] = OFF;
        sizes[list[pfn]]--;
    }
}
