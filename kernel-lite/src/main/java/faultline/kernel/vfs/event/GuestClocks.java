package faultline.kernel.vfs.event;

/// The guest's clocks, as timers need them. The task layer implements it.
public interface GuestClocks {

    /// The time of a clock in nanoseconds.
    long now(int clock);

    /// The schedule's time at which a clock reaches `time`.
    long deadline(int clock, long time);
}
