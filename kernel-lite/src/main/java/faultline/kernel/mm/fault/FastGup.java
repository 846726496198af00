package faultline.kernel.mm.fault;

import faultline.core.cpu.Vcpu;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// The page behind an address by a walk without locks: `gup_fast`.
///
/// The walk keeps the tables it goes through from being freed, and nothing else: the page may be unmapped and be
/// another's at any time. So a reference is taken only if the page has one already, and given back unless the PTE,
/// and the entry above it, are still what they were: then the page was mapped while it had the reference, and who
/// unmaps it from now on sees that somebody looks at it. Whatever is not there at once, or may not be had with this
/// access, is left to who takes `mmap_lock`.
public final class FastGup {

    private final PageAllocator allocator;
    private final PageTableFormat format;
    private final Rcu rcu;
    private final Steps steps;
    private final LocklessWalk walk;
    private final boolean heedsForks;

    /// With interrupts off, as in Linux on every architecture.
    FastGup(KernelMemory kernel) {
        this(kernel, LocklessWalk.INTERRUPTS_OFF);
    }

    /// With another protection of the walk.
    public FastGup(KernelMemory kernel, LocklessWalk walk) {
        this(kernel, walk, true);
    }

    /// Without `heedsForks` as before Linux 5.11, which brought `write_protect_seq` (57efa1fe5957).
    public FastGup(KernelMemory kernel, LocklessWalk walk, boolean heedsForks) {
        this.heedsForks = heedsForks;
        this.allocator = kernel.allocator();
        this.format = kernel.format();
        this.rcu = kernel.rcu();
        this.steps = kernel.steps();
        this.walk = walk;
    }

    /// Whether who frees tables can be relied on to wait for vCPUs with interrupts off: HAVE_GUP_FAST. Where flushes
    /// are broadcast that takes tables that are freed by RCU.
    static boolean isSafe(KernelMemory kernel) {
        return kernel.translation().freeing().isRcu()
                || kernel.translation().invalidation().waitsForInterruptsOff();
    }

    /// The page with a reference if it can be read, or with `write` written, right away; else null. The caller holds
    /// a vCPU and no spinning lock.
    public @Nullable Page page(Mm mm, long va, boolean write) {
        return page(mm, va, write, false);
    }

    /// The same for a device that goes on working on it: the page is pinned, and no fork that was under way meanwhile
    /// shares it.
    public @Nullable Page pin(Mm mm, long va, boolean write) {
        int seq = mm.writeProtectSeq();
        if (heedsForks && (seq & 1) != 0) {
            return null;
        }
        mm.setHasPinned();
        Page page = page(mm, va, write, true);
        if (page != null && heedsForks && mm.writeProtectSeq() != seq) {
            page.unpin();
            allocator.put(page);
            return null;
        }
        return page;
    }

    private @Nullable Page page(Mm mm, long va, boolean write, boolean pins) {
        if (Long.compareUnsigned(va, format.userEnd()) >= 0) {
            return null;
        }
        Vcpu self = KernelThread.current().vcpu();
        PageTable table = mm.pageTable();
        boolean mapped = false;
        walk.begin(self, rcu);
        long pmdPa = table.findPmd(va);
        long pmd = pmdPa == 0 ? 0 : table.loadPmd(pmdPa);
        boolean huge = format.isHuge(pmd);
        long ptePa = !huge && format.isPresent(pmd) ? table.pteIn(pmd, va) : 0;
        long pte = huge ? format.partOf(pmd, table.huge().indexOf(va)) : ptePa == 0 ? 0 : table.load(ptePa);
        Page page = permits(pte, write) ? allocator.page(format.pfn(pte)) : null;
        if (page != null) {
            steps.at(FaultStep.GUP_FAST, va);
            page = page.tryGet() ? page : null;
            if (page != null && pins) {
                page.pin();
            }
            mapped = table.loadPmd(pmdPa) == pmd && (huge || format.isSame(table.load(ptePa), pte));
        }
        walk.end(self, rcu);
        if (page != null && !mapped) {
            if (pins) {
                page.unpin();
            }
            allocator.put(page);
            return null;
        }
        return page;
    }

    /// `pte_access_permitted`. The zero page and others that are not counted are left to the slow way.
    private boolean permits(long pte, boolean write) {
        return format.hasPage(pte) && !format.isProtNone(pte) && (!write || format.isWritable(pte));
    }
}
