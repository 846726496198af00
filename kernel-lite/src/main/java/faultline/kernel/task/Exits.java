package faultline.kernel.task;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.Mm;
import faultline.kernel.vfs.FdTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The end of threads and processes, and who hears of it: `kernel/exit.c`.
public final class Exits {

    private final Tasks tasks;
    private final Signaling signals;

    Exits(Tasks tasks) {
        this.tasks = tasks;
        this.signals = tasks.signals();
    }

    /// `exit_group`: the whole process ends with a wait status, unless another thread said so
    /// first. The caller goes on to its own end.
    public void exitGroup(Task task, int status) {
        tasks.lock();
        try {
            signals.groupExitLocked(task.process(), status);
        } finally {
            tasks.unlock();
        }
    }

    /// `exit`: this thread ends. `status` counts for wait if it is the process's first, and the
    /// process does not end otherwise. The caller goes on to its own end.
    public void exitThread(Task task, int status) {
        task.exitCode = status;
        tasks.lock();
        try {
            signals.killLocked(task);
        } finally {
            tasks.unlock();
        }
    }

    /// Kills a process outright; any thread.
    public void kill(Process process) {
        signals.sendToProcess(process, Siginfo.kernel(Signals.SIGKILL));
    }

    /// Lets go of everything the thread has, in `do_exit`'s order. Self.
    void leave(Task task) {
        tasks.steps().at(TaskStep.EXIT, task.tid());
        beginLeaving(task);
        releaseMm(task);
        FdTable files = task.filesOrNull();
        task.setFiles(null);
        if (files != null) {
            files.release();
        }
        task.setFs(null);
        task.endCounting();
        boolean last = endLeaving(task);
        tasks.hooks().exited(task, last ? (Integer) task.process().exitStatus : null);
    }

    /// A child whose host thread could not be started: its parent never sees it.
    void neverStarted(Task child) {
        tasks.lock();
        try {
            child.vforkDone = null;
        } finally {
            tasks.unlock();
        }
        Mm mm = child.mmOrNull();
        if (mm != null) {
            mm.put();
        }
        child.files().release();
        child.endCounting();
        tasks.lock();
        try {
            Process process = child.process();
            process.threads.remove(child);
            tasks.removeLocked(child);
            if (process.threads.isEmpty()) {
                reapLocked(process);
            }
        } finally {
            tasks.unlock();
        }
        tasks.threadGone();
    }

    /// As `get_signal` takes the SIGKILL of who is to end: else what a thread owes to others would be given up
    /// where its page has to be faulted in, and who joins it would wait for ever.
    private void beginLeaving(Task task) {
        Process process = task.process();
        tasks.lock();
        try {
            task.beginLeaving();
            if (task.stopPending) {
                task.stopPending = false;
                if (process.job.threadStopped()) {
                    signals.notifyParentOfJobLocked(process, Signaling.CLD_STOPPED, process.job.signal());
                }
            }
            signals.retargetLocked(task, process.shared.set());
        } finally {
            tasks.unlock();
        }
    }

    /// `mm_release` and `exit_mm`: robust futexes, the id that joiners wait on, vfork's parent, the
    /// address space.
    void releaseMm(Task task) {
        Mm mm = task.mmOrNull();
        if (mm == null) {
            return;
        }
        letGoOfUserMemory(task, mm);
        completeVfork(task);
        task.setMm(null);
        mm.put();
    }

    /// What a thread owes to others in its address space before it leaves it, by `execve` or exit.
    void letGoOfUserMemory(Task task, Mm mm) {
        RobustList.release(task);
        tasks.piFutexes().releaseAll(task);
        long address = task.clearChildTid;
        task.clearChildTid = 0;
        if (address != 0 && mm.users() > 1) {
            try {
                task.memory().store32(address, 0);
                tasks.futexes().wakeAt(task, address);
            } catch (ErrnoException _) {
                // The guest unmapped it; there is nobody to tell.
            }
        }
    }

    void completeVfork(Task task) {
        Task parent = null;
        tasks.lock();
        try {
            if (task.vforkDone != null) {
                parent = task.vforkDone.complete();
                task.vforkDone = null;
            }
        } finally {
            tasks.unlock();
        }
        if (parent != null) {
            parent.wake();
        }
    }

    /// Takes the thread out of the tables; true when it was the last of its process.
    private boolean endLeaving(Task task) {
        Process process = task.process();
        tasks.lock();
        try {
            process.ended = process.ended.plus(task.usage());
            process.lastUid = task.identity().uid();
            process.threads.remove(task);
            tasks.removeLocked(task);
            if (task.tid() == process.pid() && !process.groupExit) {
                process.exitStatus = task.exitCode;
            }
            if (process.execing != null && process.threads.size() == 1) {
                process.execing.wake();
            }
            if (!process.threads.isEmpty()) {
                return false;
            }
            process.timers().cancelLocked();
            becomeZombieLocked(process);
            return true;
        } finally {
            tasks.unlock();
        }
    }

    // The end of a process: exit_notify.

    private void becomeZombieLocked(Process process) {
        process.life = Process.Life.ZOMBIE;
        process.end.wakeAll();
        process.shared.flush(-1);
        tasks.hooks().ended(process, process.exitStatus);
        abandonChildrenLocked(process);
        orphanGroupLocked(process, process.parent, process);
        Process parent = process.parent;
        if (parent != null && !tellParentLocked(process, parent)) {
            reapLocked(process);
        }
    }

    /// Children get a new parent: the nearest ancestor that asked for it, or init.
    private void abandonChildrenLocked(Process process) {
        Process adopter = adopterLocked(process);
        for (Process child : List.copyOf(process.children)) {
            process.children.remove(child);
            child.parent = adopter;
            adopter.children.add(child);
            for (Task thread : child.threads) {
                if (thread.parentDeathSignal != 0) {
                    signals.sendLocked(
                            child,
                            thread,
                            Siginfo.sent(thread.parentDeathSignal, Siginfo.SI_USER, process.pid(), process.lastUid));
                }
            }
            if (child.life == Process.Life.ZOMBIE && !tellParentLocked(child, adopter)) {
                reapLocked(child);
            }
            orphanGroupLocked(child, process, null);
        }
    }

    private Process adopterLocked(Process process) {
        for (Process up = process.parent; up != null; up = up.parent) {
            if (up.isSubreaper && up.life == Process.Life.ALIVE) {
                return up;
            }
        }
        return tasks.init();
    }

    /// A group that just lost its last link to a live job-control shell and has stopped members is
    /// hung up and continued, or it would stay stopped for ever (`kill_orphaned_pgrp`).
    private void orphanGroupLocked(Process member, @Nullable Process formerParent, @Nullable Process leaving) {
        if (formerParent == null
                || formerParent.processGroup() == member.processGroup()
                || formerParent.session() != member.session()) {
            return;
        }
        int group = member.processGroup();
        if (tasks.isOrphanedLocked(group, leaving) && hasStoppedLocked(group)) {
            signals.sendToGroupLocked(group, Siginfo.kernel(Signals.SIGHUP));
            signals.sendToGroupLocked(group, Siginfo.kernel(Signals.SIGCONT));
        }
    }

    private boolean hasStoppedLocked(int group) {
        for (Process process : tasks.processesLocked()) {
            if (process.processGroup() == group && process.job.isStopped()) {
                return true;
            }
        }
        return false;
    }

    /// SIGCHLD and wake-up (`do_notify_parent`). False when the parent does not want to wait for
    /// it: the child is reaped at once.
    private boolean tellParentLocked(Process child, Process parent) {
        if (parent == tasks.init()) {
            return false;
        }
        boolean keep = true;
        SignalAction action = parent.handlers.get(Signals.SIGCHLD);
        int signal = child.exitSignal;
        if (signal == Signals.SIGCHLD && (action.isIgnore() || action.has(SignalAction.SA_NOCLDWAIT))) {
            keep = false;
            signal = action.isIgnore() ? 0 : signal;
        }
        if (signal != 0) {
            int status = child.exitStatus;
            signals.sendLocked(
                    parent, null, Siginfo.child(signal, codeOf(status), child.pid(), child.lastUid, statusOf(status)));
        }
        signals.wakeWaitersLocked(parent);
        return keep;
    }

    /// CLD_* of a wait status.
    static int codeOf(int status) {
        if ((status & 0x7f) == 0) {
            return Signaling.CLD_EXITED;
        }
        return (status & SignalDelivery.CORE_FLAG) != 0 ? Signaling.CLD_DUMPED : Signaling.CLD_KILLED;
    }

    /// `si_status` of a wait status: exit code or signal.
    static int statusOf(int status) {
        return (status & 0x7f) == 0 ? status >> 8 & 0xff : status & 0x7f;
    }

    /// The last trace goes away (`release_task`).
    void reapLocked(Process process) {
        process.life = Process.Life.REAPED;
        Process parent = process.parent;
        if (parent != null) {
            parent.reapedChildren = parent.reapedChildren.plus(process.ended).plus(process.reapedChildren);
            parent.children.remove(process);
        }
        tasks.removeLocked(process);
    }

    /// `de_thread`: the caller becomes its process's only thread, with the process's id. False when
    /// the process is already ending.
    boolean killOtherThreads(Task task) {
        Process process = task.process();
        tasks.lock();
        try {
            if (process.groupExit || process.execing != null) {
                return false;
            }
            process.execing = task;
            for (Task other : process.threads) {
                if (other != task) {
                    signals.killLocked(other);
                }
            }
        } finally {
            tasks.unlock();
        }
        while (!isAlone(process)) {
            task.block(Long.MAX_VALUE);
        }
        tasks.lock();
        try {
            process.execing = null;
            tasks.renumberLocked(task, process.pid());
        } finally {
            tasks.unlock();
        }
        return true;
    }

    private boolean isAlone(Process process) {
        tasks.lock();
        try {
            return process.threads.size() == 1;
        } finally {
            tasks.unlock();
        }
    }
}
