package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/// The numbers in `/sys/kernel/mm/ksm` that can be changed, but for `run`. Any thread.
public final class KsmSettings {

    private static final long UINT_MAX = 0xffff_ffffL;

    /// Its files: what they hold at first, and what they take.
    public enum Setting {
        /// How many pages are looked at between two pauses.
        PAGES_TO_SCAN(100, 0, UINT_MAX),
        /// How long a pause is.
        SLEEP_MILLISECS(20, 0, UINT_MAX),
        /// Whether pages of different nodes are merged.
        MERGE_ACROSS_NODES(1, 0, 1),
        /// Whether pages of zeroes become the zero page.
        USE_ZERO_PAGES(0, 0, 1),
        /// How many addresses share one page; more get another of the same contents.
        MAX_PAGE_SHARING(256, 2, Integer.MAX_VALUE),
        /// How old a chain of such pages may be before those that are gone are taken out.
        STABLE_NODE_CHAINS_PRUNE_MILLISECS(2_000, 0, UINT_MAX),
        /// Whether pages that were often looked at in vain are looked at less often.
        SMART_SCAN(1, 0, 1);

        private final long first;
        private final long least;
        private final long most;

        Setting(long first, long least, long most) {
            this.first = first;
            this.least = least;
            this.most = most;
        }

        public String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Whether it cannot be changed while pages are shared: EBUSY.
        boolean isFixed() {
            return this == MERGE_ACROSS_NODES || this == MAX_PAGE_SHARING;
        }
    }

    private final AtomicLongArray values = new AtomicLongArray(Setting.values().length);

    KsmSettings() {
        for (Setting setting : Setting.values()) {
            values.set(setting.ordinal(), setting.first);
        }
    }

    public long get(Setting setting) {
        return values.get(setting.ordinal());
    }

    boolean is(Setting setting) {
        return get(setting) != 0;
    }

    /// EINVAL for what the file does not take.
    static void check(Setting setting, long value) {
        if (value < setting.least || value > setting.most) {
            throw Errno.EINVAL.exception();
        }
    }

    void set(Setting setting, long value) {
        check(setting, value);
        values.set(setting.ordinal(), value);
    }
}
