package faultline.kernel.mm.pgtable;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// When the frame of a page table that was unhooked is free for other use (`mm/mmu_gather.c`). It
/// decides what a walk without locks must do: see [LocklessWalk].
public enum TableFreeing {

    /// At once after the flush, which interrupts whoever may walk: without MMU_GATHER_RCU_TABLE_FREE,
    /// x86 before Linux 6.14.
    IPI,

    /// In batches, each after a grace period; a batch that gets no memory is not waited for: all
    /// vCPUs are interrupted instead, and the table is freed at once. MMU_GATHER_RCU_TABLE_FREE,
    /// arm64 and ppc64.
    RCU,

    /// As [#RCU] when no batch ever gets memory: what it does under pressure.
    RCU_FALLBACK,

    /// Always after a grace period, one by one where a batch gets no memory: CONFIG_PT_RECLAIM, x86
    /// since Linux 6.14.
    RCU_ALL;

    /// Whether most tables are freed after a grace period, so that a read section protects a walk.
    public boolean isRcu() {
        return this != IPI;
    }

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<TableFreeing> named(String name) {
        return Arrays.stream(values())
                .filter(one -> one.toString().equals(name))
                .findFirst();
    }
}
