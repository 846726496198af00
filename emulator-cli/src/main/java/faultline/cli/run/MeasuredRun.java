package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    private static final Path NOTHING = Path.of("/dev/null");

    /// Runs what `options` say under `options.faultDesign`. `scratch` is a file that is overwritten.
    /// Refuses what cannot be run.
    public static MeasuredRun of(RunOptions options, ProgramFile file, Path scratch)
            throws IOException, InterruptedException {
        try (FileChannel in = FileChannel.open(NOTHING);
                FileChannel out = FileChannel.open(
                        scratch,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            Streams streams = new Streams(HostStream.of(0, in), HostStream.of(1, out), HostStream.of(2, out), null);
            Timer timer = new Timer();
            FatalSignal fatal = new FatalSignal();
            Machine machine = Machine.forMeasuring(options, file, streams, fatal, design -> {
                timer.faults = new TimedFaults(design, options.cpus);
                return timer.faults;
            });
            try {
                long began = System.nanoTime();
                End end = toEnd(machine, options, fatal);
                Map<String, Long> counts = RunStatistics.counts(machine, System.nanoTime() - began);
                counts.put(
                        MMAP_LOCK_WAIT_NANOS,
                        machine.kernel().memory().mmapLockWaits().nanos());
                String output = new String(Files.readAllBytes(scratch), StandardCharsets.UTF_8);
                return new MeasuredRun(
                        end,
                        output,
                        counts,
                        Objects.requireNonNull(timer.faults).times());
            } finally {
                machine.kill();
                machine.discard();
            }
        }
    }

    /// What the machine wraps around its design.
    private static final class Timer {
        private @Nullable TimedFaults faults;
    }

    private static End toEnd(Machine machine, RunOptions options, FatalSignal fatal) throws InterruptedException {
        machine.start();
        try (Watchdog watchdog = Watchdog.over(machine, options.timeout)) {
            int status = machine.await();
            return watchdog.fired() ? new End.TimedOut() : fatal.end(status);
        }
    }

    /// Times of no fault yet, to add those of runs to.
    public static Histogram noFaults() {
        return TimedFaults.empty();
    }
}
