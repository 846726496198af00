package faultline.kernel.block;

/// How fast a disk is.
///
/// @param latency nanoseconds that a request takes once it has begun; 0 for a disk that has everything done at once
/// @param queueDepth how many requests are under way at one time; the others wait for their turn
public record DiskTiming(long latency, int queueDepth) {

    /// What a SATA disk takes (NCQ).
    public static final int USUAL_DEPTH = 32;

    /// No time passes.
    public static final DiskTiming INSTANT = new DiskTiming(0, USUAL_DEPTH);

    public DiskTiming {
        if (latency < 0 || queueDepth < 1) {
            throw new IllegalArgumentException("block: latency " + latency + " and queue depth " + queueDepth
                    + "; expected at least 0 and at least 1");
        }
    }
}
