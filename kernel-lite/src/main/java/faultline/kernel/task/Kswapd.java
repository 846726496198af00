package faultline.kernel.task;

import faultline.kernel.mm.KernelMemory;
import java.util.concurrent.atomic.AtomicBoolean;

/// The thread that reclaims memory in the background. There is none until frames become few, and it ends when there are
/// enough again, so that a machine which has them has no thread beside its tasks.
final class Kswapd extends BackgroundThread {

    /// What Linux calls that of the first node.
    static final String NAME = "kswapd0";

    private final KernelMemory memory;
    private final AtomicBoolean running;

    private Kswapd(Tasks tasks, KernelMemory memory, AtomicBoolean running) {
        super(tasks, memory, NAME);
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
    void work() {
        memory.reclaim().balance();
    }

    @Override
    void ended() {
        running.set(false);
    }
}
