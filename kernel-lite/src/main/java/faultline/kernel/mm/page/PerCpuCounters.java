package faultline.kernel.mm.page;

import java.util.concurrent.atomic.AtomicLongArray;

/// A row of counters that vCPUs add to without sharing cache lines; a sum is exact once everybody
/// is quiet.
public final class PerCpuCounters {

    private static final int LINE = 16;

    private final int cpus;
    private final int row;
    private final AtomicLongArray cells;

    /// `counters` counters for `cpus` vCPUs and, in a row of their own, for threads without one.
    public PerCpuCounters(int counters, int cpus) {
        this.cpus = cpus;
        this.row = (counters + LINE - 1) / LINE * LINE + LINE;
        this.cells = new AtomicLongArray(row * (cpus + 1));
    }

    /// Adds to a counter on the vCPU of the running thread.
    public void add(int counter, long amount) {
        int cpu = PageAllocator.currentCpu();
        if (cpu < 0) {
            cells.getAndAdd(cpus * row + counter, amount);
        } else {
            // Only this vCPU's thread writes the cell: no atomic addition needed.
            int cell = cpu * row + counter;
            cells.setOpaque(cell, cells.getOpaque(cell) + amount);
        }
    }

    /// What one vCPU has added.
    public long of(int counter, int cpu) {
        return cells.getOpaque(cpu * row + counter);
    }

    /// The counter's value over all vCPUs.
    public long sum(int counter) {
        long sum = 0;
        for (int cpu = 0; cpu <= cpus; cpu++) {
            sum += cells.getOpaque(cpu * row + counter);
        }
        return sum;
    }
}
