package faultline.cli;

import faultline.cli.BatchReport.Line;
import faultline.cli.run.BatchRun;
import faultline.cli.run.CrashReport;
import faultline.cli.run.End;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The threads of `batch`: each takes the next line of the list until there is none.
final class BatchWorkers {

    private static final Path NOWHERE = Path.of("/dev/null");

    /// How long the machines may take to end when the user interrupts.
    private static final long GOODBYE_SECONDS = 10;

    private final List<Line> lines;
    private final BatchReport report;
    private final @Nullable Path output;
    private final long timeout;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch summed = new CountDownLatch(1);
    private volatile boolean interrupted;

    /// `output` is the directory for what the programs print, `timeout` in nanoseconds.
    BatchWorkers(List<Line> lines, BatchReport report, @Nullable Path output, long timeout) {
        this.lines = lines;
        this.report = report;
        this.output = output;
        this.timeout = timeout;
    }

    /// Runs all lines on that many threads and prints the sum; returns when they have ended. An
    /// interrupt of the JVM ends the machines first and then has its way.
    void run(int jobs) throws InterruptedException {
        for (int i = 0; i < Math.min(jobs, lines.size()); i++) {
            threads.add(Thread.ofPlatform().name("batch-" + i).unstarted(this::work));
        }
        Thread interrupt = new Thread(this::interrupt, "interrupt");
        Runtime.getRuntime().addShutdownHook(interrupt);
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        report.sum();
        summed.countDown();
        if (interrupted) {
            // The JVM is on its way out and exits with 128 and the signal.
            Thread.currentThread().join();
        }
        Runtime.getRuntime().removeShutdownHook(interrupt);
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < lines.size() && !interrupted; i = next.getAndIncrement()) {
            Line line = lines.get(i);
            long start = System.nanoTime();
            try {
                End end = run(line);
                if (!interrupted) {
                    report.ended(line, end, System.nanoTime() - start);
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private End run(Line line) throws InterruptedException {
        try {
            return BatchRun.of(
                    line.command(), output == null ? NOWHERE : output.resolve(String.valueOf(line.number())), timeout);
        } catch (RuntimeException | Error bug) {
            int _ = CrashReport.print(List.of("batch:", line.command()), bug);
            return new End.Crashed(bug.toString());
        }
    }

    /// Runs when the JVM is told to end.
    private void interrupt() {
        interrupted = true;
        threads.forEach(Thread::interrupt);
        try {
            boolean _ = summed.await(GOODBYE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
