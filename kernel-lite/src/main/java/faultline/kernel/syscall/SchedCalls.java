package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Process;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskControl;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Scheduling: affinity is real, policies and priorities are kept and reported.
public final class SchedCalls {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RR = 2;
    private static final int SCHED_BATCH = 3;
    private static final int SCHED_IDLE = 5;
    private static final int RESET_ON_FORK = 0x4000_0000;
    private static final int MAX_RT_PRIORITY = 99;

    private static final int PRIO_PROCESS = 0;
    private static final int PRIO_PGRP = 1;
    private static final int PRIO_USER = 2;

    private static final long RR_INTERVAL_NANOS = 100_000_000;

    private static final int MEMBARRIER_QUERY = 0;
    private static final int MEMBARRIER_GLOBAL = 1;

    private SchedCalls() {}

    public static void register(SyscallTable table) {
        table.add("sched_yield", "", (task, a) -> {
            task.yieldVcpu();
            return 0;
        });
        table.add("sched_getaffinity", "pid size cpuset", SchedCalls::getaffinity);
        table.add("sched_setaffinity", "pid size cpuset", SchedCalls::setaffinity);
        table.add("sched_getparam", "pid ptr", (task, a) -> {
            task.memory().store32(a[1], TaskControl.schedulingPriority(target(task, a[0])));
            return 0;
        });
        table.add("sched_setparam", "pid ptr", (task, a) -> {
            Task target = target(task, a[0]);
            return setScheduler(
                    task,
                    target,
                    TaskControl.schedulingPolicy(target),
                    task.memory().load32(a[1]));
        });
        table.add("sched_getscheduler", "pid", (task, a) -> TaskControl.schedulingPolicy(target(task, a[0])));
        table.add(
                "sched_setscheduler",
                "pid sched ptr",
                (task, a) -> setScheduler(
                        task,
                        target(task, a[0]),
                        (int) a[1] & ~RESET_ON_FORK,
                        task.memory().load32(a[2])));
        table.add("sched_get_priority_max", "sched", (task, a) -> isRealTime((int) a[0]) ? MAX_RT_PRIORITY : 0);
        table.add("sched_get_priority_min", "sched", (task, a) -> isRealTime((int) a[0]) ? 1 : 0);
        table.add("sched_rr_get_interval", "pid timespec", (task, a) -> {
            boolean roundRobin = TaskControl.schedulingPolicy(target(task, a[0])) == SCHED_RR;
            UserTime.writeTimespec(task.memory(), a[1], roundRobin ? RR_INTERVAL_NANOS : 0);
            return 0;
        });
        table.add("getcpu", "ptr ptr ptr", SchedCalls::getcpu);
        table.add("getpriority", "priority int", SchedCalls::getpriority);
        table.add("setpriority", "priority int int", SchedCalls::setpriority);
        table.add("membarrier", "membarrier hex int", SchedCalls::membarrier);
    }

    private static Task target(Task task, long pid) {
        Task target = (int) pid == 0 ? task : task.tasks().find((int) pid);
        if ((int) pid < 0) {
            throw Errno.EINVAL.exception();
        }
        if (target == null) {
            throw Errno.ESRCH.exception();
        }
        return target;
    }

    private static long getaffinity(Task task, long[] a) {
        // The kernel's mask is a multiple of a word long; that is also the result.
        if (a[1] < 8 || (a[1] & 7) != 0) {
            throw Errno.EINVAL.exception();
        }
        task.memory().store64(a[2], TaskControl.affinity(target(task, a[0])));
        return 8;
    }

    /// A mask of processors of so many bytes. A short one is the first bytes of a word.
    static long mask(UserMemory memory, long va, long bytes) {
        long mask = 0;
        for (int i = 0; i < Math.min(bytes, Long.BYTES); i++) {
            int at = memory.byteOrder() == ByteOrder.BIG_ENDIAN ? Long.BYTES - 1 - i : i;
            mask |= (memory.load8(va + i) & 0xffL) << 8 * at;
        }
        return mask;
    }

    private static long setaffinity(Task task, long[] a) {
        long mask = mask(task.memory(), a[2], a[1]);
        Task target = target(task, a[0]);
        int count = task.tasks().scheduler().vcpus().count();
        mask &= count >= Long.SIZE ? -1 : (1L << count) - 1;
        if (mask == 0) {
            throw Errno.EINVAL.exception();
        }
        TaskControl.setAffinity(target, mask);
        task.yieldIfDue();
        return 0;
    }

    private static boolean isRealTime(int policy) {
        return switch (policy) {
            case SCHED_FIFO, SCHED_RR -> true;
            case SCHED_OTHER, SCHED_BATCH, SCHED_IDLE -> false;
            default -> throw Errno.EINVAL.exception();
        };
    }

    private static long setScheduler(Task task, Task target, int policy, int priority) {
        boolean realTime = isRealTime(policy);
        if (realTime ? priority < 1 || priority > MAX_RT_PRIORITY : priority != 0) {
            throw Errno.EINVAL.exception();
        }
        if (realTime && !task.identity().isPrivileged()) {
            throw Errno.EPERM.exception();
        }
        TaskControl.setScheduling(target, policy, priority);
        return 0;
    }

    private static long getcpu(Task task, long[] a) {
        if (a[0] != 0) {
            task.memory().store32(a[0], task.vcpu().id());
        }
        if (a[1] != 0) {
            task.memory()
                    .store32(a[1], task.mm().kernel().nodes().ofCpu(task.vcpu().id()));
        }
        return 0;
    }

    private static List<Task> niced(Task task, int which, int who) {
        List<Task> targets = new ArrayList<>();
        switch (which) {
            case PRIO_PROCESS -> {
                Task one = who == 0 ? task : task.tasks().find(who);
                if (one != null) {
                    targets.add(one);
                }
            }
            case PRIO_PGRP -> {
                int group = who == 0 ? task.processGroup() : who;
                for (Process process : task.tasks().processes()) {
                    if (process.processGroup() == group) {
                        targets.addAll(process.threads());
                    }
                }
            }
            case PRIO_USER -> {
                int user = who == 0 ? task.identity().uid() : who;
                for (Task one : task.tasks().all()) {
                    if (one.identity().uid() == user) {
                        targets.add(one);
                    }
                }
            }
            default -> throw Errno.EINVAL.exception();
        }
        if (targets.isEmpty()) {
            throw Errno.ESRCH.exception();
        }
        return targets;
    }

    /// The raw call returns 20 - nice, so that no result looks like an error.
    private static long getpriority(Task task, long[] a) {
        int best = 0;
        for (Task target : niced(task, (int) a[0], (int) a[1])) {
            best = Math.max(best, 20 - TaskControl.nice(target));
        }
        return best;
    }

    private static long setpriority(Task task, long[] a) {
        int wanted = (int) a[2];
        int nice = Math.clamp(wanted, -20, 19);
        for (Task target : niced(task, (int) a[0], (int) a[1])) {
            if (nice < TaskControl.nice(target) && !task.identity().isPrivileged()) {
                throw Errno.EACCES.exception();
            }
            TaskControl.setNice(target, nice);
        }
        return 0;
    }

    /// Only the global barrier: a system call of ours is one, and every other vCPU passes one
    /// before it next enters guest code after an exclusive section.
    private static long membarrier(Task task, long[] a) {
        if (a[1] != 0) {
            throw Errno.EINVAL.exception();
        }
        return switch ((int) a[0]) {
            case MEMBARRIER_QUERY -> MEMBARRIER_GLOBAL;
            case MEMBARRIER_GLOBAL -> {
                task.vcpu().enter();
                task.vcpu().leave();
                yield 0;
            }
            default -> throw Errno.EINVAL.exception();
        };
    }
}
