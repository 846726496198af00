package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.mm.fault.FaultDesign;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// One run of a program with nothing on its standard input and what it prints in a file, after which its machine is
/// looked at and given back.
final class MachineRun {

    private MachineRun() {}

    /// Looks at a machine on which nothing runs any more; `nanos` is how long it ran.
    @FunctionalInterface
    interface Reader<T> {
        T read(Machine machine, End end, String output, long nanos);
    }

    /// Runs what `options` say, with its faults passing through `faults` on their way to `options.faultDesign`.
    /// `scratch` is a file that is overwritten. Refuses what cannot be run.
    static <T> T of(
            RunOptions options, ProgramFile file, Path scratch, UnaryOperator<FaultDesign> faults, Reader<T> reader)
            throws IOException, InterruptedException {
        try (FileChannel in = FileStreams.openNothing();
                FileChannel out = FileStreams.openOutput(scratch)) {
            Streams streams = FileStreams.of(in, out);
            FatalSignal fatal = new FatalSignal();
            Machine machine = Machine.forMeasuring(options, file, streams, fatal, faults);
            try {
                long began = System.nanoTime();
                End end = toEnd(machine, options, fatal);
                long nanos = System.nanoTime() - began;
                String output = new String(Files.readAllBytes(scratch), StandardCharsets.UTF_8);
                return reader.read(machine, end, output, nanos);
            } finally {
                machine.kill();
                machine.discard();
            }
        }
    }

    /// Runs a machine with the time limit of `options`; `fatal` is what hears of its first process.
    static End toEnd(Machine machine, RunOptions options, FatalSignal fatal) throws InterruptedException {
        machine.start();
        try (Watchdog watchdog = Watchdog.over(machine, options.timeout)) {
            int status = machine.await();
            return watchdog.fired() ? new End.TimedOut() : fatal.end(status);
        }
    }
}
