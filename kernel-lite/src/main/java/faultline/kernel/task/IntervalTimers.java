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

    /// Time left and reload value, in nanoseconds; zero when disarmed or one-shot.
    public record Setting(long left, long interval) {
        public static final Setting OFF = new Setting(0, 0);
    }

    /// What a POSIX timer does when it expires.
    public record Event(int how, int signal, long value, int tid) {}

    /// One timer: what it counts and when it is due next on that count.
    private static final class Entry {
        final int clock;
        final int id;
        final Event event;
        long due;
        long interval;
        int overruns;
        boolean posix;
        TimerQueue.@Nullable Timer timer;

        Entry(int clock, int id, Event event, boolean posix) {
            this.clock = clock;
            this.id = id;
            this.event = event;
            this.posix = posix;
        }
    }

    /// ITIMER_VIRTUAL's count: user time only. Not a clock of Linux's numbering.
    private static final int USER_TIME = -1;

    private final Process process;
    private final Tasks tasks;
    private final Entry[] intervals = new Entry[3];
    private final Map<Integer, Entry> posix = new TreeMap<>();
    private int nextId;

    IntervalTimers(Process process) {
        this.process = process;
        this.tasks = process.tasks();
        intervals[ITIMER_REAL] = interval(Clocks.CLOCK_MONOTONIC, Signals.SIGALRM);
        intervals[ITIMER_VIRTUAL] = interval(USER_TIME, Signals.SIGVTALRM);
        intervals[ITIMER_PROF] = interval(Clocks.CLOCK_PROCESS_CPUTIME_ID, Signals.SIGPROF);
    }

    private Entry interval(int clock, int signal) {
        return new Entry(clock, 0, new Event(SIGEV_SIGNAL, signal, 0, 0), false);
    }

    /// setitimer: returns what was set before.
    public Setting setInterval(int which, Setting to) {
        tasks.lock();
        try {
            Entry entry = intervals[which];
            Setting before = settingLocked(entry);
            armLocked(entry, to.left() == 0 ? 0 : nowLocked(entry) + to.left(), to.interval());
            return before;
        } finally {
            tasks.unlock();
        }
    }

    /// getitimer.
    public Setting interval(int which) {
        tasks.lock();
        try {
            return settingLocked(intervals[which]);
        } finally {
            tasks.unlock();
        }
    }

    /// timer_create: a new id. A timer without an event of its own sends SIGALRM with its id.
    public int create(int clock, @Nullable Event event) {
        tasks.lock();
        try {
            if (!process.limits().permits(Resource.SIGPENDING, posix.size() + 1L)) {
                throw Errno.EAGAIN.exception();
            }
            int id = nextId++;
            Event what = event != null ? event : new Event(SIGEV_SIGNAL, Signals.SIGALRM, id, 0);
            posix.put(id, new Entry(clock, id, what, true));
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
            long due = to.left() == 0 ? 0 : absolute ? to.left() : nowLocked(entry) + to.left();
            entry.overruns = 0;
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
            return findLocked(id).overruns;
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

    private long nowLocked(Entry entry) {
        return switch (entry.clock) {
            case USER_TIME -> usageLocked().userNanos();
            case Clocks.CLOCK_PROCESS_CPUTIME_ID, Clocks.CLOCK_THREAD_CPUTIME_ID -> {
                Usage usage = usageLocked();
                yield usage.userNanos() + usage.systemNanos();
            }
            default -> tasks.clocks().now(entry.clock);
        };
    }

    private Usage usageLocked() {
        Usage sum = process.ended;
        for (Task thread : process.threads) {
            sum = sum.plus(thread.usage());
        }
        return sum;
    }

    private Setting settingLocked(Entry entry) {
        return entry.due == 0
                ? new Setting(0, entry.interval)
                : new Setting(Math.max(1, entry.due - nowLocked(entry)), entry.interval);
    }

    private void armLocked(Entry entry, long due, long interval) {
        tasks.timers().cancel(entry.timer);
        entry.timer = null;
        entry.due = due;
        entry.interval = interval;
        if (due != 0) {
            schedule(entry);
        }
    }

    private void schedule(Entry entry) {
        long left = Math.max(0, entry.due - nowLocked(entry));
        boolean cpuTime = entry.clock == USER_TIME
                || entry.clock == Clocks.CLOCK_PROCESS_CPUTIME_ID
                || entry.clock == Clocks.CLOCK_THREAD_CPUTIME_ID;
        long wait = cpuTime ? Math.max(CPU_TICK_NANOS, left / Math.max(1, process.threads.size())) : left;
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
            if (entry.due > nowLocked(entry)) {
                schedule(entry);
                return;
            }
            expireLocked(entry);
            if (entry.interval == 0) {
                entry.due = 0;
            } else {
                long late = (nowLocked(entry) - entry.due) / entry.interval;
                entry.overruns += (int) Math.min(Integer.MAX_VALUE - entry.overruns, late);
                entry.due += (late + 1) * entry.interval;
                schedule(entry);
            }
        } finally {
            tasks.unlock();
        }
    }

    private void expireLocked(Entry entry) {
        Event event = entry.event;
        if (event.how() == SIGEV_NONE) {
            return;
        }
        Task target = event.how() == SIGEV_THREAD_ID ? tasks.findLocked(event.tid()) : null;
        if (event.how() == SIGEV_THREAD_ID && (target == null || target.process() != process)) {
            return;
        }
        PendingSignals pending = target == null ? process.shared : target.pending;
        if (entry.posix && pending.hasTimer(event.signal(), entry.id)) {
            entry.overruns++;
            return;
        }
        Siginfo info = entry.posix
                ? Siginfo.timer(event.signal(), entry.id, entry.overruns, event.value())
                : Siginfo.kernel(event.signal());
        entry.overruns = 0;
        tasks.signals().sendLocked(process, target, info);
    }
}
