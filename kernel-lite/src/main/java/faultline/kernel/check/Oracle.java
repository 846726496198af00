package faultline.kernel.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Takes the violations that the checks of one machine find. Each is a bug of the kernel and ends the
/// thread that made it, unless the machine is there to show one: then it is kept only.
///
/// Any thread.
public final class Oracle {

    /// A machine that goes on after its first violation may make any number.
    private static final int MOST = 1000;

    // Guarded by this.
    private final List<Violation> violations = new ArrayList<>();
    private final List<Deviation> deviations = new ArrayList<>();
    private final Map<Violation.Rule, String> known = new EnumMap<>(Violation.Rule.class);
    private boolean keepsOnly;

    /// A violation that a design as it was posted is known for.
    ///
    /// @param number the defect's in the catalogue of races, or its name where it has none
    public record Deviation(String number, Violation violation) {}

    /// Lets threads go on after a violation, with whatever they find where they must not look: for designs
    /// as they were posted, and their tests.
    public synchronized void keepOnly() {
        keepsOnly = true;
    }

    /// Says that the machine's design breaks a rule as it was posted, by the defect of that number: what breaks it
    /// is kept apart, and the thread goes on.
    public synchronized void expect(Violation.Rule rule, String number) {
        known.put(rule, number);
    }

    /// Takes one of the running thread, which the machine's design makes as it was posted, by the defect that is named.
    public void deviates(String defect, Violation.Rule rule, String text) {
        deviates(defect, ofRunningThread(rule, text));
    }

    private synchronized void deviates(String defect, Violation violation) {
        if (deviations.size() < MOST) {
            deviations.add(new Deviation(defect, violation));
        }
    }

    /// Takes one. Throws `IllegalStateException` unless violations are kept only.
    public void report(Violation violation) {
        if (!keep(violation)) {
            throw new IllegalStateException(violation.text());
        }
    }

    /// Takes one of the running thread, which no other has a part in.
    public void report(Violation.Rule rule, String text) {
        report(ofRunningThread(rule, text));
    }

    private static Violation ofRunningThread(Violation.Rule rule, String text) {
        return new Violation(rule, Thread.currentThread().getName(), "", "", text);
    }

    private synchronized boolean keep(Violation violation) {
        String number = known.get(violation.rule());
        if (number != null) {
            deviates(number, violation);
            return true;
        }
        if (violations.size() < MOST) {
            violations.add(violation);
        }
        return keepsOnly;
    }

    /// The first thousand, in the order they were made.
    public synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }

    /// The first thousand that were expected.
    public synchronized List<Deviation> deviations() {
        return List.copyOf(deviations);
    }
}
