package faultline.kernel.mm.page;

import faultline.kernel.KernelHeap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The pages of a file by index: a radix tree of 512-way nodes that grows upwards with the largest
/// index.
///
/// Lookups take no lock: slots are read with acquire and written with release. Changes are made
/// under the page cache's lock. A node goes with its last page, so that a guest cannot collect nodes
/// by writing here and there in a sparse file; a lookup that still stands in one finds nothing.
final class PageTree {

    private static final int BITS = 9;
    private static final int SLOTS = 1 << BITS;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    /// What a node takes of the heap: the array and the object around it.
    private static final long NODE_BYTES = SLOTS * 4L + 64;

    private static final class Node {
        final Object[] slots = new Object[SLOTS];

        /// How many slots are filled; only for who changes the tree.
        int used;
    }

    private static final class Root {
        final int height;
        final Node node;

        Root(int height, Node node) {
            this.height = height;
            this.node = node;
        }
    }

    /// Stands where a page is that is swapped out: the name of its slot.
    private record Swapped(long entry) {}

    /// Visits pages in ascending order.
    interface Visitor {
        /// False ends the visit.
        boolean visit(long index, Page page);

        /// The same for one that is swapped out.
        default boolean visitSwapped(long index, long entry) {
            return true;
        }
    }

    private final KernelHeap heap;

    /// Null while there is no page.
    private volatile @Nullable Root root;

    PageTree(KernelHeap heap) {
        this.heap = heap;
    }

    private static long capacity(int height) {
        return height * BITS >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << (height * BITS);
    }

    private static int heightFor(long index) {
        int height = 1;
        while (index >= capacity(height)) {
            height++;
        }
        return height;
    }

    /// The page at an index, or null, also where it is swapped out.
    @Nullable
    Page find(long index) {
        return at(index) instanceof Page page ? page : null;
    }

    /// The slot of the page at an index if it is swapped out, else 0.
    long swapped(long index) {
        return at(index) instanceof Swapped(long entry) ? entry : 0;
    }

    /// Whether nothing is at an index, neither a page nor the name of a slot.
    boolean isEmpty(long index) {
        return at(index) == null;
    }

    private @Nullable Object at(long index) {
        Root now = root;
        if (now == null || index >= capacity(now.height)) {
            return null;
        }
        Node node = now.node;
        for (int level = now.height - 1; level > 0; level--) {
            // pairs with setRelease in set and replace
            node = (Node) SLOT.getAcquire(node.slots, slot(index, level));
            if (node == null) {
                return null;
            }
        }
        return SLOT.getAcquire(node.slots, slot(index, 0));
    }

    /// Puts the name of its slot in the place of the page at an index. The caller holds the cache's lock.
    void swapOut(long index, long entry) {
        replace(index, new Swapped(entry));
    }

    /// Puts the page in the place of its slot's name. The caller holds the cache's lock.
    void swapIn(long index, Page page) {
        replace(index, page);
    }

    private void replace(long index, Object by) {
        Node node = leaf(index);
        // pairs with getAcquire in at
        SLOT.setRelease(node.slots, slot(index, 0), by);
    }

    /// Puts a page in the place of the one at an index. The caller holds the cache's lock.
    void replace(long index, Page page) {
        // pairs with getAcquire in at
        SLOT.setRelease(leaf(index).slots, slot(index, 0), page);
    }

    /// The node that has the slot of an index, at which something is.
    private Node leaf(long index) {
        Root now = root;
        if (now == null) {
            throw new IllegalStateException("mm: page tree is empty; expected page " + index);
        }
        Node node = now.node;
        for (int level = now.height - 1; level > 0; level--) {
            node = (Node) node.slots[slot(index, level)];
        }
        return node;
    }

    /// Puts a page in where none is; false when the heap has no room for its nodes. The caller holds
    /// the cache's lock.
    boolean insert(long index, Page page) {
        Root now = root;
        int height = Math.max(heightFor(index), now == null ? 1 : now.height);
        // Nodes that a failure leaves without a page go with the next one that is removed.
        if (now == null || now.height < height) {
            now = grow(now, height);
            if (now == null) {
                return false;
            }
        }
        Node node = now.node;
        for (int level = now.height - 1; level > 0; level--) {
            Node lower = (Node) node.slots[slot(index, level)];
            if (lower == null) {
                lower = make();
                if (lower == null) {
                    prune(index);
                    return false;
                }
                set(node, slot(index, level), lower);
            }
            node = lower;
        }
        set(node, slot(index, 0), page);
        return true;
    }

    /// Sets nodes above the root until it is of that height; null, with nothing changed, without room.
    private @Nullable Root grow(@Nullable Root from, int height) {
        if (from == null) {
            Node first = make();
            root = first == null ? null : new Root(height, first);
            return root;
        }
        Node top = from.node;
        for (int h = from.height; h < height; h++) {
            Node higher = make();
            if (higher == null) {
                heap.release((h - from.height) * NODE_BYTES);
                return null;
            }
            set(higher, 0, top);
            top = higher;
        }
        Root grown = new Root(height, top);
        root = grown;
        return grown;
    }

    private @Nullable Node make() {
        return heap.tryCharge(NODE_BYTES) ? new Node() : null;
    }

    private static void set(Node node, int slot, Object to) {
        node.used++;
        // pairs with getAcquire in at
        SLOT.setRelease(node.slots, slot, to);
    }

    /// Takes the page at an index out, or its slot's name, and the nodes that only led there. The caller holds the
    /// cache's lock.
    void remove(long index) {
        Node node = leaf(index);
        node.used--;
        SLOT.setRelease(node.slots, slot(index, 0), null);
        prune(index);
    }

    /// Takes the empty nodes on the way to an index out, from the bottom upwards.
    private void prune(long index) {
        Root now = root;
        if (now != null && prune(now.node, now.height - 1, index)) {
            root = null;
            heap.release(NODE_BYTES);
        }
    }

    /// Whether the node is empty, once the one below it on the way to `index` has been looked at.
    private boolean prune(Node node, int level, long index) {
        int slot = slot(index, level);
        if (level > 0 && node.slots[slot] instanceof Node lower && prune(lower, level - 1, index)) {
            node.used--;
            SLOT.setRelease(node.slots, slot, null);
            heap.release(NODE_BYTES);
        }
        return node.used == 0;
    }

    /// Visits the pages with indices in `[first, end)`.
    void visit(long first, long end, Visitor visitor) {
        Root now = root;
        if (now != null) {
            visit(now.node, now.height - 1, 0, first, Math.min(end, capacity(now.height)), visitor);
        }
    }

    private static boolean visit(Node node, int level, long base, long first, long end, Visitor visitor) {
        int begin = Math.clamp(first - base >> level * BITS, 0, SLOTS);
        for (int i = begin; i < SLOTS; i++) {
            long from = base + ((long) i << (level * BITS));
            if (from >= end) {
                return true;
            }
            Object found = SLOT.getAcquire(node.slots, i);
            boolean goOn = switch (found) {
                case null -> true;
                case Page page -> visitor.visit(from, page);
                case Swapped(long entry) -> visitor.visitSwapped(from, entry);
                case Node lower -> visit(lower, level - 1, from, first, end, visitor);
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
