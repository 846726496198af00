package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.task.Task;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/// One run of a program whose machine is looked at before its first instruction and after its end:
/// for who doubts the machine rather than the program. The machine is given back at the end.
public final class GuestTrial {

    /// How it ended. `threadsLeft` is 0 unless something of ours does not end.
    public record Result(End end, long systemCalls, int threadsLeft) {}

    private GuestTrial() {}

    /// Runs what `options` say, with nothing on standard input. Both output streams go to `output`;
    /// `atStart` sees the first task before its first instruction.
    public static Result of(RunOptions options, Path output, Consumer<Task> atStart) throws InterruptedException {
        try {
            if (options.program == null) {
                throw Refusal.usage("which program?");
            }
            ProgramFile file = ProgramFile.find(options.program, options.arch);
            try (FileChannel in = FileStreams.openNothing();
                    FileChannel out = FileStreams.openOutput(output)) {
                return run(options, file, FileStreams.of(in, out), atStart);
            }
        } catch (Refusal refusal) {
            return new Result(new End.Refused(refusal.status(), refusal.line()), 0, 0);
        } catch (IOException e) {
            return new Result(new End.Refused(Exit.CANNOT_RUN, HostErrors.full(e)), 0, 0);
        }
    }

    private static Result run(RunOptions options, ProgramFile file, Streams streams, Consumer<Task> atStart)
            throws InterruptedException {
        FatalSignal fatal = new FatalSignal(atStart);
        Machine machine = Machine.forRun(options, file, streams, fatal, null, _ -> {}, null);
        try {
            return new Result(
                    MachineRun.toEnd(machine, options, fatal),
                    machine.kernel().statistics().systemCalls(),
                    machine.kernel().tasks().hostThreads());
        } finally {
            machine.kill();
            machine.discard();
        }
    }
}
