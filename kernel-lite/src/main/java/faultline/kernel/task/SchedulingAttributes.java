package faultline.kernel.task;

/// What a thread asked of the scheduler (`struct sched_attr`): reported and inherited, and without
/// effect, because every thread is scheduled alike.
record SchedulingAttributes(int policy, int priority, int nice) {

    /// SCHED_OTHER, nice 0.
    static final SchedulingAttributes NORMAL = new SchedulingAttributes(0, 0, 0);

    SchedulingAttributes withNice(int value) {
        return new SchedulingAttributes(policy, priority, Math.clamp(value, -20, 19));
    }

    SchedulingAttributes withPolicy(int newPolicy, int newPriority) {
        return new SchedulingAttributes(newPolicy, newPriority, nice);
    }
}
