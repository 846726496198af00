package faultline.kernel.check;

import java.util.ArrayList;
import java.util.List;

/// Takes the violations that the checks of one machine find. Each is a bug of the kernel and ends the
/// thread that made it, unless the machine is there to show one: then it is kept only.
///
/// Any thread.
public final class Oracle {

    /// A machine that goes on after its first violation may make any number.
    private static final int MOST = 1000;

    // Guarded by this.
    private final List<Violation> violations = new ArrayList<>();
    private boolean keepsOnly;

    /// Lets threads go on after a violation, with whatever they find where they must not look: for designs
    /// as they were posted, and their tests.
    public synchronized void keepOnly() {
        keepsOnly = true;
    }

    /// Takes one. Throws `IllegalStateException` unless violations are kept only.
    public void report(Violation violation) {
        if (!keep(violation)) {
            throw new IllegalStateException(violation.text());
        }
    }

    private synchronized boolean keep(Violation violation) {
        if (violations.size() < MOST) {
            violations.add(violation);
        }
        return keepsOnly;
    }

    /// The first thousand, in the order they were made.
    public synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }
}
