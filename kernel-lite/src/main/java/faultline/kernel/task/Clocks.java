package faultline.kernel.task;

import faultline.core.step.Schedule;
import faultline.kernel.vfs.event.GuestClocks;

/// The clocks a guest sees, all derived from the schedule's: with a seeded schedule they repeat.
public final class Clocks implements GuestClocks {

    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    public static final int CLOCK_THREAD_CPUTIME_ID = 3;
    public static final int CLOCK_MONOTONIC_RAW = 4;
    public static final int CLOCK_REALTIME_COARSE = 5;
    public static final int CLOCK_MONOTONIC_COARSE = 6;
    public static final int CLOCK_BOOTTIME = 7;
    public static final int CLOCK_REALTIME_ALARM = 8;
    public static final int CLOCK_BOOTTIME_ALARM = 9;
    public static final int CLOCK_TAI = 11;

    private final Schedule schedule;
    private final long bootNanos;
    private final long realtimeAtBoot;

    /// `realtimeAtBoot` is the wall-clock time of this moment, in nanoseconds since 1970.
    public Clocks(Schedule schedule, long realtimeAtBoot) {
        this.schedule = schedule;
        this.bootNanos = schedule.nanoTime();
        this.realtimeAtBoot = realtimeAtBoot;
    }

    /// Nanoseconds since the machine started.
    public long monotonic() {
        return schedule.nanoTime() - bootNanos;
    }

    /// Nanoseconds since 1970.
    public long realtime() {
        return realtimeAtBoot + monotonic();
    }

    /// Whether a clock id names the wall clock.
    public static boolean isRealtime(int clock) {
        return clock == CLOCK_REALTIME
                || clock == CLOCK_REALTIME_COARSE
                || clock == CLOCK_REALTIME_ALARM
                || clock == CLOCK_TAI;
    }

    /// Whether a clock id names time since boot.
    public static boolean isMonotonic(int clock) {
        return clock == CLOCK_MONOTONIC
                || clock == CLOCK_MONOTONIC_RAW
                || clock == CLOCK_MONOTONIC_COARSE
                || clock == CLOCK_BOOTTIME
                || clock == CLOCK_BOOTTIME_ALARM;
    }

    /// The time of a wall or monotonic clock.
    @Override
    public long now(int clock) {
        return isRealtime(clock) ? realtime() : monotonic();
    }

    /// The schedule's time at which a wall or monotonic clock reaches `time`.
    @Override
    public long deadline(int clock, long time) {
        long delta = time - now(clock);
        return after(delta);
    }

    /// The schedule's time `nanos` from now; far beyond is never.
    public long after(long nanos) {
        if (nanos <= 0) {
            return schedule.nanoTime();
        }
        long at = schedule.nanoTime() + nanos;
        return at < 0 ? Long.MAX_VALUE : at;
    }
}
