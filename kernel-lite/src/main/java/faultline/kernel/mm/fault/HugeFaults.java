package faultline.kernel.mm.fault;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.HugeMappings;
import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// Faults that make, or find, a huge page of anonymous memory: `mm/huge_memory.c` of Linux 6.12.
///
/// Only with a VMA that a lock keeps: a speculative fault has given up at the PMD before it comes here. All methods
/// return null where the fault is one on a PTE after all (VM_FAULT_FALLBACK).
///
/// There is no huge zero page, as with `use_zero_page` 0: the first access makes a huge page, be it a load. A zero
/// page of 2 MiB would spare memory to who only reads, and has every store fault twice; who asks for huge pages is
/// about to store.
final class HugeFaults {

    private final KernelMemory kernel;
    private final HugePageSettings settings;
    private final PageGeometry geometry;
    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Steps steps;
    private final NumaFaults numa;

    HugeFaults(KernelMemory kernel, NumaFaults numa) {
        this.numa = numa;
        this.kernel = kernel;
        this.settings = kernel.hugePages();
        this.geometry = kernel.geometry();
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.steps = kernel.steps();
    }

    /// Nothing is there, not even a PTE table: `do_huge_pmd_anonymous_page`.
    @Nullable
    FaultOutcome onMissing(Vma vma, PageFault fault) {
        if (!HugeMappings.mayMap(settings, vma, fault.address())) {
            return null;
        }
        steps.at(FaultStep.ANONYMOUS_PAGE, fault.address());
        kernel.khugepaged().enter(vma.mm());
        if (!FaultHandler.prepareAnon(vma, fault)) {
            return FaultOutcome.Retry.INSTANCE;
        }
        PageTable table = vma.mm().pageTable();
        HugeEntries huge = table.huge();
        long pmdPa = huge.findOrMakePlace(fault.address());
        if (pmdPa == 0) {
            return FaultOutcome.OutOfMemory.INSTANCE;
        }
        Page head = kernel.nodes().newHugePage(vma, fault.address(), huge.pages(), settings.drains(vma));
        if (head == null) {
            kernel.count(VmEvent.THP_FAULT_FALLBACK, 1);
            return null;
        }
        long deposit = table.newTable();
        if (deposit == 0) {
            allocator.putHuge(head, huge.pages());
            return FaultOutcome.OutOfMemory.INSTANCE;
        }
        SpinLock lock = huge.lock();
        lock.lock();
        boolean empty = format.isNone(huge.load(pmdPa));
        if (empty) {
            long pte = FaultHandler.writablePte(format, vma, head);
            HugeMappings.map(vma, huge.start(fault.address()), pmdPa, head, format.mkHuge(pte), deposit);
        }
        lock.unlock();
        if (empty) {
            kernel.count(VmEvent.THP_FAULT_ALLOC, 1);
        } else {
            steps.at(FaultStep.PTE_CHANGED, fault.address());
            table.discard(deposit);
            allocator.putHuge(head, huge.pages());
        }
        return FaultOutcome.Done.MINOR;
    }

    /// A huge page was found: `huge_pmd_set_accessed` and `do_huge_pmd_wp_page`.
    @Nullable
    FaultOutcome onPresent(Vma vma, PageFault fault) {
        long pmdPa = fault.pmdPa;
        long pmd = fault.pmd;
        HugeEntries huge = vma.mm().pageTable().huge();
        boolean copies = fault.isWrite() && !format.isWritable(pmd);
        SpinLock lock = huge.lock();
        lock.lock();
        if (huge.load(pmdPa) != pmd) {
            lock.unlock();
            steps.at(FaultStep.PTE_CHANGED, fault.address());
            return FaultOutcome.Done.MINOR;
        }
        if (format.isProtNone(pmd) && vma.isAccessible()) {
            boolean alone = HugeMappings.isAlone(allocator, huge, format.pfn(pmd));
            // Lost to the hardware or not, the access is made again.
            boolean _ = huge.compareAndSet(fault.address(), pmdPa, pmd, numa.restoreHuge(vma, pmd, alone));
            lock.unlock();
            return FaultOutcome.Done.MINOR;
        }
        if (copies && !(vma.isWritable() && HugeMappings.isAlone(allocator, huge, format.pfn(pmd)))) {
            lock.unlock();
            // The page of the fault is copied, the others stay as they are.
            huge.split(fault.address());
            return null;
        }
        steps.at(copies ? FaultStep.WP_REUSE : FaultStep.ACCESS_FLAGS, fault.address());
        long used = format.mkYoung(pmd);
        if (fault.isWrite()) {
            used = format.mkDirty(used);
        }
        if (copies) {
            used = format.mkWrite(used);
        }
        if (used == pmd) {
            if (fault.isWrite()) {
                // Spurious: this vCPU's translation is older than the entry.
                long page = geometry.down(fault.address());
                KernelThread.current().vcpu().mem().tlb().flushRange(page, page + geometry.bytes());
            }
        } else if (huge.compareAndSet(fault.address(), pmdPa, pmd, used) && copies) {
            HugeMappings.moveAnon(vma, huge, format.pfn(pmd));
        }
        lock.unlock();
        return FaultOutcome.Done.MINOR;
    }
}
