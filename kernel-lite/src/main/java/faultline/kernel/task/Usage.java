package faultline.kernel.task;

/// What a thread or process has used: the part of `struct rusage` that Linux fills, and faults by what
/// perf calls them.
public record Usage(
        long userNanos,
        long systemNanos,
        long minorFaults,
        long majorFaults,
        long pageFaults,
        long speculativeFaults,
        long voluntarySwitches,
        long involuntarySwitches) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, 0);

    /// The sum of both.
    public Usage plus(Usage other) {
        return new Usage(
                userNanos + other.userNanos,
                systemNanos + other.systemNanos,
                minorFaults + other.minorFaults,
                majorFaults + other.majorFaults,
                pageFaults + other.pageFaults,
                speculativeFaults + other.speculativeFaults,
                voluntarySwitches + other.voluntarySwitches,
                involuntarySwitches + other.involuntarySwitches);
    }
}
