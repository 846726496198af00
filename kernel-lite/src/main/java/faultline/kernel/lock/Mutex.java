package faultline.kernel.lock;

import faultline.core.step.Steps;

/// A sleeping lock for one: fair, its waiters give their vCPU up.
public final class Mutex {

    private final RwSemaphore semaphore;

    /// `id` names the lock in steps and repeats from run to run.
    public Mutex(Steps steps, LockRank rank, long id) {
        this.semaphore = new RwSemaphore(steps, rank, id);
    }

    public void lock() {
        semaphore.writeLock();
    }

    public void unlock() {
        semaphore.writeUnlock();
    }

    /// Whether somebody waits for it: a hint.
    public boolean isContended() {
        return semaphore.isContended();
    }

    /// Checks that the calling thread holds the lock.
    public void assertHeld() {
        semaphore.assertWriteHeld();
    }
}
