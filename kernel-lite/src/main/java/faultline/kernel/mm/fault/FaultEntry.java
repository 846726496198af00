package faultline.kernel.mm.fault;

import faultline.core.cpu.Cpu;

/// An architecture's page-fault entry: the readable counterpart of its `arch/*/mm/fault.c`.
///
/// Decodes the fault registers, applies the architecture's own rules, hands the fault to the
/// process's [FaultDesign], and turns what comes back into that architecture's signal.
public interface FaultEntry {

    /// Handles the fault latched in `cpu`. `userMode` is the mode of the access from register
    /// state: false for the kernel's own accesses to user memory. The vCPU is in kernel mode with
    /// interrupts on; may block.
    ///
    /// For user mode, `Signal` is what the task gets and `Retry` says that a pending signal cut a
    /// wait short. For the kernel's own access every outcome but `Done` ends the access: EFAULT, or
    /// the part that was copied.
    FaultOutcome handle(Cpu cpu, boolean userMode, FaultContext context);

    /// A [PageFault#code] in words, for a debugger.
    String describe(long code);
}
