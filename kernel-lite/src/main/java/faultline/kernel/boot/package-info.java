/// The top of the kernel: where an architecture, the memory manager, tasks, files and system calls
/// become one machine.
///
/// Read [Kernel] first. Nothing below knows this package, and no other package of the kernel uses
/// `KernelPort`. What the run has come to is [RunState], the one monitor here.
@NullMarked
package faultline.kernel.boot;

import org.jspecify.annotations.NullMarked;
