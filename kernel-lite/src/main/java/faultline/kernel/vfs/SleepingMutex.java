package faultline.kernel.vfs;

import faultline.kernel.lock.KernelThread;
import org.jspecify.annotations.Nullable;

/// A lock whose holder may block, fault in user memory or do I/O: an inode's `i_rwsem`, a
/// descriptor's `f_pos_lock`.
///
/// It ranks above every memory-management lock except `mmap_lock`, which its holder takes only
/// through user memory accesses. Not recursive.
public final class SleepingMutex {

    private final PollQueue waiters = new PollQueue();

    // Guarded by this monitor.
    private @Nullable KernelThread holder;

    public void lock() {
        KernelThread self = KernelThread.current();
        if (tryLock(self)) {
            return;
        }
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

    public void unlock() {
        synchronized (this) {
            if (holder != KernelThread.current()) {
                throw new IllegalStateException(
                        "vfs: " + KernelThread.current() + " unlocks what " + holder + " holds");
            }
            holder = null;
        }
        waiters.wakeAll();
    }
}
