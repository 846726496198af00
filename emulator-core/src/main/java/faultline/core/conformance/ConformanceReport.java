package faultline.core.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a run found: coverage, and the failures, of which each subject keeps the first few.
public final class ConformanceReport {

    /// A vector that came out differently: what it tries, its line, how it differs.
    public record Failure(String subject, String vector, List<String> differences) {}

    private static final int KEPT = 3;

    private final Coverage coverage;
    private final List<Failure> failures = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private String oracle = "";
    private long failed;

    ConformanceReport(Coverage coverage) {
        this.coverage = coverage;
    }

    void setOracle(String processor) {
        oracle = processor;
    }

    void fail(String subject, String vector, List<String> differences) {
        failed++;
        if (counts.merge(subject, 1, Integer::sum) <= KEPT) {
            failures.add(new Failure(subject, vector, differences));
        }
    }

    public Coverage coverage() {
        return coverage;
    }

    /// The processor whose outcomes these are.
    public String oracle() {
        return oracle;
    }

    /// The first failures of each subject.
    public List<Failure> failures() {
        return failures;
    }

    /// Whether anything was compared, and all of it agreed.
    public boolean agrees() {
        long others = coverage.others().values().stream()
                .mapToLong(Coverage.Tally::vectors)
                .sum();
        return failed == 0 && coverage.total().vectors() + others > 0;
    }

    /// All failures.
    public long failed() {
        return failed;
    }
}
