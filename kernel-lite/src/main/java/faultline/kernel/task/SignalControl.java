package faultline.kernel.task;

import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// What a thread does about its own signals: actions, masks, waiting, the alternate stack; and whom
/// it may signal.
public final class SignalControl {

    /// The alternate stack as `sigaltstack` sees it.
    public record Stack(long base, long size, int flags) {}

    private SignalControl() {}

    /// rt_sigaction: returns the action before; null changes nothing. What is ignored from now on
    /// no longer waits.
    public static SignalAction setAction(Task task, int signal, @Nullable SignalAction to) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            SignalHandlers handlers = task.process().handlers;
            SignalAction before = handlers.get(signal);
            if (to != null) {
                handlers.set(signal, to);
                if (handlers.ignores(signal)) {
                    tasks.signals().flushLocked(task.process(), Signals.set(signal));
                }
            }
            return before;
        } finally {
            tasks.unlock();
        }
    }

    /// rt_sigprocmask.
    public static void setBlocked(Task task, long mask) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            tasks.signals().setBlockedLocked(task, mask);
        } finally {
            tasks.unlock();
        }
    }

    /// rt_sigpending: blocked signals that wait for the thread or its process.
    public static long pending(Task task) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            return (task.pending.set() | task.process().shared.set()) & task.blocked;
        } finally {
            tasks.unlock();
        }
    }

    /// rt_sigsuspend, and pause with `mask` null: waits for a signal that has a handler or kills.
    /// The old mask comes back after the handler.
    public static long suspend(Task task, @Nullable Long mask) {
        if (mask != null) {
            replaceMaskUntilReturn(task, mask);
        }
        while (!task.signalPending()) {
            task.block(Long.MAX_VALUE);
        }
        return Errno.ERESTARTNOHAND.result();
    }

    /// The mask that ppoll, pselect and sigsuspend put in force until the thread is back in guest
    /// code or in a handler (`set_user_sigmask`).
    public static void replaceMaskUntilReturn(Task task, long mask) {
        task.savedMask = task.blockedSignals();
        task.restoreSavedMask = true;
        setBlocked(task, mask);
    }

    /// rt_sigtimedwait: takes a signal of `set`, blocked or not. EAGAIN at the deadline, EINTR for
    /// another signal.
    public static Siginfo await(Task task, long set, long deadline) {
        Tasks tasks = task.tasks();
        long wanted = set & ~Signals.UNSTOPPABLE;
        try {
            while (true) {
                Siginfo info = takeOrListen(task, wanted);
                if (info != null) {
                    return info;
                }
                if (task.signalPending()) {
                    throw Errno.EINTR.exception();
                }
                if (tasks.schedule().nanoTime() >= deadline) {
                    throw Errno.EAGAIN.exception();
                }
                task.block(deadline);
            }
        } finally {
            tasks.lock();
            try {
                task.waitingFor = 0;
                tasks.signals().recalculateLocked(task);
            } finally {
                tasks.unlock();
            }
        }
    }

    /// What a signalfd reads: takes a signal of `set` that waits for the thread, or returns null.
    static @Nullable Siginfo poll(Task task, long set) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            Siginfo info = tasks.delivery().dequeueLocked(task, set & ~Signals.UNSTOPPABLE);
            tasks.signals().recalculateLocked(task);
            return info;
        } finally {
            tasks.unlock();
        }
    }

    /// The signals that wait for the thread or its process, blocked or not.
    static long waiting(Task task) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            return task.pending.set() | task.process().shared.set();
        } finally {
            tasks.unlock();
        }
    }

    /// All of a thread's signal sets, for `/proc`.
    static SignalSets sets(Task task) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            long ignored = 0;
            long caught = 0;
            SignalHandlers handlers = task.process().handlers;
            for (int signal = 1; signal <= Signals.COUNT; signal++) {
                SignalAction action = handlers.get(signal);
                if (action.isIgnore()) {
                    ignored |= Signals.set(signal);
                } else if (!action.isDefault()) {
                    caught |= Signals.set(signal);
                }
            }
            return new SignalSets(task.pending.set(), task.process().shared.set(), task.blocked, ignored, caught);
        } finally {
            tasks.unlock();
        }
    }

    private static @Nullable Siginfo takeOrListen(Task task, long wanted) {
        Tasks tasks = task.tasks();
        tasks.lock();
        try {
            task.waitingFor = 0;
            Siginfo info = tasks.delivery().dequeueLocked(task, wanted);
            tasks.signals().recalculateLocked(task);
            if (info == null) {
                task.waitingFor = wanted;
            }
            return info;
        } finally {
            tasks.unlock();
        }
    }

    // The alternate stack.

    /// The alternate stack; its flags say whether the thread runs on it.
    public static Stack alternateStack(Task task) {
        AltStack stack = task.altStack;
        int status = stack.status(task.tasks().abi().stackPointer(task.cpu()));
        return new Stack(stack.base(), stack.size(), status | stack.flags() & AltStack.SS_AUTODISARM);
    }

    /// sigaltstack: EPERM while the thread runs on the old one, ENOMEM when the new one is too
    /// small for a frame.
    public static void setAlternateStack(Task task, Stack to) {
        setAlternateStack(task, to, task.tasks().abi().stackPointer(task.cpu()));
    }

    /// The same for a thread whose stack pointer is, or was, `stackPointer`.
    static void setAlternateStack(Task task, Stack to, long stackPointer) {
        if (task.altStack.isEnabled() && task.altStack.contains(stackPointer)) {
            throw Errno.EPERM.exception();
        }
        int mode = to.flags() & ~AltStack.SS_AUTODISARM;
        if (mode != 0 && mode != AltStack.SS_ONSTACK && mode != AltStack.SS_DISABLE) {
            throw Errno.EINVAL.exception();
        }
        if (mode == AltStack.SS_DISABLE) {
            task.altStack = new AltStack(0, 0, to.flags());
            return;
        }
        int least = task.tasks().abi().signalFrames().minimumStack();
        if (Long.compareUnsigned(to.size(), least) < 0) {
            throw Errno.ENOMEM.exception();
        }
        task.altStack = new AltStack(to.base(), to.size(), to.flags());
    }

    // Permission.

    /// EPERM unless [#mayKill].
    public static void checkPermission(Task sender, Process target, int signal) {
        if (!mayKill(sender, target, signal)) {
            throw Errno.EPERM.exception();
        }
    }

    /// `kill_ok_by_cred`: the superuser may, a user may signal itself, and SIGCONT goes anywhere in
    /// the session.
    public static boolean mayKill(Task sender, Process target, int signal) {
        if (sender.process() == target
                || sender.identity().isPrivileged()
                || signal == Signals.SIGCONT && sender.session() == target.session()) {
            return true;
        }
        Tasks tasks = sender.tasks();
        tasks.lock();
        try {
            if (target.threads.isEmpty()) {
                return sender.identity().uid() == target.lastUid;
            }
            Identity to = target.threads.getFirst().identity();
            Identity from = sender.identity();
            return from.euid() == to.suid()
                    || from.euid() == to.uid()
                    || from.uid() == to.suid()
                    || from.uid() == to.uid();
        } finally {
            tasks.unlock();
        }
    }
}
