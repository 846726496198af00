package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.Mm;
import faultline.kernel.perf.PerfContext;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FsContext;
import org.jspecify.annotations.Nullable;

/// Making threads and processes: `kernel/fork.c`.
public final class Clones {

    private final Tasks tasks;

    Clones(Tasks tasks) {
        this.tasks = tasks;
    }

    /// The first process: a session and group of its own, child of init. It gets its program and
    /// files by the caller, who then launches it.
    public Task first(Identity identity, String comm, Limits limits, FdTable files, FsContext fs) {
        tasks.lock();
        try {
            int pid = tasks.newIdLocked();
            Process process = new Process(tasks, pid, tasks.init(), new SignalHandlers(), limits);
            process.setProcessGroup(pid);
            process.setSession(pid);
            Task task = new Task(tasks, process, pid, tasks.newCpu(), identity, comm);
            task.changeIdentity(identity);
            task.setFiles(files);
            task.setFs(fs);
            tasks.init().children.add(process);
            process.threads.add(task);
            tasks.addLocked(task);
            return task;
        } finally {
            tasks.unlock();
        }
    }

    /// clone, fork, vfork: returns the child's id, in the parent. Throws EINVAL for senseless
    /// flags, EAGAIN at a limit, ENOMEM.
    public int clone(Task parent, CloneRequest request) {
        check(request);
        Task child = create(parent, request);
        tasks.steps().at(TaskStep.CLONE, child.tid());
        int tid = child.tid();
        if (request.has(CloneRequest.CLONE_PARENT_SETTID)) {
            storeIfMapped(parent, request.parentTid(), tid);
        }
        VforkDone done = child.vforkDone;
        tasks.hooks().cloned(parent, child);
        start(child);
        if (done != null) {
            awaitVfork(parent, done);
        }
        return tid;
    }

    private static void check(CloneRequest request) {
        boolean thread = request.has(CloneRequest.CLONE_THREAD);
        boolean sighand = request.has(CloneRequest.CLONE_SIGHAND);
        if ((request.flags() & ~CloneRequest.SUPPORTED) != 0
                || thread && !sighand
                || sighand && !request.has(CloneRequest.CLONE_VM)
                || sighand && request.has(CloneRequest.CLONE_CLEAR_SIGHAND)
                || request.exitSignal() != 0 && !Signals.isValid(request.exitSignal())) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Makes everything the child needs before it is visible to anybody; what fails leaves nothing
    /// behind.
    private Task create(Task parent, CloneRequest request) {
        Cpu cpu = tasks.newCpu();
        cpu.copyFrom(parent.cpu());
        tasks.abi().childReturn(cpu, request.stack());
        if (request.has(CloneRequest.CLONE_SETTLS)) {
            tasks.abi().setTls(cpu, request.tls());
        }
        Limits limits = request.has(CloneRequest.CLONE_THREAD)
                ? parent.process().limits()
                : new Limits(parent.process().limits());
        Mm mm = parent.mm();
        if (request.has(CloneRequest.CLONE_VM)) {
            mm.get();
        } else {
            mm = mm.fork(limits);
        }
        FdTable files = request.has(CloneRequest.CLONE_FILES)
                ? parent.files().share()
                : parent.files().copy();
        FsContext fs =
                request.has(CloneRequest.CLONE_FS) ? parent.fs() : parent.fs().copy();
        Task child = null;
        try {
            child = attach(parent, request, cpu, limits);
        } finally {
            if (child == null) {
                files.release();
                mm.put();
            }
        }
        child.setFiles(files);
        child.setFs(fs);
        child.setMm(mm);
        inheritCounting(parent, child, request.has(CloneRequest.CLONE_THREAD));
        return child;
    }

    private void inheritCounting(Task parent, Task child, boolean thread) {
        PerfContext counted = parent.perf();
        if (counted != null && tasks.perf().hasInheritance(counted, thread)) {
            tasks.perf().inherit(counted, child.countedIn(), thread);
        } else if (tasks.perf().countsCpus()) {
            PerfContext _ = child.countedIn();
        }
    }

    private Task attach(Task parent, CloneRequest request, Cpu cpu, Limits limits) {
        tasks.lock();
        try {
            Process group = parent.process();
            if (group.groupExit || group.execing != null) {
                throw Errno.EAGAIN.exception();
            }
            checkProcessLimitLocked(parent);
            int tid = tasks.newIdLocked();
            boolean thread = request.has(CloneRequest.CLONE_THREAD);
            Process process = thread ? group : newProcessLocked(parent, request, tid, limits);
            Task child = new Task(tasks, process, tid, cpu, parent.identity(), parent.comm());
            inherit(parent, child, request);
            process.threads.add(child);
            if (thread && group.job.isStopping()) {
                child.stopPending = true;
                child.setSignalPending(true);
                group.job.threadAdded();
            }
            tasks.addLocked(child);
            return child;
        } finally {
            tasks.unlock();
        }
    }

    /// RLIMIT_NPROC counts the threads of a real user; a privileged one is exempt.
    private void checkProcessLimitLocked(Task parent) {
        long limit = parent.process().limits().soft(Resource.NPROC);
        if (!parent.identity().isPrivileged()
                && Long.compareUnsigned(tasks.countLocked(parent.identity().uid()), limit) >= 0) {
            throw Errno.EAGAIN.exception();
        }
    }

    private Process newProcessLocked(Task parent, CloneRequest request, int pid, Limits limits) {
        Process creator = parent.process();
        boolean sibling = request.has(CloneRequest.CLONE_PARENT) && creator.parent != null;
        SignalHandlers handlers =
                request.has(CloneRequest.CLONE_SIGHAND) ? creator.handlers : new SignalHandlers(creator.handlers);
        if (request.has(CloneRequest.CLONE_CLEAR_SIGHAND)) {
            handlers.flushForExec();
        }
        Process process = new Process(tasks, pid, creator, handlers, limits);
        process.parent = sibling ? creator.parent : creator;
        process.exitSignal = sibling ? creator.exitSignal : request.exitSignal();
        process.dumpable = creator.dumpable;
        process.oomAdjustment = creator.oomAdjustment;
        process.leastOomAdjustment = creator.leastOomAdjustment;
        Process adopting = process.parent;
        if (adopting != null) {
            adopting.children.add(process);
        }
        return process;
    }

    private void inherit(Task parent, Task child, CloneRequest request) {
        child.blocked = parent.blocked;
        child.scheduling = parent.scheduling;
        child.setMemPolicy(parent.memPolicy());
        child.turns().copyFrom(parent.turns());
        child.noNewPrivileges = parent.noNewPrivileges;
        child.personality = parent.personality;
        tasks.scheduler().setAffinity(child.seat(), parent.seat().affinity());
        // A child in the same address space would run handlers on the parent's stack; only vfork's
        // may, in turn.
        boolean shares = request.has(CloneRequest.CLONE_VM) && !request.has(CloneRequest.CLONE_VFORK);
        child.altStack = shares ? AltStack.NONE : parent.altStack;
        if (request.has(CloneRequest.CLONE_CHILD_CLEARTID)) {
            child.clearChildTid = request.childTid();
        }
        if (request.has(CloneRequest.CLONE_CHILD_SETTID)) {
            child.beginWith(() -> {
                storeIfMapped(child, request.childTid(), child.tid());
                return true;
            });
        }
        if (request.has(CloneRequest.CLONE_VFORK)) {
            child.vforkDone = new VforkDone(parent);
        }
    }

    /// The host may refuse another thread: to the guest that is a limit like any other.
    private void start(Task child) {
        try {
            child.launch();
        } catch (OutOfMemoryError _) {
            tasks.exits().neverStarted(child);
            throw Errno.EAGAIN.exception();
        }
    }

    private static void storeIfMapped(Task task, long va, int value) {
        try {
            task.memory().store32(va, value);
        } catch (ErrnoException _) {
            // As Linux: a bad address for the id neither undoes the child nor stops it.
        }
    }

    /// Only a fatal signal lets the parent go on before the child has let go of the address space.
    private void awaitVfork(Task parent, VforkDone done) {
        while (!parent.fatalSignalPending() && !isDone(done)) {
            parent.block(Long.MAX_VALUE);
        }
    }

    private boolean isDone(@Nullable VforkDone done) {
        tasks.lock();
        try {
            return done == null || done.isDone();
        } finally {
            tasks.unlock();
        }
    }
}
