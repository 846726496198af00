package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;

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
}
