package faultline.kernel.check;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Sees one sequence counter change, while checks are on: it is even when nobody writes, and one thread at a
/// time writes.
public final class SequenceCheck {

    private final Oracle oracle;
    private final String name;

    /// The thread inside; null when there is none.
    private final AtomicReference<@Nullable String> writer = new AtomicReference<>();

    /// `name` says which counter in a violation.
    public SequenceCheck(Oracle oracle, String name) {
        this.oracle = oracle;
        this.name = name;
    }

    /// The running thread is about to make it odd, which it finds at `before`.
    public void begins(long before) {
        String self = self();
        String other = writer.compareAndExchange(null, self);
        if (other != null) {
            report(other, " begins to write " + name + " beside " + other);
        } else if ((before & 1) != 0) {
            report("", " finds " + name + " odd, which nobody writes");
        }
    }

    /// The running thread is about to make it even, which it finds at `before`.
    public void ends(long before) {
        String self = self();
        String inside = writer.compareAndExchange(self, null);
        if (!self.equals(inside)) {
            report(inside == null ? "" : inside, " ends writing " + name + ", which it did not begin");
        } else if ((before & 1) == 0) {
            report("", " finds " + name + " even at the end of its writing");
        }
    }

    /// The section of the running thread is over, in which it has begun to write. `moment` says which.
    public void isClosed(String moment) {
        if (self().equals(writer.get())) {
            report("", " leaves " + name + " odd at " + moment);
        }
    }

    /// Nobody writes, and the counter is at `now`.
    public void isQuiet(long now, String moment) {
        String inside = writer.get();
        if (inside != null || (now & 1) != 0) {
            report(inside == null ? "" : inside, " finds " + name + " at " + now + " at " + moment);
        }
    }

    private void report(String other, String what) {
        String self = self();
        oracle.report(new Violation(Violation.Rule.SEQUENCE, self, other, "", "sequence: " + self + what));
    }

    private static String self() {
        return Thread.currentThread().getName();
    }
}
