package faultline.kernel.mm.swap;

import faultline.kernel.mm.page.Page;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Which slots are read with one of shared memory: `swap_cluster_readahead`. No PTE tells what lies beside it, so it is
/// the slots beside its own, to which pages are written in the order they go in.
///
/// The window grows while slots are asked for in a row, and is one where they are not. A lost race costs a window.
final class SwapCluster {

    /// What `__swapin_nr_pages` begins with.
    private static final int LEAST = 4;

    private final SwapSpace swap;

    /// `vm.page-cluster`: the logarithm of how many at the most.
    private final IntSupplier most;

    private volatile long previous;
    private volatile int window = 1;

    SwapCluster(SwapSpace swap, IntSupplier most) {
        this.swap = swap;
        this.most = most;
    }

    /// The page of a slot, with a reference; begun to be read, with its neighbours, if there is no copy of it.
    @Nullable
    Page read(long entry, int slots) {
        int count = nextWindow(entry);
        Page found = swap.find(entry);
        if (found != null || count == 1) {
            return found != null ? found : swap.findOrRead(entry);
        }
        int slot = SwapEntry.offset(entry);
        int first = slot & -count;
        for (int at = Math.max(1, first); at <= Math.min(slots, first + count - 1); at++) {
            Page ahead = at == slot ? null : swap.findOrRead(SwapEntry.of(SwapEntry.type(entry), at));
            if (ahead != null) {
                swap.giveBack(ahead);
            }
        }
        return swap.findOrRead(entry);
    }

    /// `__swapin_nr_pages`: a power of two.
    private int nextWindow(long entry) {
        int last = window;
        boolean inRow = Math.abs(entry - previous) == 1;
        int next = Math.min(1 << most.getAsInt(), Math.max(inRow ? Math.max(LEAST, 2 * last) : 1, last / 2));
        previous = entry;
        window = next;
        return next;
    }
}
