package faultline.kernel.mm;

import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.Steps;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.rcu.Rcu;

/// What all address spaces of one machine share: frames, page-table format, invalidation, RCU, settings.
public final class KernelMemory {

    private final Steps steps;
    private final VcpuSet vcpus;
    private final PageTableFormat format;
    private final TlbInvalidation invalidation;
    private final PageAllocator allocator;
    private final Rcu rcu;

    /// `check` poisons freed frames and looks at them again before they are reused.
    public KernelMemory(
            PhysicalMemory memory,
            VcpuSet vcpus,
            PageTableFormat format,
            TlbInvalidation invalidation,
            Steps steps,
            boolean check) {
        this.steps = steps;
        this.vcpus = vcpus;
        this.format = format;
        this.invalidation = invalidation;
        this.allocator = new PageAllocator(memory, vcpus.count(), steps, check);
        this.rcu = new Rcu(vcpus.count(), steps);
    }

    /// An empty address space with one user. `mmapBase` is where searches for free ranges begin, downwards.
    public Mm newMm(long mmapBase, MmLimits limits) {
        return new Mm(this, mmapBase, limits);
    }

    /// The page cache of a new inode.
    public PageCache newCache(PageSource source) {
        return new PageCache(source, allocator, steps);
    }

    public PhysicalMemory memory() {
        return allocator.memory();
    }

    public PageAllocator allocator() {
        return allocator;
    }

    public PageTableFormat format() {
        return format;
    }

    public TlbInvalidation invalidation() {
        return invalidation;
    }

    public VcpuSet vcpus() {
        return vcpus;
    }

    public Rcu rcu() {
        return rcu;
    }

    public Steps steps() {
        return steps;
    }
}
