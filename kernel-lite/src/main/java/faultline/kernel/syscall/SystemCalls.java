package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Limits;
import faultline.kernel.task.Resource;
import faultline.kernel.task.Task;
import faultline.kernel.task.Usage;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

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
        Resource resource = resource((int) a[0]);
        write(task.memory(), a[1], task.process().limits(), resource);
        return 0;
    }

    private static long setrlimit(Task task, long[] a) {
        Resource resource = resource((int) a[0]);
        change(
                task,
                task.process().limits(),
                resource,
                task.memory().load64(a[1]),
                task.memory().load64(a[1] + 8));
        return 0;
    }

    private static long prlimit(Task task, long[] a) {
        int pid = (int) a[0];
        var process = pid == 0 ? task.process() : task.tasks().findProcess(pid);
        if (process == null) {
            throw Errno.ESRCH.exception();
        }
        Resource resource = resource((int) a[1]);
        Limits limits = process.limits();
        long soft = 0;
        long hard = 0;
        if (a[2] != 0) {
            soft = task.memory().load64(a[2]);
            hard = task.memory().load64(a[2] + 8);
        }
        if (a[3] != 0) {
            write(task.memory(), a[3], limits, resource);
        }
        if (a[2] != 0) {
            change(task, limits, resource, soft, hard);
        }
        return 0;
    }

    private static void write(UserMemory memory, long va, Limits limits, Resource resource) {
        memory.store64(va, limits.soft(resource));
        memory.store64(va + 8, limits.hard(resource));
    }

    private static void change(Task task, Limits limits, Resource resource, long soft, long hard) {
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw Errno.EINVAL.exception();
        }
        boolean raises = Long.compareUnsigned(hard, limits.hard(resource)) > 0;
        if (raises && (!task.identity().isPrivileged() || resource == Resource.NOFILE)) {
            throw Errno.EPERM.exception();
        }
        limits.set(resource, soft, hard);
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
