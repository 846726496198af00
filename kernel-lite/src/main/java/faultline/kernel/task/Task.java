package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Vcpu;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.MemPolicy;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.page.InterleaveWeights;
import faultline.kernel.mm.page.PagePlacer;
import faultline.kernel.mm.page.Placement;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.perf.PerfContext;
import faultline.kernel.perf.PerfCounter;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FsContext;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A guest thread: `task_struct`. Its host thread is its kernel stack.
///
/// Three views of one thread join here: the lock package's, the fault entry's and the VFS's. What
/// has rules of its own stands beside it: [Accounting], [PendingSignals], [AltStack],
/// [CpuScheduler.Seat].
///
/// What says *self* is touched by its own thread only, or before it starts; what the tasks' lock
/// guards is in one group below; the volatile flags are what the thread looks at without the lock
/// on its way back to the guest.
public final class Task extends KernelThread implements FaultContext, Caller, PagePlacer {

    /// TASK_COMM_LEN without the NUL.
    private static final int NAME_BYTES = 15;

    private final Tasks tasks;
    private final Process process;
    private final Cpu cpu;
    private final CpuScheduler.Seat seat;
    private final PageFault fault;
    private final UserMemory memory;
    private final Accounting accounting;

    // Self.
    private @Nullable Mm mm;
    private @Nullable FdTable files;
    private @Nullable FsContext fs;
    /// Where the kernel clears the id and wakes a futex when the thread ends (`set_tid_address`),
    /// or 0.
    long clearChildTid;
    /// Head of the list of robust futexes, or 0.
    long robustList;
    /// What `restart_syscall` does, set by the call that was interrupted.
    @Nullable
    RestartBlock restartBlock;
    /// The system call that a signal has interrupted, until it is decided how it goes on.
    @Nullable
    InterruptedCall interrupted;

    private @Nullable BooleanSupplier beginning;
    private @Nullable String tracedName;
    /// What wait reports if this thread's end decides it.
    int exitCode;

    AltStack altStack = AltStack.NONE;
    /// The mask to put back after the signal that ends a `sigsuspend` (TIF_RESTORE_SIGMASK).
    long savedMask;
    boolean restoreSavedMask;
    boolean noNewPrivileges;
    int personality;

    // Guarded by the tasks' lock.
    final PendingSignals pending = new PendingSignals();
    long blocked;
    /// The signals a `sigtimedwait` takes although they are blocked.
    long waitingFor;
    /// The thread has to take part in a group stop that is under way.
    boolean stopPending;
    /// The thread waits in a group stop.
    boolean stopped;
    boolean exiting;
    int parentDeathSignal;
    /// What `vfork`'s parent waits for.
    @Nullable
    VforkDone vforkDone;

    // Written under the tasks' lock or by self, read without.
    private volatile boolean ownsNothing;
    private volatile int tid;
    private volatile Identity identity;
    private volatile String comm;
    private volatile boolean signalPending;
    private volatile boolean killed;
    /// What is counted of it; null while nobody does. Written under the lock of the events.
    private volatile @Nullable PerfContext perf;
    /// Written by the task itself, before it runs by who makes it.
    private volatile @Nullable MemPolicy memPolicy;

    private final NodeTurns turns = new NodeTurns();

    volatile SchedulingAttributes scheduling = SchedulingAttributes.NORMAL;

    Task(Tasks tasks, Process process, int tid, Cpu cpu, Identity identity, String comm) {
        super(tasks.schedule(), "task-" + tid);
        this.tasks = tasks;
        this.process = process;
        this.tid = tid;
        this.cpu = cpu;
        this.identity = identity;
        this.comm = comm;
        this.seat = new CpuScheduler.Seat(this);
        this.fault = tasks.abi().newPageFault(cpu);
        this.memory = tasks.userMemory(this);
        this.accounting = new Accounting(tasks.schedule());
    }

    /// The task that is running.
    public static Task current() {
        return (Task) Thread.currentThread();
    }

    @Override
    public int number() {
        return tid;
    }

    @Override
    public boolean interleaves() {
        MemPolicy policy = memPolicy;
        return policy != null && policy.interleaves();
    }

    /// Where its pages go if a VMA does not say; null for where it runs.
    public @Nullable MemPolicy memPolicy() {
        return memPolicy;
    }

    /// The first node of a policy has its turn next.
    public void setMemPolicy(@Nullable MemPolicy policy) {
        memPolicy = policy;
        turns.begin();
    }

    @Override
    public @Nullable Placement placement() {
        return memPolicy;
    }

    @Override
    public int nextTurn(long nodes, @Nullable InterleaveWeights weights) {
        return turns.next(nodes, weights);
    }

    /// Whose turn it is where its pages go to nodes in turns. Self.
    public NodeTurns turns() {
        return turns;
    }

    @Override
    public boolean isExiting() {
        return exiting;
    }

    /// The thread's id.
    public int tid() {
        return tid;
    }

    /// `execve` in a thread that is not the first: it takes over the first one's id.
    void setTid(int id) {
        tid = id;
    }

    /// The thread group it belongs to.
    public Process process() {
        return process;
    }

    /// All tasks of its kernel.
    public Tasks tasks() {
        return tasks;
    }

    /// Its registers.
    public Cpu cpu() {
        return cpu;
    }

    @Override
    public UserMemory memory() {
        return memory;
    }

    /// Does what comes before the first instruction. False when the thread has nothing to run.
    /// Self.
    public boolean begin() {
        return beginning == null || beginning.getAsBoolean();
    }

    /// Says what [#begin] does: loading the first program, or storing a clone's id. Before the
    /// thread starts.
    public void beginWith(BooleanSupplier action) {
        beginning = action;
    }

    /// Which system call `--strace` has begun to write for it.
    public @Nullable String tracedName() {
        return tracedName;
    }

    public void setTraced(String name) {
        tracedName = name;
    }

    /// The signals it blocks. Any thread; a snapshot.
    public long blockedSignals() {
        tasks.lock();
        try {
            return blocked;
        } finally {
            tasks.unlock();
        }
    }

    /// How `restart_syscall` goes on. Self.
    public void setRestart(RestartBlock block) {
        restartBlock = block;
    }

    /// `restart_syscall`: goes on with what a signal interrupted; EINTR when there is nothing.
    /// Self.
    public long restart() {
        RestartBlock block = restartBlock;
        restartBlock = null;
        return block == null ? Errno.EINTR.result() : block.restart(this);
    }

    /// A system call ended with a restart code: signal delivery decides how it goes on. Self.
    public void setInterrupted(InterruptedCall call) {
        interrupted = call;
    }

    /// `set_tid_address`. Self.
    public void setClearChildTid(long va) {
        clearChildTid = va;
    }

    /// Whether it has let go of the futexes it owned and can own none any more: it ends.
    boolean ownsNothing() {
        return ownsNothing;
    }

    void setOwnsNothing(boolean value) {
        ownsNothing = value;
    }

    /// `set_robust_list`. Self.
    public void setRobustList(long va) {
        robustList = va;
    }

    public long robustList() {
        return robustList;
    }

    /// The name `prctl(PR_SET_NAME)` sets and `/proc/PID/comm` shows.
    public String comm() {
        return comm;
    }

    void setComm(String name) {
        comm = name.length() > NAME_BYTES ? name.substring(0, NAME_BYTES) : name;
    }

    /// Its ids.
    public Identity identity() {
        return identity;
    }

    /// The thread has other ids from now on. Self.
    public void changeIdentity(Identity to) {
        Identity from = identity;
        identity = to;
        // commit_creds: what it has in memory is none of its new user's business.
        if (from.euid() != to.euid()
                || from.egid() != to.egid()
                || from.fsuid() != to.fsuid()
                || from.fsgid() != to.fsgid()) {
            process.dumpable = false;
        }
        process.limits().setPrivileged(to.isPrivileged());
    }

    // The thread and its vCPU.

    @Override
    public Vcpu vcpu() {
        Vcpu vcpu = seat.vcpu();
        if (vcpu == null) {
            throw new IllegalStateException("task " + tid + ": has no vCPU; expected one in kernel code");
        }
        return vcpu;
    }

    /// The vCPU it sits on now, or null. Any thread.
    public @Nullable Vcpu vcpuOrNull() {
        return seat.vcpu();
    }

    CpuScheduler.Seat seat() {
        return seat;
    }

    @Override
    protected void takeVcpu() {
        Vcpu vcpu = tasks.scheduler().take(seat);
        accounting.tookVcpu();
        cpu.attach(vcpu);
        if (mm != null) {
            mm.switchIn(vcpu);
        }
        PerfContext counted = perf;
        if (counted != null) {
            counted.schedIn(vcpu.id());
        }
    }

    @Override
    protected void giveUpVcpu() {
        accounting.countVoluntarySwitch();
        leaveVcpu();
    }

    private void leaveVcpu() {
        if (mm != null) {
            mm.switchOut(vcpu());
        }
        cpu.detach();
        accounting.leftVcpu();
        tasks.scheduler().give(seat);
        // Only now: who makes a context meanwhile sees the vCPU gone, or is seen here. Pairs with countedIn.
        PerfContext counted = perf;
        if (counted != null) {
            counted.schedOut();
        }
    }

    /// At a poll: goes to the end of the run queue when the time slice is over and others wait.
    public void yieldIfDue() {
        if (tasks.scheduler().shouldYield(seat)) {
            yieldVcpu();
        }
    }

    /// `sched_yield`: lets whoever waits run first.
    public void yieldVcpu() {
        accounting.countInvoluntarySwitch();
        leaveVcpu();
        takeVcpu();
    }

    @Override
    protected void carry() {
        takeVcpu();
        try {
            tasks.runner().run(this);
        } catch (Throwable cause) {
            tasks.runner().crashed(this, cause);
        } finally {
            try {
                tasks.exits().leave(this);
            } catch (Throwable cause) {
                tasks.runner().crashed(this, cause);
            }
            if (seat.vcpu() != null) {
                leaveVcpu();
            }
            tasks.threadGone();
        }
    }

    // Signals, as the thread sees them without a lock.

    @Override
    public boolean signalPending() {
        return signalPending;
    }

    @Override
    public boolean fatalSignalPending() {
        return killed;
    }

    /// Whether signals are to be looked at before the thread goes back to the guest.
    public boolean hasWork() {
        return signalPending || killed || interrupted != null || restoreSavedMask;
    }

    /// Ends its wait in a system call as a signal would: with none to take, it makes the call again
    /// (what `PTRACE_INTERRUPT` does to a tracee that sleeps). Any thread.
    public void interruptWait() {
        tasks.lock();
        try {
            tasks.signals().wakeLocked(this);
        } finally {
            tasks.unlock();
        }
    }

    void setSignalPending(boolean value) {
        signalPending = value;
    }

    void setKilled() {
        killed = true;
        signalPending = true;
    }

    /// It is on its way out: what it waits for from now on it waits for.
    void beginLeaving() {
        exiting = true;
        killed = false;
        signalPending = false;
    }

    // Address space and faults.

    @Override
    public Mm mm() {
        if (mm == null) {
            throw new IllegalStateException("task " + tid + ": has no address space any more");
        }
        return mm;
    }

    /// The address space, or null once the thread has let go of it.
    public @Nullable Mm mmOrNull() {
        return mm;
    }

    /// Gives the thread another address space, or none; the vCPU follows. Without one it keeps what
    /// is loaded there and never uses it (lazy TLB).
    void setMm(@Nullable Mm to) {
        mm = to;
        Vcpu vcpu = seat.vcpu();
        if (to != null && vcpu != null) {
            to.switchIn(vcpu);
        }
    }

    @Override
    public FaultDesign design() {
        return tasks.design();
    }

    @Override
    public PageFault fault() {
        return fault;
    }

    @Override
    public void countPageFault() {
        accounting.countPageFault();
        count(PerfCounter.PAGE_FAULTS);
    }

    @Override
    public void countCompleted(boolean major) {
        accounting.countCompleted(major);
        count(major ? PerfCounter.PAGE_FAULTS_MAJ : PerfCounter.PAGE_FAULTS_MIN);
    }

    @Override
    public void countSpeculative() {
        accounting.countSpeculative();
        count(PerfCounter.SPF);
    }

    private void count(PerfCounter what) {
        PerfContext counted = perf;
        if (counted != null) {
            counted.count(what, fault.isUser());
        }
    }

    /// What is counted of it, or null.
    @Nullable
    PerfContext perf() {
        return perf;
    }

    /// Where its events are counted, made when there was no such place. Any thread.
    public PerfContext countedIn() {
        synchronized (tasks.perf()) {
            PerfContext counted = perf;
            if (counted == null) {
                counted = tasks.perf().newContext();
                perf = counted;
                // After perf is to be seen: pairs with leaveVcpu.
                Vcpu vcpu = seat.vcpu();
                if (vcpu != null) {
                    counted.sit(vcpu.id());
                }
            }
            return counted;
        }
    }

    /// It is over: events keep what they have counted. Before anybody hears of its end.
    void endCounting() {
        PerfContext counted = perf;
        if (counted != null) {
            tasks.perf().exited(counted);
        }
    }

    /// What the thread has used so far. Any thread; for a running one a moment old.
    public Usage usage() {
        return accounting.usage();
    }

    /// Adds the time of one system call.
    public void countSystemTime(long nanos) {
        accounting.addSystemTime(nanos);
    }

    // Files, and what the VFS asks.

    @Override
    public FdTable files() {
        if (files == null) {
            throw new IllegalStateException("task " + tid + ": has no files any more");
        }
        return files;
    }

    /// The descriptor table, or null once the thread has let go of it.
    public @Nullable FdTable filesOrNull() {
        return files;
    }

    void setFiles(@Nullable FdTable to) {
        files = to;
    }

    @Override
    public void unshareFiles() {
        FdTable shared = files();
        if (shared.isShared()) {
            files = shared.copy();
            shared.release();
        }
    }

    @Override
    public FsContext fs() {
        if (fs == null) {
            throw new IllegalStateException("task " + tid + ": has no file-system context any more");
        }
        return fs;
    }

    /// Root and current directory, or null once the thread has let go of them.
    public @Nullable FsContext fsOrNull() {
        return fs;
    }

    void setFs(@Nullable FsContext to) {
        fs = to;
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public int processGroup() {
        return process.processGroup();
    }

    @Override
    public int session() {
        return process.session();
    }

    @Override
    public Credentials credentials() {
        return identity.credentials();
    }

    @Override
    public Credentials realCredentials() {
        return identity.realCredentials();
    }

    @Override
    public long openFilesLimit() {
        return process.limits().soft(Resource.NOFILE);
    }

    @Override
    public long fileSizeLimit() {
        long limit = process.limits().soft(Resource.FSIZE);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    @Override
    public void sendSignal(int signal) {
        tasks.signals().sendToThread(this, Siginfo.sent(signal, Siginfo.SI_USER, pid(), identity.uid()));
    }

    @Override
    public boolean ignoresOrBlocks(int signal) {
        tasks.lock();
        try {
            return Signals.contains(blocked, signal)
                    || process.handlers.get(signal).isIgnore();
        } finally {
            tasks.unlock();
        }
    }

    @Override
    public String toString() {
        return comm + "[" + tid + "]";
    }
}
