package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Whether and how pages are moved to the nodes where they are used: `kernel.numa_balancing`, and what
/// `/sys/kernel/debug/sched/numa_balancing` has that can be changed. Any thread.
public final class NumaBalancing {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MEGABYTE_SHIFT = 20;

    /// Its files.
    public enum Setting {
        /// How long an address space is left alone at first.
        SCAN_DELAY_MS(1000),
        /// How long it is between two scans. Linux goes up from here where pages stay; here it stays so.
        SCAN_PERIOD_MIN_MS(1000),
        /// How much of the address space a scan is for.
        SCAN_SIZE_MB(256);

        private final int usual;

        Setting(int usual) {
            this.usual = usual;
        }

        public String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final boolean possible;
    private final AtomicIntegerArray values = new AtomicIntegerArray(Setting.values().length);
    private volatile boolean on;

    /// On from the start where there are several nodes.
    NumaBalancing(int nodes) {
        this.possible = nodes > 1;
        this.on = possible;
        for (Setting setting : Setting.values()) {
            values.set(setting.ordinal(), setting.usual);
        }
    }

    /// Whether address spaces are scanned.
    public boolean isOn() {
        return on;
    }

    /// Writes `kernel.numa_balancing`; EINVAL for what it does not take. On a machine of one node it stays off.
    public void set(long value) {
        if (value != 0 && value != 1) {
            throw Errno.EINVAL.exception();
        }
        on = possible && value == 1;
    }

    public int get(Setting setting) {
        return values.get(setting.ordinal());
    }

    /// EINVAL for what the file does not take.
    public void set(Setting setting, long value) {
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw Errno.EINVAL.exception();
        }
        values.set(setting.ordinal(), (int) value);
    }

    long nanos(Setting setting) {
        return get(setting) * NANOS_PER_MILLI;
    }

    long scanBytes() {
        return (long) get(Setting.SCAN_SIZE_MB) << MEGABYTE_SHIFT;
    }
}
