package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Identity;
import faultline.kernel.task.Limits.Rlimit;
import faultline.kernel.task.Process;
import faultline.kernel.task.Resource;
import faultline.kernel.task.SignalControl;
import faultline.kernel.task.Task;
import faultline.kernel.task.Usage;
import faultline.kernel.vfs.FdTable;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The machine and what it grants: uname, sysinfo, limits and usage.
public final class SystemCalls {

    /// What the machine is called: `uname`, and the sizes for `sysinfo`.
    public record Machine(
            String nodeName,
            String release,
            String machine,
            long memoryBytes,
            LongSupplier freeBytes,
            LongSupplier swapBytes,
            LongSupplier swapBytesUsed) {}

    private static final int UTSNAME_FIELD = 65;
    private static final int SYSINFO_BYTES = 112;
    private static final int RUSAGE_SELF = 0;
    private static final int RUSAGE_CHILDREN = -1;
    private static final int RUSAGE_THREAD = 1;
    private static final long CLOCK_TICK_NANOS = 10_000_000;
    private static final String VERSION = "#1 SMP Faultline";

    private final Machine machine;

    private SystemCalls(Machine machine) {
        this.machine = machine;
    }

    public static void register(SyscallTable table, Machine machine) {
        SystemCalls calls = new SystemCalls(machine);
        table.add("uname", "utsname", calls::uname);
        table.add("sysinfo", ">sysinfo", calls::sysinfo);
        table.add("sethostname", "str size", (task, a) -> Errno.EPERM.result());
        table.add("setdomainname", "str size", (task, a) -> Errno.EPERM.result());
        table.add("getrlimit", "resource >rlimit", SystemCalls::getrlimit);
        table.add("ugetrlimit", "resource >rlimit", SystemCalls::getrlimit);
        table.add("setrlimit", "resource rlimit", SystemCalls::setrlimit);
        table.add("prlimit64", "pid resource rlimit >rlimit", SystemCalls::prlimit);
        table.add("getrusage", "rusage_who rusage", SystemCalls::getrusage);
        table.add("times", "ptr", SystemCalls::times);
        // As a kernel built without them; libc then does it another way.
        for (String absent : new String[] {"rseq", "futex_waitv"}) {
            String kinds = absent.equals("rseq") ? "ptr hex hex hex" : "hex hex hex hex hex hex";
            table.add(absent, kinds, (task, a) -> Errno.ENOSYS.result());
        }
    }

    private long uname(Task task, long[] a) {
        String[] fields = {"Linux", machine.nodeName(), machine.release(), VERSION, machine.machine(), "(none)"};
        byte[] bytes = new byte[fields.length * UTSNAME_FIELD];
        for (int i = 0; i < fields.length; i++) {
            byte[] field = fields[i].getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(field, 0, bytes, i * UTSNAME_FIELD, Math.min(field.length, UTSNAME_FIELD - 1));
        }
        task.memory().write(a[0], bytes, 0, bytes.length);
        return 0;
    }

    private long sysinfo(Task task, long[] a) {
        UserMemory memory = task.memory();
        memory.clear(a[0], SYSINFO_BYTES);
        memory.store64(a[0], task.tasks().clocks().monotonic() / UserTime.NANOS);
        memory.store64(a[0] + 32, machine.memoryBytes());
        memory.store64(a[0] + 40, machine.freeBytes().getAsLong());
        long swap = machine.swapBytes().getAsLong();
        memory.store64(a[0] + 64, swap);
        memory.store64(a[0] + 72, swap - machine.swapBytesUsed().getAsLong());
        memory.store16(a[0] + 80, (short) task.tasks().all().size());
        memory.store32(a[0] + 104, 1);
        return 0;
    }

    // Limits.

    private static Resource resource(int number) {
        Resource[] all = Resource.values();
        if (number < 0 || number >= all.length) {
            throw Errno.EINVAL.exception();
        }
        return all[number];
    }

    private static long getrlimit(Task task, long[] a) {
        write(task.memory(), a[1], exchange(task, task.process(), (int) a[0], null));
        return 0;
    }

    private static long setrlimit(Task task, long[] a) {
        Rlimit _ = exchange(task, task.process(), (int) a[0], read(task.memory(), a[1]));
        return 0;
    }

    private static long prlimit(Task task, long[] a) {
        Rlimit to = a[2] == 0 ? null : read(task.memory(), a[2]);
        Rlimit old = exchange(task, limited(task, (int) a[0]), (int) a[1], to);
        if (a[3] != 0) {
            write(task.memory(), a[3], old);
        }
        return 0;
    }

    /// The process of a thread, whose limits the caller may see and change: `check_prlimit_permission`. ESRCH, EPERM.
    private static Process limited(Task task, int tid) {
        Task target = tid == 0 ? task : task.tasks().find(tid);
        if (target == null) {
            return limitedWithoutLeader(task, tid);
        }
        Identity me = task.identity();
        if (target != task && !me.isPrivileged() && !target.identity().isAll(me.uid(), me.gid())) {
            throw Errno.EPERM.exception();
        }
        return target.process();
    }

    /// The same for a process whose first thread has ended, and with it its ids.
    private static Process limitedWithoutLeader(Task task, int pid) {
        Process process = task.tasks().findProcess(pid);
        if (process == null) {
            throw Errno.ESRCH.exception();
        }
        SignalControl.checkPermission(task, process, 0);
        return process;
    }

    /// `do_prlimit`; null changes nothing.
    private static Rlimit exchange(Task task, Process process, int number, @Nullable Rlimit to) {
        Resource resource = resource(number);
        if (to != null) {
            if (Long.compareUnsigned(to.soft(), to.hard()) > 0) {
                throw Errno.EINVAL.exception();
            }
            if (resource == Resource.NOFILE && Long.compareUnsigned(to.hard(), FdTable.MAX_OPEN) > 0) {
                throw Errno.EPERM.exception();
            }
        }
        return process.limits().exchange(resource, to, task.identity().isPrivileged());
    }

    private static Rlimit read(UserMemory memory, long va) {
        return new Rlimit(memory.load64(va), memory.load64(va + 8));
    }

    private static void write(UserMemory memory, long va, Rlimit limit) {
        memory.store64(va, limit.soft());
        memory.store64(va + 8, limit.hard());
    }

    // Usage.

    private static long getrusage(Task task, long[] a) {
        Usage usage = switch ((int) a[0]) {
            case RUSAGE_SELF -> task.process().usage();
            case RUSAGE_CHILDREN -> task.process().childrenUsage();
            case RUSAGE_THREAD -> task.usage();
            default -> throw Errno.EINVAL.exception();
        };
        long rss = (int) a[0] == RUSAGE_CHILDREN ? 0 : task.mm().rss() * 4;
        UserRusage.write(task.memory(), a[1], usage, rss);
        return 0;
    }

    private static long times(Task task, long[] a) {
        if (a[0] != 0) {
            Usage self = task.process().usage();
            Usage children = task.process().childrenUsage();
            UserMemory memory = task.memory();
            memory.store64(a[0], self.userNanos() / CLOCK_TICK_NANOS);
            memory.store64(a[0] + 8, self.systemNanos() / CLOCK_TICK_NANOS);
            memory.store64(a[0] + 16, children.userNanos() / CLOCK_TICK_NANOS);
            memory.store64(a[0] + 24, children.systemNanos() / CLOCK_TICK_NANOS);
        }
        return task.tasks().clocks().monotonic() / CLOCK_TICK_NANOS;
    }
}
