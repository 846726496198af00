package faultline.kernel.perf;

import faultline.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// All that is counted in a machine, and the lock over it: its monitor, a leaf that no step is passed
/// under. What is changed is changed here.
public final class PerfEvents {

    private final LongSupplier clock;
    private final boolean spf;

    /// The events of each vCPU, null where nobody counts them.
    private final AtomicReferenceArray<@Nullable PerfContext> ofCpus;

    private volatile boolean countsCpus;

    // Guarded by this monitor.
    private long lastId;

    /// `clock` is the machine's; `spf` says whether the kernel has the event of Dufour's series.
    public PerfEvents(int cpus, LongSupplier clock, boolean spf) {
        this.clock = clock;
        this.spf = spf;
        this.ofCpus = new AtomicReferenceArray<>(cpus);
    }

    long now() {
        return clock.getAsLong();
    }

    public int cpus() {
        return ofCpus.length();
    }

    /// Whether a vCPU is counted: then every thread has a context.
    public boolean countsCpus() {
        return countsCpus;
    }

    @Nullable
    PerfContext contextOf(int cpu) {
        return countsCpus && cpu >= 0 ? ofCpus.get(cpu) : null;
    }

    /// A context for a thread that sits nowhere yet.
    public PerfContext newContext() {
        return new PerfContext(this, -1);
    }

    /// The context of a vCPU. From now on all threads are to have one.
    public synchronized PerfContext cpuContext(int cpu) {
        countsCpus = true;
        PerfContext context = ofCpus.get(cpu);
        if (context == null) {
            context = new PerfContext(this, cpu);
            ofCpus.set(cpu, context);
        }
        return context;
    }

    /// The counter that `attr` asks for. ENOENT for what nobody counts, EINVAL; EOPNOTSUPP for samples, as of
    /// a counter without interrupts: there is no buffer for them.
    public PerfCounter counterOf(PerfAttr attr) {
        attr.checkInheritance();
        PerfCounter counter = attr.type() == PerfAttr.PERF_TYPE_SOFTWARE ? PerfCounter.of(attr.config(), spf) : null;
        if (counter == null) {
            throw Errno.ENOENT.exception();
        }
        if (attr.samples()) {
            throw Errno.EOPNOTSUPP.exception();
        }
        return counter;
    }

    /// Begins to count `counter` in `context` for a thread that owns what it opens. EINVAL when it cannot be
    /// in `leader`'s group.
    public synchronized PerfEvent open(
            PerfContext context,
            PerfAttr attr,
            PerfCounter counter,
            int cpu,
            @Nullable PerfEvent leader,
            PerfContext owner) {
        if (leader != null
                && (!leader.isLeader() || leader.context() != context || leader.cpu() != cpu || attr.isForLeaders())) {
            throw Errno.EINVAL.exception();
        }
        PerfEvent event = new PerfEvent(context, attr, counter, ++lastId, cpu, leader, null);
        if (leader != null) {
            leader.siblings().add(event);
        }
        context.add(event);
        owner.owned().add(event);
        event.settle(now());
        return event;
    }

    /// Ends an event with those of children. What it led counts on by itself.
    synchronized void close(PerfEvent event, PerfContext owner) {
        long now = now();
        for (PerfEvent child : List.copyOf(event.children())) {
            remove(child, now);
        }
        owner.owned().remove(event);
        remove(event, now);
    }

    private static void remove(PerfEvent event, long now) {
        event.end(now);
        event.context().remove(event);
        event.leader().siblings().remove(event);
        for (PerfEvent sibling : event.siblings()) {
            sibling.leadItself();
            sibling.settle(now);
        }
        event.siblings().clear();
    }

    /// `func` of an ioctl for an event and its children, or for its whole group.
    synchronized void change(PerfEvent event, boolean group, Change change) {
        PerfEvent first = group ? event.leader() : event;
        apply(first, change);
        if (group) {
            first.siblings().forEach(sibling -> apply(sibling, change));
        }
    }

    private void apply(PerfEvent event, Change change) {
        long now = now();
        apply(event, change, now);
        event.children().forEach(child -> apply(child, change, now));
    }

    private static void apply(PerfEvent event, Change change, long now) {
        event.settle(now);
        switch (change) {
            case ENABLE -> event.enable(true);
            case DISABLE -> event.enable(false);
            case RESET -> event.reset();
        }
        event.settle(now);
        event.siblings().forEach(sibling -> sibling.settle(now));
    }

    /// What can be done to an event.
    enum Change {
        ENABLE,
        DISABLE,
        RESET
    }

    /// PR_TASK_PERF_EVENTS_ENABLE and DISABLE: all that a thread has opened.
    public synchronized void enableOwned(PerfContext owner, boolean on) {
        for (PerfEvent event : owner.owned()) {
            apply(event, on ? Change.ENABLE : Change.DISABLE);
        }
    }

    /// Whether a child, or with `thread` another thread, has events of its parent's.
    public synchronized boolean hasInheritance(PerfContext parent, boolean thread) {
        for (PerfEvent event : parent.counted()) {
            if (isInherited(event, thread)) {
                return true;
            }
        }
        return false;
    }

    /// Gives a child what it has of its parent's: `perf_event_init_task`. A group comes with its leader, or
    /// not at all.
    public synchronized void inherit(PerfContext parent, PerfContext child, boolean thread) {
        for (PerfEvent event : parent.counted()) {
            if (event.isLeader() && isInherited(event, thread)) {
                PerfEvent leader = inherit(event, child, null);
                for (PerfEvent sibling : event.siblings()) {
                    if (isInherited(sibling, thread)) {
                        leader.siblings().add(inherit(sibling, child, leader));
                    }
                }
            }
        }
    }

    private static boolean isInherited(PerfEvent event, boolean thread) {
        return event.attr().inherits() && (thread || !event.attr().inheritsThreadsOnly());
    }

    private static PerfEvent inherit(PerfEvent event, PerfContext to, @Nullable PerfEvent leader) {
        PerfEvent child = new PerfEvent(to, event.attr(), event.counter(), 0, event.cpu(), leader, event.origin());
        child.inherit(event);
        event.origin().children().add(child);
        to.add(child);
        return child;
    }

    /// `execve`: what was to begin with it begins, what was to end with it ends.
    public synchronized void execed(PerfContext context) {
        long now = now();
        for (PerfEvent event : context.counted()) {
            event.settle(now);
            event.execed();
            if (event.attr().removesOnExec()) {
                remove(event, now);
            }
        }
        context.settle(now);
    }

    /// A thread is over: its events keep what they have counted.
    public synchronized void exited(PerfContext context) {
        long now = now();
        for (PerfEvent event : context.counted()) {
            event.end(now);
        }
        context.owned().clear();
    }

    /// What `read` gives: one event, or with PERF_FORMAT_GROUP its whole group, as 64-bit words.
    synchronized long[] read(PerfEvent event) {
        PerfAttr attr = event.attr();
        boolean group = attr.reads(PerfAttr.PERF_FORMAT_GROUP);
        PerfEvent first = group ? event.leader() : event;
        settleAll(first);
        Words words = new Words();
        if (!group) {
            words.add(first.value());
        } else {
            words.add(1L + first.siblings().size());
        }
        if (attr.reads(PerfAttr.PERF_FORMAT_TOTAL_TIME_ENABLED)) {
            words.add(first.enabledNanos());
        }
        if (attr.reads(PerfAttr.PERF_FORMAT_TOTAL_TIME_RUNNING)) {
            words.add(first.runningNanos());
        }
        if (!group) {
            words.addEntry(attr, first);
            return words.all();
        }
        words.add(first.value());
        words.addEntry(attr, first);
        for (PerfEvent sibling : first.siblings()) {
            settleAll(sibling);
            words.add(sibling.value());
            words.addEntry(attr, sibling);
        }
        return words.all();
    }

    private void settleAll(PerfEvent event) {
        long now = now();
        event.settle(now);
        event.children().forEach(child -> child.settle(now));
    }

    /// Words in the order of `struct read_format`.
    private static final class Words {
        private final List<Long> list = new ArrayList<>();

        void add(long word) {
            list.add(word);
        }

        void addEntry(PerfAttr attr, PerfEvent event) {
            if (attr.reads(PerfAttr.PERF_FORMAT_ID)) {
                add(event.id());
            }
            if (attr.reads(PerfAttr.PERF_FORMAT_LOST)) {
                // No samples, so none that were lost.
                add(0);
            }
        }

        long[] all() {
            return list.stream().mapToLong(Long::longValue).toArray();
        }
    }

    /// Whether the thread it counts is over.
    synchronized boolean hasEnded(PerfEvent event) {
        return event.hasEnded();
    }
}
