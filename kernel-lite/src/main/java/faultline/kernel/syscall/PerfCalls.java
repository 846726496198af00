package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.perf.PerfAttr;
import faultline.kernel.perf.PerfContext;
import faultline.kernel.perf.PerfCounter;
import faultline.kernel.perf.PerfEvent;
import faultline.kernel.perf.PerfEvents;
import faultline.kernel.perf.PerfFile;
import faultline.kernel.task.Identity;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskControl;
import faultline.kernel.task.Tasks;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// perf_event_open, for software events that are counted. What it checks comes in the order of Linux
/// 6.12 (`kernel/events/core.c`), with `perf_event_paranoid` at its default, 2: who is not privileged counts
/// what happens in user mode, and no vCPU.
public final class PerfCalls {

    private static final int PERF_FLAG_FD_NO_GROUP = 1;
    private static final int PERF_FLAG_FD_OUTPUT = 2;
    private static final int PERF_FLAG_PID_CGROUP = 4;
    private static final int PERF_FLAG_FD_CLOEXEC = 8;
    private static final int PERF_FLAG_ALL = 15;

    private static final int SIZE_AT = 4;

    private final PseudoFileSystem anonymous;
    private final ByteOrder order;

    /// `anonymous` is where their inodes live, `order` the guest's.
    public PerfCalls(PseudoFileSystem anonymous, ByteOrder order) {
        this.anonymous = anonymous;
        this.order = order;
    }

    public void register(SyscallTable table) {
        table.add("perf_event_open", "ptr pid int int perf", this::open);
    }

    private long open(Task task, long[] a) {
        int pid = (int) a[1];
        int cpu = (int) a[2];
        int groupFd = (int) a[3];
        Arguments.requireFlags(a[4], PERF_FLAG_ALL);
        int flags = (int) a[4];
        PerfAttr attr = readAttr(task.memory(), a[0], task.mm().geometry().bytes());
        boolean privileged = task.identity().isPrivileged();
        if (!privileged && (!attr.excludesKernel() || attr.tellsNamespaces())) {
            throw Errno.EACCES.exception();
        }
        attr.checkPeriod();
        if ((flags & PERF_FLAG_PID_CGROUP) != 0) {
            // A kernel without CONFIG_CGROUP_PERF.
            throw Errno.EINVAL.exception();
        }
        OpenFile group = groupFd == -1 ? null : Arguments.take(task, groupFd);
        try {
            PerfEvent leader = leader(group, flags);
            PerfContext owner = task.countedIn();
            PerfEvent event = open(task, pid, cpu, attr, leader, flags, owner);
            PerfFile file =
                    new PerfFile(anonymous, task.credentials(), task.tasks().perf(), event, owner, order);
            return Arguments.install(task, file, (flags & PERF_FLAG_FD_CLOEXEC) != 0);
        } finally {
            if (group != null) {
                group.put();
            }
        }
    }

    /// `perf_copy_attr`.
    private PerfAttr readAttr(UserMemory memory, long va, long pageBytes) {
        long size = Integer.toUnsignedLong(memory.load32(va + SIZE_AT));
        if (size == 0) {
            size = PerfAttr.SIZE_VER0;
        }
        if (size < PerfAttr.SIZE_VER0 || size > pageBytes) {
            throw tooBig(memory, va);
        }
        for (long at = PerfAttr.SIZE; at < size; at++) {
            if (memory.load8(va + at) != 0) {
                throw tooBig(memory, va);
            }
        }
        byte[] bytes = new byte[PerfAttr.SIZE];
        memory.read(va, bytes, 0, (int) Math.min(size, PerfAttr.SIZE));
        return PerfAttr.parse(bytes, order);
    }

    /// The program learns which size would have done.
    private static RuntimeException tooBig(UserMemory memory, long va) {
        memory.store32(va + SIZE_AT, PerfAttr.SIZE);
        return Errno.E2BIG.exception();
    }

    private static @Nullable PerfEvent leader(@Nullable OpenFile group, int flags) {
        if (group == null) {
            return null;
        }
        if (!(group instanceof PerfFile file)) {
            throw Errno.EBADF.exception();
        }
        return (flags & PERF_FLAG_FD_NO_GROUP) != 0 ? null : file.event();
    }

    private static PerfEvent open(
            Task task, int pid, int cpu, PerfAttr attr, @Nullable PerfEvent leader, int flags, PerfContext owner) {
        Tasks tasks = task.tasks();
        PerfEvents events = tasks.perf();
        Task counted = pid == -1 ? null : pid == 0 ? task : tasks.find(pid);
        if (pid != -1 && counted == null) {
            throw Errno.ESRCH.exception();
        }
        boolean validCpu = cpu >= 0 && cpu < events.cpus() || cpu == -1 && counted != null;
        if (!validCpu || counted != null && leader != null && leader.inherits() != attr.inherits()) {
            throw Errno.EINVAL.exception();
        }
        PerfCounter counter = events.counterOf(attr);
        if (counted == null ? !task.identity().isPrivileged() : !mayLookAt(task, counted)) {
            throw Errno.EACCES.exception();
        }
        PerfContext context = counted == null ? cpuContext(tasks, cpu) : counted.countedIn();
        if ((flags & PERF_FLAG_FD_OUTPUT) != 0) {
            // Nobody has a buffer to share.
            throw Errno.EINVAL.exception();
        }
        return events.open(context, attr, counter, cpu, leader, owner);
    }

    /// PTRACE_MODE_READ_REALCREDS.
    private static boolean mayLookAt(Task task, Task counted) {
        Identity who = task.identity();
        Identity whom = counted.identity();
        return task.process() == counted.process()
                || who.isPrivileged()
                || TaskControl.isDumpable(counted)
                        && who.uid() == whom.uid()
                        && who.uid() == whom.euid()
                        && who.uid() == whom.suid()
                        && who.gid() == whom.gid()
                        && who.gid() == whom.egid()
                        && who.gid() == whom.sgid();
    }

    /// Whoever sits on the vCPU counts for it, so that every thread needs a context.
    private static PerfContext cpuContext(Tasks tasks, int cpu) {
        PerfContext context = tasks.perf().cpuContext(cpu);
        for (Task other : tasks.all()) {
            PerfContext _ = other.countedIn();
        }
        return context;
    }
}
