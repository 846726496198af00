package faultline.core.step;

/// Decides which thread of the machine runs next, and what time it is.
///
/// All waiting inside the machine goes through a schedule: a thread parks, is unparked, or spins for another's
/// progress here and nowhere else. That is what makes an interleaving a thing one can choose and repeat.
public interface Schedule {

    /// The name `--schedule` knows it by.
    String name();

    /// Whether [#at] wants to hear of steps. Asked once; a schedule that says no costs one untaken branch a step.
    boolean listens();

    /// Makes a thread known, on the thread that is about to start it, so that the order is the program's own.
    void register(HostThread thread);

    /// Called first on a new thread; returns when it may run.
    void begin(HostThread thread);

    /// Called last on a thread.
    void end(HostThread thread);

    /// The calling thread reached a step; `object` says on what (an address, a frame, an id that repeats exactly).
    void at(Step step, long object);

    /// Waits until [#unpark], or until [#nanoTime] reaches `deadline` (`Long.MAX_VALUE`: none). An unpark that
    /// came before is not lost. May return early; callers loop on their condition.
    void park(HostThread self, long deadline);

    /// Lets a parked thread go on, or its next park return at once. Any thread may call it.
    void unpark(HostThread thread);

    /// The calling thread waits for another's progress without parking: it is in a bounded loop.
    void spin();

    /// The machine's monotonic clock in nanoseconds: the host's, or a virtual one that repeats.
    long nanoTime();
}
