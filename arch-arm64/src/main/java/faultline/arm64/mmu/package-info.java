/// Page tables of arm64: as the hardware walks them ([Arm64Mmu]) and as the kernel writes them
/// ([Arm64PageTableFormat]).
///
/// Read [Arm64Mmu#walk] first. Walks hold no lock and update access flag and dirty state atomically;
/// a walker belongs to one vCPU and its thread. The format is stateless.
@NullMarked
package faultline.arm64.mmu;

import org.jspecify.annotations.NullMarked;
