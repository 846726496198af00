/// What an architecture tells the kernel about itself.
///
/// Read `KernelPort` first: PTE format as the kernel sees it, fault entry, system call ABI, signal
/// frame, ELF machine and TLB invalidation model. Implementations are immutable.
@NullMarked
package faultline.kernel.arch;

import org.jspecify.annotations.NullMarked;
