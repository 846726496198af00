package faultline.kernel.task;

/// The timers of a process: `setitimer`, `alarm`, `timer_create`.
final class IntervalTimers {

    private final Process process;

    IntervalTimers(Process process) {
        this.process = process;
    }
}
