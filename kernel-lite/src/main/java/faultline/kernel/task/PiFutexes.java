package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Words that hold their owner's id and are handed over by the kernel: `kernel/futex/pi.c`.
///
/// All threads have one priority here, so nothing is inherited; what remains visible is ownership,
/// order and robustness.
public final class PiFutexes {

    private enum Attempt {
        TAKEN,
        /// The word is another's and is marked as waited for.
        OWNED,
        /// The word changed or its page went.
        AGAIN
    }

    private final Tasks tasks;
    private final FutexQueues queues;
    private final AtomicInteger waiting = new AtomicInteger();

    PiFutexes(Tasks tasks, FutexQueues queues) {
        this.tasks = tasks;
        this.queues = queues;
    }

    /// FUTEX_LOCK_PI and, with `tryOnly`, FUTEX_TRYLOCK_PI. Throws EDEADLK, ESRCH when the owner
    /// does not exist, EAGAIN for `tryOnly`, ETIMEDOUT, ERESTARTSYS.
    public void lock(Task task, long va, boolean shared, long deadline, boolean tryOnly) {
        FutexKey key = FutexKey.of(task, va, shared);
        FutexQueues.Waiter waiter = new FutexQueues.Waiter(task, key, Futexes.ANY, true);
        Attempt attempt;
        while ((attempt = takeOrQueue(waiter, va, tryOnly)) == Attempt.AGAIN) {
            FutexWord.faultInWritable(task.memory(), va);
        }
        if (attempt == Attempt.OWNED) {
            try {
                queues.sleep(waiter, deadline);
            } finally {
                waiting.decrementAndGet();
            }
        }
    }

    private Attempt takeOrQueue(FutexQueues.Waiter waiter, long va, boolean tryOnly) {
        FutexQueues.Bucket bucket = queues.of(waiter.key);
        bucket.lock.lock();
        try {
            Attempt attempt = acquireLocked(bucket, waiter.key, waiter.task, va, tryOnly);
            if (attempt == Attempt.OWNED) {
                bucket.waiters.add(waiter);
                waiting.incrementAndGet();
            }
            return attempt;
        } finally {
            bucket.lock.unlock();
        }
    }

    private Attempt acquireLocked(FutexQueues.Bucket bucket, FutexKey key, Task task, long va, boolean tryOnly) {
        UserMemory memory = task.memory();
        long loaded = memory.tryLoad32(va);
        if (loaded < 0) {
            return Attempt.AGAIN;
        }
        int word = (int) loaded;
        int owner = FutexWord.owner(word);
        if (owner == task.tid()) {
            throw Errno.EDEADLK.exception();
        }
        if (owner == 0) {
            int taken = task.tid() | word & FutexWord.OWNER_DIED | waitersBit(bucket, key);
            return FutexWord.tryReplace(memory, va, word, taken) ? Attempt.TAKEN : Attempt.AGAIN;
        }
        if (tasks.find(owner) == null) {
            throw Errno.ESRCH.exception();
        }
        if (tryOnly) {
            throw Errno.EAGAIN.exception();
        }
        boolean marked =
                (word & FutexWord.WAITERS) != 0 || FutexWord.tryReplace(memory, va, word, word | FutexWord.WAITERS);
        return marked ? Attempt.OWNED : Attempt.AGAIN;
    }

    /// FUTEX_UNLOCK_PI: gives the word to the first waiter, or frees it. EPERM when the thread does
    /// not own it.
    public void unlock(Task task, long va, boolean shared) {
        FutexKey key = FutexKey.of(task, va, shared);
        FutexQueues.Bucket bucket = queues.of(key);
        while (true) {
            bucket.lock.lock();
            try {
                long word = task.memory().tryLoad32(va);
                if (word >= 0 && FutexWord.owner((int) word) != task.tid()) {
                    throw Errno.EPERM.exception();
                }
                if (word >= 0 && handOverLocked(bucket, key, task.memory(), va, (int) word, 0)) {
                    return;
                }
            } finally {
                bucket.lock.unlock();
            }
            FutexWord.faultInWritable(task.memory(), va);
        }
    }

    /// Makes the first waiter the owner; false when the word changed or its page went.
    private static boolean handOverLocked(
            FutexQueues.Bucket bucket, FutexKey key, UserMemory memory, long va, int word, int extraBits) {
        FutexQueues.Waiter next = first(bucket, key);
        int value = extraBits;
        if (next != null) {
            bucket.waiters.remove(next);
            value |= next.task.tid() | waitersBit(bucket, key);
        }
        if (!FutexWord.tryReplace(memory, va, word, value)) {
            if (next != null) {
                bucket.waiters.addFirst(next);
            }
            return false;
        }
        if (next != null) {
            next.wakeLocked();
        }
        return true;
    }

    private static int waitersBit(FutexQueues.Bucket bucket, FutexKey key) {
        return first(bucket, key) == null ? 0 : FutexWord.WAITERS;
    }

    private static FutexQueues.@Nullable Waiter first(FutexQueues.Bucket bucket, FutexKey key) {
        for (FutexQueues.Waiter waiter : bucket.waiters) {
            if (waiter.pi && waiter.key.equals(key)) {
                return waiter;
            }
        }
        return null;
    }

    /// A thread ends: words it owns in its own address space go to their first waiters, marked
    /// OWNER_DIED.
    void releaseAll(Task task) {
        if (waiting.get() == 0) {
            return;
        }
        for (FutexQueues.Bucket bucket : queues.all()) {
            bucket.lock.lock();
            try {
                for (FutexQueues.Waiter waiter : List.copyOf(bucket.waiters)) {
                    if (waiter.pi && waiter.key.owner() == task.mmOrNull()) {
                        releaseLocked(bucket, waiter.key, task);
                    }
                }
            } finally {
                bucket.lock.unlock();
            }
        }
    }

    private static void releaseLocked(FutexQueues.Bucket bucket, FutexKey key, Task task) {
        long va = key.offset();
        long word = task.memory().tryLoad32(va);
        if (word >= 0 && FutexWord.owner((int) word) == task.tid()) {
            handOverLocked(bucket, key, task.memory(), va, (int) word, FutexWord.OWNER_DIED);
        }
    }
}
