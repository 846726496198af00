/// Translation on POWER: as the hardware does it, walking a radix tree ([RadixMmu]) or searching a
/// hashed page table ([HashMmu]), and as the kernel writes its page tables ([RadixPageTableFormat],
/// [HashPageTableFormat]) and keeps the hashed one behind them ([HashTranslations]).
///
/// Read [RadixMmu#walk] first, then [HashMmu#walk] and [HashTranslations#hashPage]. Everything in RAM
/// is big-endian, whatever the program's byte order. Walks hold no lock and update reference and
/// change bits atomically; a walker belongs to one vCPU and its thread. Formats are stateless.
@NullMarked
package faultline.ppc64.mmu;

import org.jspecify.annotations.NullMarked;
