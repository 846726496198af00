package faultline.kernel.mm.fault;

import faultline.core.cpu.Cpu;

/// An architecture's page-fault entry: the readable counterpart of its `arch/*/mm/fault.c`.
///
/// Decodes the fault registers, applies the architecture's own rules, hands the fault to the process's
/// [FaultDesign], and turns what comes back into that architecture's signal.
public interface FaultEntry {

    /// Handles the fault latched in `cpu`. `userMode` is the mode of the access from register state: false for the
    /// kernel's own accesses to user memory. The vCPU is in kernel mode with interrupts on; may block.
    FaultOutcome handle(Cpu cpu, boolean userMode, FaultContext context);
}
