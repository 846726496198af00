package faultline.cli;

import faultline.cli.run.CountedFaults;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.CounterSums;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A run of a guest under a fault design: what it printed, what the machine has counted, and what a look at
/// every fault has counted beside it.
///
/// @param faults that the design was given
/// @param userFaults those of user mode
/// @param speculative those whose speculative result the architecture took
record DesignRun(String output, Map<VmEvent, Long> counts, long faults, long userFaults, long speculative) {

    /// Enough for what programs have taken out of memory.
    private static final long SWAP = 16 << 20;

    static DesignRun of(
            Path directory, KernelPort port, String design, Knobs knobs, String program, String... arguments)
            throws Exception {
        Map<VmEvent, Long> counts = new EnumMap<>(VmEvent.class);
        CountedFaults faults = new CountedFaults();
        GuestRun run = GuestRun.of(
                directory,
                port,
                program,
                List.of(arguments),
                options -> options.withKnobs(knobs).withSwap(SWAP).withFaultDesign(design, faults),
                kernel -> {
                    KernelMemory memory = kernel.memory();
                    for (VmEvent event : VmEvent.values()) {
                        counts.put(event, memory.events(event));
                    }
                });
        return new DesignRun(run.output(), counts, faults.all(), faults.user(), faults.speculative());
    }

    /// The sum of some counters.
    long sum(VmEvent... events) {
        long sum = 0;
        for (VmEvent event : events) {
            sum += counts.getOrDefault(event, 0L);
        }
        return sum;
    }

    /// What the counters must add up to.
    CounterSums sums() {
        return new CounterSums(event -> counts.getOrDefault(event, 0L), userFaults, speculative);
    }
}
