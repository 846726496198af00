package faultline.kernel.trace;

import faultline.kernel.lock.KernelThread;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Takes what tracepoints say to who listens. A tracepoint that is off costs one branch:
///
/// ```java
/// if (trace.isOn(TraceEvent.TLB_FLUSH)) {
///     trace.emit(TraceEvent.TLB_FLUSH, "pages:…");
/// }
/// ```
///
/// What is on is chosen before the machine begins.
public final class TraceBus {

    /// Who passes a tracepoint.
    ///
    /// @param ip the address of the guest's instruction
    public record Subject(String comm, int tid, int cpu, long ip) {}

    /// Nothing is on.
    public static final TraceBus OFF = new TraceBus(
            Set.of(),
            _ -> {
                throw new IllegalStateException("trace: nothing is on; expected no event");
            },
            _ -> {});

    private static final long NANOS = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final long enabled;
    private final Function<KernelThread, Subject> subjects;
    private final Consumer<String> lines;

    /// Gives the lines of `events` to `lines`; `subjects` knows the running thread.
    public TraceBus(Set<TraceEvent> events, Function<KernelThread, Subject> subjects, Consumer<String> lines) {
        long bits = 0;
        for (TraceEvent event : events) {
            bits |= 1L << event.ordinal();
        }
        this.enabled = bits;
        this.subjects = subjects;
        this.lines = lines;
    }

    /// Whether anybody listens to the event.
    public boolean isOn(TraceEvent event) {
        return (enabled & 1L << event.ordinal()) != 0;
    }

    /// The address of the running thread's instruction.
    public long ip() {
        return subjects.apply(KernelThread.current()).ip();
    }

    /// Writes a line, as ftrace's `trace` file has it but for the flags.
    public void emit(TraceEvent event, String fields) {
        KernelThread self = KernelThread.current();
        Subject subject = subjects.apply(self);
        long nanos = self.schedule().nanoTime();
        lines.accept("%16s-%-7d [%03d] %5d.%06d: %s: %s"
                .formatted(
                        subject.comm(),
                        subject.tid(),
                        subject.cpu(),
                        nanos / NANOS,
                        nanos % NANOS / NANOS_PER_MICRO,
                        event.event(),
                        fields));
    }

    /// [#emit] for a fault on `address` that is given up; `start` and `end` are of its VMA, 0 without one.
    public void emitFault(TraceEvent event, long start, long end, long address) {
        emit(event, "ip:%x vma:%x-%x address:%x".formatted(ip(), start, end, address));
    }
}
