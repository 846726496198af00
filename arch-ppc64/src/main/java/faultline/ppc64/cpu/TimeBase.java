package faultline.ppc64.cpu;

/// The time base, which counts 512 MHz on every POWER8 and POWER9.
public final class TimeBase {

    /// Ticks in a second, as the device tree and `/proc/cpuinfo` have them.
    public static final long FREQUENCY = 512_000_000;

    private static final long SECOND = 1_000_000_000;

    private TimeBase() {}

    /// The ticks in so many nanoseconds: 64 in 125.
    static long ticks(long nanoseconds) {
        return nanoseconds / SECOND * FREQUENCY + nanoseconds % SECOND * FREQUENCY / SECOND;
    }
}
