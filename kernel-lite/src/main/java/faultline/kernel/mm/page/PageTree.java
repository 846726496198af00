package faultline.kernel.mm.page;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The pages of a file by index: a radix tree of 512-way nodes that grows upwards with the largest
/// index.
///
/// Lookups take no lock: slots are read with acquire and written with release. Changes are made
/// under the page cache's lock. Nodes are never removed before the whole tree is.
final class PageTree {

    private static final int BITS = 9;
    private static final int SLOTS = 1 << BITS;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    private static final class Root {
        final int height;
        final Object[] slots;

        Root(int height, Object[] slots) {
            this.height = height;
            this.slots = slots;
        }
    }

    /// Visits pages in ascending order.
    interface Visitor {
        /// False ends the visit.
        boolean visit(Page page);
    }

    private volatile Root root = new Root(1, new Object[SLOTS]);

    private static long capacity(int height) {
        return height * BITS >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << (height * BITS);
    }

    /// The page at an index, or null.
    @Nullable
    Page find(long index) {
        Root now = root;
        if (index >= capacity(now.height)) {
            return null;
        }
        Object[] slots = now.slots;
        for (int level = now.height - 1; level > 0; level--) {
            // pairs with setRelease in put
            slots = (Object[]) SLOT.getAcquire(slots, slot(index, level));
            if (slots == null) {
                return null;
            }
        }
        return (Page) SLOT.getAcquire(slots, slot(index, 0));
    }

    /// Sets or with null clears the page at an index. The caller holds the cache's lock.
    void put(long index, @Nullable Page page) {
        while (index >= capacity(root.height)) {
            Object[] higher = new Object[SLOTS];
            higher[0] = root.slots;
            root = new Root(root.height + 1, higher);
        }
        Object[] slots = root.slots;
        for (int level = root.height - 1; level > 0; level--) {
            int at = slot(index, level);
            Object[] lower = (Object[]) slots[at];
            if (lower == null) {
                lower = new Object[SLOTS];
                // pairs with getAcquire in find
                SLOT.setRelease(slots, at, lower);
            }
            slots = lower;
        }
        // pairs with getAcquire in find
        SLOT.setRelease(slots, slot(index, 0), page);
    }

    /// Visits the pages with indices in `[first, end)`.
    void visit(long first, long end, Visitor visitor) {
        Root now = root;
        visit(now.slots, now.height - 1, 0, first, Math.min(end, capacity(now.height)), visitor);
    }

    private static boolean visit(Object[] slots, int level, long base, long first, long end, Visitor visitor) {
        for (int i = 0; i < SLOTS; i++) {
            long from = base + ((long) i << (level * BITS));
            if (from >= end) {
                return true;
            }
            if (from + (1L << (level * BITS)) <= first) {
                continue;
            }
            Object found = SLOT.getAcquire(slots, i);
            boolean goOn = switch (found) {
                case null -> true;
                case Page page -> visitor.visit(page);
                case Object[] lower -> visit(lower, level - 1, from, first, end, visitor);
                default -> throw new IllegalStateException("mm: page tree holds " + found);
            };
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private static int slot(long index, int level) {
        return (int) (index >>> (level * BITS)) & (SLOTS - 1);
    }
}
