package faultline.kernel.mm.fault;

import faultline.core.mmu.MmuChoice;
import faultline.kernel.mm.pgtable.MmuCache;

/// What a machine's fault entry is made for.
///
/// @param mmu the kind of MMU whose faults it takes
/// @param cache what it may find there before it looks at a VMA
/// @param growth which accesses below a stack make it grow
public record FaultRules(MmuChoice mmu, MmuCache cache, StackGrowth growth) {}
