package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many cases each row of the instruction table had and how many of them passed, by the
/// manual's chapters; beside the rows, cases of random bytes and of bulk operations.
public final class Coverage {

    /// Counts of one row, or of what is no row.
    public static final class Tally {
        private long vectors;
        private long passed;

        private Tally() {}

        void add(long cases, boolean pass) {
            vectors += cases;
            passed += pass ? cases : 0;
        }

        public long vectors() {
            return vectors;
        }

        public long passed() {
            return passed;
        }
    }

    /// A chapter's sum.
    public record Chapter(String name, int rows, int reached, int excluded, long vectors, long passed) {}

    private final Map<InsnTable.Row, Tally> rows = new LinkedHashMap<>();
    private final Map<String, Tally> others = new LinkedHashMap<>();
    private final Map<String, String> excluded;

    Coverage(List<InsnTable.Row> rows, Map<String, String> excluded) {
        this.excluded = excluded;
        rows.forEach(row -> this.rows.put(row, new Tally()));
    }

    Tally of(InsnTable.Row row) {
        return rows.computeIfAbsent(row, _ -> new Tally());
    }

    /// What is counted under a name of its own.
    Tally of(String name) {
        return others.computeIfAbsent(name, _ -> new Tally());
    }

    public Map<InsnTable.Row, Tally> rows() {
        return rows;
    }

    public Map<String, Tally> others() {
        return others;
    }

    /// Whether a row has no vectors for a reason.
    public boolean isExcluded(InsnTable.Row row) {
        return excluded.containsKey(row.text());
    }

    /// The chapters in the table's order.
    public List<Chapter> chapters() {
        Map<String, Chapter> chapters = new LinkedHashMap<>();
        rows.forEach((row, tally) -> {
            Chapter one = new Chapter(
                    row.chapter(), 1, tally.vectors > 0 ? 1 : 0, isExcluded(row) ? 1 : 0, tally.vectors, tally.passed);
            chapters.merge(row.chapter(), one, Coverage::sum);
        });
        return List.copyOf(chapters.values());
    }

    /// All chapters together.
    public Chapter total() {
        return chapters().stream().reduce(new Chapter("", 0, 0, 0, 0, 0), Coverage::sum);
    }

    private static Chapter sum(Chapter a, Chapter b) {
        return new Chapter(
                b.name(),
                a.rows() + b.rows(),
                a.reached() + b.reached(),
                a.excluded() + b.excluded(),
                a.vectors() + b.vectors(),
                a.passed() + b.passed());
    }
}
