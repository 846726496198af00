package faultline.kernel.task;

/// Settings of a thread or its process that `prctl` and `personality` reach.
public final class TaskControl {

    private static final int QUERY = -1;

    private TaskControl() {}

    public static void setName(Task task, String name) {
        task.setComm(name);
    }

    /// PR_SET_PDEATHSIG: the signal this thread gets when its parent ends.
    public static void setParentDeathSignal(Task task, int signal) {
        task.tasks().lock();
        try {
            task.parentDeathSignal = signal;
        } finally {
            task.tasks().unlock();
        }
    }

    public static int parentDeathSignal(Task task) {
        return task.parentDeathSignal;
    }

    public static boolean isDumpable(Task task) {
        return task.process().dumpable;
    }

    public static void setDumpable(Task task, boolean dumpable) {
        task.process().dumpable = dumpable;
    }

    public static void setNoNewPrivileges(Task task) {
        task.noNewPrivileges = true;
    }

    public static boolean hasNoNewPrivileges(Task task) {
        return task.noNewPrivileges;
    }

    /// PR_SET_CHILD_SUBREAPER: orphans below this process become its children.
    public static void setSubreaper(Task task, boolean reaper) {
        task.tasks().lock();
        try {
            task.process().isSubreaper = reaper;
        } finally {
            task.tasks().unlock();
        }
    }

    public static boolean isSubreaper(Task task) {
        return task.process().isSubreaper;
    }

    /// Returns the old personality; -1 only asks.
    public static int personality(Task task, int to) {
        int before = task.personality;
        if (to != QUERY) {
            task.personality = to;
        }
        return before;
    }

    public static int nice(Task task) {
        return task.scheduling.nice();
    }

    public static void setNice(Task task, int nice) {
        task.scheduling = task.scheduling.withNice(nice);
    }

    public static int schedulingPolicy(Task task) {
        return task.scheduling.policy();
    }

    public static int schedulingPriority(Task task) {
        return task.scheduling.priority();
    }

    public static void setScheduling(Task task, int policy, int priority) {
        task.scheduling = task.scheduling.withPolicy(policy, priority);
    }

    /// The vCPUs a thread may run on, one bit each.
    public static long affinity(Task task) {
        int count = task.tasks().scheduler().vcpus().count();
        return task.seat().affinity() & (count >= Long.SIZE ? -1 : (1L << count) - 1);
    }

    public static void setAffinity(Task task, long mask) {
        task.tasks().scheduler().setAffinity(task.seat(), mask);
    }
}
