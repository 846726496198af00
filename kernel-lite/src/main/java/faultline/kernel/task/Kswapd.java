package faultline.kernel.task;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.task.CpuScheduler.Seat;
import java.util.concurrent.atomic.AtomicBoolean;

/// The thread that reclaims memory in the background. There is none until frames become few, and it ends when there are
/// enough again, so that a machine which has them has no thread beside its tasks.
final class Kswapd extends KernelThread {

    /// What Linux calls that of the first node.
    static final String NAME = "kswapd0";

    private final Tasks tasks;
    private final KernelMemory memory;
    private final AtomicBoolean running;
    private final Seat seat = new Seat(this);

    private Kswapd(Tasks tasks, KernelMemory memory, AtomicBoolean running) {
        super(tasks.steps().schedule(), NAME);
        this.tasks = tasks;
        this.memory = memory;
        this.running = running;
    }

    /// Has one started whenever the machine's memory is low.
    static void serve(Tasks tasks, KernelMemory memory) {
        AtomicBoolean running = new AtomicBoolean();
        memory.reclaim().startBackgroundBy(() -> {
            if (running.compareAndSet(false, true)) {
                tasks.threadComes();
                new Kswapd(tasks, memory, running).launch();
            }
        });
    }

    @Override
    protected void carry() {
        takeVcpu();
        try {
            memory.reclaim().balance();
        } catch (Throwable cause) {
            tasks.runner().crashed(this, cause);
        } finally {
            giveUpVcpu();
            running.set(false);
            tasks.threadGone();
        }
    }

    @Override
    public Vcpu vcpu() {
        Vcpu vcpu = seat.vcpu();
        if (vcpu == null) {
            throw new IllegalStateException("kswapd: has no vCPU; expected one");
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
