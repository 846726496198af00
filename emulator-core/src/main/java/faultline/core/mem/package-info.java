/// Guest memory: RAM, the soft TLB in front of it, and every access an instruction can make.
///
/// The way of a load: [Mem] looks in [SoftTlb]; on a miss it asks the [faultline.core.mmu.Mmu] to
/// walk the page tables in [PhysicalMemory]; a walk that faults becomes a
/// [faultline.core.mmu.GuestFault]. Read [Mem] first.
///
/// Threads: [PhysicalMemory] is shared by all; a [Mem] and its TLB belong to the thread that
/// carries their vCPU.
@NullMarked
package faultline.core.mem;

import org.jspecify.annotations.NullMarked;
