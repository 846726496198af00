package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Vcpu;
import java.util.function.Predicate;

/// How an architecture makes every vCPU forget translations: x86 interrupts and waits, others
/// broadcast.
public interface TlbInvalidation {

    /// Forgets `[start, end)` of one address space on the calling vCPU and on all that `active`
    /// picks (those that may hold translations of it). Returns when each has, by the architecture's
    /// own rules of who is waited for (I2). Counts are for the caller to keep: returns how many
    /// vCPUs were interrupted.
    int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end);

    /// Page tables that [#flushRange] has just been called for were unhooked, and not only emptied:
    /// does what the architecture adds to the flush then. Returns how many vCPUs were interrupted.
    default int tablesUnhooked(Vcpu self, Predicate<Vcpu> active) {
        return 0;
    }

    /// Whether who unhooks a table waits, when it flushes, for every vCPU that has interrupts off.
    default boolean waitsForInterruptsOff() {
        return true;
    }

    /// The architecture's name for it in statistics: "ipi", "tlbi broadcast", "tlbie broadcast".
    String name();
}
