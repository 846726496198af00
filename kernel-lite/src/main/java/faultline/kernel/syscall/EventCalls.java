package faultline.kernel.syscall;

import static faultline.kernel.vfs.FileMode.O_CLOEXEC;
import static faultline.kernel.vfs.FileMode.O_DIRECT;
import static faultline.kernel.vfs.FileMode.O_NONBLOCK;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Clocks;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskSignals;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.event.EpollFile;
import faultline.kernel.vfs.event.EventFile;
import faultline.kernel.vfs.event.SignalFile;
import faultline.kernel.vfs.event.TimerFile;
import faultline.kernel.vfs.pipe.FifoInode;
import faultline.kernel.vfs.root.Vfs;
import java.nio.ByteOrder;
import java.util.List;

/// Pipes, eventfd, timerfd, signalfd and epoll; getrandom.
public final class EventCalls {

    private static final int EFD_SEMAPHORE = 1;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int MAX_EVENTS = Integer.MAX_VALUE / 16;

    private static final int GRND_KNOWN = 7;
    private static final int GRND_RANDOM_INSECURE = 6;

    private static final int SIGSET_BYTES = 8;
    private static final long NEVER = Long.MAX_VALUE;

    private final Vfs vfs;
    private final RandomSource random;
    private final ByteOrder order;
    private final int eventBytes;
    private final OpenFlags names;

    /// `order` is the guest's; `packedEvents` says whether `struct epoll_event` is packed to 12
    /// bytes, as on x86-64 only; `names` are the guest's flags of `open`.
    public EventCalls(Vfs vfs, ByteOrder order, boolean packedEvents, OpenFlags names) {
        this.vfs = vfs;
        this.random = vfs.environment().random();
        this.order = order;
        this.names = names;
        this.eventBytes = packedEvents ? 12 : 16;
    }

    public void register(SyscallTable table) {
        table.add("pipe", "int[2]", (task, a) -> pipe(task, a[0], 0));
        table.add("pipe2", "int[2] pipe", (task, a) -> pipe(task, a[0], (int) names.toKernel(a[1])));
        table.add("eventfd", "uint", (task, a) -> eventfd(task, a[0], 0));
        table.add("eventfd2", "uint eventfd", (task, a) -> eventfd(task, a[0], (int) a[1]));
        table.add("timerfd_create", "clock timerfd", this::timerfdCreate);
        table.add("timerfd_settime", "fd timer itimerspec >itimerspec", EventCalls::timerfdSet);
        table.add("timerfd_gettime", "fd >itimerspec", EventCalls::timerfdGet);
        table.add("signalfd", "int sigset size", (task, a) -> signalfd(task, (int) a[0], a[1], a[2], 0));
        table.add(
                "signalfd4",
                "int sigset size signalfd",
                (task, a) -> signalfd(task, (int) a[0], a[1], a[2], (int) a[3]));
        table.add("epoll_create", "int", this::epollCreateSized);
        table.add("epoll_create1", "epoll", (task, a) -> epollCreate(task, (int) a[0]));
        table.add("epoll_ctl", "fd epoll_ctl fd ptr", this::epollCtl);
        table.add("epoll_wait", "fd ptr int int", this::epollWait);
        table.add("epoll_pwait", "fd ptr int int sigset size", this::epollPwait);
        table.add("epoll_pwait2", "fd ptr int timespec sigset size", this::epollPwait2);
        table.add("getrandom", ">random size grnd", this::getrandom);
    }

    private static long install(Caller caller, OpenFile file, int flags) {
        return Arguments.install(caller, file, (flags & O_CLOEXEC) != 0);
    }

    private long pipe(Task task, long va, int flags) {
        Arguments.requireFlags(flags, O_CLOEXEC | O_NONBLOCK | O_DIRECT);
        OpenFile[] ends = FifoInode.newPipe(vfs.pipes(), task.credentials(), flags & (O_NONBLOCK | O_DIRECT));
        Arguments.installPair(task, ends, (flags & O_CLOEXEC) != 0, va);
        return 0;
    }

    private long eventfd(Task task, long initial, int flags) {
        Arguments.requireFlags(flags, O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE);
        boolean semaphore = (flags & EFD_SEMAPHORE) != 0;
        long count = Integer.toUnsignedLong((int) initial);
        OpenFile file = new EventFile(vfs.anonymous(), task.credentials(), count, semaphore, flags & O_NONBLOCK, order);
        return install(task, file, flags);
    }

    private long timerfdCreate(Task task, long[] a) {
        int clock = (int) a[0];
        Arguments.requireFlags(a[1], O_CLOEXEC | O_NONBLOCK);
        if (clock != Clocks.CLOCK_REALTIME
                && clock != Clocks.CLOCK_MONOTONIC
                && clock != Clocks.CLOCK_BOOTTIME
                && clock != Clocks.CLOCK_REALTIME_ALARM
                && clock != Clocks.CLOCK_BOOTTIME_ALARM) {
            throw Errno.EINVAL.exception();
        }
        int flags = (int) a[1];
        OpenFile file = new TimerFile(
                vfs.anonymous(), task.credentials(), clock, task.tasks().clocks(), flags & O_NONBLOCK, order);
        return install(task, file, flags);
    }

    private static TimerFile timer(OpenFile file) {
        if (file instanceof TimerFile timer) {
            return timer;
        }
        throw Errno.EINVAL.exception();
    }

    private static long timerfdSet(Task task, long[] a) {
        Arguments.requireFlags(a[1], TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET);
        UserMemory memory = task.memory();
        long interval = UserTime.readTimespec(memory, a[2]);
        long value = UserTime.readTimespec(memory, a[2] + UserTime.BYTES);
        OpenFile file = Arguments.take(task, a[0]);
        try {
            boolean absolute = (a[1] & TFD_TIMER_ABSTIME) != 0;
            TimerFile.Setting before = timer(file).set(new TimerFile.Setting(interval, value), absolute);
            if (a[3] != 0) {
                write(memory, a[3], before);
            }
            return 0;
        } finally {
            file.put();
        }
    }

    private static long timerfdGet(Task task, long[] a) {
        OpenFile file = Arguments.take(task, a[0]);
        try {
            write(task.memory(), a[1], timer(file).setting());
            return 0;
        } finally {
            file.put();
        }
    }

    private static void write(UserMemory memory, long va, TimerFile.Setting setting) {
        UserTime.writeTimespec(memory, va, setting.interval());
        UserTime.writeTimespec(memory, va + UserTime.BYTES, setting.value());
    }

    private long signalfd(Task task, int fd, long maskVa, long size, int flags) {
        Arguments.requireFlags(flags, O_CLOEXEC | O_NONBLOCK);
        if (size != SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        long mask = task.memory().load64(maskVa);
        if (fd == -1) {
            OpenFile file = new SignalFile(
                    vfs.anonymous(),
                    task.credentials(),
                    mask,
                    flags & O_NONBLOCK,
                    () -> new TaskSignals(Task.current(), order));
            return install(task, file, flags);
        }
        OpenFile file = Arguments.take(task, fd);
        try {
            if (!(file instanceof SignalFile signals)) {
                throw Errno.EINVAL.exception();
            }
            signals.setMask(mask);
            return fd;
        } finally {
            file.put();
        }
    }

    private long epollCreateSized(Task task, long[] a) {
        if ((int) a[0] <= 0) {
            throw Errno.EINVAL.exception();
        }
        return epollCreate(task, 0);
    }

    private long epollCreate(Task task, int flags) {
        Arguments.requireFlags(flags, O_CLOEXEC);
        return install(task, new EpollFile(vfs.anonymous(), task.credentials()), flags);
    }

    private static EpollFile epoll(OpenFile file) {
        if (file instanceof EpollFile epoll) {
            return epoll;
        }
        throw Errno.EINVAL.exception();
    }

    private long epollCtl(Task task, long[] a) {
        int operation = (int) a[1];
        int fd = (int) a[2];
        UserMemory memory = task.memory();
        int events = operation == EPOLL_CTL_DEL ? 0 : memory.load32(a[3]);
        long data = operation == EPOLL_CTL_DEL ? 0 : memory.load64(a[3] + eventBytes - 8);
        OpenFile set = Arguments.take(task, a[0]);
        try {
            OpenFile file = Arguments.take(task, fd);
            try {
                if (!file.isPollable()) {
                    throw Errno.EPERM.exception();
                }
                if (file == set) {
                    throw Errno.EINVAL.exception();
                }
                EpollFile epoll = epoll(set);
                switch (operation) {
                    case EPOLL_CTL_ADD -> epoll.add(fd, file, events, data);
                    case EPOLL_CTL_MOD -> epoll.modify(fd, file, events, data);
                    case EPOLL_CTL_DEL -> epoll.delete(fd, file);
                    default -> throw Errno.EINVAL.exception();
                }
                return 0;
            } finally {
                file.put();
            }
        } finally {
            set.put();
        }
    }

    private long epollWait(Task task, long[] a) {
        return await(task, a, millis(task, (int) a[3]));
    }

    private static long millis(Task task, int timeout) {
        return timeout < 0 ? NEVER : timeout == 0 ? 0 : task.tasks().clocks().after(timeout * 1_000_000L);
    }

    private long epollPwait(Task task, long[] a) {
        PollCalls.replaceMask(task, a[4], a[5]);
        return await(task, a, millis(task, (int) a[3]));
    }

    private long epollPwait2(Task task, long[] a) {
        long timeout = a[3] == 0 ? NEVER : UserTime.readTimespec(task.memory(), a[3]);
        long deadline = timeout == NEVER
                ? NEVER
                : timeout == 0 ? 0 : task.tasks().clocks().after(timeout);
        PollCalls.replaceMask(task, a[4], a[5]);
        return await(task, a, deadline);
    }

    private long await(Task task, long[] a, long deadline) {
        int limit = (int) a[2];
        if (limit <= 0 || limit > MAX_EVENTS) {
            throw Errno.EINVAL.exception();
        }
        OpenFile set = Arguments.take(task, a[0]);
        try {
            List<EpollFile.Event> events = epoll(set).await(limit, deadline);
            UserMemory memory = task.memory();
            for (int i = 0; i < events.size(); i++) {
                long va = a[1] + (long) i * eventBytes;
                memory.store32(va, events.get(i).events());
                memory.store64(va + eventBytes - 8, events.get(i).data());
            }
            return events.size();
        } catch (ErrnoException interrupted) {
            // epoll_wait never restarts (signal(7)).
            throw interrupted.errno() == Errno.ERESTARTSYS ? Errno.EINTR.exception() : interrupted;
        } finally {
            set.put();
        }
    }

    private long getrandom(Task task, long[] a) {
        Arguments.requireFlags(a[2], GRND_KNOWN);
        if ((a[2] & GRND_RANDOM_INSECURE) == GRND_RANDOM_INSECURE) {
            throw Errno.EINVAL.exception();
        }
        UserVector to = UserVector.of(task.memory(), a[0], a[1]);
        byte[] bytes = new byte[(int) Math.min(to.remaining(), 1 << 16)];
        long done = 0;
        while (to.remaining() > 0) {
            int count = (int) Math.min(bytes.length, to.remaining());
            random.fill(bytes, 0, count);
            int copied = to.copyOut(bytes, count);
            done += copied;
            if (copied < count) {
                if (done == 0) {
                    throw Errno.EFAULT.exception();
                }
                return done;
            }
        }
        return done;
    }
}
