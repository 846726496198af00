package faultline.kernel.mm.fault;

import faultline.kernel.mm.Mm;

/// One way of handling page faults concurrently: what keeps the address space from changing between
/// the moment a fault decides what to do and the moment it stores the PTE.
public interface FaultDesign {

    /// The name `--fault-design` knows it by.
    String name();

    /// Whether the kernel has the software event `spf` with it: PERF_COUNT_SW_SPF.
    default boolean hasPerfEvent() {
        return false;
    }

    /// Handles one fault on a user address. May block; takes and releases its own locks.
    FaultOutcome handle(Mm mm, PageFault fault);
}
