package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Task;
import java.util.Map;

/// Calls that only older architectures have, which others make in other words: the multiplexers `socketcall` and `ipc`,
/// and calls that a wider one has followed.
public final class LegacyCalls {

    /// What `socketcall` multiplexes, by number from 1; all take their arguments from memory.
    private static final String[] SOCKET_CALLS = {
        "socket",
        "bind",
        "connect",
        "listen",
        "accept",
        "getsockname",
        "getpeername",
        "socketpair",
        "send",
        "recv",
        "sendto",
        "recvfrom",
        "shutdown",
        "setsockopt",
        "getsockopt",
        "sendmsg",
        "recvmsg",
        "accept4",
        "recvmmsg",
        "sendmmsg"
    };

    private static final int[] SOCKET_ARGUMENTS = {3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4};

    private static final int SHMAT = 21;

    /// What `ipc` multiplexes and is implemented, but for SHMAT.
    private static final Map<Integer, String> IPC_CALLS = Map.of(22, "shmdt", 23, "shmget", 24, "shmctl");

    private final SyscallTable table;

    private LegacyCalls(SyscallTable table) {
        this.table = table;
    }

    /// Adds them; what they stand for is in the table when they are called.
    public static void register(SyscallTable table) {
        LegacyCalls calls = new LegacyCalls(table);
        table.add("socketcall", "int ptr", calls::socketcall);
        table.add("ipc", "uint int hex hex ptr hex", calls::ipc);
        table.add("send", "fd in size msg", (task, a) -> calls.call("sendto", task, a[0], a[1], a[2], a[3], 0, 0));
        table.add("recv", "fd out size msg", (task, a) -> calls.call("recvfrom", task, a[0], a[1], a[2], a[3], 0, 0));
        table.add("_newselect", "int fdset fdset fdset timeval", (task, a) -> calls.call("select", task, a));
        table.add("waitpid", "pid int* wait", (task, a) -> calls.call("wait4", task, a[0], a[1], a[2], 0, 0, 0));
        table.add("_llseek", "fd hex hex ptr whence", calls::llseek);
        table.add("statfs64", "path size ptr", (task, a) -> calls.statfs64("statfs", task, a));
        table.add("fstatfs64", "fd size ptr", (task, a) -> calls.statfs64("fstatfs", task, a));
        table.add(
                "sync_file_range2",
                "fd hex off off",
                (task, a) -> calls.call("sync_file_range", task, a[0], a[2], a[3], a[1], 0, 0));
        table.add("nice", "int", calls::nice);
    }

    private long call(String name, Task task, long... arguments) {
        SyscallTable.Entry entry = table.find(name);
        if (entry == null) {
            throw Errno.ENOSYS.exception();
        }
        return entry.call().call(task, arguments);
    }

    private long socketcall(Task task, long[] a) {
        long[] arguments = socketArguments(task.memory(), (int) a[0], a[1]);
        return call(SOCKET_CALLS[(int) a[0] - 1], task, arguments);
    }

    /// Six arguments, as many of them as the call has from words at `va`.
    static long[] socketArguments(UserMemory memory, int number, long va) {
        if (number < 1 || number > SOCKET_CALLS.length) {
            throw Errno.EINVAL.exception();
        }
        long[] arguments = new long[6];
        for (int i = 0; i < SOCKET_ARGUMENTS[number - 1]; i++) {
            arguments[i] = memory.loadWord(va + (long) i * Long.BYTES);
        }
        return arguments;
    }

    /// `ipc(call, first, second, third, ptr, fifth)`. The upper half of `call` is a version that older C libraries set.
    private long ipc(Task task, long[] a) {
        int number = (int) a[0] & 0xffff;
        if (number == SHMAT) {
            long at = call("shmat", task, a[1], a[4], a[2], 0, 0, 0);
            task.memory().store64(a[3], at);
            return 0;
        }
        String name = IPC_CALLS.get(number);
        if (name == null) {
            throw Errno.ENOSYS.exception();
        }
        return switch (name) {
            case "shmdt" -> call(name, task, a[4], 0, 0, 0, 0, 0);
            case "shmget" -> call(name, task, a[1], a[2], a[3], 0, 0, 0);
            default -> call(name, task, a[1], a[2], a[4], 0, 0, 0);
        };
    }

    private long llseek(Task task, long[] a) {
        long offset = a[1] << Integer.SIZE | a[2] & 0xffff_ffffL;
        task.memory().store64(a[3], call("lseek", task, a[0], offset, a[4], 0, 0, 0));
        return 0;
    }

    /// With 64-bit words it has the same struct, whose size it is told.
    private long statfs64(String name, Task task, long[] a) {
        if (a[1] != StatCalls.STATFS_BYTES) {
            throw Errno.EINVAL.exception();
        }
        return call(name, task, a[0], a[2], 0, 0, 0, 0);
    }

    /// PRIO_PROCESS of the caller; `getpriority` tells 20 less the value.
    private long nice(Task task, long[] a) {
        int step = Math.max(-40, Math.min(40, (int) a[0]));
        long now = 20 - call("getpriority", task, 0, 0, 0, 0, 0, 0);
        try {
            return call("setpriority", task, 0, 0, Math.clamp(now + step, -20L, 19L), 0, 0, 0);
        } catch (ErrnoException refused) {
            throw refused.errno() == Errno.EACCES ? Errno.EPERM.exception() : refused;
        }
    }
}
