package faultline.kernel.lock;

import java.util.Arrays;

/// The locks one thread holds: what lock-order assertions look at. Touched by that thread alone.
///
/// Locks that are not classes of this package (a bit in a page) report to it themselves, inside an
/// `assert`.
public final class HeldLocks {

    private Object[] locks = new Object[8];
    private LockRank[] ranks = new LockRank[8];
    private int depth;

    /// Notes an acquire that may wait. Always true, so that it can stand in an `assert`.
    public static boolean acquiring(Object lock, LockRank rank, boolean nested) {
        if (Thread.currentThread() instanceof KernelThread thread) {
            thread.heldLocks().checkOrder(lock, rank, nested);
            thread.heldLocks().push(lock, rank);
        }
        return true;
    }

    /// Notes an acquire that only tried: it cannot deadlock, whatever is held.
    public static boolean acquired(Object lock, LockRank rank) {
        if (Thread.currentThread() instanceof KernelThread thread) {
            thread.heldLocks().push(lock, rank);
        }
        return true;
    }

    /// Notes a release.
    public static boolean released(Object lock) {
        if (Thread.currentThread() instanceof KernelThread thread) {
            thread.heldLocks().pop(lock);
        }
        return true;
    }

    /// Whether the running thread holds `lock`; true for threads that are not the kernel's, which
    /// are not tracked.
    public static boolean holds(Object lock) {
        if (Thread.currentThread() instanceof KernelThread thread) {
            HeldLocks held = thread.heldLocks();
            for (int i = 0; i < held.depth; i++) {
                if (held.locks[i] == lock) {
                    return true;
                }
            }
            return false;
        }
        return true;
    }

    /// Throws when a lock is held that must not be held while its holder sleeps.
    boolean maySleep() {
        for (int i = 0; i < depth; i++) {
            if (!ranks[i].sleeps()) {
                throw new IllegalStateException("lock: blocks while holding " + locks[i] + " of rank " + ranks[i]);
            }
        }
        return true;
    }

    /// The locks by name, in the order they were taken; empty when there is none.
    String names() {
        if (depth == 0) {
            return "";
        }
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            names.append(i == 0 ? "" : ", ").append(locks[i]);
        }
        return names.toString();
    }

    private void checkOrder(Object lock, LockRank rank, boolean nested) {
        for (int i = 0; i < depth; i++) {
            int order = ranks[i].compareTo(rank);
            if (locks[i] == lock || order > 0 || (order == 0 && !nested)) {
                throw new IllegalStateException("lock: takes " + lock + " of rank " + rank + " while holding "
                        + locks[i] + " of rank " + ranks[i]);
            }
        }
    }

    private void push(Object lock, LockRank rank) {
        if (depth == locks.length) {
            locks = Arrays.copyOf(locks, depth * 2);
            ranks = Arrays.copyOf(ranks, depth * 2);
        }
        locks[depth] = lock;
        ranks[depth] = rank;
        depth++;
    }

    private void pop(Object lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock) {
                depth--;
                System.arraycopy(locks, i + 1, locks, i, depth - i);
                System.arraycopy(ranks, i + 1, ranks, i, depth - i);
                return;
            }
        }
        throw new IllegalStateException("lock: releases " + lock + ", which the thread does not hold");
    }
}
