package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Threads that wait until others change a word of user memory: `kernel/futex/waitwake.c` and
/// `requeue.c`.
///
/// A waiter looks at the word under its bucket's lock, a waker changes the word first and takes the
/// lock then; so either the waiter sees the new value or the waker sees the waiter. The word is
/// never faulted in under the lock: an absent page means let go, fault, begin again.
public final class Futexes {

    /// Matches every waiter (FUTEX_BITSET_MATCH_ANY).
    public static final int ANY = -1;

    private final FutexQueues queues;

    Futexes(FutexQueues queues) {
        this.queues = queues;
    }

    /// FUTEX_WAIT and FUTEX_WAIT_BITSET: sleeps if the word still is `expected`. Throws EAGAIN when
    /// it is not, ETIMEDOUT, ERESTARTSYS.
    public void await(Task task, long va, boolean shared, int expected, int bitset, long deadline) {
        FutexKey key = FutexKey.of(task, va, shared, false);
        FutexQueues.Waiter waiter = new FutexQueues.Waiter(task, key, bitset, null);
        queueIfStill(waiter, va, expected);
        queues.sleep(waiter, deadline);
    }

    /// Puts the waiter into its queue if its word is `expected`; else EAGAIN.
    void queueIfStill(FutexQueues.Waiter waiter, long va, int expected) {
        FutexQueues.Bucket bucket = queues.of(waiter.key);
        UserMemory memory = waiter.task.memory();
        while (true) {
            bucket.lock.lock();
            long word = memory.tryLoad32(va);
            if (word == Integer.toUnsignedLong(expected)) {
                bucket.waiters.add(waiter);
                bucket.lock.unlock();
                return;
            }
            bucket.lock.unlock();
            if (word >= 0) {
                throw Errno.EAGAIN.exception();
            }
            memory.load32(va);
        }
    }

    /// FUTEX_WAKE and FUTEX_WAKE_BITSET: wakes at most `count` waiters that match, returns how
    /// many. EINVAL when it meets one that waits to own a word: that is not woken, but given it.
    public int wake(Task task, long va, boolean shared, int count, int bitset) {
        FutexKey key = FutexKey.of(task, va, shared, false);
        FutexQueues.Bucket bucket = queues.of(key);
        bucket.lock.lock();
        try {
            return wakeLocked(key, count, bitset);
        } finally {
            bucket.lock.unlock();
        }
    }

    /// Wakes one waiter that says that the word may be shared: the kernel's own wakes (`clear_child_tid`, robust
    /// lists) reach no other.
    void wakeAt(Task task, long va) {
        try {
            int _ = wake(task, va, true, 1, ANY);
        } catch (ErrnoException _) {
            // The guest waits for the word in a way that it must not, or has unmapped it: nobody to tell.
        }
    }

    private int wakeLocked(FutexKey key, int count, int bitset) {
        int woken = 0;
        Iterator<FutexQueues.Waiter> waiters = queues.of(key).waiters.iterator();
        while (woken < count && waiters.hasNext()) {
            FutexQueues.Waiter waiter = waiters.next();
            if (!waiter.key.equals(key)) {
                continue;
            }
            requirePlain(waiter);
            if ((waiter.bitset & bitset) != 0) {
                waiters.remove();
                waiter.wakeLocked();
                woken++;
            }
        }
        return woken;
    }

    private static void requirePlain(FutexQueues.Waiter waiter) {
        if (waiter.owning != null) {
            throw Errno.EINVAL.exception();
        }
    }

    /// FUTEX_REQUEUE and FUTEX_CMP_REQUEUE (`expected` not null): wakes some waiters, moves others
    /// to the second word. Returns how many were woken and, for CMP_REQUEUE, moved.
    public int requeue(
            Task task, long va, long secondVa, boolean shared, int toWake, int toMove, @Nullable Integer expected) {
        FutexKey from = FutexKey.of(task, va, shared, false);
        FutexKey to = FutexKey.of(task, secondVa, shared, false);
        while (true) {
            queues.lockBoth(from, to);
            try {
                long word = expected == null ? 0 : task.memory().tryLoad32(va);
                if (expected != null && word >= 0 && (int) word != expected) {
                    throw Errno.EAGAIN.exception();
                }
                if (word >= 0) {
                    int woken = wakeLocked(from, toWake, ANY);
                    return woken + moveLocked(from, to, toMove);
                }
            } finally {
                queues.unlockBoth(from, to);
            }
            task.memory().load32(va);
        }
    }

    private int moveLocked(FutexKey from, FutexKey to, int count) {
        List<FutexQueues.Waiter> movers = new ArrayList<>();
        Iterator<FutexQueues.Waiter> waiters = queues.of(from).waiters.iterator();
        while (movers.size() < count && waiters.hasNext()) {
            FutexQueues.Waiter waiter = waiters.next();
            if (waiter.key.equals(from)) {
                requirePlain(waiter);
                waiters.remove();
                waiter.key = to;
                movers.add(waiter);
            }
        }
        queues.of(to).waiters.addAll(movers);
        return movers.size();
    }

    /// FUTEX_WAKE_OP: changes the second word, wakes waiters of the first, and of the second if the
    /// old value compares.
    public int wakeOp(Task task, long va, long secondVa, boolean shared, int count, int secondCount, int encoded) {
        FutexKey first = FutexKey.of(task, va, shared, false);
        FutexKey second = FutexKey.of(task, secondVa, shared, true);
        WakeOp op = new WakeOp(encoded);
        while (true) {
            queues.lockBoth(first, second);
            try {
                long old = op.tryApply(task.memory(), secondVa);
                if (old >= 0) {
                    int woken = wakeLocked(first, count, ANY);
                    return op.matches((int) old) ? woken + wakeLocked(second, secondCount, ANY) : woken;
                }
            } finally {
                queues.unlockBoth(first, second);
            }
            FutexWord.faultInWritable(task.memory(), secondVa);
        }
    }
}
