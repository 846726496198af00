package faultline.kernel.task;

/// Taking signals on the way back to guest code: `get_signal` and `handle_signal`.
final class SignalDelivery {

    /// The alternate stack is disabled (`ss_flags`).
    static final int SS_DISABLE = 2;

    private SignalDelivery() {}
}
