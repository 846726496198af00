package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Process;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalAction;
import faultline.kernel.task.SignalControl;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The system calls of `kernel/signal.c`.
public final class SignalCalls {

    private static final int SIGSET_BYTES = 8;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int SIG_SETMASK = 2;
    private static final int ALL_PROCESSES = -1;

    private final SignalFrames frames;

    private SignalCalls(SignalFrames frames) {
        this.frames = frames;
    }

    /// Adds the calls; `frames` knows the layout of `siginfo_t`.
    public static void register(SyscallTable table, SignalFrames frames) {
        SignalCalls calls = new SignalCalls(frames);
        table.add("rt_sigaction", "signal sigaction >sigaction size", SignalCalls::sigaction);
        table.add("rt_sigprocmask", "sighow sigset >sigset size", SignalCalls::sigprocmask);
        table.add("rt_sigpending", ">sigset size", SignalCalls::sigpending);
        table.add("rt_sigsuspend", "sigset size", SignalCalls::sigsuspend);
        table.add("rt_sigtimedwait", "sigset siginfo timespec size", calls::sigtimedwait);
        table.add("rt_sigqueueinfo", "pid signal siginfo", calls::sigqueueinfo);
        table.add("rt_tgsigqueueinfo", "pid pid signal siginfo", calls::tgsigqueueinfo);
        table.add("rt_sigreturn", "", SignalCalls::sigreturn);
        table.add("sigaltstack", "ptr ptr", SignalCalls::sigaltstack);
        table.add("kill", "pid signal", SignalCalls::kill);
        table.add("tkill", "pid signal", (task, a) -> tgkill(task, 0, (int) a[0], (int) a[1]));
        table.add("tgkill", "pid pid signal", (task, a) -> {
            if ((int) a[0] <= 0) {
                throw Errno.EINVAL.exception();
            }
            return tgkill(task, (int) a[0], (int) a[1], (int) a[2]);
        });
        table.add("pause", "", (task, args) -> SignalControl.suspend(task, null));
        table.add("restart_syscall", "", (task, args) -> task.restart());
    }

    private static long readSet(UserMemory memory, long va, long size) {
        if (size != SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        return memory.load64(va);
    }

    private static long sigaction(Task task, long[] a) {
        int signal = (int) a[0];
        UserMemory memory = task.memory();
        if (a[3] != SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        SignalAction to = a[1] == 0
                ? null
                : new SignalAction(
                        memory.loadWord(a[1]),
                        memory.loadWord(a[1] + 8),
                        memory.loadWord(a[1] + 16),
                        memory.load64(a[1] + 24) & ~Signals.UNSTOPPABLE);
        if (!Signals.isValid(signal) || to != null && Signals.contains(Signals.UNSTOPPABLE, signal)) {
            throw Errno.EINVAL.exception();
        }
        SignalAction before = SignalControl.setAction(task, signal, to);
        if (a[2] != 0) {
            memory.store64(a[2], before.handler());
            memory.store64(a[2] + 8, before.flags());
            memory.store64(a[2] + 16, before.restorer());
            memory.store64(a[2] + 24, before.mask());
        }
        return 0;
    }

    private static long sigprocmask(Task task, long[] a) {
        long before = task.blockedSignals();
        if (a[3] != SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        if (a[1] != 0) {
            long set = readSet(task.memory(), a[1], a[3]);
            SignalControl.setBlocked(
                    task,
                    switch ((int) a[0]) {
                        case SIG_BLOCK -> before | set;
                        case SIG_UNBLOCK -> before & ~set;
                        case SIG_SETMASK -> set;
                        default -> throw Errno.EINVAL.exception();
                    });
        }
        if (a[2] != 0) {
            task.memory().store64(a[2], before);
        }
        return 0;
    }

    private static long sigpending(Task task, long[] a) {
        if (a[1] > SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        task.memory().store64(a[0], SignalControl.pending(task));
        return 0;
    }

    private static long sigsuspend(Task task, long[] a) {
        return SignalControl.suspend(task, readSet(task.memory(), a[0], a[1]));
    }

    private long sigtimedwait(Task task, long[] a) {
        UserMemory memory = task.memory();
        long set = readSet(memory, a[0], a[3]);
        long deadline = a[2] == 0 ? Long.MAX_VALUE : task.tasks().clocks().after(UserTime.readTimespec(memory, a[2]));
        Siginfo info = SignalControl.await(task, set, deadline);
        if (a[1] != 0) {
            frames.writeSiginfo(memory, a[1], info);
        }
        return info.signal();
    }

    private static long sigreturn(Task task, long[] a) {
        task.tasks().delivery().leaveHandler(task);
        return SystemCall.NO_RESULT;
    }

    private static long sigaltstack(Task task, long[] a) {
        UserMemory memory = task.memory();
        SignalControl.Stack before = SignalControl.alternateStack(task);
        if (a[0] != 0) {
            SignalControl.setAlternateStack(
                    task,
                    new SignalControl.Stack(
                            memory.loadWord(a[0]), memory.loadWord(a[0] + 16), memory.load32(a[0] + 8)));
        }
        if (a[1] != 0) {
            memory.store64(a[1], before.base());
            memory.store32(a[1] + 8, before.flags());
            memory.store32(a[1] + 12, 0);
            memory.store64(a[1] + 16, before.size());
        }
        return 0;
    }

    // Sending.

    private static long kill(Task task, long[] a) {
        int pid = (int) a[0];
        int signal = checkSignal(a[1]);
        Siginfo info = sentBy(task, signal, Siginfo.SI_USER);
        if (pid > 0) {
            sendToOne(task, pid, info);
            return 0;
        }
        List<Process> targets = new ArrayList<>();
        for (Process process : task.tasks().processes()) {
            boolean wanted = pid == ALL_PROCESSES
                    ? process != task.process()
                    : process.processGroup() == (pid == 0 ? task.processGroup() : -pid);
            if (wanted) {
                targets.add(process);
            }
        }
        return sendToAll(task, targets, info);
    }

    private static void sendToOne(Task task, int pid, Siginfo info) {
        Process process = task.tasks().findProcess(pid);
        if (process == null) {
            Task thread = task.tasks().find(pid);
            process = thread == null ? null : thread.process();
        }
        if (process == null) {
            throw Errno.ESRCH.exception();
        }
        SignalControl.checkPermission(task, process, info.signal());
        send(task, process, info);
    }

    private static long sendToAll(Task task, List<Process> targets, Siginfo info) {
        boolean sent = false;
        boolean refused = false;
        for (Process process : targets) {
            if (SignalControl.mayKill(task, process, info.signal())) {
                sent = true;
                send(task, process, info);
            } else {
                refused = true;
            }
        }
        if (!sent) {
            throw (refused ? Errno.EPERM : Errno.ESRCH).exception();
        }
        return 0;
    }

    /// Signal 0 only asks whether it could be sent.
    private static void send(Task task, Process process, Siginfo info) {
        if (info.signal() != 0) {
            task.tasks().signals().sendToProcess(process, info);
        }
    }

    private static long tgkill(Task task, int pid, int tid, int number) {
        int signal = checkSignal(number);
        if (tid <= 0) {
            throw Errno.EINVAL.exception();
        }
        Task target = threadOf(task, pid, tid);
        SignalControl.checkPermission(task, target.process(), signal);
        if (signal != 0) {
            task.tasks().signals().sendToThread(target, sentBy(task, signal, Siginfo.SI_TKILL));
        }
        return 0;
    }

    private static Task threadOf(Task task, int pid, int tid) {
        @Nullable Task target = task.tasks().find(tid);
        if (target == null || pid != 0 && target.pid() != pid) {
            throw Errno.ESRCH.exception();
        }
        return target;
    }

    private long sigqueueinfo(Task task, long[] a) {
        Siginfo info = queuedInfo(task, a[2], a[1], (int) a[0] == task.pid());
        sendToOne(task, (int) a[0], info);
        return 0;
    }

    private long tgsigqueueinfo(Task task, long[] a) {
        if ((int) a[0] <= 0 || (int) a[1] <= 0) {
            throw Errno.EINVAL.exception();
        }
        Task target = threadOf(task, (int) a[0], (int) a[1]);
        Siginfo info = queuedInfo(task, a[3], a[2], target.process() == task.process());
        SignalControl.checkPermission(task, target.process(), info.signal());
        if (info.signal() != 0) {
            task.tasks().signals().sendToThread(target, info);
        }
        return 0;
    }

    /// Nobody but the process itself may pretend that the kernel or `kill` sent a signal.
    private Siginfo queuedInfo(Task task, long va, long signal, boolean self) {
        Siginfo read = frames.readSiginfo(task.memory(), va);
        if (!self && (read.code() >= 0 || read.code() == Siginfo.SI_TKILL)) {
            throw Errno.EPERM.exception();
        }
        return new Siginfo(
                checkSignal(signal),
                read.code(),
                read.errno(),
                read.pid(),
                read.uid(),
                read.status(),
                read.address(),
                read.pkey(),
                read.value());
    }

    private static Siginfo sentBy(Task task, int signal, int code) {
        return Siginfo.sent(signal, code, task.pid(), task.identity().uid());
    }

    private static int checkSignal(long signal) {
        if ((int) signal != 0 && !Signals.isValid((int) signal)) {
            throw Errno.EINVAL.exception();
        }
        return (int) signal;
    }
}
