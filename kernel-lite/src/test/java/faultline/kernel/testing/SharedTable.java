package faultline.kernel.testing;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.function.Function;

/// Three vCPUs that share one table of readable pages and hold all its translations: what a test of
/// an architecture's invalidation begins with.
public final class SharedTable {

    public static final int CPUS = 3;

    /// Where the first page is; a table of each level begins there.
    private static final long VA = 0x4000_0000;

    /// So far apart in pages, every level's table is aligned to its size.
    private static final int TABLE_PAGES = 16;

    private static final int FIRST_LEAF = 128;

    private final PhysicalMemory memory;
    private final PageTableFormat format;
    private final VcpuSet vcpus;
    private final int pages;

    public SharedTable(PageTableFormat format, int pages, Function<PhysicalMemory, Mmu> mmus) {
        this.format = format;
        this.pages = pages;
        this.memory = PhysicalMemory.reserve(
                (long) (FIRST_LEAF + pages) << format.geometry().shift());
        this.vcpus = new VcpuSet(CPUS, memory, () -> mmus.apply(memory), new Steps(new ParallelSchedule()));
        for (int level = format.levels() - 1; level > 0; level--) {
            format.store(memory, entryPa(level, VA), format.table(level, table(level - 1)));
        }
        for (int page = 0; page < pages; page++) {
            format.store(
                    memory, entryPa(0, va(page)), format.leaf(frame(page), format.protection(true, false, false, 0)));
        }
        for (int cpu = 0; cpu < CPUS; cpu++) {
            vcpus.get(cpu)
                    .mem()
                    .mmu()
                    .setRoot(table(format.levels() - 1) << format.geometry().shift());
        }
        load();
    }

    /// Reads every page on every vCPU.
    public void load() {
        for (int cpu = 0; cpu < CPUS; cpu++) {
            for (int page = 0; page < pages; page++) {
                vcpus.get(cpu).mem().load8(va(page));
            }
        }
    }

    private static long table(int level) {
        return (long) TABLE_PAGES * (level + 1);
    }

    private long entryPa(int level, long va) {
        return (table(level) << format.geometry().shift())
                + (va >>> format.shift(level) & format.entries(level) - 1) * Long.BYTES;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public Vcpu vcpu(int cpu) {
        return vcpus.get(cpu);
    }

    public long va(int page) {
        return VA + ((long) page << format.geometry().shift());
    }

    /// The page frame behind a page.
    public long frame(int page) {
        return (long) FIRST_LEAF + page;
    }

    /// The page frame that a vCPU reads a page from without a walk, or -1.
    public long cached(int cpu, int page) {
        long ramFrame = vcpus.get(cpu).mem().tlb().peek(va(page), 0);
        int frames = format.geometry().shift() - PhysicalMemory.FRAME_SHIFT;
        return ramFrame < 0 ? -1 : ramFrame >>> frames;
    }

    /// How many pages a vCPU reads without a walk.
    public int cached(int cpu) {
        int count = 0;
        for (int page = 0; page < pages; page++) {
            count += cached(cpu, page) < 0 ? 0 : 1;
        }
        return count;
    }
}
