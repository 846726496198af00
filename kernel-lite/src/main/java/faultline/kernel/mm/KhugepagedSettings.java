package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// What `/sys/kernel/mm/transparent_hugepage/khugepaged` has that can be changed. Any thread.
public final class KhugepagedSettings {

    /// Its files.
    public enum Setting {
        /// Whether it waits for a run of frames to become free.
        DEFRAG,
        /// Empty PTEs that a huge page may fill.
        MAX_PTES_NONE,
        /// Pages that others map too.
        MAX_PTES_SHARED,
        /// Pages that are swapped out.
        MAX_PTES_SWAP,
        /// How many pages are looked at between two pauses.
        PAGES_TO_SCAN,
        /// How long the pause is where no run of frames was free.
        ALLOC_SLEEP_MILLISECS,
        /// How long it is otherwise.
        SCAN_SLEEP_MILLISECS;

        public String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final AtomicIntegerArray values = new AtomicIntegerArray(Setting.values().length);
    private final int pages;
    private final AtomicLong fullScans = new AtomicLong();
    private final AtomicLong pagesCollapsed = new AtomicLong();

    /// For huge pages of so many pages.
    KhugepagedSettings(int pages) {
        this.pages = pages;
        values.set(Setting.DEFRAG.ordinal(), 1);
        values.set(Setting.MAX_PTES_NONE.ordinal(), pages - 1);
        values.set(Setting.MAX_PTES_SHARED.ordinal(), pages / 2);
        values.set(Setting.MAX_PTES_SWAP.ordinal(), pages / 8);
        values.set(Setting.PAGES_TO_SCAN.ordinal(), pages * 8);
        values.set(Setting.ALLOC_SLEEP_MILLISECS.ordinal(), 60_000);
        values.set(Setting.SCAN_SLEEP_MILLISECS.ordinal(), 10_000);
    }

    /// How often all address spaces were gone through.
    public long fullScans() {
        return fullScans.get();
    }

    /// How many huge pages were put together.
    public long pagesCollapsed() {
        return pagesCollapsed.get();
    }

    void countFullScan() {
        fullScans.incrementAndGet();
    }

    void countCollapsed() {
        pagesCollapsed.incrementAndGet();
    }

    public int get(Setting setting) {
        return values.get(setting.ordinal());
    }

    /// EINVAL for what the file does not take.
    public void set(Setting setting, long value) {
        long most = switch (setting) {
            case DEFRAG -> 1;
            case MAX_PTES_NONE, MAX_PTES_SHARED, MAX_PTES_SWAP -> pages - 1;
            case PAGES_TO_SCAN, ALLOC_SLEEP_MILLISECS, SCAN_SLEEP_MILLISECS -> Integer.MAX_VALUE;
        };
        if (value < (setting == Setting.PAGES_TO_SCAN ? 1 : 0) || value > most) {
            throw Errno.EINVAL.exception();
        }
        values.set(setting.ordinal(), (int) value);
    }
}
