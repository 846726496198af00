package faultline.kernel.mm;

import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What is known of an address space that has pages which may be merged: `struct ksm_mm_slot`.
final class KsmSpace {

    final Mm mm;

    /// By address. Guarded by the mutex of [Ksm].
    final NavigableMap<Long, KsmItem> items = new TreeMap<>();

    /// How many of its addresses have a shared page: `ksm_merging_pages`.
    final AtomicInteger merging = new AtomicInteger();

    /// How many items it has: `ksm_rmap_items`. Written under the mutex.
    volatile int itemCount;

    KsmSpace(Mm mm) {
        this.mm = mm;
    }

    KsmItem itemAt(long va) {
        KsmItem item = items.get(va);
        if (item == null) {
            item = new KsmItem(this, va);
            items.put(va, item);
            itemCount = items.size();
        }
        return item;
    }
}
