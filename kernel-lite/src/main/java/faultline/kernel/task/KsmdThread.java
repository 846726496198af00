package faultline.kernel.task;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Ksm;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The thread that has pages of the same contents share one. There is none until an address space asks for it
/// and `/sys/kernel/mm/ksm/run` is 1, and it ends when either is over, so that it never keeps a machine
/// running.
final class KsmdThread extends BackgroundThread {

    private static final String NAME = "ksmd";

    private final Ksm ksm;
    private final AtomicReference<@Nullable KsmdThread> running;

    private KsmdThread(Tasks tasks, KernelMemory memory, AtomicReference<@Nullable KsmdThread> running) {
        super(tasks, memory, NAME);
        this.ksm = memory.ksm();
        this.running = running;
    }

    /// Has one started whenever there is something for it to do.
    static void serve(Tasks tasks, KernelMemory memory) {
        AtomicReference<@Nullable KsmdThread> running = new AtomicReference<>();
        Runnable start = () -> {
            KsmdThread made = new KsmdThread(tasks, memory, running);
            if (running.compareAndSet(null, made)) {
                tasks.threadComes();
                made.launch();
            }
        };
        Runnable wake = () -> {
            KsmdThread sleeper = running.get();
            if (sleeper != null) {
                sleeper.wake();
            }
        };
        memory.ksm().serveBy(start, wake);
    }

    /// Who has something for it finds this thread running, or starts another; so it looks once more after it
    /// has said that it ends.
    @Override
    void work() {
        do {
            running.set(this);
            while (ksm.hasWork()) {
                long pause = ksm.scan();
                if (ksm.hasWork()) {
                    block(schedule().nanoTime() + pause);
                }
            }
            running.set(null);
        } while (ksm.hasWork() && running.compareAndSet(null, this));
    }

    @Override
    void ended() {
        running.compareAndSet(this, null);
    }
}
