package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.core.step.Schedule;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.uaccess.UserMemory;

/// A guest thread. `task_struct`.
public abstract class Task extends KernelThread {

    protected Task(Schedule schedule, String name) {
        super(schedule, name);
    }

    /// The task that is running.
    public static Task current() {
        return (Task) Thread.currentThread();
    }

    /// Its registers.
    public abstract Cpu cpu();

    /// Its user memory, for system calls.
    public abstract UserMemory memory();
}
