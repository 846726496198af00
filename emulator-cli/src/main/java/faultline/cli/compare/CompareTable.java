package faultline.cli.compare;

import faultline.cli.run.MeasuredRun;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/// The figures as a table for people: a column a design, a row a figure.
final class CompareTable {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    private record Row(String label, List<String> cells) {}

    private final List<DesignRuns> designs;
    private final List<Row> rows = new ArrayList<>();

    private CompareTable(List<DesignRuns> designs) {
        this.designs = designs;
    }

    /// The lines of the table.
    static String of(List<DesignRuns> designs) {
        CompareTable table = new CompareTable(designs);
        table.rows.add(new Row(
                "medians of " + designs.getFirst().size(),
                designs.stream().map(DesignRuns::design).toList()));
        table.addFaults();
        table.addLocks();
        table.addGuest();
        return table.text();
    }

    private void addFaults() {
        add("seconds", "%,.3f", DesignRuns::seconds);
        add("faults", "%,.0f", DesignRuns::faults);
        add("faults/s", "%,.0f", DesignRuns::faultsPerSecond);
        addRatio(DesignRuns::faultsPerSecond);
        add("minor", "%,.0f", runs -> runs.count("pgfault") - runs.count("pgmajfault"));
        add("major", "%,.0f", runs -> runs.count("pgmajfault"));
        add("without mmap_lock, %", "%.1f", runs -> 100 * runs.speculative());
        Set<String> setbacks = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        designs.forEach(runs -> setbacks.addAll(runs.setbacks()));
        for (String name : setbacks) {
            add("  " + name.toLowerCase(Locale.ROOT), "%,.0f", runs -> runs.count(name));
        }
        add("fault p50, us", "%,.1f", runs -> runs.faultTimes().getValueAtPercentile(50) / NANOS_PER_MICRO);
        add("fault p99, us", "%,.1f", runs -> runs.faultTimes().getValueAtPercentile(99) / NANOS_PER_MICRO);
    }

    private void addLocks() {
        add("mmap_lock read", "%,.0f", runs -> runs.count("mmap_lock_read"));
        add("mmap_lock write", "%,.0f", runs -> runs.count("mmap_lock_write"));
        add("mmap_lock waits", "%,.0f", runs -> runs.count("mmap_lock_contended"));
        add("  together, ms", "%,.1f", runs -> runs.count(MeasuredRun.MMAP_LOCK_WAIT_NANOS) / NANOS_PER_MILLI);
        add("shootdowns", "%,.0f", runs -> runs.count("nr_tlb_remote_flush"));
        add("  interrupts", "%,.0f", runs -> runs.count("nr_tlb_remote_flush_received"));
    }

    private void addGuest() {
        Set<String> words = new LinkedHashSet<>();
        designs.forEach(runs -> words.addAll(runs.guestWords()));
        for (String word : words) {
            add("guest " + word, "%,.0f", runs -> runs.guest(word));
            if (word.endsWith("_per_s")) {
                addRatio(runs -> runs.guest(word));
            }
        }
    }

    private void add(String label, String format, ToDoubleFunction<DesignRuns> figure) {
        rows.add(new Row(
                label,
                designs.stream()
                        .map(runs -> String.format(Locale.ROOT, format, figure.applyAsDouble(runs)))
                        .toList()));
    }

    private void addRatio(ToDoubleFunction<DesignRuns> figure) {
        double first = figure.applyAsDouble(designs.getFirst());
        if (first > 0) {
            add("  ratio", "%.2f", runs -> figure.applyAsDouble(runs) / first);
        }
    }

    private String text() {
        int labels = rows.stream().mapToInt(row -> row.label().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(row.label()).append(" ".repeat(labels - row.label().length()));
            for (int i = 0; i < row.cells().size(); i++) {
                String cell = row.cells().get(i);
                text.append(" ".repeat(width(i) + 2 - cell.length())).append(cell);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream()
                .mapToInt(row -> row.cells().get(column).length())
                .max()
                .orElse(0);
    }
}
