package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The advisory locks on one inode: `flock`, POSIX record locks and open-file-description locks.
///
/// POSIX locks belong to a descriptor table, the two others to an open file. `flock` and record
/// locks do not see each other. A lock call of the same owner replaces, splits and joins its own
/// ranges.
public final class FileLocks {

    public static final int F_RDLCK = 0;
    public static final int F_WRLCK = 1;
    public static final int F_UNLCK = 2;

    /// One held range `[start, end]`, both inclusive; `pid` is -1 for open-file-description locks.
    public record Lock(Object owner, boolean exclusive, long start, long end, int pid, boolean flock) {
        boolean conflictsWith(Lock other) {
            return flock == other.flock
                    && owner != other.owner
                    && (exclusive || other.exclusive)
                    && start <= other.end
                    && other.start <= end;
        }
    }

    /// What taking or releasing a range adds at most: it may cut another in two.
    private static final int MOST_ADDED = 2;

    private final KernelHeap heap;
    private final PollQueue released = new PollQueue();

    // Guarded by this monitor.
    private final List<Lock> held = new ArrayList<>(0);

    FileLocks(KernelHeap heap) {
        this.heap = heap;
    }

    /// A lock that stands in the way, or null: F_GETLK.
    public synchronized @Nullable Lock conflict(Lock wanted) {
        for (Lock lock : held) {
            if (lock.conflictsWith(wanted)) {
                return lock;
            }
        }
        return null;
    }

    /// Takes a lock. With `wait` sleeps until it can (ERESTARTSYS on a signal), else throws EAGAIN.
    public void acquire(Lock wanted, boolean wait) {
        if (tryAcquire(wanted)) {
            return;
        }
        if (!wait) {
            throw Errno.EAGAIN.exception();
        }
        try (Waiting waiting = new Waiting(released)) {
            while (!tryAcquire(wanted)) {
                waiting.sleep();
            }
        }
    }

    private boolean tryAcquire(Lock wanted) {
        boolean weakened;
        synchronized (this) {
            if (conflict(wanted) != null) {
                return false;
            }
            int before = charge();
            weakened = cut(wanted);
            held.add(wanted);
            join(wanted);
            settle(before);
        }
        if (weakened) {
            // A write lock that became a read lock lets readers in.
            released.wakeAll();
        }
        return true;
    }

    /// Charges what may be added; returns how many there are. ENOLCK without room.
    private int charge() {
        heap.charge(MOST_ADDED * KernelHeap.ENTRY, Errno.ENOLCK);
        return held.size();
    }

    /// Releases what was not added, or has gone.
    private void settle(int before) {
        heap.release((before + MOST_ADDED - held.size()) * KernelHeap.ENTRY);
    }

    /// Releases the part `[start, end]` of an owner's locks of one kind.
    public void release(Lock range) {
        boolean changed;
        synchronized (this) {
            int before = charge();
            changed = cut(range);
            settle(before);
        }
        if (changed) {
            released.wakeAll();
        }
    }

    /// Drops everything of an owner.
    public void releaseOwner(Object owner) {
        boolean changed;
        synchronized (this) {
            int before = held.size();
            changed = held.removeIf(lock -> lock.owner() == owner);
            heap.release((before - held.size()) * KernelHeap.ENTRY);
        }
        if (changed) {
            released.wakeAll();
        }
    }

    /// Takes a range out of the owner's locks, keeping what lies outside it.
    private boolean cut(Lock range) {
        List<Lock> rest = new ArrayList<>(2);
        boolean changed = false;
        for (Iterator<Lock> each = held.iterator(); each.hasNext(); ) {
            Lock lock = each.next();
            if (lock.owner() != range.owner()
                    || lock.flock() != range.flock()
                    || lock.end() < range.start()
                    || lock.start() > range.end()) {
                continue;
            }
            each.remove();
            changed = true;
            if (lock.start() < range.start()) {
                rest.add(part(lock, lock.start(), range.start() - 1));
            }
            if (lock.end() > range.end()) {
                rest.add(part(lock, range.end() + 1, lock.end()));
            }
        }
        held.addAll(rest);
        return changed;
    }

    private static Lock part(Lock lock, long start, long end) {
        return new Lock(lock.owner(), lock.exclusive(), start, end, lock.pid(), lock.flock());
    }

    /// Makes one of neighbouring ranges of the same owner and kind, as F_GETLK of another process
    /// shows them.
    private void join(Lock added) {
        long start = added.start();
        long end = added.end();
        boolean grown = false;
        for (Lock lock : held) {
            if (lock != added
                    && lock.owner() == added.owner()
                    && lock.flock() == added.flock()
                    && lock.exclusive() == added.exclusive()) {
                boolean before = lock.end() != Long.MAX_VALUE && lock.end() + 1 == added.start();
                boolean after = end != Long.MAX_VALUE && added.end() + 1 == lock.start();
                if (before || after) {
                    start = Math.min(start, lock.start());
                    end = Math.max(end, lock.end());
                    grown = true;
                }
            }
        }
        if (grown) {
            Lock joined = part(added, start, end);
            held.removeIf(lock -> lock.owner() == joined.owner()
                    && lock.flock() == joined.flock()
                    && lock.exclusive() == joined.exclusive()
                    && lock.start() >= joined.start()
                    && lock.end() <= joined.end());
            held.add(joined);
        }
    }
}
