package faultline.kernel.task;

import faultline.kernel.vfs.PollQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A thread group: what POSIX calls a process. `signal_struct`, and what Linux keeps in the group
/// leader.
///
/// It is a child of its parent from `fork` until it is reaped. Everything that changes is guarded
/// by the tasks' lock unless it says otherwise.
public final class Process {

    /// Where a process is between birth and oblivion.
    enum Life {
        ALIVE,
        /// All threads are over; the exit status waits for the parent.
        ZOMBIE,
        REAPED
    }

    private final Tasks tasks;
    private final int pid;
    private final Limits limits;
    final PendingSignals shared = new PendingSignals();

    /// Woken when a signal is queued for any of its threads, blocked or not: what a signalfd waits
    /// on.
    final PollQueue signalArrivals = new PollQueue();

    /// Woken when the last thread has ended: what a pidfd waits on.
    final PollQueue end = new PollQueue();

    // Guarded by the tasks' lock.
    SignalHandlers handlers;

    @Nullable
    Process parent;

    final List<Process> children = new ArrayList<>();
    final List<Task> threads = new ArrayList<>();
    /// Threads that sleep in wait4 and friends.
    final List<Task> waiters = new ArrayList<>();
    Life life = Life.ALIVE;
    /// What the parent gets when it ends; 0 for nothing, SIGCHLD for fork.
    int exitSignal = Signals.SIGCHLD;
    /// A group exit is under way; `exitStatus` is decided.
    boolean groupExit;
    int exitStatus;
    /// The one thread that goes on while `execve` ends the others.
    @Nullable
    Task execing;

    final JobState job = new JobState();
    /// The real user of the thread that ended last.
    int lastUid;
    Usage ended = Usage.NONE;
    Usage reapedChildren = Usage.NONE;
    boolean hasExeced;
    boolean isSubreaper;

    // Written under the tasks' lock, read without; the last three by anybody.
    private volatile int processGroup;
    private volatile int session;
    private volatile @Nullable ProgramImage image;
    volatile boolean dumpable = true;
    volatile int oomAdjustment;

    /// What the one before was when somebody with privilege set it last: nobody else gets below it.
    volatile int leastOomAdjustment;

    private final IntervalTimers timers;
    private final long startNanos;

    Process(Tasks tasks, int pid, @Nullable Process parent, SignalHandlers handlers, Limits limits) {
        this.tasks = tasks;
        this.pid = pid;
        this.parent = parent;
        this.handlers = handlers;
        this.limits = limits;
        this.processGroup = parent == null ? pid : parent.processGroup;
        this.session = parent == null ? pid : parent.session;
        this.image = parent == null ? null : parent.image;
        this.startNanos = tasks.schedule().nanoTime();
        this.timers = new IntervalTimers(this);
    }

    /// The process id: its first thread's.
    public int pid() {
        return pid;
    }

    public int processGroup() {
        return processGroup;
    }

    public int session() {
        return session;
    }

    void setProcessGroup(int group) {
        processGroup = group;
    }

    void setSession(int id) {
        session = id;
    }

    public Limits limits() {
        return limits;
    }

    /// All tasks of its kernel.
    public Tasks tasks() {
        return tasks;
    }

    /// The program it runs, once there is one.
    public @Nullable ProgramImage image() {
        return image;
    }

    void setImage(ProgramImage to) {
        image = to;
    }

    /// The parent's id, 0 for none.
    public int parentPid() {
        tasks.lock();
        try {
            return parent == null ? 0 : parent.pid;
        } finally {
            tasks.unlock();
        }
    }

    /// The threads that have not ended, oldest first.
    public List<Task> threads() {
        tasks.lock();
        try {
            return List.copyOf(threads);
        } finally {
            tasks.unlock();
        }
    }

    /// When it began, on the schedule's clock.
    public long startNanos() {
        return startNanos;
    }

    /// Its interval and POSIX timers.
    public IntervalTimers timers() {
        return timers;
    }

    /// The letter of `/proc/PID/stat`: R, S, T or Z.
    public char stateLetter() {
        tasks.lock();
        try {
            if (life != Life.ALIVE) {
                return 'Z';
            }
            if (job.isStopped()) {
                return 'T';
            }
            for (Task thread : threads) {
                if (!thread.isAsleep()) {
                    return 'R';
                }
            }
            return 'S';
        } finally {
            tasks.unlock();
        }
    }

    /// What all its threads have used, those that ended too.
    public Usage usage() {
        tasks.lock();
        try {
            return usageLocked();
        } finally {
            tasks.unlock();
        }
    }

    Usage usageLocked() {
        Usage sum = ended;
        for (Task thread : threads) {
            sum = sum.plus(thread.usage());
        }
        return sum;
    }

    /// What its reaped children have used.
    public Usage childrenUsage() {
        tasks.lock();
        try {
            return reapedChildren;
        } finally {
            tasks.unlock();
        }
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
