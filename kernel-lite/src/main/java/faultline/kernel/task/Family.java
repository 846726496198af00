package faultline.kernel.task;

import faultline.kernel.Errno;

/// Process groups and sessions: setpgid, setsid and their questions (`kernel/sys.c`).
public final class Family {

    private Family() {}

    /// getpgid; 0 is the caller. ESRCH.
    public static int groupOf(Task task, int pid) {
        return processOf(task, pid).processGroup();
    }

    /// getsid; 0 is the caller. ESRCH.
    public static int sessionOf(Task task, int pid) {
        return processOf(task, pid).session();
    }

    private static Process processOf(Task task, int pid) {
        if (pid == 0) {
            return task.process();
        }
        Process process = task.tasks().findProcess(pid);
        if (process == null) {
            throw Errno.ESRCH.exception();
        }
        return process;
    }

    /// setpgid: moves the caller or a child that has not called execve into a group of the same
    /// session.
    public static void setGroup(Task task, int pid, int group) {
        Tasks tasks = task.tasks();
        Process self = task.process();
        int targetPid = pid == 0 ? self.pid() : pid;
        int targetGroup = group == 0 ? targetPid : group;
        if (targetGroup < 0) {
            throw Errno.EINVAL.exception();
        }
        tasks.lock();
        try {
            Process target = tasks.findProcessLocked(targetPid);
            if (target == null || target != self && target.parent != self) {
                throw Errno.ESRCH.exception();
            }
            if (target != self && target.session() != self.session()) {
                throw Errno.EPERM.exception();
            }
            if (target != self && target.hasExeced) {
                throw Errno.EACCES.exception();
            }
            if (target.session() == target.pid()) {
                throw Errno.EPERM.exception();
            }
            if (targetGroup != targetPid && !existsInSession(tasks, targetGroup, self.session())) {
                throw Errno.EPERM.exception();
            }
            target.setProcessGroup(targetGroup);
        } finally {
            tasks.unlock();
        }
    }

    private static boolean existsInSession(Tasks tasks, int group, int session) {
        for (Process process : tasks.processesLocked()) {
            if (process.processGroup() == group && process.session() == session) {
                return true;
            }
        }
        return false;
    }

    /// setsid: a new session and group of the caller's own. EPERM when it leads a group.
    public static int newSession(Task task) {
        Tasks tasks = task.tasks();
        Process self = task.process();
        tasks.lock();
        try {
            for (Process process : tasks.processesLocked()) {
                if (process.processGroup() == self.pid()) {
                    throw Errno.EPERM.exception();
                }
            }
            self.setSession(self.pid());
            self.setProcessGroup(self.pid());
            return self.pid();
        } finally {
            tasks.unlock();
        }
    }
}
