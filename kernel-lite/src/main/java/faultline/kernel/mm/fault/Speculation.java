package faultline.kernel.mm.fault;

import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.pgtable.PageTable;
import org.jspecify.annotations.Nullable;

/// How a fault gets on that holds no lock which keeps its VMA as it is: FAULT_FLAG_SPECULATIVE.
///
/// Such a fault makes no page tables and waits for nobody (I5). It works on what it saw at its
/// beginning, and what it stores counts only if nothing has changed by then. A task has one a design
/// and uses it again.
abstract class Speculation {

    /// Looks the PTE up: leaves its place and what is there in `fault`. False when the fault is to be
    /// given up.
    abstract boolean walk(PageTable table, PageFault fault);

    /// Takes the lock of the PTE, if nothing has changed since the fault began: `pte_map_lock` and
    /// `pte_spinlock`. Null when the fault is to be given up.
    abstract @Nullable SpinLock lockPte(PageTable table, PageFault fault);
}
