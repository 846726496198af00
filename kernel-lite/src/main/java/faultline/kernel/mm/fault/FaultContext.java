package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;
import faultline.kernel.trace.TraceBus;
import faultline.kernel.trace.TraceEvent;

/// What a fault entry knows of the faulting task.
public interface FaultContext {

    Mm mm();

    /// The design the process was started with.
    FaultDesign design();

    /// The task's reusable fault record, of the architecture's own class: made once by the
    /// architecture.
    PageFault fault();

    /// Counts `PERF_COUNT_SW_PAGE_FAULTS`: once an exception, at entry.
    void countPageFault();

    /// Counts min_flt or maj_flt: once a completed fault.
    void countCompleted(boolean major);

    /// Counts `PERF_COUNT_SW_SPF`: once a fault whose speculative result the architecture takes, whatever
    /// that is.
    void countSpeculative();

    /// Where tracepoints go.
    default TraceBus trace() {
        return mm().kernel().trace();
    }

    /// What every architecture does with a fault that the VMAs decide about: counts it, leaves it to the
    /// design, and counts what became of it. The speculative designs hook in here, before `mmap_lock`:
    /// everything behind is the design's.
    default FaultOutcome handle(PageFault fault) {
        countPageFault();
        TraceBus trace = trace();
        TraceEvent event = fault.isUser() ? TraceEvent.PAGE_FAULT_USER : TraceEvent.PAGE_FAULT_KERNEL;
        if (trace.isOn(event)) {
            trace.emit(
                    event, "address=0x%x ip=0x%x error_code=0x%x".formatted(fault.address(), trace.ip(), fault.code()));
        }
        FaultOutcome outcome = design().handle(mm(), fault);
        if (fault.isSpeculative()) {
            countSpeculative();
        }
        if (outcome instanceof FaultOutcome.Done done) {
            countCompleted(done.major());
        }
        return outcome;
    }
}
