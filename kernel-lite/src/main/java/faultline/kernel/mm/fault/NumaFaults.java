package faultline.kernel.mm.fault;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.MemPolicy;
import faultline.kernel.mm.Migration;
import faultline.kernel.mm.NumaNodes;
import faultline.kernel.mm.ProtectCalls;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaPolicy;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;

/// Faults on pages whose rights a scan took away ([faultline.kernel.mm.NumaScan]): `do_numa_page` of Linux 6.12.
///
/// The fault is counted, and the page moved to the node of the vCPU if that uses it again and again; else it gets its
/// rights back. Nothing is waited for: a page that somebody has locked stays where it is.
final class NumaFaults {

    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Migration migration;

    NumaFaults(FaultHandler handler) {
        this.handler = handler;
        this.kernel = handler.kernel();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.migration = new Migration(kernel);
    }

    /// The PTE gives nobody a right, and the VMA does.
    FaultOutcome doNumaPage(Vma vma, PageFault fault) {
        PageTable table = vma.mm().pageTable();
        SpinLock lock = FaultHandler.lockPte(table, fault);
        if (lock == null) {
            return FaultHandler.withoutLock(fault);
        }
        if (!handler.isUnchangedElseUnlock(table, fault, lock)) {
            return FaultOutcome.Done.MINOR;
        }
        Page page = allocator.page(format.pfn(fault.snapshot));
        int target = format.isSpecial(fault.snapshot) ? -1 : target(vma, fault, page);
        if (target >= 0) {
            page.get();
            lock.unlock();
            kernel.steps().at(FaultStep.NUMA_PAGE, fault.address());
            if (move(page, target)) {
                return FaultOutcome.Done.MINOR;
            }
            lock = FaultHandler.lockPte(table, fault);
            if (lock == null) {
                return FaultHandler.withoutLock(fault);
            }
            if (!handler.isUnchangedElseUnlock(table, fault, lock)) {
                return FaultOutcome.Done.MINOR;
            }
        }
        giveRights(vma, table, fault);
        lock.unlock();
        return FaultOutcome.Done.MINOR;
    }

    /// `numa_rebuild_single_mapping`. The caller has the PTE's lock.
    private void giveRights(Vma vma, PageTable table, PageFault fault) {
        long pte = format.mkYoung(format.modify(fault.snapshot, vma.pageProt()));
        if (ProtectCalls.mayStayWritable(vma, format, pte)) {
            pte = format.mkWrite(pte);
        }
        // Lost to who cleans or truncates: the instruction runs again and finds out.
        boolean _ = FaultHandler.replace(table, fault, pte);
    }

    /// Counts the fault; the node the page is to be on, -1 for where it is: `numa_migrate_check`, `mpol_misplaced`. The
    /// caller holds the PTE's lock.
    private int target(Vma vma, PageFault fault, Page page) {
        int here = allocator.localNode();
        int node = allocator.nodeOf(page.pfn());
        countHint(node == here);
        int wanted = wanted(vma, fault, here);
        boolean again = allocator.noteHint(page.pfn(), KernelThread.current().number(), here);
        return wanted < 0 || wanted == node || !again ? -1 : wanted;
    }

    private void countHint(boolean local) {
        kernel.count(VmEvent.NUMA_HINT_FAULTS, 1);
        if (local) {
            kernel.count(VmEvent.NUMA_HINT_FAULTS_LOCAL, 1);
        }
    }

    /// Where the policy wants a page that is used from `here`; -1 for where it is.
    private static int wanted(Vma vma, PageFault fault, int here) {
        Vma live = fault.speculation == null ? vma : fault.speculation.liveVma();
        VmaPolicy object = live.policyObject();
        MemPolicy policy = object == null ? NumaNodes.policyOfThread() : object.get();
        return policy == null || policy.balances() && policy.names(here) ? here : -1;
    }

    /// `migrate_misplaced_folio`; gives the reference to the page back.
    private boolean move(Page page, int node) {
        Page to = allocator.tryAllocOn(node, 1L << node, false);
        boolean moved = to != null && migration.tryMove(page, to);
        if (moved) {
            kernel.count(VmEvent.NUMA_PAGES_MIGRATED, 1);
        }
        if (to != null) {
            allocator.put(to);
        }
        allocator.put(page);
        return moved;
    }

    /// The same of a huge page, which gets its rights back where it is: `do_huge_pmd_numa_page`. The entry's lock is
    /// held; returns the entry.
    long restoreHuge(Vma vma, long pmd, boolean alone) {
        countHint(allocator.nodeOf(format.pfn(pmd)) == allocator.localNode());
        long pte = format.mkYoung(format.modify(format.partOf(pmd, 0), vma.pageProt()));
        boolean writable = alone && vma.isWritable() && format.isDirty(pte) && !format.isUffdWp(pte);
        return format.mkHuge(writable ? format.mkWrite(pte) : pte);
    }
}
