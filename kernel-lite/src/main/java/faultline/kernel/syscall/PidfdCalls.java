package faultline.kernel.syscall;

import static faultline.kernel.vfs.FileMode.O_NONBLOCK;

import faultline.kernel.Errno;
import faultline.kernel.task.PidFile;
import faultline.kernel.task.Process;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalControl;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import java.util.function.Function;

/// Processes by descriptor: pidfd_open, pidfd_send_signal, pidfd_getfd.
public final class PidfdCalls {

    private final PseudoFileSystem anonymous;
    private final SignalFrames frames;

    /// `anonymous` is where their inodes live.
    public PidfdCalls(PseudoFileSystem anonymous, SignalFrames frames) {
        this.anonymous = anonymous;
        this.frames = frames;
    }

    public void register(SyscallTable table) {
        table.add("pidfd_open", "pid pidfd", this::open);
        table.add("pidfd_send_signal", "fd signal siginfo hex", this::sendSignal);
        table.add("pidfd_getfd", "fd fd hex", PidfdCalls::getfd);
    }

    /// Runs `use` on the pidfd behind a descriptor; EBADF when it is something else.
    private static <T> T with(Caller caller, long fd, Function<PidFile, T> use) {
        OpenFile file = Arguments.take(caller, fd);
        try {
            if (file instanceof PidFile pidfd) {
                return use.apply(pidfd);
            }
            throw Errno.EBADF.exception();
        } finally {
            file.put();
        }
    }

    /// The process that waitid's P_PIDFD means.
    static int pid(Caller caller, long fd) {
        return with(caller, fd, PidFile::pid);
    }

    /// The process behind a pidfd; ESRCH once it was waited for.
    static Process process(Caller caller, long fd) {
        return with(caller, fd, PidFile::process);
    }

    static boolean isNonBlocking(Caller caller, long fd) {
        return with(caller, fd, OpenFile::isNonBlocking);
    }

    private long open(Task task, long[] a) {
        Arguments.requireFlags(a[1], O_NONBLOCK);
        int pid = (int) a[0];
        if (pid <= 0) {
            throw Errno.EINVAL.exception();
        }
        Process process = task.tasks().findProcess(pid);
        if (process == null) {
            // A thread that is not its process's first is no process.
            throw (task.tasks().find(pid) == null ? Errno.ESRCH : Errno.EINVAL).exception();
        }
        return Arguments.install(task, new PidFile(anonymous, task.credentials(), process, (int) a[1]), true);
    }

    private long sendSignal(Task task, long[] a) {
        Arguments.requireFlags(a[3], 0);
        return with(task, a[0], pidfd -> sendSignal(task, pidfd.process(), (int) a[1], a[2]));
    }

    private long sendSignal(Task task, Process to, int signal, long infoVa) {
        if (signal != 0 && !Signals.isValid(signal)) {
            throw Errno.EINVAL.exception();
        }
        Siginfo info = Siginfo.sent(
                signal, Siginfo.SI_USER, task.pid(), task.identity().uid());
        if (infoVa != 0) {
            info = frames.readSiginfo(task.memory(), infoVa);
            if (info.signal() != signal) {
                throw Errno.EINVAL.exception();
            }
            if (to != task.process() && (info.code() >= 0 || info.code() == Siginfo.SI_TKILL)) {
                throw Errno.EPERM.exception();
            }
        }
        SignalControl.checkPermission(task, to, signal);
        if (signal != 0) {
            task.tasks().signals().sendToProcess(to, info);
        }
        return 0L;
    }

    /// Whoever may look into a process may have its files: here, its user and the superuser.
    private static long getfd(Task task, long[] a) {
        Arguments.requireFlags(a[2], 0);
        return with(task, a[0], pidfd -> {
            SignalControl.checkPermission(task, pidfd.process(), 0);
            return (long) Arguments.install(task, pidfd.takeFile((int) a[1]), true);
        });
    }
}
