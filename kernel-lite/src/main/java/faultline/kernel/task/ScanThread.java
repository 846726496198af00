package faultline.kernel.task;

import faultline.kernel.mm.KernelMemory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A thread that goes over address spaces, a batch at a time, and sleeps between two: khugepaged and ksmd. There is
/// none
/// until there is something for it to do, and it ends when there is nothing any more, so that it never keeps a machine
/// running.
final class ScanThread extends BackgroundThread {

    private final BooleanSupplier hasWork;

    /// Does a batch and says how long to sleep behind it, in nanoseconds.
    private final LongSupplier batch;

    private final AtomicReference<@Nullable ScanThread> running;

    private ScanThread(
            Tasks tasks,
            KernelMemory memory,
            String name,
            BooleanSupplier hasWork,
            LongSupplier batch,
            AtomicReference<@Nullable ScanThread> running) {
        super(tasks, memory, name);
        this.hasWork = hasWork;
        this.batch = batch;
        this.running = running;
    }

    /// Has one started whenever there is something for it to do; `serveBy` is told how it is started, and how woken
    /// when
    /// it sleeps.
    static void serve(
            Tasks tasks,
            KernelMemory memory,
            String name,
            BooleanSupplier hasWork,
            LongSupplier batch,
            BiConsumer<Runnable, Runnable> serveBy) {
        AtomicReference<@Nullable ScanThread> running = new AtomicReference<>();
        Runnable start = () -> {
            ScanThread made = new ScanThread(tasks, memory, name, hasWork, batch, running);
            if (running.compareAndSet(null, made)) {
                tasks.threadComes();
                made.launch();
            }
        };
        Runnable wake = () -> {
            ScanThread sleeper = running.get();
            if (sleeper != null) {
                sleeper.wake();
            }
        };
        serveBy.accept(start, wake);
    }

    /// Who has something for it finds this thread running, or starts another; so it looks once more after it has said
    /// that it ends.
    @Override
    void work() {
        do {
            running.set(this);
            while (hasWork.getAsBoolean()) {
                long pause = batch.getAsLong();
                if (hasWork.getAsBoolean()) {
                    block(schedule().nanoTime() + pause);
                }
            }
            running.set(null);
        } while (hasWork.getAsBoolean() && running.compareAndSet(null, this));
    }

    @Override
    void ended() {
        running.compareAndSet(this, null);
    }
}
