package faultline.kernel.task;

import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// Waiting for children: what wait4 and waitid have in common (`do_wait`).
public final class ChildWait {

    public static final int WNOHANG = 1;
    public static final int WUNTRACED = 2;
    public static final int WEXITED = 4;
    public static final int WCONTINUED = 8;
    public static final int WNOWAIT = 0x0100_0000;
    /// Children of any kind.
    public static final int WALL = 0x4000_0000;
    /// Only children whose end is not told by SIGCHLD.
    public static final int WCLONE = 0x8000_0000;

    /// Which children count.
    public enum Kind {
        ANY,
        PID,
        GROUP
    }

    /// What happened to a child: `code` is CLD_*, `status` an exit code or signal, `waitStatus`
    /// both as wait4 has it.
    public record Event(int pid, int uid, int code, int status, int waitStatus, Usage usage) {}

    private static final int STOPPED_LOW_BYTE = 0x7f;
    private static final int CONTINUED_STATUS = 0xffff;

    private final Tasks tasks;

    public ChildWait(Tasks tasks) {
        this.tasks = tasks;
    }

    /// Waits until a child that counts has done what `options` ask for; null with WNOHANG when none
    /// has. ECHILD when no child counts, ERESTARTSYS when a signal comes first.
    public @Nullable Event await(Task self, Kind kind, int id, int options) {
        Process parent = self.process();
        while (true) {
            tasks.lock();
            try {
                boolean any = false;
                for (Process child : parent.children) {
                    if (counts(child, parent, kind, id, options)) {
                        any = true;
                        Event event = eventLocked(child, options);
                        if (event != null) {
                            return event;
                        }
                    }
                }
                if (!any) {
                    throw Errno.ECHILD.exception();
                }
                if ((options & WNOHANG) != 0) {
                    return null;
                }
                if (self.signalPending()) {
                    throw Errno.ERESTARTSYS.exception();
                }
                parent.waiters.add(self);
            } finally {
                tasks.unlock();
            }
            try {
                self.block(Long.MAX_VALUE);
            } finally {
                stopWaiting(self);
            }
        }
    }

    private void stopWaiting(Task self) {
        tasks.lock();
        try {
            self.process().waiters.remove(self);
        } finally {
            tasks.unlock();
        }
    }

    private static boolean counts(Process child, Process parent, Kind kind, int id, int options) {
        boolean chosen = switch (kind) {
            case ANY -> true;
            case PID -> child.pid() == id;
            case GROUP -> child.processGroup() == (id == 0 ? parent.processGroup() : id);
        };
        boolean clone = child.exitSignal != Signals.SIGCHLD;
        return chosen && ((options & WALL) != 0 || clone == ((options & WCLONE) != 0));
    }

    private @Nullable Event eventLocked(Process child, int options) {
        boolean take = (options & WNOWAIT) == 0;
        if (child.life == Process.Life.ZOMBIE) {
            return (options & WEXITED) == 0 ? null : reapedLocked(child, take);
        }
        if ((options & WUNTRACED) != 0 && child.job.reportStop(take)) {
            int signal = child.job.signal();
            return event(child, Signaling.CLD_STOPPED, signal, signal << 8 | STOPPED_LOW_BYTE);
        }
        if ((options & WCONTINUED) != 0 && child.job.reportContinue(take)) {
            return event(child, Signaling.CLD_CONTINUED, Signals.SIGCONT, CONTINUED_STATUS);
        }
        return null;
    }

    private Event reapedLocked(Process child, boolean take) {
        int status = child.exitStatus;
        Event event = new Event(
                child.pid(),
                child.lastUid,
                Exits.codeOf(status),
                Exits.statusOf(status),
                status,
                child.ended.plus(child.reapedChildren));
        if (take) {
            tasks.exits().reapLocked(child);
        }
        return event;
    }

    private static Event event(Process child, int code, int status, int waitStatus) {
        return new Event(child.pid(), Signaling.uidLocked(child), code, status, waitStatus, Usage.NONE);
    }
}
