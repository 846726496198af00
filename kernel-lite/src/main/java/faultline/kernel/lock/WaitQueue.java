package faultline.kernel.lock;

import faultline.core.step.Steps;
import java.util.ArrayList;
import java.util.function.BooleanSupplier;

/// Threads that wait for a condition: `wait_event` and `wake_up`.
///
/// Whoever makes the condition true wakes afterwards. A waiter enters the queue before it looks at
/// the condition, so no wake is lost; it looks again after every wake, so one too many does no
/// harm.
public final class WaitQueue {

    /// What may end a wait besides its condition.
    public enum Sleep {
        UNINTERRUPTIBLE,
        KILLABLE,
        INTERRUPTIBLE
    }

    /// Why a wait ended.
    public enum Woken {
        CONDITION,
        SIGNAL,
        TIMEOUT
    }

    private final Steps steps;
    private final long id;
    private final SpinLock lock;

    // Guarded by lock. First come, first woken; a wake takes its thread out, so that two wakes reach two threads.
    private final ArrayList<KernelThread> waiters = new ArrayList<>(2);

    /// `id` names the queue in steps and repeats from run to run.
    public WaitQueue(Steps steps, long id) {
        this.steps = steps;
        this.id = id;
        this.lock = new SpinLock(steps, LockRank.WAIT_QUEUE, id);
    }

    /// Waits until `condition` holds, a signal that `sleep` admits is pending, or the schedule's
    /// clock reaches `deadline` (`Long.MAX_VALUE`: never). The condition is asked without any lock
    /// held by this queue.
    public Woken await(BooleanSupplier condition, Sleep sleep, long deadline) {
        if (condition.getAsBoolean()) {
            return Woken.CONDITION;
        }
        KernelThread self = KernelThread.current();
        try {
            while (true) {
                add(self);
                steps.at(LockStep.WAIT, id);
                if (condition.getAsBoolean()) {
                    return Woken.CONDITION;
                }
                if (interrupted(self, sleep)) {
                    return Woken.SIGNAL;
                }
                if (deadline != Long.MAX_VALUE && self.schedule().nanoTime() >= deadline) {
                    return Woken.TIMEOUT;
                }
                self.block(deadline);
            }
        } finally {
            remove(self);
        }
    }

    /// Enters a thread, for waits on several queues at once; the caller loops over its condition
    /// and [KernelThread#block], then calls [#remove]. A thread that is in the queue stays where it
    /// is; a wake takes it out, so the caller adds it again before each look at its condition.
    public void add(KernelThread thread) {
        lock.lock();
        if (!waiters.contains(thread)) {
            waiters.add(thread);
        }
        lock.unlock();
    }

    /// Takes a thread out, if it is in.
    public void remove(KernelThread thread) {
        lock.lock();
        waiters.remove(thread);
        lock.unlock();
    }

    /// Wakes everybody.
    public void wakeAll() {
        wake(Integer.MAX_VALUE);
    }

    /// Wakes the first `count` waiters; returns how many there were.
    public int wake(int count) {
        steps.at(LockStep.WAKE, id);
        lock.lock();
        int woken = Math.min(count, waiters.size());
        for (int i = 0; i < woken; i++) {
            waiters.get(i).wake();
        }
        waiters.subList(0, woken).clear();
        lock.unlock();
        return woken;
    }

    /// Whether anybody waits; a hint.
    public boolean isEmpty() {
        lock.lock();
        boolean empty = waiters.isEmpty();
        lock.unlock();
        return empty;
    }

    private static boolean interrupted(KernelThread thread, Sleep sleep) {
        return switch (sleep) {
            case UNINTERRUPTIBLE -> false;
            case KILLABLE -> thread.fatalSignalPending();
            case INTERRUPTIBLE -> thread.signalPending();
        };
    }
}
