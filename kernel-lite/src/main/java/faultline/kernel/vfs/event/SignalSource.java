package faultline.kernel.vfs.event;

import faultline.kernel.vfs.PollQueue;

/// The pending signals of the calling thread and its process, as signalfd reads them. The task layer implements it.
public interface SignalSource {

    /// The size of `struct signalfd_siginfo`.
    int INFO_BYTES = 128;

    /// Whether a signal of `mask` waits for the calling thread.
    boolean isPending(long mask);

    /// Takes one and lays it out as `struct signalfd_siginfo`; false when none waits.
    boolean take(long mask, byte[] to, int at);

    /// Woken when a signal arrives for the process, blocked or not.
    PollQueue arrivals();
}
