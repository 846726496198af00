package faultline.kernel.task;

import faultline.core.step.HostThread;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What happens at a time of the schedule's clock: the timer interrupt.
///
/// One host thread of its own, started by the first timer, sleeps until the next is due and runs
/// it. An action is short, waits for nothing, and may set timers. Its lock is a leaf; actions run
/// outside it.
public final class TimerQueue {

    /// An action that is due at a time.
    public static final class Timer implements Comparable<Timer> {
        private final long deadline;
        private final long sequence;
        private final Runnable action;

        private Timer(long deadline, long sequence, Runnable action) {
            this.deadline = deadline;
            this.sequence = sequence;
            this.action = action;
        }

        @Override
        public int compareTo(Timer other) {
            return deadline != other.deadline
                    ? Long.compare(deadline, other.deadline)
                    : Long.compare(sequence, other.sequence);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sequence);
        }
    }

    /// The thread that runs what is due.
    private final class Ticker extends HostThread {

        Ticker(Schedule schedule) {
            super(schedule, "timers");
        }

        @Override
        protected void carry() {
            while (true) {
                Timer due;
                long next;
                lock.lock();
                try {
                    if (stopped) {
                        return;
                    }
                    due = takeDueLocked();
                    next = timers.isEmpty() ? Long.MAX_VALUE : timers.first().deadline;
                } finally {
                    lock.unlock();
                }
                if (due != null) {
                    due.action.run();
                } else {
                    schedule.park(this, next);
                }
            }
        }
    }

    private final Schedule schedule;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final TreeSet<Timer> timers = new TreeSet<>();
    private long sequence;
    private boolean stopped;
    private @Nullable Ticker ticker;

    TimerQueue(Steps steps) {
        this.schedule = steps.schedule();
    }

    /// Runs `action` once the clock reaches `deadline`.
    public Timer at(long deadline, Runnable action) {
        Ticker wake;
        Timer timer;
        boolean start = false;
        lock.lock();
        try {
            timer = new Timer(deadline, sequence++, action);
            timers.add(timer);
            if (ticker == null) {
                ticker = new Ticker(schedule);
                start = true;
            }
            wake = timers.first() == timer ? ticker : null;
        } finally {
            lock.unlock();
        }
        if (start && wake != null) {
            wake.launch();
        } else if (wake != null) {
            schedule.unpark(wake);
        }
        return timer;
    }

    /// Forgets a timer. It may be running at this moment: an action looks whether it is still
    /// wanted.
    public void cancel(@Nullable Timer timer) {
        if (timer == null) {
            return;
        }
        lock.lock();
        try {
            timers.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread; nothing runs any more.
    public void stop() {
        Ticker running;
        lock.lock();
        try {
            stopped = true;
            timers.clear();
            running = ticker;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            schedule.unpark(running);
        }
    }

    private @Nullable Timer takeDueLocked() {
        if (timers.isEmpty() || timers.first().deadline > schedule.nanoTime()) {
            return null;
        }
        return timers.pollFirst();
    }
}
