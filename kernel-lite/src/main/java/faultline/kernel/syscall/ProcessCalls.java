package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.elf.ElfException;
import faultline.kernel.elf.Exec;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.ChildWait;
import faultline.kernel.task.CloneRequest;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Life and death of threads and processes: clone, execve, exit, wait.
public final class ProcessCalls {

    private static final int EXIT_SIGNAL_MASK = 0xff;
    private static final int CLONE_ARGS_V0 = 64;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;

    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int P_PIDFD = 3;

    private final Exec exec;
    private final SignalFrames frames;
    private final boolean tlsBeforeChildTid;

    private ProcessCalls(Exec exec, SignalFrames frames, boolean tlsBeforeChildTid) {
        this.exec = exec;
        this.frames = frames;
        this.tlsBeforeChildTid = tlsBeforeChildTid;
    }

    /// Adds the calls; `tlsBeforeChildTid` is the order of clone's last two arguments.
    public static void register(SyscallTable table, Exec exec, SignalFrames frames, boolean tlsBeforeChildTid) {
        ProcessCalls calls = new ProcessCalls(exec, frames, tlsBeforeChildTid);
        table.add("fork", "", (task, a) -> fork(task, 0));
        table.add("vfork", "", (task, a) -> fork(task, CloneRequest.CLONE_VFORK | CloneRequest.CLONE_VM));
        table.add("clone", tlsBeforeChildTid ? "clone ptr ptr ptr ptr" : "clone ptr ptr ptr hex", calls::cloneCall);
        table.add("clone3", "clone_args size", ProcessCalls::clone3);
        table.add("exit", "int", ProcessCalls::exit);
        table.add("exit_group", "int", ProcessCalls::exitGroup);
        table.add("execve", "path argv envp", (task, a) -> calls.execve(task, AT_FDCWD, a[0], a[1], a[2], 0));
        table.add(
                "execveat",
                "dirfd path argv envp at",
                (task, a) -> calls.execve(task, (int) a[0], a[1], a[2], a[3], (int) a[4]));
        table.add("wait4", "pid int* wait rusage", ProcessCalls::wait4);
        table.add("waitid", "idtype pid siginfo wait rusage", calls::waitid);
    }

    // clone.

    private static long fork(Task task, long flags) {
        return task.tasks().clones().clone(task, new CloneRequest(flags, Signals.SIGCHLD, 0, 0, 0, 0));
    }

    private long cloneCall(Task task, long[] a) {
        long flags = a[0] & 0xffff_ffffL & ~EXIT_SIGNAL_MASK;
        int signal = (int) a[0] & EXIT_SIGNAL_MASK;
        if ((flags & CloneRequest.CLONE_PIDFD) != 0) {
            throw Errno.EINVAL.exception();
        }
        long tls = tlsBeforeChildTid ? a[3] : a[4];
        long childTid = tlsBeforeChildTid ? a[4] : a[3];
        return task.tasks().clones().clone(task, new CloneRequest(flags, signal, a[1], a[2], childTid, tls));
    }

    /// clone3 with the first version of its structure; what later versions add must be zero, as for
    /// a kernel that does not know them.
    private static long clone3(Task task, long[] a) {
        UserMemory memory = task.memory();
        long size = a[1];
        if (Long.compareUnsigned(size, task.mm().geometry().bytes()) > 0) {
            throw Errno.E2BIG.exception();
        }
        if (size < CLONE_ARGS_V0) {
            throw Errno.EINVAL.exception();
        }
        for (long at = CLONE_ARGS_V0; at < size; at++) {
            if (memory.load8(a[0] + at) != 0) {
                throw (at < 88 ? Errno.EINVAL : Errno.E2BIG).exception();
            }
        }
        long flags = memory.load64(a[0]);
        long signal = memory.load64(a[0] + 32);
        long stack = memory.load64(a[0] + 40);
        long stackSize = memory.load64(a[0] + 48);
        boolean thread = (flags & (CloneRequest.CLONE_THREAD | CloneRequest.CLONE_PARENT)) != 0;
        if ((flags & (EXIT_SIGNAL_MASK | CloneRequest.CLONE_DETACHED)) != 0
                || thread && signal != 0
                || signal < 0
                || signal > Signals.COUNT
                || (stack == 0) != (stackSize == 0)) {
            throw Errno.EINVAL.exception();
        }
        return task.tasks()
                .clones()
                .clone(
                        task,
                        new CloneRequest(
                                flags,
                                (int) signal,
                                stack == 0 ? 0 : stack + stackSize,
                                memory.load64(a[0] + 24),
                                memory.load64(a[0] + 16),
                                memory.load64(a[0] + 56)));
    }

    // exit.

    private static long exit(Task task, long[] a) {
        task.tasks().exits().exitThread(task, ((int) a[0] & 0xff) << 8);
        return SystemCall.NO_RESULT;
    }

    private static long exitGroup(Task task, long[] a) {
        task.tasks().exits().exitGroup(task, ((int) a[0] & 0xff) << 8);
        return SystemCall.NO_RESULT;
    }

    // execve.

    private long execve(Task task, int dirfd, long pathVa, long argvVa, long envpVa, int flags) {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
            throw Errno.EINVAL.exception();
        }
        String path = Arguments.path(task.memory(), pathVa);
        List<byte[]> argv = strings(task.memory(), argvVa);
        List<byte[]> envp = strings(task.memory(), envpVa);
        if (argv.isEmpty()) {
            // Since 5.18 a program always has a name.
            argv.add(new byte[0]);
        }
        try {
            if (path.isEmpty()) {
                executeDescriptor(task, dirfd, flags, argv, envp);
            } else {
                VfsPath start = FileOpener.start(task, dirfd, path);
                String shown = dirfd == AT_FDCWD || path.startsWith("/") ? path : "/dev/fd/" + dirfd + "/" + path;
                OpenFile file = FileOpener.openExecutable(task, start, path, (flags & AT_SYMLINK_NOFOLLOW) == 0);
                exec.execute(task, file, shown, argv, envp);
            }
        } catch (ElfException _) {
            throw Errno.ENOEXEC.exception();
        }
        return SystemCall.NO_RESULT;
    }

    private void executeDescriptor(Task task, int dirfd, int flags, List<byte[]> argv, List<byte[]> envp)
            throws ElfException {
        if ((flags & AT_EMPTY_PATH) == 0) {
            throw Errno.ENOENT.exception();
        }
        VfsPath found = FileOpener.start(task, dirfd, null);
        exec.execute(task, FileOpener.openExecutable(task, found), "/dev/fd/" + dirfd, argv, envp);
    }

    private static List<byte[]> strings(UserMemory memory, long va) {
        List<byte[]> strings = new ArrayList<>();
        if (va == 0) {
            return strings;
        }
        long total = 0;
        for (long at = va; ; at += 8) {
            long pointer = memory.loadWord(at);
            if (pointer == 0) {
                return strings;
            }
            byte[] string = argument(memory, pointer);
            total += string.length + 9L;
            if (total > Exec.MAX_ARGUMENTS) {
                throw Errno.E2BIG.exception();
            }
            strings.add(string);
        }
    }

    private static byte[] argument(UserMemory memory, long va) {
        try {
            return memory.readString(va, Exec.MAX_STRING);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENAMETOOLONG ? Errno.E2BIG.exception() : e;
        }
    }

    // wait.

    private static long wait4(Task task, long[] a) {
        int pid = (int) a[0];
        int options = (int) a[2];
        int allowed =
                ChildWait.WNOHANG | ChildWait.WUNTRACED | ChildWait.WCONTINUED | ChildWait.WALL | ChildWait.WCLONE;
        if ((options & ~(allowed | WNOTHREAD)) != 0) {
            throw Errno.EINVAL.exception();
        }
        if (pid == Integer.MIN_VALUE) {
            throw Errno.ESRCH.exception();
        }
        ChildWait.Kind kind = pid == -1 ? ChildWait.Kind.ANY : pid > 0 ? ChildWait.Kind.PID : ChildWait.Kind.GROUP;
        ChildWait.Event event = new ChildWait(task.tasks())
                .await(task, kind, kind == ChildWait.Kind.GROUP ? -pid : pid, options | ChildWait.WEXITED);
        if (event == null) {
            return 0;
        }
        if (a[1] != 0) {
            task.memory().store32(a[1], event.waitStatus());
        }
        if (a[3] != 0) {
            UserRusage.write(task.memory(), a[3], event.usage(), 0);
        }
        return event.pid();
    }

    /// Only children of the calling thread itself: here children belong to the process, and it
    /// makes no difference.
    private static final int WNOTHREAD = 0x2000_0000;

    private long waitid(Task task, long[] a) {
        int options = (int) a[3];
        int events = ChildWait.WEXITED | ChildWait.WUNTRACED | ChildWait.WCONTINUED;
        int others = ChildWait.WNOHANG | ChildWait.WNOWAIT | ChildWait.WALL | ChildWait.WCLONE | WNOTHREAD;
        if ((options & ~(events | others)) != 0 || (options & events) == 0) {
            throw Errno.EINVAL.exception();
        }
        boolean byDescriptor = (int) a[0] == P_PIDFD;
        int id = byDescriptor ? PidfdCalls.pid(task, a[1]) : (int) a[1];
        ChildWait.Kind kind = switch ((int) a[0]) {
            case P_ALL -> ChildWait.Kind.ANY;
            case P_PID, P_PIDFD -> ChildWait.Kind.PID;
            case P_PGID -> ChildWait.Kind.GROUP;
            default -> throw Errno.EINVAL.exception();
        };
        if (kind == ChildWait.Kind.PID && id <= 0 || kind == ChildWait.Kind.GROUP && id < 0) {
            throw Errno.EINVAL.exception();
        }
        boolean nonBlocking = byDescriptor && PidfdCalls.isNonBlocking(task, a[1]);
        int waits = nonBlocking ? options | ChildWait.WNOHANG : options;
        ChildWait.@Nullable Event event = new ChildWait(task.tasks()).await(task, kind, id, waits);
        if (event == null && (options & ChildWait.WNOHANG) == 0) {
            throw Errno.EAGAIN.exception();
        }
        if (a[2] != 0) {
            if (event == null) {
                task.memory().store32(a[2], 0);
                task.memory().store32(a[2] + 12, 0);
            } else {
                frames.writeSiginfo(
                        task.memory(),
                        a[2],
                        Siginfo.child(Signals.SIGCHLD, event.code(), event.pid(), event.uid(), event.status()));
            }
        }
        if (event != null && a[4] != 0) {
            UserRusage.write(task.memory(), a[4], event.usage(), 0);
        }
        return 0;
    }
}
