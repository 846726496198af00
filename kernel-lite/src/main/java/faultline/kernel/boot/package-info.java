/// The top of the kernel: where an architecture, the memory manager, tasks, files and system calls
/// become one machine.
///
/// Read [Kernel] first. Nothing below knows this package, and only this package knows `KernelPort`.
@NullMarked
package faultline.kernel.boot;

import org.jspecify.annotations.NullMarked;
