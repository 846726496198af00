package faultline.cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One run of a program of which everything is kept that can be counted or timed, with nothing on
/// its standard input. The machine is given back at the end.
///
/// @param output what it printed on either stream
/// @param counts the counters of `--stats`, and how long `mmap_lock` was waited for
/// @param faults how long faults took, in nanoseconds
public record MeasuredRun(End end, String output, Map<String, Long> counts, Histogram faults) {

    /// The name of a counter that `--stats` does not have.
    public static final String MMAP_LOCK_WAIT_NANOS = "mmap_lock_wait_nanoseconds";

    /// Runs what `options` say under `options.faultDesign`. `scratch` is a file that is overwritten.
    /// Refuses what cannot be run.
    public static MeasuredRun of(RunOptions options, ProgramFile file, Path scratch)
            throws IOException, InterruptedException {
        Timer timer = new Timer();
        return MachineRun.of(
                options,
                file,
                scratch,
                design -> {
                    timer.faults = new TimedFaults(design, options.cpus);
                    return timer.faults;
                },
                (machine, end, output, nanos) -> {
                    Map<String, Long> counts = RunStatistics.counts(machine, nanos);
                    counts.put(
                            MMAP_LOCK_WAIT_NANOS,
                            machine.kernel().memory().mmapLockWaits().nanos());
                    return new MeasuredRun(
                            end,
                            output,
                            counts,
                            Objects.requireNonNull(timer.faults).times());
                });
    }

    /// What the machine wraps around its design.
    private static final class Timer {
        private @Nullable TimedFaults faults;
    }

    /// Times of no fault yet, to add those of runs to.
    public static Histogram noFaults() {
        return TimedFaults.empty();
    }
}
