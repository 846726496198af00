package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;

/// How many pages may be dirty: `vm.dirty_ratio` and its kin, and what they come to (`domain_dirty_limits`).
public final class DirtyLimits {

    private static final int PERCENT = 100;

    /// Of a ratio and its bytes one is 0.
    private record Settings(long ratio, long bytes, long backgroundRatio, long backgroundBytes) {}

    private final PageGeometry geometry;

    /// With Linux's defaults. Replaced with the monitor held.
    private volatile Settings settings = new Settings(20, 0, 10, 0);

    public DirtyLimits(PageGeometry geometry) {
        this.geometry = geometry;
    }

    public long get(DirtySetting setting) {
        Settings now = settings;
        return switch (setting) {
            case DIRTY_RATIO -> now.ratio;
            case DIRTY_BYTES -> now.bytes;
            case DIRTY_BACKGROUND_RATIO -> now.backgroundRatio;
            case DIRTY_BACKGROUND_BYTES -> now.backgroundBytes;
        };
    }

    /// Sets one; its counterpart becomes 0 if that changes it. Throws `ErrnoException` EINVAL for what Linux refuses:
    /// more than 100 per cent, fewer bytes than two pages have, no background bytes.
    public synchronized void set(DirtySetting setting, long value) {
        boolean valid = switch (setting) {
            case DIRTY_RATIO, DIRTY_BACKGROUND_RATIO -> value >= 0 && value <= PERCENT;
            case DIRTY_BYTES -> value >= 2L * geometry.bytes();
            case DIRTY_BACKGROUND_BYTES -> value >= 1;
        };
        if (!valid) {
            throw Errno.EINVAL.exception();
        }
        if (get(setting) == value) {
            return;
        }
        Settings now = settings;
        settings = switch (setting) {
            case DIRTY_RATIO -> new Settings(value, 0, now.backgroundRatio, now.backgroundBytes);
            case DIRTY_BYTES -> new Settings(0, value, now.backgroundRatio, now.backgroundBytes);
            case DIRTY_BACKGROUND_RATIO -> new Settings(now.ratio, now.bytes, value, 0);
            case DIRTY_BACKGROUND_BYTES -> new Settings(now.ratio, now.bytes, 0, value);
        };
    }

    /// How many pages may be dirty or being written, of `available` that could be: `dirty_thresh`.
    public long limit(long available) {
        Settings now = settings;
        return now.bytes != 0 ? pages(now.bytes) : now.ratio * available / PERCENT;
    }

    /// With more dirty pages than this, some are written back: `background_thresh`. Always less than the limit.
    public long background(long available) {
        Settings now = settings;
        long background =
                now.backgroundBytes != 0 ? pages(now.backgroundBytes) : now.backgroundRatio * available / PERCENT;
        long limit = limit(available);
        return background >= limit ? limit / 2 : background;
    }

    /// Up to so many dirty pages nobody is held up: `dirty_freerun_ceiling`, in the middle between the two.
    long ceiling(long available) {
        return (limit(available) + background(available)) / 2;
    }

    private long pages(long bytes) {
        return geometry.up(bytes) >>> geometry.shift();
    }
}
