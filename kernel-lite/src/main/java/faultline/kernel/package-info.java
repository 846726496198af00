/// The mini-kernel: Linux's memory management, tasks, signals, files and system calls.
///
/// Layers, lower first; each sees only those below: `lock` and `rcu`; `mm.page`; `mm.pgtable`;
/// `mm`; `mm.fault` and `mm.uaccess`; `vfs`; `task`; `elf`; `syscall`; `arch`. A seam to the
/// architecture is declared in the package whose subject it is (`PageTableFormat` in `mm.pgtable`,
/// `FaultEntry` in `mm.fault`, …); `arch.KernelPort` is the bundle of all of them that an
/// architecture provides, and only the top of the kernel sees it.
@NullMarked
package faultline.kernel;

import org.jspecify.annotations.NullMarked;
