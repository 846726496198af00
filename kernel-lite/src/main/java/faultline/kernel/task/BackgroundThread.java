package faultline.kernel.task;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.task.CpuScheduler.Seat;

/// A thread of the kernel's own beside the tasks: on a vCPU while it works, without an address space, deaf to
/// signals.
abstract class BackgroundThread extends KernelThread {

    private final Tasks tasks;
    private final KernelMemory memory;
    private final Seat seat = new Seat(this);

    BackgroundThread(Tasks tasks, KernelMemory memory, String name) {
        super(tasks.steps().schedule(), name);
        this.tasks = tasks;
        this.memory = memory;
    }

    /// What it is there for, on a vCPU.
    abstract void work();

    /// It has done its work and has no vCPU any more.
    abstract void ended();

    @Override
    protected void carry() {
        takeVcpu();
        try {
            work();
        } catch (Throwable cause) {
            tasks.runner().crashed(this, cause);
        } finally {
            giveUpVcpu();
            ended();
            tasks.threadGone();
        }
    }

    @Override
    public Vcpu vcpu() {
        Vcpu vcpu = seat.vcpu();
        if (vcpu == null) {
            throw new IllegalStateException(getName() + ": has no vCPU; expected one");
        }
        return vcpu;
    }

    @Override
    public boolean signalPending() {
        return false;
    }

    @Override
    public boolean fatalSignalPending() {
        return false;
    }

    /// The address space that the vCPU had loaded stays so, as a kernel thread's in Linux (lazy TLB).
    @Override
    protected void takeVcpu() {
        Vcpu _ = tasks.scheduler().take(seat);
        memory.rcu().quiesce();
    }

    @Override
    protected void giveUpVcpu() {
        tasks.scheduler().give(seat);
    }
}
