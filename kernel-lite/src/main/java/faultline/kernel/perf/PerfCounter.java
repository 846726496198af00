package faultline.kernel.perf;

import org.jspecify.annotations.Nullable;

/// `enum perf_sw_ids`, by their numbers: what PERF_TYPE_SOFTWARE counts.
public enum PerfCounter {
    CPU_CLOCK,
    TASK_CLOCK,
    PAGE_FAULTS,
    CONTEXT_SWITCHES,
    CPU_MIGRATIONS,
    PAGE_FAULTS_MIN,
    PAGE_FAULTS_MAJ,

    /// Accesses that the kernel repeats for a program.
    ALIGNMENT_FAULTS,

    /// Instructions that the kernel executes for a program.
    EMULATION_FAULTS,

    DUMMY,

    /// Written by BPF programs, of which there are none.
    BPF_OUTPUT,

    /// Of Dufour's series: faults whose speculative result was taken. Linux gave the number to
    /// `cgroup-switches` later.
    SPF;

    private static final PerfCounter[] ALL = values();

    /// Whether it measures time.
    boolean isClock() {
        return this == CPU_CLOCK || this == TASK_CLOCK;
    }

    /// The counter of a `config`, or null; `spf` says whether the kernel has that.
    static @Nullable PerfCounter of(long config, boolean spf) {
        long end = spf ? ALL.length : SPF.ordinal();
        return Long.compareUnsigned(config, end) < 0 ? ALL[(int) config] : null;
    }
}
