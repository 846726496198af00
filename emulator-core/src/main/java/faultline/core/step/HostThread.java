package faultline.core.step;

import java.util.concurrent.atomic.AtomicBoolean;

/// A host thread that carries one thread of the guest, under a schedule.
///
/// Kernel code runs on it in plain blocking style: its Java stack is the task's kernel stack.
public abstract class HostThread extends Thread {

    /// Enough for the kernel's deepest path; guests have their own stacks in guest memory.
    private static final long STACK_BYTES = 1 << 20;

    private final Schedule schedule;

    /// Where the schedule keeps what it knows of this thread; only the schedule touches it.
    int scheduleIndex = -1;

    /// Whether an unpark is waiting to be used. Not the host's own permit: every lock of
    /// `java.util.concurrent` that the thread waits for between deciding to park and parking uses
    /// that one up.
    final AtomicBoolean unparked = new AtomicBoolean();

    protected HostThread(Schedule schedule, String name) {
        super(null, null, name, STACK_BYTES, false);
        this.schedule = schedule;
    }

    /// What the thread does, between the schedule's begin and end.
    protected abstract void carry();

    /// Makes the thread known to the schedule, then starts it.
    public final void launch() {
        setDaemon(true);
        schedule.register(this);
        start();
    }

    @Override
    public final void run() {
        schedule.begin(this);
        try {
            carry();
        } finally {
            schedule.end(this);
        }
    }
}
