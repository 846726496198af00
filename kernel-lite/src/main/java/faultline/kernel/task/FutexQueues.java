package faultline.kernel.task;

import faultline.core.step.Steps;
import faultline.kernel.Errno;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The threads that wait on words of user memory, by key: the hash table of `kernel/futex/core.c`.
final class FutexQueues {

    /// One waiting thread.
    static final class Waiter {
        final Task task;
        final int bitset;
        /// Guarded by the lock of the key's bucket; a requeue changes it under both.
        volatile FutexKey key;
        /// The word it is to own in the end, or null for one that only waits: its key already, or
        /// what a requeue will make its key.
        final @Nullable FutexKey owning;
        /// Set under the bucket's lock by whoever takes the waiter out, or leaves it the word of an
        /// owner that ended.
        volatile boolean woken;

        // Of those that wait to own their key, guarded by the bucket's lock.

        /// Who owns the word: `pi_state->owner`.
        @Nullable
        Task owner;
        /// The owner ended: the waiter is its heir and stays in the queue, in the owner's place,
        /// until it has written itself into the word.
        boolean inherits;

        Waiter(Task task, FutexKey key, int bitset, @Nullable FutexKey owning) {
            this.task = task;
            this.key = key;
            this.bitset = bitset;
            this.owning = owning;
        }

        /// Waits to own the word of its key, and is woken only by being given it.
        boolean isPi() {
            return key.equals(owning);
        }

        /// Lets it run; it is out of its queue already. Under the bucket's lock.
        void wakeLocked() {
            woken = true;
            task.wake();
        }
    }

    /// Waiters whose keys hash alike, first come first served.
    static final class Bucket {
        final SpinLock lock;
        final List<Waiter> waiters = new ArrayList<>(2);

        Bucket(SpinLock lock) {
            this.lock = lock;
        }
    }

    private final Bucket[] buckets = new Bucket[FutexKey.BUCKETS];

    FutexQueues(Steps steps) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new Bucket(new SpinLock(steps, LockRank.TASK, i));
        }
    }

    Bucket of(FutexKey key) {
        return buckets[key.bucket()];
    }

    Bucket[] all() {
        return buckets;
    }

    /// Locks both buckets, the lower index first.
    void lockBoth(FutexKey one, FutexKey other) {
        int low = Math.min(one.bucket(), other.bucket());
        int high = Math.max(one.bucket(), other.bucket());
        buckets[low].lock.lock();
        if (high != low) {
            buckets[high].lock.lockNested();
        }
    }

    void unlockBoth(FutexKey one, FutexKey other) {
        of(one).lock.unlock();
        if (one.bucket() != other.bucket()) {
            of(other).lock.unlock();
        }
    }

    /// Sleeps until taken out of the queue; else takes itself out and throws ETIMEDOUT or
    /// ERESTARTSYS.
    void sleep(Waiter waiter, long deadline) {
        Task task = waiter.task;
        while (!waiter.woken) {
            boolean late = deadline != Long.MAX_VALUE && task.schedule().nanoTime() >= deadline;
            if (late || task.signalPending()) {
                if (leave(waiter)) {
                    throw (late ? Errno.ETIMEDOUT : Errno.ERESTARTSYS).exception();
                }
                return;
            }
            task.block(deadline);
        }
    }

    /// Takes a waiter out; false when somebody woke it first.
    private boolean leave(Waiter waiter) {
        while (true) {
            FutexKey key = waiter.key;
            Bucket bucket = of(key);
            bucket.lock.lock();
            try {
                if (waiter.key == key) {
                    return !waiter.woken && bucket.waiters.remove(waiter);
                }
            } finally {
                bucket.lock.unlock();
            }
        }
    }
}
