package faultline.kernel.task;

import faultline.kernel.Errno;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The timers of a process: `setitimer`, `alarm`, `timer_create`. Guarded by the tasks' lock.
///
/// A timer on CPU time looks again when it could be due at the earliest: after as much time as is
/// left, divided by the threads that may use it up together.
public final class IntervalTimers {

    public static final int ITIMER_REAL = 0;
    public static final int ITIMER_VIRTUAL = 1;
    public static final int ITIMER_PROF = 2;

    public static final int SIGEV_SIGNAL = 0;
    public static final int SIGEV_NONE = 1;
    public static final int SIGEV_THREAD_ID = 4;

    /// A process may be late to notice that its CPU time is used up by this much.
    private static final long CPU_TICK_NANOS = 1_000_000;
    private static final long SHORTEST_INTERVAL_NANOS = 20_000;
    private static final long MICROSECOND = 1_000;

    /// What is left of a timer whose time is over and that has not expired yet: one that is disarmed has 0.
    private static final long ABOUT_TO_EXPIRE = 1;

    /// Time left and reload value, in nanoseconds; zero when disarmed or one-shot.
    public record Setting(long left, long interval) {
        public static final Setting OFF = new Setting(0, 0);
    }

    /// What a POSIX timer does when it expires.
    public record Event(int how, int signal, long value, int tid) {}

    /// What a timer counts.
    private interface Count {

        /// Under the tasks' lock.
        long now();

        /// Whether it counts CPU time: then how many threads may use it up together, else 0.
        int consumers();
    }

    /// One timer: what it counts and when it is due next on that count.
    private static final class Entry {
        final Count count;
        final int id;
        final Event event;
        long due;
        long interval;
        /// Expiries since the one that waits to be delivered.
        int overruns;
        /// What the last delivery reported.
        int lastOverruns;
        boolean posix;
        TimerQueue.@Nullable Timer timer;

        Entry(Count count, int id, Event event, boolean posix) {
            this.count = count;
            this.id = id;
            this.event = event;
            this.posix = posix;
        }
    }

    private final Process process;
    private final Tasks tasks;
    private final Entry[] intervals = new Entry[3];
    private final Map<Integer, Entry> posix = new TreeMap<>();
    private int nextId;

    IntervalTimers(Process process) {
        this.process = process;
        this.tasks = process.tasks();
        intervals[ITIMER_REAL] = interval(wall(Clocks.CLOCK_MONOTONIC), Signals.SIGALRM);
        intervals[ITIMER_VIRTUAL] = interval(cpu(new CpuClock(process, null, CpuClock.Kind.USER)), Signals.SIGVTALRM);
        intervals[ITIMER_PROF] = interval(cpu(new CpuClock(process, null, CpuClock.Kind.ALL)), Signals.SIGPROF);
    }

    private static Entry interval(Count count, int signal) {
        return new Entry(count, 0, new Event(SIGEV_SIGNAL, signal, 0, 0), false);
    }

    private Count wall(int clock) {
        return new Count() {
            @Override
            public long now() {
                return tasks.clocks().now(clock);
            }

            @Override
            public int consumers() {
                return 0;
            }
        };
    }

    private static Count cpu(CpuClock clock) {
        return new Count() {
            @Override
            public long now() {
                return clock.nowLocked();
            }

            @Override
            public int consumers() {
                return Math.max(1, clock.threadsLocked());
            }
        };
    }

    /// setitimer: returns what was set before.
    public Setting setInterval(int which, Setting to) {
        tasks.lock();
        try {
            Entry entry = intervals[which];
            Setting before = intervalLocked(which);
            armLocked(entry, to.left() == 0 ? 0 : after(entry.count.now(), to.left()), to.interval());
            return before;
        } finally {
            tasks.unlock();
        }
    }

    /// getitimer.
    public Setting interval(int which) {
        tasks.lock();
        try {
            return intervalLocked(which);
        } finally {
            tasks.unlock();
        }
    }

    /// What is about to expire has a microsecond left, or a tick of CPU time: `itimer_get_remtime`, `get_cpu_itimer`.
    private Setting intervalLocked(int which) {
        Setting setting = settingLocked(intervals[which]);
        long least = which == ITIMER_REAL ? MICROSECOND : CPU_TICK_NANOS;
        return setting.left() == ABOUT_TO_EXPIRE ? new Setting(least, setting.interval()) : setting;
    }

    /// timer_create on a wall or monotonic clock: a new id. A timer without an event of its own
    /// sends SIGALRM with its id. EINVAL when it names a thread of another process.
    public int create(int clock, @Nullable Event event) {
        return create(wall(clock), event);
    }

    /// timer_create on a clock of CPU time.
    public int create(CpuClock clock, @Nullable Event event) {
        return create(cpu(clock), event);
    }

    private int create(Count count, @Nullable Event event) {
        tasks.lock();
        try {
            if (event != null && event.how() == SIGEV_THREAD_ID && threadLocked(event) == null) {
                throw Errno.EINVAL.exception();
            }
            if (!process.limits().permits(Resource.SIGPENDING, posix.size() + 1L)) {
                throw Errno.EAGAIN.exception();
            }
            int id = nextId++;
            Event what = event != null ? event : new Event(SIGEV_SIGNAL, Signals.SIGALRM, id, 0);
            posix.put(id, new Entry(count, id, what, true));
            return id;
        } finally {
            tasks.unlock();
        }
    }

    /// timer_settime; `absolute` times are the timer's clock's.
    public Setting set(int id, Setting to, boolean absolute) {
        tasks.lock();
        try {
            Entry entry = findLocked(id);
            Setting before = settingLocked(entry);
            long due = to.left() == 0 ? 0 : absolute ? to.left() : after(entry.count.now(), to.left());
            entry.overruns = 0;
            entry.lastOverruns = 0;
            armLocked(entry, due, to.interval());
            return before;
        } finally {
            tasks.unlock();
        }
    }

    /// timer_gettime.
    public Setting get(int id) {
        tasks.lock();
        try {
            return settingLocked(findLocked(id));
        } finally {
            tasks.unlock();
        }
    }

    /// timer_getoverrun.
    public int overruns(int id) {
        tasks.lock();
        try {
            return findLocked(id).lastOverruns;
        } finally {
            tasks.unlock();
        }
    }

    /// timer_delete.
    public void delete(int id) {
        tasks.lock();
        try {
            Entry entry = findLocked(id);
            armLocked(entry, 0, 0);
            posix.remove(id);
        } finally {
            tasks.unlock();
        }
    }

    /// execve: POSIX timers go, interval timers stay.
    void deletePosixLocked() {
        posix.values().forEach(entry -> armLocked(entry, 0, 0));
        posix.clear();
    }

    /// The process is over.
    void cancelLocked() {
        deletePosixLocked();
        for (Entry entry : intervals) {
            armLocked(entry, 0, 0);
        }
    }

    private Entry findLocked(int id) {
        Entry entry = posix.get(id);
        if (entry == null) {
            throw Errno.EINVAL.exception();
        }
        return entry;
    }

    private Setting settingLocked(Entry entry) {
        return entry.due == 0
                ? new Setting(0, entry.interval)
                : new Setting(Math.max(ABOUT_TO_EXPIRE, entry.due - entry.count.now()), entry.interval);
    }

    private void armLocked(Entry entry, long due, long interval) {
        tasks.timers().cancel(entry.timer);
        entry.timer = null;
        entry.due = due;
        entry.interval = interval;
        if (due == 0) {
            return;
        }
        if (due > entry.count.now()) {
            schedule(entry);
        } else {
            expireAndReloadLocked(entry);
        }
    }

    private void schedule(Entry entry) {
        // A short interval must not keep the timers' thread from everything else.
        long left = Math.max(entry.interval == 0 ? 0 : SHORTEST_INTERVAL_NANOS, entry.due - entry.count.now());
        int consumers = entry.count.consumers();
        long wait = consumers == 0 ? left : Math.max(CPU_TICK_NANOS, left / consumers);
        entry.timer = tasks.timers().at(tasks.clocks().after(wait), () -> due(entry));
    }

    /// On the timers' thread.
    private void due(Entry entry) {
        tasks.lock();
        try {
            if (entry.timer == null || entry.due == 0 || process.life != Process.Life.ALIVE) {
                return;
            }
            entry.timer = null;
            if (entry.due > entry.count.now()) {
                schedule(entry);
                return;
            }
            expireAndReloadLocked(entry);
        } finally {
            tasks.unlock();
        }
    }

    private void expireAndReloadLocked(Entry entry) {
        expireLocked(entry);
        if (entry.interval == 0) {
            entry.due = 0;
            return;
        }
        long late = (entry.count.now() - entry.due) / entry.interval;
        entry.overruns += (int) Math.min(Integer.MAX_VALUE - entry.overruns, late);
        // Late by less than 300 years: only the next interval can be too long.
        entry.due = after(entry.due + late * entry.interval, entry.interval);
        schedule(entry);
    }

    /// Far beyond is never.
    private static long after(long time, long nanos) {
        long sum = time + nanos;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private void expireLocked(Entry entry) {
        Event event = entry.event;
        if (event.how() == SIGEV_NONE) {
            return;
        }
        Task target = event.how() == SIGEV_THREAD_ID ? threadLocked(event) : null;
        if (event.how() == SIGEV_THREAD_ID && target == null) {
            return;
        }
        PendingSignals pending = target == null ? process.shared : target.pending;
        if (entry.posix && pending.hasTimer(event.signal(), entry.id)) {
            entry.overruns++;
            return;
        }
        entry.overruns = 0;
        Siginfo info = entry.posix
                ? Siginfo.timer(event.signal(), entry.id, 0, event.value())
                : Siginfo.kernel(event.signal());
        tasks.signals().sendLocked(process, target, info);
    }

    /// The thread a SIGEV_THREAD_ID names; null when it is none of this process.
    private @Nullable Task threadLocked(Event event) {
        Task thread = tasks.findLocked(event.tid());
        return thread == null || thread.process() != process ? null : thread;
    }

    /// A timer's signal is taken off its queue: it reports how often the timer expired meanwhile
    /// (`posixtimer_rearm`).
    Siginfo deliveredLocked(Siginfo info) {
        Entry entry = posix.get(info.pid());
        if (entry == null) {
            return info;
        }
        entry.lastOverruns = entry.overruns;
        entry.overruns = 0;
        return Siginfo.timer(info.signal(), entry.id, entry.lastOverruns, info.value());
    }
}
