package faultline.kernel.lock;

import faultline.core.cpu.Vcpu;
import faultline.core.step.HostThread;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;

/// A thread that may block in the kernel: gives its vCPU up, waits, and takes a vCPU again.
///
/// Everything in the kernel that waits does it through [#block], so that a blocked task never
/// occupies a vCPU and a schedule sees every wait.
public abstract class KernelThread extends HostThread {

    private final Schedule schedule;
    private final Steps steps;

    /// Whether it waits for something else than a vCPU. Cleared by who wakes it, long before it may run again.
    private volatile boolean asleep;

    /// The locks the thread holds; kept only while assertions are on.
    private final HeldLocks heldLocks = new HeldLocks();

    /// PF_MEMALLOC: it frees memory, and who does must not wait for memory to be freed. Self.
    private boolean reclaiming;

    protected KernelThread(Schedule schedule, String name) {
        super(schedule, name);
        this.schedule = schedule;
        this.steps = new Steps(schedule);
    }

    /// The kernel thread that is running.
    public static KernelThread current() {
        return (KernelThread) Thread.currentThread();
    }

    /// The vCPU the thread holds. It holds one whenever it runs kernel code.
    public abstract Vcpu vcpu();

    /// Whether a wait that signals may interrupt should end now.
    public abstract boolean signalPending();

    /// Whether a wait that only fatal signals may interrupt should end now.
    public abstract boolean fatalSignalPending();

    /// The number programs know the thread by: `task_pid_vnr`.
    public int number() {
        return 0;
    }

    /// Whether the pages it makes go to one memory node after the other, unless a VMA says where: its MPOL_INTERLEAVE.
    public boolean interleaves() {
        return false;
    }

    /// Whether the thread is on its way out, and must not wait for a program any more: PF_EXITING.
    public boolean isExiting() {
        return false;
    }

    /// Whether the thread frees memory. Self.
    public final boolean isReclaiming() {
        return reclaiming;
    }

    public final void setReclaiming(boolean to) {
        reclaiming = to;
    }

    /// Lets another task have the vCPU. Called with no spinning lock held.
    protected abstract void giveUpVcpu();

    /// Waits for a vCPU.
    protected abstract void takeVcpu();

    /// Waits until [#wake], or until the schedule's clock reaches `deadline` (`Long.MAX_VALUE`: no
    /// limit). A wake that came before the call is not lost; callers loop on their condition.
    public final void block(long deadline) {
        assert heldLocks.maySleep();
        asleep = true;
        giveUpVcpu();
        try {
            schedule.park(this, deadline);
        } finally {
            asleep = false;
            takeVcpu();
        }
    }

    /// A call into the host that may take long, such as a write to a full pipe of the host.
    @FunctionalInterface
    public interface HostCall<E extends Exception> {
        void run() throws E;
    }

    /// Runs a call into the host without holding a vCPU. A schedule that runs one thread at a time
    /// waits for it, so that the run still repeats. The call must return by itself: nothing
    /// interrupts it.
    public final <E extends Exception> void callHost(HostCall<E> call) throws E {
        asleep = true;
        giveUpVcpu();
        try {
            call.run();
        } finally {
            asleep = false;
            takeVcpu();
        }
    }

    /// Ends a [#block], now or to come. Any thread.
    public final void wake() {
        asleep = false;
        schedule.unpark(this);
    }

    /// Whether the thread sleeps: state S of `/proc/PID/stat`. Not one that was woken or has just been made and has
    /// no vCPU yet.
    public final boolean isAsleep() {
        return asleep;
    }

    /// The locks that the running thread holds, by name; empty for none, and unless assertions are on.
    public final String locksHeld() {
        return heldLocks.names();
    }

    HeldLocks heldLocks() {
        return heldLocks;
    }

    /// Where the thread's steps go, for locks that belong to no machine.
    public final Steps steps() {
        return steps;
    }

    /// The machine's clock and scheduler.
    public final Schedule schedule() {
        return schedule;
    }
}
