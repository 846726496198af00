/// MMU notifiers: who keeps translations of an address space beside its page tables hears when they
/// change. `mm/mmu_notifier.c` of Linux 5.12 to 6.1.
///
/// Read `MmuNotifier` first. Callers are what changes PTEs, in `faultline.kernel.mm`, with `mmap_lock`
/// or an rmap lock and no spinning lock; subscribers may sleep. The list is read under SRCU.
@NullMarked
package faultline.kernel.mm.notifier;

import org.jspecify.annotations.NullMarked;
