package faultline.cli.run;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.CounterSums;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One run of a program of which is known whether its counters add up, with nothing on its standard input. The
/// machine is given back at the end.
///
/// @param output what it printed on either stream
/// @param counts the counters of `--stats`
/// @param wrongSums a line for each sum that is wrong
public record CheckedRun(End end, String output, Map<String, Long> counts, List<String> wrongSums) {

    /// Runs what `options` say. `scratch` is a file that is overwritten. Refuses what cannot be run.
    public static CheckedRun of(RunOptions options, ProgramFile file, Path scratch)
            throws IOException, InterruptedException {
        CountedFaults faults = new CountedFaults();
        return MachineRun.of(options, file, scratch, faults, (machine, end, output, nanos) -> {
            KernelMemory memory = machine.kernel().memory();
            CounterSums sums = new CounterSums(memory::events, faults.user(), faults.speculative());
            return new CheckedRun(end, output, RunStatistics.counts(machine, nanos), sums.wrong(options.faultDesign));
        });
    }
}
