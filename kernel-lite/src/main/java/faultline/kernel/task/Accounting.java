package faultline.kernel.task;

import faultline.core.step.Schedule;

/// What one thread has used: counted by the thread itself, read by any.
final class Accounting {

    /// Not on a vCPU.
    private static final long OFF = Long.MIN_VALUE;

    private final Schedule clock;

    // Written by the thread itself.
    private long minorFaults;
    private long majorFaults;
    private long pageFaults;
    private long speculativeFaults;
    private long voluntarySwitches;
    private long involuntarySwitches;
    /// When it took its vCPU, or [#OFF]; read by others for a running total.
    private volatile long sinceNanos = OFF;
    private volatile long systemNanos;
    private volatile long cpuNanos;

    Accounting(Schedule clock) {
        this.clock = clock;
    }

    void tookVcpu() {
        sinceNanos = clock.nanoTime();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread itself writes
    void leftVcpu() {
        cpuNanos = cpuNanos + (clock.nanoTime() - sinceNanos);
        sinceNanos = OFF;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread itself writes
    void addSystemTime(long nanos) {
        systemNanos = systemNanos + nanos;
    }

    void countVoluntarySwitch() {
        voluntarySwitches++;
    }

    void countInvoluntarySwitch() {
        involuntarySwitches++;
    }

    void countPageFault() {
        pageFaults++;
    }

    void countSpeculative() {
        speculativeFaults++;
    }

    void countCompleted(boolean major) {
        if (major) {
            majorFaults++;
        } else {
            minorFaults++;
        }
    }

    /// What was used so far; of a running thread, as of a moment ago.
    Usage usage() {
        long since = sinceNanos;
        long total = cpuNanos + (since == OFF ? 0 : clock.nanoTime() - since);
        long system = Math.min(systemNanos, total);
        return new Usage(
                total - system,
                system,
                minorFaults,
                majorFaults,
                pageFaults,
                speculativeFaults,
                voluntarySwitches,
                involuntarySwitches);
    }
}
