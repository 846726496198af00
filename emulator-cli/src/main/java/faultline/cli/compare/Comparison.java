package faultline.cli.compare;

import faultline.cli.run.End;
import faultline.cli.run.MeasuredRun;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOptions;
import faultline.cli.run.RunProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a program under each design in turn, round by round, so that a host that becomes slower does
/// not slow one design alone. Round 0 warms the JVM up and counts only for what is printed.
final class Comparison {

    private final RunOptions options;
    private final ProgramFile file;
    private final List<DesignRuns> designs;
    private final List<String> differences = new ArrayList<>();

    // Of the very first run: what all others are held against.
    private @Nullable End firstEnd;
    private Printed firstPrinted = Printed.of("");

    Comparison(RunOptions options, ProgramFile file, List<String> designs) {
        this.options = options;
        this.file = file;
        this.designs = designs.stream().map(DesignRuns::new).toList();
    }

    /// Runs everything; returns the figures in the order of the designs.
    List<DesignRuns> run() throws IOException, InterruptedException {
        Path scratch = Files.createTempFile("faultline-compare-", ".out");
        int rounds = options.runs + 1;
        try (RunProgress progress = new RunProgress(rounds * designs.size())) {
            for (int round = 0; round < rounds; round++) {
                for (DesignRuns runs : designs) {
                    progress.begin(runs.design());
                    options.faultDesign = runs.design();
                    MeasuredRun run = MeasuredRun.of(options, file, scratch);
                    Printed printed = Printed.of(run.output());
                    check(runs.design(), round, run.end(), printed);
                    if (round > 0) {
                        runs.add(run, printed);
                    }
                }
            }
        } finally {
            Files.delete(scratch);
        }
        return designs;
    }

    private void check(String design, int round, End end, Printed printed) {
        End first = firstEnd;
        if (first == null) {
            firstEnd = end;
            firstPrinted = printed;
            return;
        }
        String difference = printed.difference(firstPrinted);
        if (end.status() != first.status()) {
            difference = "ended with " + end.verdict() + ", not " + first.verdict()
                    + (difference.isEmpty() ? "" : "; " + difference);
        }
        if (!difference.isEmpty()) {
            differences.add("differs: %s, round %d: %s".formatted(design, round, difference));
        }
    }

    /// A line for each run that did not print or end as the first one did.
    List<String> differences() {
        return differences;
    }

    /// How the first run ended; all others did the same when there are no differences.
    End firstEnd() {
        if (firstEnd == null) {
            throw new IllegalStateException("compare: nothing has run yet");
        }
        return firstEnd;
    }
}
