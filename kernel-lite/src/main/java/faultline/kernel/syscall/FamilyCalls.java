package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.MergeCalls;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Family;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskControl;
import java.nio.charset.StandardCharsets;

/// Ids of processes, groups and sessions, and `prctl`.
public final class FamilyCalls {

    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_GET_PDEATHSIG = 2;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_GET_KEEPCAPS = 7;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_NAME = 15;
    private static final int PR_GET_NAME = 16;
    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_TASK_PERF_EVENTS_DISABLE = 31;
    private static final int PR_TASK_PERF_EVENTS_ENABLE = 32;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_SET_THP_DISABLE = 41;
    private static final int PR_GET_THP_DISABLE = 42;
    private static final int PR_SET_MEMORY_MERGE = 67;
    private static final int PR_GET_MEMORY_MERGE = 68;
    private static final int PR_SET_VMA = 0x5356_4d41;

    private static final int NAME_BYTES = 16;
    private static final int LAST_CAPABILITY = 40;
    private static final int DEFAULT_TIMER_SLACK = 50_000;

    private FamilyCalls() {}

    /// `options` are those of `prctl` that an architecture has of its own.
    public static void register(SyscallTable table, SystemCall options) {
        table.add("getpid", "", (task, a) -> task.pid());
        table.add("gettid", "", (task, a) -> task.tid());
        table.add("getppid", "", (task, a) -> task.process().parentPid());
        table.add("getpgrp", "", (task, a) -> task.processGroup());
        table.add("getpgid", "pid", (task, a) -> Family.groupOf(task, (int) a[0]));
        table.add("setpgid", "pid pid", (task, a) -> {
            Family.setGroup(task, (int) a[0], (int) a[1]);
            return 0;
        });
        table.add("getsid", "pid", (task, a) -> Family.sessionOf(task, (int) a[0]));
        table.add("setsid", "", (task, a) -> Family.newSession(task));
        table.add("prctl", "prctl hex hex hex hex", (task, a) -> prctl(task, a, options));
        table.add("personality", "hex", (task, a) -> TaskControl.personality(task, (int) a[0]));
    }

    private static long prctl(Task task, long[] a, SystemCall options) {
        UserMemory memory = task.memory();
        switch ((int) a[0]) {
            case PR_SET_NAME -> setName(task, a[1]);
            case PR_GET_NAME -> getName(task, a[1]);
            case PR_SET_PDEATHSIG -> {
                if (a[1] != 0 && !Signals.isValid((int) a[1])) {
                    throw Errno.EINVAL.exception();
                }
                TaskControl.setParentDeathSignal(task, (int) a[1]);
            }
            case PR_GET_PDEATHSIG -> memory.store32(a[1], TaskControl.parentDeathSignal(task));
            case PR_GET_DUMPABLE -> {
                return TaskControl.isDumpable(task) ? 1 : 0;
            }
            case PR_SET_DUMPABLE -> TaskControl.setDumpable(task, flag(a[1]));
            case PR_SET_NO_NEW_PRIVS -> {
                if (a[1] != 1 || (a[2] | a[3] | a[4]) != 0) {
                    throw Errno.EINVAL.exception();
                }
                TaskControl.setNoNewPrivileges(task);
            }
            case PR_GET_NO_NEW_PRIVS -> {
                return TaskControl.hasNoNewPrivileges(task) ? 1 : 0;
            }
            case PR_SET_CHILD_SUBREAPER -> TaskControl.setSubreaper(task, a[1] != 0);
            case PR_GET_CHILD_SUBREAPER -> memory.store32(a[1], TaskControl.isSubreaper(task) ? 1 : 0);
            case PR_CAPBSET_READ -> {
                return a[1] >= 0 && a[1] <= LAST_CAPABILITY ? 1 : Errno.EINVAL.result();
            }
            case PR_TASK_PERF_EVENTS_DISABLE -> task.tasks().perf().enableOwned(task.countedIn(), false);
            case PR_TASK_PERF_EVENTS_ENABLE -> task.tasks().perf().enableOwned(task.countedIn(), true);
            case PR_SET_THP_DISABLE -> {
                if ((a[2] | a[3] | a[4]) != 0) {
                    throw Errno.EINVAL.exception();
                }
                if (!task.mm().mmapLock().writeLockKillable()) {
                    throw Errno.EINTR.exception();
                }
                task.mm().disableHuge(a[1] != 0);
                task.mm().mmapLock().writeUnlock();
            }
            case PR_GET_THP_DISABLE -> {
                if ((a[1] | a[2] | a[3] | a[4]) != 0) {
                    throw Errno.EINVAL.exception();
                }
                return task.mm().isHugeDisabled() ? 1 : 0;
            }
            case PR_SET_MEMORY_MERGE -> {
                if ((a[2] | a[3] | a[4]) != 0) {
                    throw Errno.EINVAL.exception();
                }
                MergeCalls calls = new MergeCalls(task.mm());
                if (a[1] != 0) {
                    calls.enable();
                } else {
                    calls.disable();
                }
            }
            case PR_GET_MEMORY_MERGE -> {
                if ((a[1] | a[2] | a[3] | a[4]) != 0) {
                    throw Errno.EINVAL.exception();
                }
                return task.mm().mergesAny() ? 1 : 0;
            }
            case PR_GET_TIMERSLACK -> {
                return DEFAULT_TIMER_SLACK;
            }
            // Nothing here depends on them.
            case PR_SET_TIMERSLACK, PR_GET_KEEPCAPS, PR_SET_KEEPCAPS, PR_GET_SECUREBITS -> {}
            // Names of anonymous VMAs: as a kernel without CONFIG_ANON_VMA_NAME.
            case PR_SET_VMA -> throw Errno.EINVAL.exception();
            default -> {
                return options.call(task, a);
            }
        }
        return 0;
    }

    private static boolean flag(long value) {
        if (value != 0 && value != 1) {
            throw Errno.EINVAL.exception();
        }
        return value == 1;
    }

    private static void setName(Task task, long va) {
        byte[] name = new byte[NAME_BYTES];
        int length = 0;
        while (length < NAME_BYTES - 1) {
            name[length] = task.memory().load8(va + length);
            if (name[length] == 0) {
                break;
            }
            length++;
        }
        TaskControl.setName(task, new String(name, 0, length, StandardCharsets.ISO_8859_1));
    }

    private static void getName(Task task, long va) {
        byte[] name = new byte[NAME_BYTES];
        byte[] bytes = task.comm().getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, name, 0, Math.min(bytes.length, NAME_BYTES - 1));
        task.memory().write(va, name, 0, NAME_BYTES);
    }
}
