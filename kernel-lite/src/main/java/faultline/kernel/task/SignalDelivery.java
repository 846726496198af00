package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.kernel.ErrnoException;
import org.jspecify.annotations.Nullable;

/// Taking signals on the way back to guest code: `get_signal`, `handle_signal`, group stops.
///
/// Everything here runs on the thread that takes the signal, with its vCPU held.
public final class SignalDelivery {

    /// What WIFSIGNALED's status has besides the signal when the default action is to dump core.
    static final int CORE_FLAG = 0x80;

    private final Tasks tasks;
    private final Signaling signals;
    private final SignalFrames frames;

    SignalDelivery(Tasks tasks) {
        this.tasks = tasks;
        this.signals = tasks.signals();
        this.frames = tasks.abi().signalFrames();
    }

    /// A signal and what the process does about it.
    private record Taken(Siginfo info, SignalAction action) {}

    /// Takes whatever waits, then decides how an interrupted call goes on. False when the thread is
    /// over.
    public boolean deliver(Task task) {
        while (task.signalPending()) {
            Taken taken = take(task);
            if (taken == null) {
                if (task.fatalSignalPending()) {
                    return false;
                }
                break;
            }
            if (!handle(task, taken)) {
                continue;
            }
            task.restoreSavedMask = false;
        }
        if (task.fatalSignalPending()) {
            return false;
        }
        restartWithoutHandler(task);
        restoreMask(task);
        return true;
    }

    /// No handler runs: an interrupted call simply goes on.
    private static void restartWithoutHandler(Task task) {
        InterruptedCall call = task.interrupted;
        if (call == null) {
            return;
        }
        task.interrupted = null;
        switch (call.reason()) {
            case ERESTART_RESTARTBLOCK -> call.againThroughBlock(task.cpu());
            default -> call.again(task.cpu());
        }
    }

    private void restoreMask(Task task) {
        if (task.restoreSavedMask) {
            task.restoreSavedMask = false;
            tasks.lock();
            try {
                signals.setBlockedLocked(task, task.savedMask);
            } finally {
                tasks.unlock();
            }
        }
    }

    /// The next signal that has a handler, after doing the default actions of those that have none;
    /// null when there is no more, or when the thread is to end.
    private @Nullable Taken take(Task task) {
        while (true) {
            Siginfo info = nextOrStop(task);
            if (info == null) {
                return null;
            }
            tasks.steps().at(TaskStep.SIGNAL_DELIVER, info.signal());
            if (!tasks.hooks().signal(task, info)) {
                continue;
            }
            SignalAction action = actionFor(task, info.signal());
            if (action.isIgnore()) {
                continue;
            }
            if (!action.isDefault()) {
                return new Taken(info, action);
            }
            switch (Signals.defaultAction(info.signal())) {
                case IGNORE, CONTINUE -> {}
                case STOP -> beginStop(task, info.signal());
                case TERMINATE -> die(task, info, false);
                case CORE -> die(task, info, true);
            }
        }
    }

    /// Takes part in a group stop, then takes a signal off the queues; null when there is none or
    /// the thread is to end.
    private @Nullable Siginfo nextOrStop(Task task) {
        while (true) {
            tasks.lock();
            try {
                if (task.fatalSignalPending()) {
                    return null;
                }
                if (!task.stopPending) {
                    Siginfo info = dequeueLocked(task, ~task.blocked);
                    signals.recalculateLocked(task);
                    return info;
                }
                stopLocked(task);
            } finally {
                tasks.unlock();
            }
            waitWhileStopped(task);
        }
    }

    /// A signal of `wanted`: the thread's own first, then the process's (`dequeue_signal`).
    @Nullable
    Siginfo dequeueLocked(Task task, long wanted) {
        Siginfo info = task.pending.take(wanted);
        if (info == null) {
            info = task.process().shared.take(wanted);
        }
        return info != null && info.code() == Siginfo.SI_TIMER
                ? task.process().timers().deliveredLocked(info)
                : info;
    }

    private SignalAction actionFor(Task task, int signal) {
        tasks.lock();
        try {
            SignalHandlers handlers = task.process().handlers;
            SignalAction action = handlers.get(signal);
            if (!action.isDefault() && !action.isIgnore() && action.has(SignalAction.SA_RESETHAND)) {
                handlers.set(
                        signal,
                        new SignalAction(SignalAction.SIG_DFL, action.flags(), action.restorer(), action.mask()));
            }
            return action;
        } finally {
            tasks.unlock();
        }
    }

    // Group stops.

    private void beginStop(Task task, int signal) {
        Process process = task.process();
        tasks.lock();
        try {
            boolean fromTerminal = signal != Signals.SIGSTOP;
            if (process.groupExit || fromTerminal && tasks.isOrphanedLocked(process.processGroup(), null)) {
                return;
            }
            int toStop = 0;
            for (Task thread : process.threads) {
                if (!thread.exiting && !thread.stopped) {
                    thread.stopPending = true;
                    signals.wakeLocked(thread);
                    toStop++;
                }
            }
            process.job.begin(signal, toStop);
        } finally {
            tasks.unlock();
        }
    }

    private void stopLocked(Task task) {
        task.stopPending = false;
        task.stopped = true;
        Process process = task.process();
        if (process.job.threadStopped()) {
            signals.notifyParentOfJobLocked(process, Signaling.CLD_STOPPED, process.job.signal());
        }
    }

    private void waitWhileStopped(Task task) {
        while (isStopped(task)) {
            task.block(Long.MAX_VALUE);
        }
    }

    private boolean isStopped(Task task) {
        tasks.lock();
        try {
            return task.stopped;
        } finally {
            tasks.unlock();
        }
    }

    // Death.

    private void die(Task task, Siginfo info, boolean core) {
        Process process = task.process();
        boolean dumps = core && process.dumpable && process.limits().soft(Resource.CORE) != 0;
        boolean first;
        tasks.lock();
        try {
            first = !process.groupExit;
            signals.groupExitLocked(process, info.signal() | (dumps ? CORE_FLAG : 0));
        } finally {
            tasks.unlock();
        }
        if (first) {
            tasks.hooks().killed(task, info);
        }
    }

    // Handlers.

    /// Sets the thread up to run a handler; false when the frame could not be written, which is a
    /// SIGSEGV.
    private boolean handle(Task task, Taken taken) {
        decideRestart(task, taken.action());
        Cpu cpu = task.cpu();
        AltStack alternate = task.altStack;
        long stack = 0;
        if (taken.action().has(SignalAction.SA_ONSTACK)
                && alternate.isEnabled()
                && !alternate.contains(tasks.abi().stackPointer(cpu))) {
            stack = alternate.base() + alternate.size();
        }
        long mask = task.restoreSavedMask ? task.savedMask : task.blocked;
        SignalAction action = taken.action();
        try {
            frames.enter(
                    cpu,
                    task.memory(),
                    new SignalFrames.Delivery(
                            taken.info(),
                            action.handler(),
                            action.flags(),
                            action.restorer(),
                            task.mm().signalTrampoline(),
                            mask,
                            stack,
                            alternate.base(),
                            alternate.size(),
                            alternate.flags()));
        } catch (ErrnoException _) {
            frameFault(task, taken.info().signal());
            return false;
        }
        if ((alternate.flags() & AltStack.SS_AUTODISARM) != 0) {
            task.altStack = AltStack.NONE;
        }
        blockDuringHandler(task, taken);
        return true;
    }

    private static void decideRestart(Task task, SignalAction action) {
        InterruptedCall call = task.interrupted;
        if (call == null) {
            return;
        }
        task.interrupted = null;
        switch (call.reason()) {
            case ERESTARTSYS -> {
                if (action.has(SignalAction.SA_RESTART)) {
                    call.again(task.cpu());
                } else {
                    call.fail(task.cpu());
                }
            }
            case ERESTARTNOINTR -> call.again(task.cpu());
            default -> call.fail(task.cpu());
        }
    }

    private void blockDuringHandler(Task task, Taken taken) {
        long mask = taken.action().mask();
        if (!taken.action().has(SignalAction.SA_NODEFER)) {
            mask |= Signals.set(taken.info().signal());
        }
        tasks.lock();
        try {
            signals.setBlockedLocked(task, task.blocked | mask);
        } finally {
            tasks.unlock();
        }
    }

    /// No room for a frame: SIGSEGV, and if that was the signal, its handler is not tried again
    /// (`force_sigsegv`).
    public void frameFault(Task task, int signal) {
        if (signal == Signals.SIGSEGV) {
            tasks.lock();
            try {
                task.process().handlers.set(Signals.SIGSEGV, SignalAction.DEFAULT);
            } finally {
                tasks.unlock();
            }
        }
        signals.force(task, Siginfo.kernel(Signals.SIGSEGV));
    }

    /// `rt_sigreturn`: registers, mask and alternate stack as the frame says. A bad frame is a
    /// SIGSEGV.
    public void leaveHandler(Task task) {
        SignalFrames.Restored restored;
        long handlerStack = tasks.abi().stackPointer(task.cpu());
        try {
            restored = frames.leave(task.cpu(), task.memory());
        } catch (ErrnoException _) {
            frameFault(task, 0);
            return;
        }
        tasks.lock();
        try {
            signals.setBlockedLocked(task, restored.mask());
        } finally {
            tasks.unlock();
        }
        restoreAltStack(task, restored, handlerStack);
    }

    /// `restore_altstack`: as `sigaltstack` would set it from inside the handler. What that refuses
    /// is left alone: a handler that armed another stack while it ran on a disarmed one keeps its
    /// choice.
    private static void restoreAltStack(Task task, SignalFrames.Restored restored, long handlerStack) {
        SignalControl.Stack saved =
                new SignalControl.Stack(restored.altStackBase(), restored.altStackSize(), restored.altStackFlags());
        try {
            SignalControl.setAlternateStack(task, saved, handlerStack);
        } catch (ErrnoException _) {
            // As Linux: only a frame that cannot be read is an error.
        }
    }
}
