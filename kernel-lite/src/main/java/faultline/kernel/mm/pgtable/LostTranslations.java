package faultline.kernel.mm.pgtable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the entries of one page table have lost and TLBs may still have, while checks are on: from the
/// store until a flush of the address that began later is over.
///
/// Of an address the last loss is known. Any thread.
public final class LostTranslations {

    /// One entry that was cleared, or lost a right.
    ///
    /// @param va of the page
    /// @param pfn the frame it led to
    /// @param writesOnly whether it may still be read from
    /// @param by the thread that changed the entry
    /// @param number grows with time
    public record Loss(long va, long pfn, boolean writesOnly, String by, long number) {}

    // Guarded by this.
    private final TreeMap<Long, Loss> losses = new TreeMap<>(Long::compareUnsigned);
    private long last;

    /// The entry of a page is about to lose something.
    synchronized void lost(long va, long pfn, boolean writesOnly) {
        losses.put(va, new Loss(va, pfn, writesOnly, Thread.currentThread().getName(), ++last));
    }

    /// A flush begins: it is for all that is lost by now.
    public synchronized long beginFlush() {
        return last;
    }

    /// A flush of `[start, end)` is over that began at `upTo`: what no TLB may have any more.
    public synchronized List<Loss> endFlush(long start, long end, long upTo) {
        List<Loss> settled = new ArrayList<>();
        for (Map.Entry<Long, Loss> each : losses.subMap(start, end).entrySet()) {
            if (each.getValue().number() <= upTo) {
                settled.add(each.getValue());
            }
        }
        settled.forEach(loss -> losses.remove(loss.va()));
        return settled;
    }

    /// Whether the entry of an address has lost something that no flush was for yet.
    public synchronized boolean isPending(long va) {
        return losses.containsKey(va);
    }
}
