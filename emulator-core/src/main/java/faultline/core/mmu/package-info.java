/// Address translation as the hardware sees it: page walks and the soft TLB.
///
/// `Mmu` is implemented by each architecture over page tables in RAM, holding no lock. A soft TLB
/// belongs to one vCPU; only its own thread fills or flushes it.
@NullMarked
package faultline.core.mmu;

import org.jspecify.annotations.NullMarked;
