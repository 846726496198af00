package faultline.kernel.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One event that is counted in one context: `struct perf_event`.
///
/// It counts while it and the leader of its group are enabled and its thread sits on a vCPU, on the one
/// it was asked for. Children of the thread count in events of their own, which the first of the line
/// knows and adds up.
public final class PerfEvent {

    private static final long STOPPED = Long.MIN_VALUE;

    private final PerfContext context;
    private final PerfAttr attr;
    private final PerfCounter counter;
    private final long id;
    private final int cpu;

    /// The first of the line: the event that a descriptor stands for.
    private final PerfEvent origin;

    private final AtomicLong count = new AtomicLong();

    /// Whether it counts now. Written under the lock, read without.
    private volatile boolean counting;

    // Guarded by the lock of PerfEvents.

    private PerfEvent leader;

    /// The rest of the group, in the order they came; only a leader has any.
    private final List<PerfEvent> siblings = new ArrayList<>();

    /// The events of children; only an origin has any.
    private final List<PerfEvent> children = new ArrayList<>();

    private boolean enabled;
    private boolean enablesOnExec;
    private boolean ended;
    private long enabledNanos;
    private long runningNanos;
    private long enabledSince = STOPPED;
    private long runningSince = STOPPED;

    /// What a clock showed when it was set to 0.
    private long clockStart;

    /// What the events of children that have ended came to: count, time enabled, time running.
    private final long[] ofEnded = new long[3];

    /// `leader` and `origin` are null for an event that is its own.
    PerfEvent(
            PerfContext context,
            PerfAttr attr,
            PerfCounter counter,
            long id,
            int cpu,
            @Nullable PerfEvent leader,
            @Nullable PerfEvent origin) {
        this.context = context;
        this.attr = attr;
        this.counter = counter;
        this.id = id;
        this.cpu = cpu;
        this.leader = leader == null ? this : leader;
        this.origin = origin == null ? this : origin;
        this.enabled = !attr.isDisabled();
        this.enablesOnExec = attr.enablesOnExec();
    }

    /// Whether children count for it too.
    public boolean inherits() {
        return attr.inherits();
    }

    PerfContext context() {
        return context;
    }

    PerfAttr attr() {
        return attr;
    }

    PerfCounter counter() {
        return counter;
    }

    int cpu() {
        return cpu;
    }

    PerfEvent leader() {
        return leader;
    }

    /// The leader of its group is gone.
    void leadItself() {
        leader = this;
    }

    boolean isLeader() {
        return leader == this;
    }

    PerfEvent origin() {
        return origin;
    }

    List<PerfEvent> siblings() {
        return siblings;
    }

    List<PerfEvent> children() {
        return children;
    }

    /// What PERF_EVENT_IOC_ID and PERF_FORMAT_ID tell: children have their origin's.
    long id() {
        return origin == this ? id : origin.id;
    }

    /// Counts, if it counts this now. Its thread, or a thread on its vCPU.
    void count(PerfCounter what, boolean user) {
        if (what == counter && counting && !(user ? attr.excludesUser() : attr.excludesKernel())) {
            count.getAndIncrement();
        }
    }

    // Everything below is called with the lock of PerfEvents.

    boolean hasEnded() {
        return ended;
    }

    void enable(boolean on) {
        enabled = on;
    }

    /// `enable_on_exec`: once.
    void execed() {
        if (enablesOnExec) {
            enablesOnExec = false;
            enabled = true;
        }
    }

    /// Takes over from a parent's event whether it counts, and what is to come.
    void inherit(PerfEvent parent) {
        enabled = parent.enabled;
        enablesOnExec = parent.enablesOnExec;
    }

    void reset() {
        count.set(0);
        clockStart = runningNanos;
    }

    /// Brings its times up to `now`, and then lets them go on or stop as things are.
    void settle(long now) {
        if (enabledSince != STOPPED) {
            enabledNanos += now - enabledSince;
        }
        if (runningSince != STOPPED) {
            runningNanos += now - runningSince;
        }
        boolean on = !ended && enabled && leader.enabled && context.cpu() >= 0;
        boolean here = on && (cpu < 0 || cpu == context.cpu());
        enabledSince = on ? now : STOPPED;
        runningSince = here ? now : STOPPED;
        counting = here;
    }

    /// Its thread is over: nothing is counted any more, and what was goes to the first of the line.
    void end(long now) {
        settle(now);
        ended = true;
        settle(now);
        if (origin != this) {
            origin.ofEnded[0] += own();
            origin.ofEnded[1] += enabledNanos;
            origin.ofEnded[2] += runningNanos;
            origin.children.remove(this);
        }
    }

    private long own() {
        return counter.isClock() ? runningNanos - clockStart : count.get();
    }

    /// What it has counted, with its children; settled.
    long value() {
        long sum = own() + ofEnded[0];
        for (PerfEvent child : children) {
            sum += child.own();
        }
        return sum;
    }

    long enabledNanos() {
        long sum = enabledNanos + ofEnded[1];
        for (PerfEvent child : children) {
            sum += child.enabledNanos;
        }
        return sum;
    }

    long runningNanos() {
        long sum = runningNanos + ofEnded[2];
        for (PerfEvent child : children) {
            sum += child.runningNanos;
        }
        return sum;
    }
}
