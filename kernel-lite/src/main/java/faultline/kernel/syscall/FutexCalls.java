package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.task.Clocks;
import faultline.kernel.task.Futexes;
import faultline.kernel.task.Task;

/// futex and robust lists: `kernel/futex/syscalls.c`.
public final class FutexCalls {

    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int REQUEUE = 3;
    private static final int CMP_REQUEUE = 4;
    private static final int WAKE_OP = 5;
    private static final int LOCK_PI = 6;
    private static final int UNLOCK_PI = 7;
    private static final int TRYLOCK_PI = 8;
    private static final int WAIT_BITSET = 9;
    private static final int WAKE_BITSET = 10;
    private static final int WAIT_REQUEUE_PI = 11;
    private static final int CMP_REQUEUE_PI = 12;
    private static final int LOCK_PI2 = 13;

    private static final int PRIVATE_FLAG = 128;
    private static final int CLOCK_REALTIME_FLAG = 256;

    private static final int ROBUST_HEAD_BYTES = 24;

    private FutexCalls() {}

    public static void register(SyscallTable table) {
        table.add("futex", "ptr futex uint futex_timeout ptr hex", FutexCalls::futex);
        table.add("set_robust_list", "ptr size", FutexCalls::setRobustList);
        table.add("get_robust_list", "pid ptr ptr", FutexCalls::getRobustList);
        table.add("set_tid_address", "ptr", (task, a) -> {
            task.setClearChildTid(a[0]);
            return task.tid();
        });
    }

    private static long futex(Task task, long[] a) {
        int command = (int) a[1] & ~(PRIVATE_FLAG | CLOCK_REALTIME_FLAG);
        boolean shared = ((int) a[1] & PRIVATE_FLAG) == 0;
        boolean realtime = ((int) a[1] & CLOCK_REALTIME_FLAG) != 0;
        if (realtime && command != WAIT_BITSET && command != WAIT_REQUEUE_PI && command != LOCK_PI2) {
            throw Errno.ENOSYS.exception();
        }
        Futexes futexes = task.tasks().futexes();
        return switch (command) {
            case WAIT -> await(task, a[0], shared, (int) a[2], Futexes.ANY, relative(task, a[3]));
            case WAIT_BITSET -> await(task, a[0], shared, (int) a[2], bitset(a[5]), absolute(task, a[3], realtime));
            case WAKE -> futexes.wake(task, a[0], shared, atLeastOne(a[2]), Futexes.ANY);
            case WAKE_BITSET -> futexes.wake(task, a[0], shared, atLeastOne(a[2]), bitset(a[5]));
            case REQUEUE -> futexes.requeue(task, a[0], a[4], shared, notNegative(a[2]), notNegative(a[3]), null);
            case CMP_REQUEUE ->
                futexes.requeue(task, a[0], a[4], shared, notNegative(a[2]), notNegative(a[3]), (int) a[5]);
            case WAKE_OP -> futexes.wakeOp(task, a[0], a[4], shared, atLeastOne(a[2]), atLeastOne(a[3]), (int) a[5]);
            // LOCK_PI's clock has always been the wall clock, flag or not.
            case LOCK_PI -> lock(task, a[0], shared, absolute(task, a[3], true), false);
            case LOCK_PI2 -> lock(task, a[0], shared, absolute(task, a[3], realtime), false);
            case TRYLOCK_PI -> lock(task, a[0], shared, Long.MAX_VALUE, true);
            case UNLOCK_PI -> {
                task.tasks().piFutexes().unlock(task, a[0], shared);
                yield 0;
            }
            case WAIT_REQUEUE_PI -> {
                long deadline = absolute(task, a[3], realtime);
                task.tasks().piFutexes().awaitRequeue(task, a[0], a[4], shared, (int) a[2], deadline);
                yield 0;
            }
            case CMP_REQUEUE_PI -> requeuePi(task, a, shared);
            default -> throw Errno.ENOSYS.exception();
        };
    }

    /// A wait without a limit is made again after a signal, one with a limit goes on with the time
    /// that is left.
    private static long await(Task task, long va, boolean shared, int expected, int bitset, long deadline) {
        try {
            task.tasks().futexes().await(task, va, shared, expected, bitset, deadline);
            return 0;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ERESTARTSYS || deadline == Long.MAX_VALUE) {
                throw e;
            }
            task.setRestart(again -> await(again, va, shared, expected, bitset, deadline));
            return Errno.ERESTART_RESTARTBLOCK.result();
        }
    }

    private static long lock(Task task, long va, boolean shared, long deadline, boolean tryOnly) {
        task.tasks().piFutexes().lock(task, va, shared, deadline, tryOnly);
        return 0;
    }

    /// The first waiter may always get the lock at once, so the caller has to want that: it says 1.
    private static long requeuePi(Task task, long[] a, boolean shared) {
        if ((int) a[2] != 1) {
            throw Errno.EINVAL.exception();
        }
        return task.tasks().piFutexes().requeue(task, a[0], a[4], shared, notNegative(a[3]), (int) a[5]);
    }

    private static long relative(Task task, long va) {
        return va == 0 ? Long.MAX_VALUE : task.tasks().clocks().after(UserTime.readTimespec(task.memory(), va));
    }

    private static long absolute(Task task, long va, boolean realtime) {
        if (va == 0) {
            return Long.MAX_VALUE;
        }
        int clock = realtime ? Clocks.CLOCK_REALTIME : Clocks.CLOCK_MONOTONIC;
        return task.tasks().clocks().deadline(clock, UserTime.readTimespec(task.memory(), va));
    }

    private static int bitset(long value) {
        if ((int) value == 0) {
            throw Errno.EINVAL.exception();
        }
        return (int) value;
    }

    /// FUTEX_WAKE with 0 has always woken one.
    private static int atLeastOne(long count) {
        return Math.max(1, (int) count);
    }

    private static int notNegative(long count) {
        if ((int) count < 0) {
            throw Errno.EINVAL.exception();
        }
        return (int) count;
    }

    private static long setRobustList(Task task, long[] a) {
        if (a[1] != ROBUST_HEAD_BYTES) {
            throw Errno.EINVAL.exception();
        }
        task.setRobustList(a[0]);
        return 0;
    }

    private static long getRobustList(Task task, long[] a) {
        Task target = a[0] == 0 ? task : task.tasks().find((int) a[0]);
        if (target == null) {
            throw Errno.ESRCH.exception();
        }
        task.memory().store64(a[2], ROBUST_HEAD_BYTES);
        task.memory().store64(a[1], target.robustList());
        return 0;
    }
}
