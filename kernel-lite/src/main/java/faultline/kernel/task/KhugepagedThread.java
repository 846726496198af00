package faultline.kernel.task;

import faultline.kernel.mm.Collapse;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Khugepaged;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The thread that puts huge pages together. There is none until an address space has to do with huge pages, and it
/// ends with the last that had, so that it never keeps a machine running.
final class KhugepagedThread extends BackgroundThread {

    private static final String NAME = "khugepaged";

    private final Khugepaged khugepaged;
    private final Collapse.SwapReader reader;
    private final AtomicReference<@Nullable KhugepagedThread> running;

    private KhugepagedThread(
            Tasks tasks,
            KernelMemory memory,
            Collapse.SwapReader reader,
            AtomicReference<@Nullable KhugepagedThread> running) {
        super(tasks, memory, NAME);
        this.khugepaged = memory.khugepaged();
        this.reader = reader;
        this.running = running;
    }

    /// Has one started whenever there is something for it to do.
    static void serve(Tasks tasks, KernelMemory memory, Collapse.SwapReader reader) {
        AtomicReference<@Nullable KhugepagedThread> running = new AtomicReference<>();
        Runnable start = () -> {
            KhugepagedThread made = new KhugepagedThread(tasks, memory, reader, running);
            if (running.compareAndSet(null, made)) {
                tasks.threadComes();
                made.launch();
            }
        };
        Runnable wake = () -> {
            KhugepagedThread sleeper = running.get();
            if (sleeper != null) {
                sleeper.wake();
            }
        };
        memory.khugepaged().serveBy(start, wake);
    }

    /// Who enters an address space finds this thread running, or starts another; so it looks once more after it has
    /// said that it ends.
    @Override
    void work() {
        do {
            running.set(this);
            while (khugepaged.hasWork()) {
                long pause = khugepaged.scan(reader);
                if (khugepaged.hasWork()) {
                    block(schedule().nanoTime() + pause);
                }
            }
            running.set(null);
        } while (khugepaged.hasWork() && running.compareAndSet(null, this));
    }

    @Override
    void ended() {
        running.compareAndSet(this, null);
    }
}
