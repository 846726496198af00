package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Clocks;
import faultline.kernel.task.CpuClock;
import faultline.kernel.task.IntervalTimers;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;

/// Clocks, sleeping and timers: `kernel/time`.
public final class TimeCalls {

    private static final int TIMER_ABSTIME = 1;

    /// The resolution of the coarse clocks: one tick of CONFIG_HZ=250.
    private static final long COARSE_NANOS = 4_000_000;

    private TimeCalls() {}

    public static void register(SyscallTable table) {
        table.add("clock_gettime", "clock >timespec", TimeCalls::clockGettime);
        table.add("clock_getres", "clock >timespec", TimeCalls::clockGetres);
        table.add("clock_settime", "clock timespec", (task, args) -> Errno.EPERM.result());
        table.add("gettimeofday", ">timeval ptr", TimeCalls::gettimeofday);
        table.add("settimeofday", "timeval ptr", (task, args) -> Errno.EPERM.result());
        table.add("time", "ptr", TimeCalls::time);
        table.add("nanosleep", "timespec >rest", TimeCalls::nanosleep);
        table.add("clock_nanosleep", "clock timer timespec >rest", TimeCalls::clockNanosleep);
        table.add("alarm", "uint", TimeCalls::alarm);
        table.add("setitimer", "itimer_which itimer >itimer", TimeCalls::setitimer);
        table.add("getitimer", "itimer_which >itimer", TimeCalls::getitimer);
        table.add("timer_create", "clock ptr ptr", TimeCalls::timerCreate);
        table.add("timer_settime", "int timer itimerspec >itimerspec", TimeCalls::timerSettime);
        table.add("timer_gettime", "int >itimerspec", TimeCalls::timerGettime);
        table.add(
                "timer_getoverrun", "int", (task, a) -> task.process().timers().overruns((int) a[0]));
        table.add("timer_delete", "int", (task, a) -> {
            task.process().timers().delete((int) a[0]);
            return 0;
        });
    }

    /// The time of any clock. EINVAL.
    static long now(Task task, int clock) {
        if (Clocks.isRealtime(clock) || Clocks.isMonotonic(clock)) {
            return task.tasks().clocks().now(clock);
        }
        return CpuClock.of(task, clock).now();
    }

    private static long clockGettime(Task task, long[] a) {
        UserTime.writeTimespec(task.memory(), a[1], now(task, (int) a[0]));
        return 0;
    }

    private static long clockGetres(Task task, long[] a) {
        int clock = (int) a[0];
        long _ = now(task, clock);
        boolean coarse = clock == Clocks.CLOCK_REALTIME_COARSE || clock == Clocks.CLOCK_MONOTONIC_COARSE;
        if (a[1] != 0) {
            UserTime.writeTimespec(task.memory(), a[1], coarse ? COARSE_NANOS : 1);
        }
        return 0;
    }

    private static long gettimeofday(Task task, long[] a) {
        if (a[0] != 0) {
            UserTime.writeTimeval(task.memory(), a[0], task.tasks().clocks().realtime());
        }
        if (a[1] != 0) {
            // struct timezone: UTC.
            task.memory().store64(a[1], 0);
        }
        return 0;
    }

    private static long time(Task task, long[] a) {
        long seconds = task.tasks().clocks().realtime() / UserTime.NANOS;
        if (a[0] != 0) {
            task.memory().store64(a[0], seconds);
        }
        return seconds;
    }

    // Sleeping.

    private static long nanosleep(Task task, long[] a) {
        long nanos = UserTime.readTimespec(task.memory(), a[0]);
        return sleep(task, task.tasks().clocks().after(nanos), a[1], true);
    }

    private static long clockNanosleep(Task task, long[] a) {
        int clock = (int) a[0];
        boolean absolute = (a[1] & TIMER_ABSTIME) != 0;
        long time = UserTime.readTimespec(task.memory(), a[2]);
        Clocks clocks = task.tasks().clocks();
        if (Clocks.isRealtime(clock) || Clocks.isMonotonic(clock)) {
            long deadline = absolute ? clocks.deadline(clock, time) : clocks.after(time);
            return sleep(task, deadline, a[3], !absolute);
        }
        if (clock == Clocks.CLOCK_THREAD_CPUTIME_ID) {
            throw Errno.EOPNOTSUPP.exception();
        }
        CpuClock used = CpuClock.of(task, clock);
        if (used.isOwn(task)) {
            throw Errno.EINVAL.exception();
        }
        return sleepOnCpuTime(task, used, absolute ? time : used.now() + time, a[3], !absolute);
    }

    /// Sleeps until the schedule's `deadline`. A relative sleep that a signal cuts short stores
    /// what is left and can go on through `restart_syscall`; an absolute one is simply made again.
    private static long sleep(Task task, long deadline, long remainingVa, boolean relative) {
        while (task.schedule().nanoTime() < deadline) {
            if (!task.signalPending()) {
                task.block(deadline);
                continue;
            }
            if (!relative) {
                return Errno.ERESTARTNOHAND.result();
            }
            if (remainingVa != 0) {
                long left = Math.max(0, deadline - task.schedule().nanoTime());
                UserTime.writeTimespec(task.memory(), remainingVa, left);
            }
            task.setRestart(again -> sleep(again, deadline, remainingVa, true));
            return Errno.ERESTART_RESTARTBLOCK.result();
        }
        return 0;
    }

    /// Other threads use the time up while this one sleeps: looked at once a tick. A relative sleep
    /// that a signal cuts short goes on as [#sleep] does.
    private static long sleepOnCpuTime(Task task, CpuClock clock, long until, long remainingVa, boolean relative) {
        while (true) {
            long left = until - clock.now();
            if (left <= 0) {
                return 0;
            }
            if (!task.signalPending()) {
                task.block(task.tasks().clocks().after(Math.min(COARSE_NANOS, left)));
                continue;
            }
            if (!relative) {
                return Errno.ERESTARTNOHAND.result();
            }
            if (remainingVa != 0) {
                UserTime.writeTimespec(task.memory(), remainingVa, left);
            }
            task.setRestart(again -> sleepOnCpuTime(again, clock, until, remainingVa, true));
            return Errno.ERESTART_RESTARTBLOCK.result();
        }
    }

    // Timers.

    private static long alarm(Task task, long[] a) {
        long seconds = Integer.toUnsignedLong((int) a[0]);
        IntervalTimers.Setting before = task.process()
                .timers()
                .setInterval(IntervalTimers.ITIMER_REAL, new IntervalTimers.Setting(seconds * UserTime.NANOS, 0));
        // Rounded to the nearest second, but never to "no alarm was set".
        long left = before.left();
        return left == 0 ? 0 : Math.max(1, (left + UserTime.NANOS / 2) / UserTime.NANOS);
    }

    private static long setitimer(Task task, long[] a) {
        int which = checkInterval(a[0]);
        UserMemory memory = task.memory();
        IntervalTimers.Setting to = a[1] == 0
                ? IntervalTimers.Setting.OFF
                : new IntervalTimers.Setting(
                        UserTime.readTimeval(memory, a[1] + UserTime.BYTES), UserTime.readTimeval(memory, a[1]));
        IntervalTimers.Setting before = task.process().timers().setInterval(which, to);
        if (a[2] != 0) {
            writeItimerval(memory, a[2], before);
        }
        return 0;
    }

    private static long getitimer(Task task, long[] a) {
        writeItimerval(task.memory(), a[1], task.process().timers().interval(checkInterval(a[0])));
        return 0;
    }

    private static int checkInterval(long which) {
        if (which < IntervalTimers.ITIMER_REAL || which > IntervalTimers.ITIMER_PROF) {
            throw Errno.EINVAL.exception();
        }
        return (int) which;
    }

    private static void writeItimerval(UserMemory memory, long va, IntervalTimers.Setting setting) {
        UserTime.writeTimeval(memory, va, setting.interval());
        UserTime.writeTimeval(memory, va + UserTime.BYTES, setting.left());
    }

    private static long timerCreate(Task task, long[] a) {
        int clock = (int) a[0];
        boolean wall = Clocks.isRealtime(clock) || Clocks.isMonotonic(clock);
        CpuClock cpuTime = wall ? null : CpuClock.of(task, clock);
        UserMemory memory = task.memory();
        IntervalTimers.Event event = null;
        if (a[1] != 0) {
            int how = memory.load32(a[1] + 12);
            int signal = memory.load32(a[1] + 8);
            if (how != IntervalTimers.SIGEV_NONE && !Signals.isValid(signal)
                    || (how & ~IntervalTimers.SIGEV_THREAD_ID) > IntervalTimers.SIGEV_NONE) {
                throw Errno.EINVAL.exception();
            }
            event = new IntervalTimers.Event(how, signal, memory.load64(a[1]), memory.load32(a[1] + 16));
        }
        IntervalTimers timers = task.process().timers();
        memory.store32(a[2], cpuTime == null ? timers.create(clock, event) : timers.create(cpuTime, event));
        return 0;
    }

    private static long timerSettime(Task task, long[] a) {
        UserMemory memory = task.memory();
        IntervalTimers.Setting to = new IntervalTimers.Setting(
                UserTime.readTimespec(memory, a[2] + UserTime.BYTES), UserTime.readTimespec(memory, a[2]));
        IntervalTimers.Setting before = task.process().timers().set((int) a[0], to, (a[1] & TIMER_ABSTIME) != 0);
        if (a[3] != 0) {
            writeItimerspec(memory, a[3], before);
        }
        return 0;
    }

    private static long timerGettime(Task task, long[] a) {
        writeItimerspec(task.memory(), a[1], task.process().timers().get((int) a[0]));
        return 0;
    }

    private static void writeItimerspec(UserMemory memory, long va, IntervalTimers.Setting setting) {
        UserTime.writeTimespec(memory, va, setting.interval());
        UserTime.writeTimespec(memory, va + UserTime.BYTES, setting.left());
    }
}
