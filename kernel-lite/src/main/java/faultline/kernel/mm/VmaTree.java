package faultline.kernel.mm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The VMAs of an address space by address: a persistent balanced (AVL) tree.
///
/// Nodes never change; a writer builds new ones along the path and publishes a new root with
/// release, so that a reader without a lock walks a consistent picture of some moment. Each node
/// knows the widest gap in its subtree, which makes the search for free address space logarithmic.
final class VmaTree {

    private static final VarHandle ROOT;

    static {
        try {
            ROOT = MethodHandles.lookup().findVarHandle(VmaTree.class, "root", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Node {
        final Vma vma;
        final long start;
        final long end;
        final @Nullable Node left;
        final @Nullable Node right;
        final int height;
        final int size;

        /// Where the subtree's first VMA begins, guard gap included; where its last ends; its
        /// widest inner gap.
        final long low;

        final long high;
        final long gap;

        Node(Vma vma, long start, long end, @Nullable Node left, @Nullable Node right) {
            this.vma = vma;
            this.start = start;
            this.end = end;
            this.left = left;
            this.right = right;
            this.height = Math.max(heightOf(left), heightOf(right)) + 1;
            this.size = sizeOf(left) + sizeOf(right) + 1;
            long begin = vma.startWithGap();
            this.low = left == null ? begin : left.low;
            this.high = right == null ? end : right.high;
            long widest = 0;
            if (left != null) {
                widest = Math.max(left.gap, begin - left.high);
            }
            if (right != null) {
                widest = Math.max(widest, Math.max(right.gap, right.low - end));
            }
            this.gap = widest;
        }
    }

    @SuppressWarnings("unused") // through ROOT
    private @Nullable Node root;

    /// What the writer has built so far. Guarded by mmap_lock held for write.
    private @Nullable Node working;

    /// The first VMA that ends above `va`, or null.
    @Nullable
    Vma find(long va) {
        Node node = published();
        Vma found = null;
        while (node != null) {
            if (Long.compareUnsigned(node.end, va) > 0) {
                found = node.vma;
                if (Long.compareUnsigned(node.start, va) <= 0) {
                    break;
                }
                node = node.left;
            } else {
                node = node.right;
            }
        }
        return found;
    }

    /// The last VMA that starts below `va`, or null.
    @Nullable
    Vma findBefore(long va) {
        Node node = published();
        Vma found = null;
        while (node != null) {
            if (Long.compareUnsigned(node.start, va) < 0) {
                found = node.vma;
                node = node.right;
            } else {
                node = node.left;
            }
        }
        return found;
    }

    /// How many VMAs there are: map_count.
    int size() {
        return sizeOf(published());
    }

    private @Nullable Node published() {
        // pairs with setRelease in publish
        return (Node) ROOT.getAcquire(this);
    }

    // Changes: by the writer, seen by others after publish.

    void insert(Vma vma) {
        working = insert(working, vma);
    }

    /// Takes a VMA out; its bounds are those it was inserted with.
    void remove(Vma vma) {
        working = remove(working, vma.start());
    }

    /// Makes the changes since the last call visible, all at once.
    void publish() {
        // pairs with getAcquire in published
        ROOT.setRelease(this, working);
    }

    private static Node insert(@Nullable Node node, Vma vma) {
        if (node == null) {
            return new Node(vma, vma.start(), vma.end(), null, null);
        }
        if (Long.compareUnsigned(vma.end(), node.start) <= 0) {
            return balance(node, insert(node.left, vma), node.right);
        }
        if (Long.compareUnsigned(vma.start(), node.end) >= 0) {
            return balance(node, node.left, insert(node.right, vma));
        }
        throw new IllegalStateException("mm: " + vma + " overlaps " + node.vma + "; insert needs a free range");
    }

    private static @Nullable Node remove(@Nullable Node node, long start) {
        if (node == null) {
            throw new IllegalStateException("mm: no vma starts at 0x" + Long.toHexString(start) + "; remove needs one");
        }
        int order = Long.compareUnsigned(start, node.start);
        if (order < 0) {
            return balance(node, remove(node.left, start), node.right);
        }
        if (order > 0) {
            return balance(node, node.left, remove(node.right, start));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node next = node.right;
        while (next.left != null) {
            next = next.left;
        }
        return balance(next, node.left, remove(node.right, next.start));
    }

    /// A node with the VMA of `at` over two subtrees whose heights differ by at most two.
    private static Node balance(Node at, @Nullable Node left, @Nullable Node right) {
        int lean = heightOf(left) - heightOf(right);
        if (lean > 1 && left != null) {
            Node inner = left.right;
            if (inner != null && heightOf(inner) > heightOf(left.left)) {
                return node(inner, node(left, left.left, inner.left), node(at, inner.right, right));
            }
            return node(left, left.left, node(at, inner, right));
        }
        if (lean < -1 && right != null) {
            Node inner = right.left;
            if (inner != null && heightOf(inner) > heightOf(right.right)) {
                return node(inner, node(at, left, inner.left), node(right, inner.right, right.right));
            }
            return node(right, node(at, left, inner), right.right);
        }
        return node(at, left, right);
    }

    private static Node node(Node of, @Nullable Node left, @Nullable Node right) {
        return new Node(of.vma, of.start, of.end, left, right);
    }

    private static int heightOf(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    private static int sizeOf(@Nullable Node node) {
        return node == null ? 0 : node.size;
    }

    // Free ranges.

    /// The highest address in `[low, high - length]` where `length` bytes are free, or -1.
    long findGapBelow(long low, long high, long length) {
        return gapBelow(published(), 0, -1L >>> 1, low, high, length);
    }

    /// `before` and `behind` bound the free space around the subtree.
    private static long gapBelow(@Nullable Node node, long before, long behind, long low, long high, long length) {
        if (node == null) {
            long from = Math.max(before, low);
            long to = Math.min(behind, high);
            return to - from >= length ? to - length : -1;
        }
        if (Math.max(node.gap, Math.max(node.low - before, behind - node.high)) < length || before >= high) {
            return -1;
        }
        long found = gapBelow(node.right, node.end, behind, low, high, length);
        return found != -1 ? found : gapBelow(node.left, before, node.vma.startWithGap(), low, high, length);
    }

    /// The lowest address in `[low, high - length]` where `length` bytes are free, or -1.
    long findGapAbove(long low, long high, long length) {
        long from = low;
        while (from + length <= high) {
            Vma next = find(from);
            if (next == null || next.startWithGap() >= from + length) {
                return from;
            }
            from = next.end();
        }
        return -1;
    }
}
