package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.mm.Collapse;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Khugepaged;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.perf.PerfEvents;
import faultline.kernel.vfs.JobControl;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All tasks and processes of a kernel: ids, the family tree, and the lock over both and over
/// signals.
///
/// One lock does what `tasklist_lock` and every `siglock` do in Linux. Nothing hot takes it: a
/// thread looks at its own volatile flags to see whether a signal waits. It is a leaf: under it
/// nobody waits, touches user memory or passes a step, so under a seeded schedule it is never
/// contended.
public final class Tasks implements JobControl {

    /// `pid_max`: ids wrap here, as on a small Linux.
    static final int PID_MAX = 32_768;

    /// The process that adopts orphans and reaps them. It has no thread: the kernel plays its part.
    static final int INIT_PID = 1;

    /// What the kernel around the tasks provides.
    public record Environment(
            Steps steps,
            CpuScheduler scheduler,
            ThreadAbi abi,
            FaultDesign design,
            Function<Task, UserMemory> userMemory,
            GuestRunner runner,
            TaskHooks hooks,
            Supplier<Cpu> cpus,
            Clocks clocks,
            PerfEvents perf,
            int maxThreads) {}

    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private final Signaling signals;
    private final SignalDelivery delivery;
    private final Futexes futexes;
    private final PiFutexes piFutexes;
    private final Clones clones;
    private final Execs execs;
    private final Exits exits;
    private final TimerQueue timers;
    private final Process init;
    private final AtomicInteger hostThreads = new AtomicInteger();

    // Guarded by lock. Sorted, so that whoever iterates does it in the order of ids.
    private final TreeMap<Integer, Task> byTid = new TreeMap<>();
    private final TreeMap<Integer, Process> byPid = new TreeMap<>();
    private int lastId = INIT_PID;
    private long created;

    public Tasks(Environment environment) {
        this.environment = environment;
        this.signals = new Signaling(this);
        this.delivery = new SignalDelivery(this);
        FutexQueues queues = new FutexQueues(environment.steps());
        this.futexes = new Futexes(queues);
        this.piFutexes = new PiFutexes(this, queues);
        this.clones = new Clones(this);
        this.execs = new Execs(this);
        this.timers = new TimerQueue(environment.steps());
        this.init = new Process(this, INIT_PID, null, new SignalHandlers(), new Limits());
        this.exits = new Exits(this);
        byPid.put(INIT_PID, init);
    }

    public Steps steps() {
        return environment.steps();
    }

    public Schedule schedule() {
        return environment.steps().schedule();
    }

    public CpuScheduler scheduler() {
        return environment.scheduler();
    }

    ThreadAbi abi() {
        return environment.abi();
    }

    FaultDesign design() {
        return environment.design();
    }

    GuestRunner runner() {
        return environment.runner();
    }

    /// Who is told what happens.
    public TaskHooks hooks() {
        return environment.hooks();
    }

    UserMemory userMemory(Task task) {
        return environment.userMemory().apply(task);
    }

    /// Sending signals.
    public Signaling signals() {
        return signals;
    }

    /// Taking signals.
    public SignalDelivery delivery() {
        return delivery;
    }

    /// Threads that wait on words of user memory.
    public Futexes futexes() {
        return futexes;
    }

    /// Words of user memory that belong to a thread.
    public PiFutexes piFutexes() {
        return piFutexes;
    }

    /// Making threads and processes.
    public Clones clones() {
        return clones;
    }

    /// Changing programs.
    public Execs execs() {
        return execs;
    }

    /// The end of threads and processes.
    public Exits exits() {
        return exits;
    }

    public Clocks clocks() {
        return environment.clocks();
    }

    /// What is counted by `perf_event_open`.
    public PerfEvents perf() {
        return environment.perf();
    }

    /// What happens at a time.
    public TimerQueue timers() {
        return timers;
    }

    /// A register state for a new thread.
    Cpu newCpu() {
        return environment.cpus().get();
    }

    Process init() {
        return init;
    }

    // The lock.

    /// Takes the lock. The step comes first, so that nothing can happen in between once it is held.
    void lock() {
        steps().at(TaskStep.TASKS_LOCK, 0);
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    void assertHeld() {
        assert lock.isHeldByCurrentThread() : "tasks: the lock is not held; expected its holder";
    }

    // Ids.

    /// A new thread's id, unused as thread, process, group and session. EAGAIN when the kernel's
    /// limit of threads is reached.
    int newIdLocked() {
        assertHeld();
        // What nobody has waited for yet counts: init is no process of the guest's.
        if (byTid.size() >= environment.maxThreads() || byPid.size() - 1 >= environment.maxThreads()) {
            throw Errno.EAGAIN.exception();
        }
        for (int tried = 0; tried < PID_MAX; tried++) {
            lastId = lastId + 1 >= PID_MAX ? INIT_PID + 1 : lastId + 1;
            if (!isUsedLocked(lastId)) {
                return lastId;
            }
        }
        throw Errno.EAGAIN.exception();
    }

    /// How many threads a real user has.
    int countLocked(int uid) {
        assertHeld();
        int count = 0;
        for (Task task : byTid.values()) {
            if (task.identity().uid() == uid) {
                count++;
            }
        }
        return count;
    }

    /// Gives a thread the id of its process, whose first thread is gone.
    void renumberLocked(Task task, int tid) {
        assertHeld();
        byTid.remove(task.tid());
        task.setTid(tid);
        byTid.put(tid, task);
    }

    private boolean isUsedLocked(int id) {
        if (byTid.containsKey(id) || byPid.containsKey(id)) {
            return true;
        }
        for (Process process : byPid.values()) {
            if (process.processGroup() == id || process.session() == id) {
                return true;
            }
        }
        return false;
    }

    void addLocked(Task task) {
        assertHeld();
        byTid.put(task.tid(), task);
        byPid.putIfAbsent(task.pid(), task.process());
        hostThreads.incrementAndGet();
        created++;
    }

    void removeLocked(Task task) {
        assertHeld();
        byTid.remove(task.tid());
    }

    void removeLocked(Process process) {
        assertHeld();
        byPid.remove(process.pid());
    }

    /// A host thread of the kernel's own is about to be launched, which calls [#threadGone] at its end.
    void threadComes() {
        hostThreads.incrementAndGet();
    }

    /// Has the background thread of `memory` started when frames are few.
    public void reclaimInBackground(KernelMemory memory) {
        Kswapd.serve(this, memory);
    }

    /// Has huge pages of `memory` put together in the background; `reader` brings pages in that are swapped out.
    public void collapseInBackground(KernelMemory memory, Collapse.SwapReader reader) {
        Khugepaged khugepaged = memory.khugepaged();
        ScanThread.serve(this, memory, "khugepaged", khugepaged, () -> khugepaged.scan(reader));
    }

    /// Has pages of `memory` that have the same contents share one, in the background.
    public void mergeInBackground(KernelMemory memory) {
        Ksm ksm = memory.ksm();
        ScanThread.serve(this, memory, "ksmd", ksm, ksm::scan);
    }

    /// A task's host thread is about to end.
    void threadGone() {
        hostThreads.decrementAndGet();
        hooks().threadGone();
    }

    /// How many host threads carry tasks. Takes no lock: hooks that are called under it ask.
    public int hostThreads() {
        return hostThreads.get();
    }

    /// How many tasks there have been.
    public long created() {
        lock.lock();
        try {
            return created;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Task findLocked(int tid) {
        assertHeld();
        return byTid.get(tid);
    }

    @Nullable
    Process findProcessLocked(int pid) {
        assertHeld();
        return byPid.get(pid);
    }

    /// The thread with this id, or null. Any thread.
    public @Nullable Task find(int tid) {
        lock.lock();
        try {
            return byTid.get(tid);
        } finally {
            lock.unlock();
        }
    }

    /// The process with this id, zombies too, or null. Any thread.
    public @Nullable Process findProcess(int pid) {
        lock.lock();
        try {
            return pid == INIT_PID ? null : byPid.get(pid);
        } finally {
            lock.unlock();
        }
    }

    /// All processes, zombies too, by id; not the kernel's own. Any thread.
    public List<Process> processes() {
        lock.lock();
        try {
            return processesLocked();
        } finally {
            lock.unlock();
        }
    }

    List<Process> processesLocked() {
        List<Process> all = new ArrayList<>(byPid.values());
        all.remove(init);
        return all;
    }

    /// All threads that have not ended, by id. Any thread.
    public List<Task> all() {
        lock.lock();
        try {
            return List.copyOf(byTid.values());
        } finally {
            lock.unlock();
        }
    }

    // What terminals ask.

    @Override
    public void signalProcessGroup(int group, int signal) {
        signals.sendToGroup(group, Siginfo.kernel(signal));
    }

    @Override
    public int sessionOfGroup(int group) {
        lock.lock();
        try {
            for (Process process : processesLocked()) {
                if (process.processGroup() == group && process.life == Process.Life.ALIVE) {
                    return process.session();
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOrphaned(int group) {
        lock.lock();
        try {
            return isOrphanedLocked(group, null);
        } finally {
            lock.unlock();
        }
    }

    /// Whether no live member except `without` has a parent in another group of the same session
    /// (`will_become_orphaned_pgrp`).
    boolean isOrphanedLocked(int group, @Nullable Process without) {
        for (Process member : processesLocked()) {
            Process parent = member.parent;
            if (member.processGroup() == group
                    && member != without
                    && member.life == Process.Life.ALIVE
                    && parent != null
                    && parent != init
                    && parent.processGroup() != group
                    && parent.session() == member.session()) {
                return false;
            }
        }
        return true;
    }
}
