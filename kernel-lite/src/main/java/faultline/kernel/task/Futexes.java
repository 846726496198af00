package faultline.kernel.task;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Threads that wait on words of user memory: `kernel/futex`.
///
/// A waiter looks at the word under its bucket's lock, a waker changes the word first and takes the
/// lock then; so either the waiter sees the new value or the waker sees the waiter. The word is
/// never faulted in under the lock: an absent page means let go, fault, begin again.
public final class Futexes {

    /// The word's bits for PI and robust futexes.
    public static final int WAITERS = 0x8000_0000;

    public static final int OWNER_DIED = 0x4000_0000;
    public static final int TID_MASK = 0x3fff_ffff;

    /// Matches every waiter (FUTEX_BITSET_MATCH_ANY).
    public static final int ANY = -1;

    private static final int BUCKETS = 64;
    private static final long OFFSET = PhysicalMemory.FRAME_BYTES - 1;

    /// ROBUST_LIST_LIMIT: a list that is longer was corrupted into a circle.
    private static final int ROBUST_LIMIT = 2048;

    /// What waiters and wakers of the same word agree on: the address space and address for private
    /// memory, the shared pages and the offset in them otherwise.
    private record Key(Object owner, long offset) {

        /// From the address alone, so that buckets, and with them steps, repeat from run to run.
        int bucket() {
            return (int) ((offset >>> 2) * 0x9e3779b97f4a7c15L >>> 58);
        }
    }

    /// One waiting thread.
    private static final class Waiter {
        final Task task;
        final int bitset;
        final boolean pi;
        /// Guarded by the lock of the key's bucket; a requeue changes it under both.
        volatile Key key;
        /// Set under the bucket's lock by whoever takes the waiter out.
        volatile boolean woken;

        Waiter(Task task, Key key, int bitset, boolean pi) {
            this.task = task;
            this.key = key;
            this.bitset = bitset;
            this.pi = pi;
        }
    }

    /// Waiters whose keys hash alike, first come first served.
    private static final class Bucket {
        final SpinLock lock;
        final List<Waiter> waiters = new ArrayList<>(2);

        Bucket(SpinLock lock) {
            this.lock = lock;
        }
    }

    private final Tasks tasks;
    private final Bucket[] buckets = new Bucket[BUCKETS];
    private final AtomicInteger piWaiters = new AtomicInteger();

    Futexes(Tasks tasks) {
        this.tasks = tasks;
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new Bucket(new SpinLock(tasks.steps(), LockRank.TASK, i));
        }
    }

    private Bucket bucketOf(Key key) {
        return buckets[key.bucket()];
    }

    /// The key of an aligned word; shared memory is looked up only when the caller says it may be
    /// shared.
    private static Key keyOf(Task task, long va, boolean shared) {
        if ((va & 3) != 0) {
            throw Errno.EINVAL.exception();
        }
        Mm mm = task.mm();
        if (shared) {
            Mm.FilePosition place = mm.sharedPosition(va);
            if (place != null) {
                return new Key(place.pages(), place.index() << PhysicalMemory.FRAME_SHIFT | va & OFFSET);
            }
        }
        return new Key(mm, va);
    }

    /// FUTEX_WAIT and FUTEX_WAIT_BITSET: sleeps if the word still is `expected`. Throws EAGAIN when
    /// it is not, ETIMEDOUT, ERESTARTSYS.
    public void await(Task task, long va, boolean shared, int expected, int bitset, long deadline) {
        Key key = keyOf(task, va, shared);
        Waiter waiter = new Waiter(task, key, bitset, false);
        Bucket bucket = bucketOf(key);
        while (true) {
            bucket.lock.lock();
            long word = task.memory().tryLoad32(va);
            if (word == (expected & 0xffff_ffffL)) {
                bucket.waiters.add(waiter);
                bucket.lock.unlock();
                break;
            }
            bucket.lock.unlock();
            if (word >= 0) {
                throw Errno.EAGAIN.exception();
            }
            task.memory().load32(va);
        }
        sleep(waiter, deadline, true);
    }

    /// Sleeps until taken out of the queue; else takes itself out and says why.
    private void sleep(Waiter waiter, long deadline, boolean interruptible) {
        Task task = waiter.task;
        while (!waiter.woken) {
            boolean late = deadline != Long.MAX_VALUE && task.schedule().nanoTime() >= deadline;
            if (late || task.fatalSignalPending() || interruptible && task.signalPending()) {
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
            Key key = waiter.key;
            Bucket bucket = bucketOf(key);
            bucket.lock.lock();
            try {
                if (waiter.key != key) {
                    continue;
                }
                return bucket.waiters.remove(waiter);
            } finally {
                bucket.lock.unlock();
            }
        }
    }

    /// FUTEX_WAKE and FUTEX_WAKE_BITSET: wakes at most `count` waiters that match, returns how
    /// many.
    public int wake(Task task, long va, boolean shared, int count, int bitset) {
        Key key = keyOf(task, va, shared);
        Bucket bucket = bucketOf(key);
        bucket.lock.lock();
        try {
            return wakeLocked(bucket, key, count, bitset);
        } finally {
            bucket.lock.unlock();
        }
    }

    /// Wakes private and shared waiters of a word alike: for the kernel's own wakes
    /// (`clear_child_tid`, robust).
    void wakeAt(Task task, long va, int count) {
        int woken = wake(task, va, false, count, ANY);
        if (woken < count) {
            int _ = wake(task, va, true, count - woken, ANY);
        }
    }

    private static int wakeLocked(Bucket bucket, Key key, int count, int bitset) {
        int woken = 0;
        for (Iterator<Waiter> waiters = bucket.waiters.iterator(); woken < count && waiters.hasNext(); ) {
            Waiter waiter = waiters.next();
            if (!waiter.pi && waiter.key.equals(key) && (waiter.bitset & bitset) != 0) {
                waiters.remove();
                waiter.woken = true;
                waiter.task.wake();
                woken++;
            }
        }
        return woken;
    }

    /// FUTEX_REQUEUE and FUTEX_CMP_REQUEUE (`expected` not null): wakes some waiters, moves others
    /// to the second word. Returns how many were woken and, for CMP_REQUEUE, moved.
    public int requeue(
            Task task, long va, long secondVa, boolean shared, int toWake, int toMove, @Nullable Integer expected) {
        Key from = keyOf(task, va, shared);
        Key to = keyOf(task, secondVa, shared);
        while (true) {
            lockBoth(from, to);
            try {
                long word = expected == null ? 0 : task.memory().tryLoad32(va);
                if (expected != null && word >= 0 && (int) word != expected) {
                    throw Errno.EAGAIN.exception();
                }
                if (word >= 0) {
                    int woken = wakeLocked(bucketOf(from), from, toWake, ANY);
                    return woken + moveLocked(from, to, toMove);
                }
            } finally {
                unlockBoth(from, to);
            }
            task.memory().load32(va);
        }
    }

    private int moveLocked(Key from, Key to, int count) {
        int moved = 0;
        Bucket source = bucketOf(from);
        Bucket target = bucketOf(to);
        List<Waiter> movers = new ArrayList<>();
        for (Iterator<Waiter> waiters = source.waiters.iterator(); moved < count && waiters.hasNext(); ) {
            Waiter waiter = waiters.next();
            if (!waiter.pi && waiter.key.equals(from)) {
                waiters.remove();
                waiter.key = to;
                movers.add(waiter);
                moved++;
            }
        }
        target.waiters.addAll(movers);
        return moved;
    }

    /// FUTEX_WAKE_OP: changes the second word, wakes waiters of the first, and of the second if the
    /// old value compares.
    public int wakeOp(Task task, long va, long secondVa, boolean shared, int count, int secondCount, int op) {
        Key first = keyOf(task, va, shared);
        Key second = keyOf(task, secondVa, shared);
        while (true) {
            lockBoth(first, second);
            try {
                long old = applyOp(task.memory(), secondVa, op);
                if (old >= 0) {
                    int woken = wakeLocked(bucketOf(first), first, count, ANY);
                    return compares((int) old, op)
                            ? woken + wakeLocked(bucketOf(second), second, secondCount, ANY)
                            : woken;
                }
            } finally {
                unlockBoth(first, second);
            }
            faultInWritable(task.memory(), secondVa);
        }
    }

    /// A store that changes nothing, to have the page present and writable.
    private static void faultInWritable(UserMemory memory, long va) {
        memory.compareAndExchange32(va, 0, 0);
    }

    /// The old value, zero-extended, or -1 when the page is not there.
    private static long applyOp(UserMemory memory, long va, int op) {
        int argument = op << 8 >> 20;
        if ((op & 0x8000_0000) != 0) {
            argument = 1 << (argument & 31);
        }
        while (true) {
            long word = memory.tryLoad32(va);
            if (word < 0) {
                return -1;
            }
            int old = (int) word;
            int value = switch (op >>> 28 & 7) {
                case 0 -> argument;
                case 1 -> old + argument;
                case 2 -> old | argument;
                case 3 -> old & ~argument;
                case 4 -> old ^ argument;
                default -> throw Errno.ENOSYS.exception();
            };
            long found = memory.tryCompareAndExchange32(va, old, value);
            if (found < 0 || found == word) {
                return found;
            }
        }
    }

    private static boolean compares(int old, int op) {
        int argument = op << 20 >> 20;
        return switch (op >>> 24 & 15) {
            case 0 -> old == argument;
            case 1 -> old != argument;
            case 2 -> old < argument;
            case 3 -> old <= argument;
            case 4 -> old > argument;
            case 5 -> old >= argument;
            default -> throw Errno.ENOSYS.exception();
        };
    }

    /// Both buckets, the lower index first.
    private void lockBoth(Key one, Key other) {
        int low = Math.min(one.bucket(), other.bucket());
        int high = Math.max(one.bucket(), other.bucket());
        buckets[low].lock.lock();
        if (high != low) {
            buckets[high].lock.lockNested();
        }
    }

    private void unlockBoth(Key one, Key other) {
        bucketOf(one).lock.unlock();
        if (one.bucket() != other.bucket()) {
            bucketOf(other).lock.unlock();
        }
    }

    // Priority inheritance: the word holds the owner's id, the kernel hands it over. All threads
    // have one priority here, so nothing is inherited; what remains visible is ownership, order and
    // robustness.

    /// FUTEX_LOCK_PI and, with `tryOnly`, FUTEX_TRYLOCK_PI.
    public void lockPi(Task task, long va, boolean shared, long deadline, boolean tryOnly) {
        Key key = keyOf(task, va, shared);
        Waiter waiter = new Waiter(task, key, ANY, true);
        Bucket bucket = bucketOf(key);
        while (true) {
            boolean queued = false;
            bucket.lock.lock();
            try {
                long word = task.memory().tryLoad32(va);
                if (word >= 0) {
                    int result = acquirePiLocked(bucket, key, task, va, (int) word, tryOnly);
                    if (result == TAKEN) {
                        return;
                    }
                    queued = result == QUEUE;
                }
                if (queued) {
                    bucket.waiters.add(waiter);
                    piWaiters.incrementAndGet();
                }
            } finally {
                bucket.lock.unlock();
            }
            if (queued) {
                break;
            }
            faultInWritable(task.memory(), va);
        }
        try {
            sleep(waiter, deadline, true);
        } finally {
            piWaiters.decrementAndGet();
        }
    }

    private static final int TAKEN = 0;
    private static final int QUEUE = 1;
    private static final int AGAIN = 2;

    /// One attempt: takes the word, or marks it as waited for; AGAIN when the word changed or its
    /// page went.
    private int acquirePiLocked(Bucket bucket, Key key, Task task, long va, int word, boolean tryOnly) {
        int owner = word & TID_MASK;
        if (owner == task.tid()) {
            throw Errno.EDEADLK.exception();
        }
        if (owner == 0) {
            int taken = task.tid() | word & OWNER_DIED | (firstPi(bucket, key) == null ? 0 : WAITERS);
            return task.memory().tryCompareAndExchange32(va, word, taken) == (word & 0xffff_ffffL) ? TAKEN : AGAIN;
        }
        if (tasks.find(owner) == null) {
            throw Errno.ESRCH.exception();
        }
        if (tryOnly) {
            throw Errno.EAGAIN.exception();
        }
        if ((word & WAITERS) != 0) {
            return QUEUE;
        }
        return task.memory().tryCompareAndExchange32(va, word, word | WAITERS) == (word & 0xffff_ffffL) ? QUEUE : AGAIN;
    }

    /// FUTEX_UNLOCK_PI: gives the word to the first waiter, or frees it.
    public void unlockPi(Task task, long va, boolean shared) {
        Key key = keyOf(task, va, shared);
        Bucket bucket = bucketOf(key);
        while (true) {
            bucket.lock.lock();
            try {
                long word = task.memory().tryLoad32(va);
                if (word >= 0 && ((int) word & TID_MASK) != task.tid()) {
                    throw Errno.EPERM.exception();
                }
                if (word >= 0 && handOverLocked(bucket, key, task.memory(), va, (int) word, 0)) {
                    return;
                }
            } finally {
                bucket.lock.unlock();
            }
            faultInWritable(task.memory(), va);
        }
    }

    /// Makes the first waiter the owner; false when the word changed or its page went.
    private static boolean handOverLocked(Bucket bucket, Key key, UserMemory memory, long va, int word, int extraBits) {
        Waiter next = firstPi(bucket, key);
        int value = extraBits;
        if (next != null) {
            bucket.waiters.remove(next);
            value |= next.task.tid() | (firstPi(bucket, key) == null ? 0 : WAITERS);
        }
        if (memory.tryCompareAndExchange32(va, word, value) != (word & 0xffff_ffffL)) {
            if (next != null) {
                bucket.waiters.addFirst(next);
            }
            return false;
        }
        if (next != null) {
            next.woken = true;
            next.task.wake();
        }
        return true;
    }

    private static @Nullable Waiter firstPi(Bucket bucket, Key key) {
        for (Waiter waiter : bucket.waiters) {
            if (waiter.pi && waiter.key.equals(key)) {
                return waiter;
            }
        }
        return null;
    }

    /// A thread ends: PI words it owns in its own address space go to their first waiters, marked
    /// OWNER_DIED.
    void exitPiState(Task task) {
        if (piWaiters.get() == 0) {
            return;
        }
        for (Bucket bucket : buckets) {
            bucket.lock.lock();
            try {
                for (Waiter waiter : List.copyOf(bucket.waiters)) {
                    Key key = waiter.key;
                    if (!waiter.pi || key.owner() != task.mmOrNull()) {
                        continue;
                    }
                    long word = task.memory().tryLoad32(key.offset());
                    if (word >= 0 && ((int) word & TID_MASK) == task.tid()) {
                        handOverLocked(bucket, key, task.memory(), key.offset(), (int) word, OWNER_DIED);
                    }
                }
            } finally {
                bucket.lock.unlock();
            }
        }
    }

    // Robust lists.

    /// A thread ends: words on its robust list that it still owns are marked OWNER_DIED and a
    /// waiter is woken.
    void exitRobustList(Task task) {
        long head = task.robustList;
        task.robustList = 0;
        if (head == 0) {
            return;
        }
        try {
            UserMemory memory = task.memory();
            long entry = memory.loadWord(head);
            long offset = memory.loadWord(head + Long.BYTES);
            long pending = memory.loadWord(head + 2 * Long.BYTES);
            for (int i = 0; i < ROBUST_LIMIT && (entry & ~1L) != head; i++) {
                // The next pointer first: the owner of the word may reuse the entry as soon as it
                // is marked.
                long next = memory.loadWord(entry & ~1L);
                if (entry != pending) {
                    ownerDied(task, (entry & ~1L) + offset, (entry & 1) != 0, false);
                }
                entry = next;
            }
            if (pending != 0) {
                ownerDied(task, (pending & ~1L) + offset, (pending & 1) != 0, true);
            }
        } catch (ErrnoException _) {
            // The list leads out of mapped memory: as far as it went is all there is.
        }
    }

    /// `handle_futex_death`.
    private void ownerDied(Task task, long va, boolean pi, boolean pending) {
        UserMemory memory = task.memory();
        if ((va & 3) != 0) {
            throw Errno.EFAULT.exception();
        }
        while (true) {
            int word = memory.load32(va);
            if (pending && !pi && word == 0) {
                wakeAt(task, va, 1);
                return;
            }
            if ((word & TID_MASK) != task.tid()) {
                return;
            }
            if (memory.compareAndExchange32(va, word, word & WAITERS | OWNER_DIED) == word) {
                if (!pi && (word & WAITERS) != 0) {
                    wakeAt(task, va, 1);
                }
                return;
            }
        }
    }
}
