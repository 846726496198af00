package faultline.kernel.mm.page;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Frames in a row that somebody empties to have them: those that are free are his at once, the others when the pages
/// in them have gone elsewhere. One thread.
public final class FrameRun {

    private final PageAllocator allocator;
    private final NodePool node;
    private final int first;
    private final int count;
    private final BitSet own = new BitSet();

    private FrameRun(PageAllocator allocator, NodePool node, int first, int count) {
        this.allocator = allocator;
        this.node = node;
        this.first = first;
        this.count = count;
    }

    /// Runs of a node whose pages could all go, at most `most`, those with fewest in use first. A snapshot.
    static List<FrameRun> candidates(PageAllocator allocator, NodePool node, int count, int most) {
        record Cost(int first, int used) {}
        List<Cost> costs = new ArrayList<>();
        int end = node.end() - count;
        for (int at = Math.max(node.first(), 1) + count - 1 & -count; at <= end; at += count) {
            int used = 0;
            for (int frame = at; frame < at + count && used >= 0; frame++) {
                Page page = allocator.pageOrNull(frame);
                used = page == null || !page.has(Page.FREE) && !isMovable(page)
                        ? -1
                        : used + (page.has(Page.FREE) ? 0 : 1);
            }
            if (used >= 0) {
                costs.add(new Cost(at, used));
            }
        }
        return costs.stream()
                .sorted(Comparator.comparingInt(Cost::used))
                .limit(most)
                .map(cost -> new FrameRun(allocator, node, cost.first, count))
                .toList();
    }

    /// Whether a page can be found by who knows it, and has no reference that is not known.
    private static boolean isMovable(Page page) {
        if (page.mapping() != null) {
            return !page.isSwapCache();
        }
        return page.isAnon()
                && page.mapcount() != 0
                && page.refcount() == page.mapcount() + (page.isSwapCache() ? 1 : 0);
    }

    int first() {
        return first;
    }

    /// How many frames it has.
    public int count() {
        return count;
    }

    /// Whether a page lies in it.
    public boolean contains(Page page) {
        return page.pfn() >= first && page.pfn() < first + count;
    }

    /// Takes the frames that are free, those that vCPUs have too; whether it has all now.
    public boolean takeFree() {
        node.takeFrames(first, count, own);
        return own.cardinality() == count;
    }

    /// The page in a frame that is not free, with a reference for [#free]; empty where that page cannot be moved.
    public Optional<Page> inTheWay(int index) {
        Page page = allocator.page(first + index);
        return isMovable(page) && page.tryGet() ? Optional.of(page) : Optional.empty();
    }

    /// Whether a frame is free, and nobody else's.
    public boolean has(int index) {
        return own.get(index);
    }

    /// Drops a reference to a page of the run. If it was the last one, the run has its frame.
    public void free(Page page) {
        if (allocator.dropAside(page)) {
            own.set((int) page.pfn() - first);
        }
    }

    /// Gives up: what it has is free for all.
    public void giveBack() {
        node.giveFrames(first, own);
        own.clear();
    }
}
