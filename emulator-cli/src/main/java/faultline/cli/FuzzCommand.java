package faultline.cli;

import faultline.cli.fuzz.FuzzKind;
import faultline.cli.fuzz.Fuzzer;
import faultline.cli.run.Exit;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.Quantities;
import faultline.cli.run.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `faultline fuzz`.
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = "Gives hostile input to machines of this JVM and says where Faultline itself fails.",
        footer = "%nA case follows from the seed and its number alone. One that fails is printed as the command that"
                + " runs it again; the exit status is 1 then. See docs/hostile-input.md.")
final class FuzzCommand implements Callable<Integer> {

    @Parameters(paramLabel = "KIND", description = "elf, calls or code")
    private String kind = "";

    @Option(names = "--seed", paramLabel = "SEED", description = "where the choices come from (default 1)")
    private long seed = 1;

    @Option(names = "--first", paramLabel = "N", description = "the number of the first case (default 0)")
    private int first;

    @Option(names = "--cases", paramLabel = "N", description = "how many cases (default: 10000; of calls 100)")
    private int cases = -1;

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "how many run at a time (default 1)")
    private int jobs = 1;

    @Option(names = "--timeout", paramLabel = "TIME", description = "ends a guest after that long")
    private @Nullable String timeout;

    @Option(names = "--arch", paramLabel = "ARCH", description = "the architecture (default x86)")
    private String arch = ProgramFile.DEFAULT_ARCHITECTURE;

    @Option(names = "--keep", paramLabel = "DIR", description = "writes each case's file to DIR/KIND-SEED-N")
    private @Nullable Path keep;

    private final AtomicInteger next = new AtomicInteger();

    // Guarded by this monitor.
    private final Map<String, Integer> verdicts = new TreeMap<>();
    private long systemCalls;
    private int failures;

    @Override
    public Integer call() throws Exception {
        FuzzKind what = kind();
        int count = cases < 0 ? what.cases() : cases;
        long nanos = timeout == null ? what.nanos() : Quantities.nanos("--timeout", timeout);
        if (jobs < 1 || first < 0) {
            throw Refusal.usage("--jobs and --first: expected at least 1 and 0");
        }
        if (keep != null) {
            Files.createDirectories(keep);
        }
        PrintStream out = System.out;
        PrintStream err = System.err;
        Path scratch = Files.createTempDirectory("faultline-fuzz-");
        // The readers print what they read: nobody wants to see it.
        PrintStream nobody = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        System.setOut(nobody);
        System.setErr(nobody);
        try {
            Fuzzer fuzzer = new Fuzzer(what, seed, arch, nanos, scratch, Main::dispatch);
            run(fuzzer, first + count, out);
        } finally {
            System.setOut(out);
            System.setErr(err);
            Files.deleteIfExists(scratch);
        }
        out.println(summary(count));
        return failures == 0 ? Exit.OK : 1;
    }

    private FuzzKind kind() {
        for (FuzzKind each : FuzzKind.values()) {
            if (each.word().equals(kind)) {
                return each;
            }
        }
        throw Refusal.usage("fuzz " + kind + ": there are "
                + Arrays.stream(FuzzKind.values()).map(FuzzKind::word).collect(Collectors.joining(", ")));
    }

    private void run(Fuzzer fuzzer, int end, PrintStream out) throws InterruptedException {
        next.set(first);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            workers.add(Thread.ofPlatform().name("fuzz-" + i).start(() -> work(fuzzer, end, out)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private void work(Fuzzer fuzzer, int end, PrintStream out) {
        for (int number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
            try {
                if (keep != null) {
                    Files.write(keep.resolve(kind + "-" + seed + "-" + number), fuzzer.file(number));
                }
                report(number, fuzzer.run(number), out);
            } catch (InterruptedException _) {
                return;
            } catch (IOException e) {
                report(number, new Fuzzer.Outcome("host error", 0, String.valueOf(e.getMessage())), out);
            }
        }
    }

    private synchronized void report(int number, Fuzzer.Outcome outcome, PrintStream out) {
        verdicts.merge(outcome.verdict(), 1, Integer::sum);
        systemCalls += outcome.systemCalls();
        if (!outcome.failure().isEmpty()) {
            failures++;
            out.println("faultline fuzz " + kind + " --arch " + arch + " --seed " + seed + " --first " + number
                    + " --cases 1   # " + outcome.failure());
            out.flush();
        }
    }

    private String summary(int count) {
        String ends = verdicts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return "%d cases of %s, seed %d: %s; %d system calls; %d failed"
                .formatted(count, kind, seed, ends, systemCalls, failures);
    }
}
