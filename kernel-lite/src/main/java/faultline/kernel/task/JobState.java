package faultline.kernel.task;

/// Whether a process is stopped by job control, and what its parent has yet to hear of it.
///
/// A stop begins when one thread takes a stop signal and is complete when every thread has stopped; SIGCONT and
/// SIGKILL end it at any point (`do_signal_stop`, `prepare_signal`). Guarded by the tasks' lock.
final class JobState {

    private int toStop;
    private int signal;
    private boolean stopping;
    private boolean stopped;
    private boolean stopUnreported;
    private boolean continueUnreported;

    /// A stop begins; `threads` have yet to stop.
    void begin(int stopSignal, int threads) {
        stopping = true;
        signal = stopSignal;
        toStop = threads;
    }

    /// Whether a stop has begun and not every thread has stopped.
    boolean isStopping() {
        return stopping;
    }

    /// Whether every thread has stopped.
    boolean isStopped() {
        return stopped;
    }

    /// The signal that stopped it.
    int signal() {
        return signal;
    }

    /// One more thread has stopped, or has ended and will not. True when it was the last: the parent is to be told.
    boolean threadStopped() {
        if (!stopping || --toStop > 0) {
            return false;
        }
        stopping = false;
        stopped = true;
        stopUnreported = true;
        continueUnreported = false;
        return true;
    }

    /// One thread more has to stop: it was born during the stop.
    void threadAdded() {
        toStop++;
    }

    /// SIGCONT. True when the process was stopped: the parent is to be told.
    boolean resume() {
        boolean was = stopped;
        stopping = false;
        stopped = false;
        stopUnreported = false;
        continueUnreported |= was;
        return was;
    }

    /// SIGKILL, group exit: nothing more to report.
    void abandon() {
        stopping = false;
        stopped = false;
        stopUnreported = false;
        continueUnreported = false;
    }

    /// Whether wait has a stop to report; `take` makes it the last time.
    boolean reportStop(boolean take) {
        boolean report = stopUnreported;
        if (take) {
            stopUnreported = false;
        }
        return report;
    }

    /// Whether wait has a continuation to report.
    boolean reportContinue(boolean take) {
        boolean report = continueUnreported;
        if (take) {
            continueUnreported = false;
        }
        return report;
    }
}
