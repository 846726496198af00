package faultline.kernel.task;

import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// A clock that counts the CPU time of a process, or of one of its threads: `posix-cpu-timers.c`.
///
/// `thread` null counts for the whole process.
public record CpuClock(Process process, @Nullable Task thread, Kind kind) {

    /// Which time counts: CPUCLOCK_VIRT, or CPUCLOCK_PROF and CPUCLOCK_SCHED, which are one here.
    public enum Kind {
        USER,
        ALL
    }

    /// A clock id that names a process or thread is `~id << 3 | kind`, so that it is negative; the
    /// lowest two bits are CPUCLOCK_*.
    private static final int KIND_MASK = 3;

    private static final int USER_KIND = 1;
    private static final int PER_THREAD = 4;

    /// The clock a clock id names, for the caller. EINVAL when it is no clock of CPU time, or of
    /// nobody; a thread's clock only its own process may read.
    public static CpuClock of(Task caller, int clock) {
        if (clock == Clocks.CLOCK_PROCESS_CPUTIME_ID) {
            return new CpuClock(caller.process(), null, Kind.ALL);
        }
        if (clock == Clocks.CLOCK_THREAD_CPUTIME_ID) {
            return new CpuClock(caller.process(), caller, Kind.ALL);
        }
        if (clock >= 0 || (clock & KIND_MASK) == KIND_MASK) {
            throw Errno.EINVAL.exception();
        }
        int id = ~(clock >> 3);
        Kind kind = (clock & KIND_MASK) == USER_KIND ? Kind.USER : Kind.ALL;
        if ((clock & PER_THREAD) != 0) {
            Task thread = id == 0 ? caller : caller.tasks().find(id);
            if (thread == null || thread.process() != caller.process()) {
                throw Errno.EINVAL.exception();
            }
            return new CpuClock(thread.process(), thread, kind);
        }
        Process process = id == 0 ? caller.process() : caller.tasks().findProcess(id);
        if (process == null) {
            throw Errno.EINVAL.exception();
        }
        return new CpuClock(process, null, kind);
    }

    /// Whether it is the caller's own, by whatever id: nobody can sleep on that.
    public boolean isOwn(Task caller) {
        return thread == caller;
    }

    /// Its time in nanoseconds.
    public long now() {
        return count(thread != null ? thread.usage() : process.usage());
    }

    /// Its time, for a holder of the tasks' lock.
    long nowLocked() {
        return count(thread != null ? thread.usage() : process.usageLocked());
    }

    /// How many threads make it go on.
    int threadsLocked() {
        return thread != null ? 1 : process.threads.size();
    }

    private long count(Usage usage) {
        return kind == Kind.USER ? usage.userNanos() : usage.userNanos() + usage.systemNanos();
    }
}
