package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What merging comes to: the counters in `/sys/kernel/mm/ksm`, and `/proc/PID/ksm_stat`. Any thread.
public final class KsmCounters {

    /// The files.
    public enum Counter {
        FULL_SCANS,
        GENERAL_PROFIT,
        KSM_ZERO_PAGES,
        PAGES_SCANNED,
        PAGES_SHARED,
        PAGES_SHARING,
        PAGES_SKIPPED,
        PAGES_UNSHARED,
        PAGES_VOLATILE,
        STABLE_NODE_CHAINS,
        STABLE_NODE_DUPS;

        public String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// `sizeof(struct ksm_rmap_item)` in Linux, which profits are reckoned with.
    private static final int ITEM_BYTES = 64;

    private final PageGeometry geometry;
    private final Map<Integer, KsmSpace> spaces;
    private final KsmIndex index;
    private final KsmScan scan;

    /// PTEs that have the zero page in the place of a page of zeroes.
    final AtomicLong zeroPages = new AtomicLong();

    KsmCounters(PageGeometry geometry, Map<Integer, KsmSpace> spaces, KsmIndex index, KsmScan scan) {
        this.geometry = geometry;
        this.spaces = spaces;
        this.index = index;
        this.scan = scan;
    }

    public long get(Counter counter) {
        return switch (counter) {
            case FULL_SCANS -> scan.fullScans.get();
            case GENERAL_PROFIT -> profit(index.sharing.get() + zeroPages.get(), items());
            case KSM_ZERO_PAGES -> zeroPages.get();
            case PAGES_SCANNED -> scan.scanned.get();
            case PAGES_SHARED -> index.shared.get();
            case PAGES_SHARING -> index.sharing.get();
            case PAGES_SKIPPED -> scan.skipped.get();
            case PAGES_UNSHARED -> index.unshared.get();
            case PAGES_VOLATILE ->
                Math.max(0, items() - index.shared.get() - index.sharing.get() - index.unshared.get());
            case STABLE_NODE_CHAINS -> index.chains.get();
            case STABLE_NODE_DUPS -> index.dups.get();
        };
    }

    private long items() {
        long count = 0;
        for (KsmSpace space : spaces.values()) {
            count += space.itemCount;
        }
        return count;
    }

    private long profit(long pages, long items) {
        return (pages << geometry.shift()) - items * ITEM_BYTES;
    }

    /// `/proc/PID/ksm_stat`.
    public String text(Mm mm) {
        KsmSpace space = spaces.get(mm.id());
        long items = space == null ? 0 : space.itemCount;
        long merging = merging(mm);
        long zero = mm.ksmZeroPages.get();
        return "ksm_rmap_items " + items + "\nksm_zero_pages " + zero + "\nksm_merging_pages " + merging
                + "\nksm_process_profit " + profit(merging + zero, items) + "\nksm_merge_any: "
                + (mm.mergesAny() ? "yes" : "no") + "\nksm_mergeable: " + (isMergeable(mm) ? "yes" : "no") + "\n";
    }

    /// `/proc/PID/ksm_merging_pages`.
    public long merging(Mm mm) {
        KsmSpace space = spaces.get(mm.id());
        return space == null ? 0 : space.merging.get();
    }

    private static boolean isMergeable(Mm mm) {
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                if (vma.has(Vma.VM_MERGEABLE)) {
                    return true;
                }
            }
            return false;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }
}
