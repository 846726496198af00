package faultline.cli.compare;

import faultline.cli.run.MeasuredRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/// The measured runs of one design, and their medians.
final class DesignRuns {

    /// Counters of a way without `mmap_lock` that was gone to its end.
    private static final Pattern SUCCESS = Pattern.compile("(spf|vma_lock)_success|speculative_pgfault");

    /// Counters of why such a way was left, or begun again.
    private static final Pattern SETBACK = Pattern.compile("(spf|vma_lock)_(?!.*(attempt|success)).*");

    private final String design;
    private final List<MeasuredRun> runs = new ArrayList<>();
    private final List<Map<String, Long>> guests = new ArrayList<>();

    DesignRuns(String design) {
        this.design = design;
    }

    void add(MeasuredRun run, Printed printed) {
        runs.add(run);
        guests.add(printed.measured());
    }

    String design() {
        return design;
    }

    int size() {
        return runs.size();
    }

    double seconds() {
        return median(DesignRuns::seconds);
    }

    private static double seconds(MeasuredRun run) {
        return run.counts().getOrDefault("wall_microseconds", 0L) / 1e6;
    }

    /// Faults that the design was given.
    double faults() {
        return median(run -> run.faults().getTotalCount());
    }

    double faultsPerSecond() {
        return median(run -> run.faults().getTotalCount() / seconds(run));
    }

    /// Which part of the faults did without `mmap_lock`.
    double speculative() {
        return median(run -> {
            long done = run.counts().entrySet().stream()
                    .filter(entry -> matches(SUCCESS, entry.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            return run.faults().getTotalCount() == 0
                    ? 0
                    : (double) done / run.faults().getTotalCount();
        });
    }

    double count(String counter) {
        return median(run -> run.counts().getOrDefault(counter, 0L));
    }

    /// The counters of setbacks that are not zero in every run.
    Set<String> setbacks() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (MeasuredRun run : runs) {
            run.counts().forEach((name, value) -> {
                if (value != 0 && matches(SETBACK, name)) {
                    names.add(name);
                }
            });
        }
        return names;
    }

    private static boolean matches(Pattern pattern, String counter) {
        return pattern.matcher(counter.toLowerCase(Locale.ROOT)).matches();
    }

    /// What the program measured itself, by name.
    Set<String> guestWords() {
        return guests.isEmpty() ? Set.of() : guests.getFirst().keySet();
    }

    double guest(String word) {
        return median(guests.stream().mapToDouble(words -> words.getOrDefault(word, 0L)));
    }

    /// How long the faults of all runs took, in nanoseconds.
    Histogram faultTimes() {
        Histogram all = MeasuredRun.noFaults();
        runs.forEach(run -> all.add(run.faults()));
        return all;
    }

    private double median(ToDoubleFunction<MeasuredRun> figure) {
        return median(runs.stream().mapToDouble(figure));
    }

    private static double median(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return 0;
        }
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).sum() / 2;
    }
}
