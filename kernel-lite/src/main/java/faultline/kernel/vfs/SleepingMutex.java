package faultline.kernel.vfs;

import faultline.kernel.lock.HeldLocks;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.LockStep;
import org.jspecify.annotations.Nullable;

/// A lock whose holder may block, fault in user memory or do I/O: an inode's `i_rwsem`, a
/// descriptor's `f_pos_lock`.
///
/// Its ranks are above those of the memory manager, whose locks its holder takes through user
/// memory accesses and the page cache. Not recursive.
public final class SleepingMutex {

    private final LockRank rank;
    private final long id;
    private final PollQueue waiters = new PollQueue();

    // Guarded by this monitor.
    private @Nullable KernelThread holder;

    /// `id` names the lock in steps and repeats from run to run.
    public SleepingMutex(LockRank rank, long id) {
        this.rank = rank;
        this.id = id;
    }

    /// Takes the lock, waiting for it as long as it takes.
    public void lock() {
        KernelThread self = KernelThread.current();
        assert HeldLocks.acquiring(this, rank, false);
        self.steps().at(LockStep.WRITE_LOCK, id);
        if (tryLock(self)) {
            return;
        }
        self.steps().at(LockStep.LOCK_WAIT, id);
        try (Waiting waiting = new Waiting(waiters)) {
            while (!tryLock(self)) {
                waiting.sleepUninterruptibly();
            }
        }
    }

    private synchronized boolean tryLock(KernelThread self) {
        if (holder == self) {
            throw new IllegalStateException("vfs: " + self + " locks an inode lock it holds");
        }
        if (holder != null) {
            return false;
        }
        holder = self;
        return true;
    }

    /// Gives the lock back and lets whoever waits try.
    public void unlock() {
        assert HeldLocks.released(this);
        KernelThread.current().steps().at(LockStep.WRITE_UNLOCK, id);
        synchronized (this) {
            if (holder != KernelThread.current()) {
                throw new IllegalStateException(
                        "vfs: " + KernelThread.current() + " unlocks what " + holder + " holds");
            }
            holder = null;
        }
        waiters.wakeAll();
    }

    long id() {
        return id;
    }

    @Override
    public String toString() {
        return rank + " lock 0x" + Long.toHexString(id);
    }
}
