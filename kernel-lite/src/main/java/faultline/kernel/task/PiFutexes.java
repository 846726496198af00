package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Words that hold their owner's id and are handed over by the kernel: `kernel/futex/pi.c`.
///
/// All threads have one priority here, so nothing is inherited; what remains visible is ownership,
/// order and robustness. While anybody waits, the waiters know the owner (the kernel's word counts,
/// not the guest's), so that an owner's end finds them whatever the word says by then, and whether
/// or not the owner still could reach it.
public final class PiFutexes {

    /// What became of an attempt to take a word.
    enum Attempt {
        TAKEN,
        /// The word is another's and is marked as waited for.
        OWNED,
        /// The word changed or its page went.
        AGAIN
    }

    private final Tasks tasks;
    private final FutexQueues queues;
    /// How many wait, or are about to. Pairs with [Task#ownsNothing]: a waiter counts itself and
    /// then looks whether the owner has ended, the owner says so and then looks whether anybody
    /// waits; one of them sees the other.
    private final AtomicInteger waiting = new AtomicInteger();

    PiFutexes(Tasks tasks, FutexQueues queues) {
        this.tasks = tasks;
        this.queues = queues;
    }

    /// FUTEX_LOCK_PI and, with `tryOnly`, FUTEX_TRYLOCK_PI. Throws EDEADLK, ESRCH when the owner
    /// does not exist, EAGAIN for `tryOnly`, ETIMEDOUT, ERESTARTNOINTR.
    public void lock(Task task, long va, boolean shared, long deadline, boolean tryOnly) {
        FutexKey key = FutexKey.of(task, va, shared, true);
        FutexQueues.Waiter waiter = new FutexQueues.Waiter(task, key, Futexes.ANY, key);
        waiting.incrementAndGet();
        try {
            Attempt attempt;
            while ((attempt = takeOrQueue(waiter, va, tryOnly)) == Attempt.AGAIN) {
                FutexWord.faultInWritable(task.memory(), va);
            }
            if (attempt == Attempt.OWNED) {
                awaitOwnership(waiter, va, deadline);
            }
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ERESTARTSYS ? Errno.ERESTARTNOINTR.exception() : e;
        } finally {
            waiting.decrementAndGet();
        }
    }

    private Attempt takeOrQueue(FutexQueues.Waiter waiter, long va, boolean tryOnly) {
        FutexQueues.Bucket bucket = queues.of(waiter.key);
        bucket.lock.lock();
        try {
            Attempt attempt = acquireLocked(waiter, waiter.task.memory(), va, tryOnly, 0);
            if (attempt == Attempt.OWNED) {
                bucket.waiters.add(waiter);
            }
            return attempt;
        } finally {
            bucket.lock.unlock();
        }
    }

    /// Takes the word `waiter` wants to own, or marks it as waited for and notes its owner.
    /// `extraBits` go into a word that is taken.
    private Attempt acquireLocked(
            FutexQueues.Waiter waiter, UserMemory memory, long va, boolean tryOnly, int extraBits) {
        long loaded = memory.tryLoad32(va);
        if (loaded < 0) {
            return Attempt.AGAIN;
        }
        int word = (int) loaded;
        int wanted = waiter.task.tid();
        FutexQueues.Waiter first = first(waiter.owning);
        if (first == null && FutexWord.owner(word) == 0) {
            int taken = wanted | word & FutexWord.OWNER_DIED | extraBits;
            return FutexWord.tryReplace(memory, va, word, taken) ? Attempt.TAKEN : Attempt.AGAIN;
        }
        Task owner = first != null ? first.owner : tasks.find(FutexWord.owner(word));
        if (owner == null || first == null && owner.ownsNothing()) {
            throw Errno.ESRCH.exception();
        }
        if (owner == waiter.task) {
            throw Errno.EDEADLK.exception();
        }
        if (tryOnly) {
            throw Errno.EAGAIN.exception();
        }
        waiter.owner = owner;
        boolean marked =
                (word & FutexWord.WAITERS) != 0 || FutexWord.tryReplace(memory, va, word, word | FutexWord.WAITERS);
        return marked ? Attempt.OWNED : Attempt.AGAIN;
    }

    /// Sleeps until the word is the waiter's. An heir writes itself into it.
    private void awaitOwnership(FutexQueues.Waiter waiter, long va, long deadline) {
        queues.sleep(waiter, deadline);
        UserMemory memory = waiter.task.memory();
        while (!settleInheritance(waiter, memory, va)) {
            FutexWord.faultInWritable(memory, va);
        }
    }

    /// `fixup_pi_state_owner`; false when the word's page is not there, or not to be stored to.
    private boolean settleInheritance(FutexQueues.Waiter waiter, UserMemory memory, long va) {
        FutexQueues.Bucket bucket = queues.of(waiter.key);
        bucket.lock.lock();
        try {
            if (!waiter.inherits) {
                return true;
            }
            int mine = waiter.task.tid() | FutexWord.WAITERS | FutexWord.OWNER_DIED;
            long word;
            long found = memory.tryLoad32(va);
            do {
                word = found;
                found = word < 0 ? word : memory.tryCompareAndExchange32(va, (int) word, mine);
            } while (found != word && found >= 0);
            if (found >= 0) {
                bucket.waiters.remove(waiter);
                waiter.inherits = false;
            }
            return found >= 0;
        } finally {
            bucket.lock.unlock();
        }
    }

    /// FUTEX_UNLOCK_PI: gives the word to the first waiter, or frees it. EPERM when the thread does
    /// not own it.
    public void unlock(Task task, long va, boolean shared) {
        FutexKey key = FutexKey.of(task, va, shared, true);
        FutexQueues.Bucket bucket = queues.of(key);
        while (true) {
            bucket.lock.lock();
            try {
                long word = task.memory().tryLoad32(va);
                if (word >= 0 && FutexWord.owner((int) word) != task.tid()) {
                    throw Errno.EPERM.exception();
                }
                if (word >= 0 && handOverLocked(bucket, key, task.memory(), va, (int) word)) {
                    return;
                }
            } finally {
                bucket.lock.unlock();
            }
            FutexWord.faultInWritable(task.memory(), va);
        }
    }

    /// Makes the first waiter the owner; false when the word changed or its page went. Its word
    /// says that others wait even when none do, as `wake_futex_pi` leaves it: the new owner has to
    /// come here to give it up.
    private boolean handOverLocked(FutexQueues.Bucket bucket, FutexKey key, UserMemory memory, long va, int word) {
        FutexQueues.Waiter next = first(key);
        int value = next == null ? 0 : next.task.tid() | FutexWord.WAITERS;
        if (!FutexWord.tryReplace(memory, va, word, value)) {
            return false;
        }
        if (next != null) {
            bucket.waiters.remove(next);
            ownedByLocked(bucket, key, next.task);
            next.wakeLocked();
        }
        return true;
    }

    private static void ownedByLocked(FutexQueues.Bucket bucket, FutexKey key, Task owner) {
        for (FutexQueues.Waiter waiter : bucket.waiters) {
            if (waiter.isPi() && waiter.key.equals(key)) {
                waiter.owner = owner;
            }
        }
    }

    private FutexQueues.@Nullable Waiter first(@Nullable FutexKey key) {
        if (key == null) {
            return null;
        }
        for (FutexQueues.Waiter waiter : queues.of(key).waiters) {
            if (waiter.isPi() && waiter.key.equals(key)) {
                return waiter;
            }
        }
        return null;
    }

    /// A thread ends or leaves its address space: the first waiter of each word that it owns
    /// becomes the word's heir.
    void releaseAll(Task task) {
        task.setOwnsNothing(true);
        if (waiting.get() == 0) {
            return;
        }
        for (FutexQueues.Bucket bucket : queues.all()) {
            bucket.lock.lock();
            try {
                for (FutexQueues.Waiter waiter : List.copyOf(bucket.waiters)) {
                    if (waiter.isPi() && waiter.owner == task) {
                        ownedByLocked(bucket, waiter.key, waiter.task);
                        waiter.inherits = true;
                        waiter.wakeLocked();
                    }
                }
            } finally {
                bucket.lock.unlock();
            }
        }
    }

    // Condition variables: waiting for one word, to wake up owning another.

    /// FUTEX_WAIT_REQUEUE_PI: sleeps if the word still is `expected` until [#requeue] moves it to
    /// the second word, and then until it owns that. Throws EAGAIN when the word is another or a
    /// signal came after the move, ETIMEDOUT, EINVAL when the words are one, ERESTARTNOINTR.
    public void awaitRequeue(Task task, long va, long secondVa, boolean shared, int expected, long deadline) {
        FutexKey condition = FutexKey.of(task, va, shared, false);
        FutexKey lock = FutexKey.of(task, secondVa, shared, true);
        if (condition.equals(lock)) {
            throw Errno.EINVAL.exception();
        }
        FutexQueues.Waiter waiter = new FutexQueues.Waiter(task, condition, Futexes.ANY, lock);
        waiting.incrementAndGet();
        try {
            tasks.futexes().queueIfStill(waiter, va, expected);
            awaitOwnership(waiter, secondVa, deadline);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ERESTARTSYS) {
                throw e;
            }
            // Once it was moved, the call cannot be made again: the caller looks at its condition.
            throw (waiter.isPi() ? Errno.EAGAIN : Errno.ERESTARTNOINTR).exception();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /// FUTEX_CMP_REQUEUE_PI: if the word is `expected`, its first waiter gets the second word if
    /// that is free, and at most `toMove` others wait for it from now on; else `toMove` and one
    /// more wait. Returns how many. EAGAIN for another word, EINVAL for a waiter that came for
    /// something else.
    public int requeue(Task task, long va, long secondVa, boolean shared, int toMove, int expected) {
        FutexKey from = FutexKey.of(task, va, shared, false);
        FutexKey to = FutexKey.of(task, secondVa, shared, true);
        if (from.equals(to)) {
            throw Errno.EINVAL.exception();
        }
        UserMemory memory = task.memory();
        int done = 0;
        while (true) {
            boolean again;
            queues.lockBoth(from, to);
            try {
                long word = memory.tryLoad32(va);
                if (word >= 0 && (int) word != expected) {
                    throw Errno.EAGAIN.exception();
                }
                again = word < 0;
                FutexQueues.Waiter next;
                while (!again && done <= toMove && (next = nextMover(from, to)) != null) {
                    again = !moveLocked(next, to, memory, secondVa, toMove > 0);
                    done += again ? 0 : 1;
                }
            } finally {
                queues.unlockBoth(from, to);
            }
            if (!again) {
                return done;
            }
            int _ = memory.load32(va);
            FutexWord.faultInWritable(memory, secondVa);
        }
    }

    private FutexQueues.@Nullable Waiter nextMover(FutexKey from, FutexKey to) {
        for (FutexQueues.Waiter waiter : queues.of(from).waiters) {
            if (waiter.key.equals(from)) {
                if (!to.equals(waiter.owning)) {
                    throw Errno.EINVAL.exception();
                }
                return waiter;
            }
        }
        return null;
    }

    /// One waiter gets the free word, or waits for it from now on; false when the word changed or
    /// its page went.
    private boolean moveLocked(
            FutexQueues.Waiter waiter, FutexKey to, UserMemory memory, long va, boolean othersFollow) {
        Attempt attempt = acquireLocked(waiter, memory, va, false, othersFollow ? FutexWord.WAITERS : 0);
        if (attempt == Attempt.AGAIN) {
            return false;
        }
        queues.of(waiter.key).waiters.remove(waiter);
        waiter.key = to;
        if (attempt == Attempt.TAKEN) {
            waiter.wakeLocked();
        } else {
            queues.of(to).waiters.add(waiter);
        }
        return true;
    }
}
