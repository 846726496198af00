package faultline.cli;

import faultline.cli.run.BatchRun;
import faultline.cli.run.CrashReport;
import faultline.cli.run.Exit;
import faultline.cli.run.HostErrors;
import faultline.cli.run.Json;
import faultline.cli.run.Quantities;
import faultline.cli.run.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `faultline batch`.
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description = "Runs many programs in one JVM, each on a machine of its own.",
        footer = "%nEach line of LIST is what stands behind 'faultline run': options, a program, its arguments, quoted"
                + " as for a shell. Blank lines and lines that begin with # are skipped. One line of result each, as"
                + " they end; the exit status is 0 if every program exited with 0, else 1.")
final class BatchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "LIST", description = "a file of command lines, or - for standard input")
    private String list = "";

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "how many run at a time (default 1)")
    private int jobs = 1;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "ends a program after that long where its line has no --timeout; status 124")
    private @Nullable String timeout;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "keeps what line N prints, both streams, in DIR/N (default: thrown away)")
    private @Nullable Path output;

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        if (jobs < 1) {
            throw Refusal.usage("--jobs " + jobs + ": at least 1");
        }
        long nanos = timeout == null ? 0 : Quantities.nanos("--timeout", timeout);
        List<String> lines = BatchRun.lines(read());
        if (output != null) {
            Files.createDirectories(output);
        }
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(jobs, lines.size()); i++) {
            workers.add(Thread.ofPlatform().name("batch-" + i).start(() -> work(lines, nanos)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        if (!json) {
            System.err.printf("%d of %d exited with 0%n", lines.size() - failed.get(), lines.size());
        }
        return failed.get() == 0 ? Exit.OK : 1;
    }

    private List<String> read() {
        try {
            return list.equals("-")
                    ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readAllLines()
                    : Files.readAllLines(Path.of(list));
        } catch (IOException e) {
            throw Refusal.notFound(list + ": " + HostErrors.reason(e));
        }
    }

    private void work(List<String> lines, long nanos) {
        for (int i = next.getAndIncrement(); i < lines.size(); i = next.getAndIncrement()) {
            Path to = output == null ? Path.of("/dev/null") : output.resolve(String.valueOf(i + 1));
            try {
                report(i + 1, lines.get(i), BatchRun.of(lines.get(i), to, nanos));
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException | Error bug) {
                int status = CrashReport.print(List.of("batch", lines.get(i)), bug);
                report(i + 1, lines.get(i), new BatchRun.Result("bug", status, 0));
            }
        }
    }

    private synchronized void report(int number, String line, BatchRun.Result result) {
        if (result.status() != Exit.OK) {
            failed.incrementAndGet();
        }
        if (json) {
            System.out.println(Json.object()
                    .put("line", number)
                    .put("command", line)
                    .put("verdict", result.verdict())
                    .put("status", result.status())
                    .put("nanoseconds", result.nanos())
                    .compact());
        } else {
            System.out.printf("%-12s %8.3f s  %s%n", result.verdict(), result.nanos() / 1e9, line);
        }
        System.out.flush();
    }
}
