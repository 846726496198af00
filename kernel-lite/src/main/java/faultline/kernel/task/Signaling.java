package faultline.kernel.task;

import faultline.core.cpu.Vcpu;
import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// Sending signals: who gets one, what it does at once, and who has to wake up. `kernel/signal.c`.
///
/// Methods that end in `Locked` run under the tasks' lock; the others take it and may be called by
/// any thread.
public final class Signaling {

    private static final int FEW_QUEUED = 16;

    public static final int CLD_EXITED = 1;
    public static final int CLD_KILLED = 2;
    public static final int CLD_DUMPED = 3;
    public static final int CLD_STOPPED = 5;
    public static final int CLD_CONTINUED = 6;

    private final Tasks tasks;

    Signaling(Tasks tasks) {
        this.tasks = tasks;
    }

    /// Sends a signal to one thread.
    public void sendToThread(Task task, Siginfo info) {
        tasks.lock();
        try {
            sendLocked(task.process(), task, info);
        } finally {
            tasks.unlock();
        }
    }

    /// Sends a signal to a process: any thread that does not block it may take it.
    public void sendToProcess(Process process, Siginfo info) {
        tasks.lock();
        try {
            sendLocked(process, null, info);
        } finally {
            tasks.unlock();
        }
    }

    /// Sends a signal to all processes of a group; says whether there was one.
    public boolean sendToGroup(int group, Siginfo info) {
        tasks.lock();
        try {
            return sendToGroupLocked(group, info);
        } finally {
            tasks.unlock();
        }
    }

    boolean sendToGroupLocked(int group, Siginfo info) {
        boolean found = false;
        for (Process process : tasks.processesLocked()) {
            if (process.processGroup() == group) {
                found = true;
                sendLocked(process, null, info);
            }
        }
        return found;
    }

    /// A signal that an instruction caused: it cannot be put off. Blocked or ignored, it kills
    /// (`force_sig_info`).
    public void force(Task task, Siginfo info) {
        tasks.lock();
        try {
            int signal = info.signal();
            SignalHandlers handlers = task.process().handlers;
            boolean blocked = Signals.contains(task.blocked, signal);
            if (blocked || handlers.get(signal).isIgnore()) {
                handlers.set(signal, SignalAction.DEFAULT);
                task.blocked &= ~Signals.set(signal);
            }
            task.pending.add(info);
            wakeLocked(task);
        } finally {
            tasks.unlock();
        }
    }

    /// `send_signal_locked`; `thread` null sends to the whole process.
    void sendLocked(Process process, @Nullable Task thread, Siginfo info) {
        int signal = info.signal();
        if (!prepareLocked(process, thread, signal)) {
            return;
        }
        PendingSignals pending = thread == null ? process.shared : thread.pending;
        if (!hasRoomLocked(process)) {
            // A signal that carries a value must not be lost silently; the others only lose where
            // they came from.
            if (Signals.isRealTime(signal) && info.code() < 0 && info.code() != Siginfo.SI_TKILL) {
                throw Errno.EAGAIN.exception();
            }
            pending.addBare(signal);
        } else if (!pending.add(info)) {
            return;
        }
        process.signalArrivals.wakeAll();
        completeLocked(process, thread, signal);
    }

    /// RLIMIT_SIGPENDING counts what waits for all processes of a user together. Those of one process
    /// are few, so all are counted only where they are not.
    private boolean hasRoomLocked(Process process) {
        long limit = process.limits().soft(Resource.SIGPENDING);
        int queued = queuedLocked(process);
        if (queued > FEW_QUEUED) {
            queued = 0;
            for (Process each : tasks.processesLocked()) {
                queued += queuedLocked(each);
            }
        }
        return Long.compareUnsigned(queued, limit) < 0;
    }

    private static int queuedLocked(Process process) {
        int queued = process.shared.size();
        for (Task task : process.threads) {
            queued += task.pending.size();
        }
        return queued;
    }

    /// What a signal does before it is even queued; false when it is thrown away
    /// (`prepare_signal`).
    private boolean prepareLocked(Process process, @Nullable Task thread, int signal) {
        if (process.life != Process.Life.ALIVE || process.groupExit && signal != Signals.SIGKILL) {
            return false;
        }
        if (Signals.contains(Signals.STOP_SET, signal)) {
            flushLocked(process, Signals.set(Signals.SIGCONT));
        } else if (signal == Signals.SIGCONT) {
            flushLocked(process, Signals.STOP_SET);
            resumeLocked(process);
        }
        if (signal == Signals.SIGKILL) {
            return true;
        }
        Task target = thread != null ? thread : firstLocked(process);
        boolean blocked = target != null && Signals.contains(target.blocked, signal);
        return blocked || !process.handlers.ignores(signal);
    }

    private static @Nullable Task firstLocked(Process process) {
        return process.threads.isEmpty() ? null : process.threads.getFirst();
    }

    /// Throws pending signals of a set away, in all threads.
    void flushLocked(Process process, long set) {
        process.shared.flush(set);
        for (Task task : process.threads) {
            task.pending.flush(set);
        }
    }

    private void resumeLocked(Process process) {
        boolean wasStopped = process.job.resume();
        for (Task task : process.threads) {
            task.stopPending = false;
            task.stopped = false;
            task.wake();
        }
        if (wasStopped) {
            notifyParentOfJobLocked(process, CLD_CONTINUED, Signals.SIGCONT);
        }
    }

    /// Finds a thread that takes the signal now, and wakes it (`complete_signal`).
    private void completeLocked(Process process, @Nullable Task thread, int signal) {
        Task taker = takerLocked(process, thread, signal);
        if (taker == null) {
            return;
        }
        boolean fatal = signal == Signals.SIGKILL
                || process.handlers.get(signal).isDefault()
                        && Signals.defaultAction(signal) == Signals.Default.TERMINATE
                        && !Signals.contains(taker.blocked, signal);
        if (fatal && !process.groupExit && !tasks.hooks().seesSignals()) {
            // The process dies of it whatever its threads do: no need to wait for one to take it.
            groupExitLocked(process, signal);
        } else if (fatal && signal == Signals.SIGKILL) {
            groupExitLocked(process, signal);
        } else {
            wakeLocked(taker);
        }
    }

    private static @Nullable Task takerLocked(Process process, @Nullable Task thread, int signal) {
        if (thread != null) {
            return wants(thread, signal) ? thread : null;
        }
        for (Task task : process.threads) {
            if (wants(task, signal)) {
                return task;
            }
        }
        return null;
    }

    private static boolean wants(Task task, int signal) {
        if (task.exiting) {
            return false;
        }
        if (signal == Signals.SIGKILL) {
            return true;
        }
        // A stopped thread takes nothing, not even what would kill it, before SIGCONT.
        return !task.stopped && !Signals.contains(task.blocked & ~task.waitingFor, signal);
    }

    /// All threads of a process have to end, and wait will report `status`; the first to say so
    /// decides.
    void groupExitLocked(Process process, int status) {
        tasks.assertHeld();
        if (!process.groupExit) {
            process.groupExit = true;
            process.exitStatus = status;
        }
        process.job.abandon();
        for (Task task : process.threads) {
            killLocked(task);
        }
    }

    /// Ends one thread: it takes no more signals and no wait keeps it.
    void killLocked(Task task) {
        task.setKilled();
        task.stopPending = false;
        task.stopped = false;
        wakeLocked(task);
    }

    /// Makes a thread look at its signals: ends its wait, or its stay in guest code
    /// (`signal_wake_up`).
    void wakeLocked(Task task) {
        task.setSignalPending(true);
        task.wake();
        Vcpu vcpu = task.vcpuOrNull();
        if (vcpu != null) {
            vcpu.raise(Vcpu.ATTENTION_KERNEL);
        }
    }

    /// Brings a thread's flag up to date after its mask or its queues changed
    /// (`recalc_sigpending`).
    void recalculateLocked(Task task) {
        long ready = (task.pending.set() | task.process().shared.set()) & ~(task.blocked & ~task.waitingFor);
        task.setSignalPending(ready != 0 || task.stopPending || task.fatalSignalPending());
    }

    /// Blocks exactly `mask` for the calling thread; what it can no longer take goes to other
    /// threads (`__set_task_blocked`).
    void setBlockedLocked(Task task, long mask) {
        long newlyBlocked = mask & ~task.blocked;
        task.blocked = mask & ~Signals.UNSTOPPABLE;
        retargetLocked(task, task.process().shared.set() & newlyBlocked);
        recalculateLocked(task);
    }

    /// Makes other threads look at pending signals of the process that `except` will not take.
    void retargetLocked(Task except, long signals) {
        for (Task other : except.process().threads) {
            if (other != except && !other.exiting && (signals & ~other.blocked) != 0) {
                wakeLocked(other);
            }
        }
    }

    /// Tells the parent that a child stopped or went on: SIGCHLD unless it does not want to know,
    /// and its waiters.
    void notifyParentOfJobLocked(Process child, int code, int status) {
        Process parent = child.parent;
        if (parent == null) {
            return;
        }
        SignalAction action = parent.handlers.get(Signals.SIGCHLD);
        if (!action.isIgnore() && !action.has(SignalAction.SA_NOCLDSTOP)) {
            sendLocked(parent, null, Siginfo.child(Signals.SIGCHLD, code, child.pid(), uidLocked(child), status));
        }
        wakeWaitersLocked(parent);
    }

    void wakeWaitersLocked(Process parent) {
        for (Task waiter : parent.waiters) {
            waiter.wake();
        }
    }

    static int uidLocked(Process process) {
        return process.threads.isEmpty()
                ? process.lastUid
                : process.threads.getFirst().identity().uid();
    }
}
