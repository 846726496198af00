/// Page tables of x86-64: as the hardware walks them ([X86Mmu]) and as the kernel writes them
/// ([X86PageTableFormat]).
///
/// Read [X86Mmu#walk] first. Walks hold no lock and update accessed and dirty bits atomically; a
/// walker belongs to one vCPU and its thread. The format is stateless.
@NullMarked
package faultline.x86.mmu;

import org.jspecify.annotations.NullMarked;
