package faultline.kernel.task;

import faultline.kernel.mm.BackgroundScan;
import faultline.kernel.mm.KernelMemory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The thread of a [BackgroundScan], which sleeps between two batches. There is none until there is something
/// for it to do, and it ends when there is nothing any more, so that it never keeps a machine running.
final class ScanThread extends BackgroundThread {

    private final BackgroundScan scan;

    /// Does a batch and says how long to sleep behind it, in nanoseconds.
    private final LongSupplier batch;

    private final AtomicReference<@Nullable ScanThread> running;

    private ScanThread(
            Tasks tasks,
            KernelMemory memory,
            String name,
            BackgroundScan scan,
            LongSupplier batch,
            AtomicReference<@Nullable ScanThread> running) {
        super(tasks, memory, name);
        this.scan = scan;
        this.batch = batch;
        this.running = running;
    }

    /// Has one started whenever there is something for it to do.
    static void serve(Tasks tasks, KernelMemory memory, String name, BackgroundScan scan, LongSupplier batch) {
        AtomicReference<@Nullable ScanThread> running = new AtomicReference<>();
        Runnable start = () -> {
            ScanThread made = new ScanThread(tasks, memory, name, scan, batch, running);
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
        scan.serveBy(start, wake);
    }

    /// Who has something for it finds this thread running, or starts another; so it looks once more after it has said
    /// that it ends.
    @Override
    void work() {
        do {
            running.set(this);
            while (scan.hasWork()) {
                long pause = batch.getAsLong();
                if (scan.hasWork()) {
                    block(schedule().nanoTime() + pause);
                }
            }
            running.set(null);
        } while (scan.hasWork() && running.compareAndSet(null, this));
    }

    @Override
    void ended() {
        running.compareAndSet(this, null);
    }
}
