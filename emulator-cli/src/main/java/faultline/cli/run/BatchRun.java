package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.task.Signals;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// One line of a batch: a command line of `run` on a machine of its own, with nothing on its
/// standard input. The machine is given back at the end.
public final class BatchRun {

    private static final Path NOTHING = Path.of("/dev/null");

    /// How a line ended: `verdict` in words, `status` as `run` would exit with.
    public record Result(String verdict, int status, long nanos) {}

    private BatchRun() {}

    /// Runs a line. Both output streams go to `output`; `timeout` (nanoseconds, 0 for none) holds
    /// where the line has no `--timeout`.
    public static Result of(String line, Path output, long timeout) throws InterruptedException {
        long start = System.nanoTime();
        try {
            RunOptions options = RunOptions.parse(Words.split(line), false);
            if (options.program == null) {
                throw Refusal.usage("which program?");
            }
            options.timeout = options.timeout == 0 ? timeout : options.timeout;
            ProgramFile file = ProgramFile.find(options.program, options.arch);
            try (FileChannel in = FileChannel.open(NOTHING);
                    FileChannel out = FileChannel.open(
                            output,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                Streams streams = new Streams(HostStream.of(0, in), HostStream.of(1, out), HostStream.of(2, out), null);
                return run(options, file, streams, start);
            }
        } catch (Refusal refusal) {
            return new Result(refusal.line(), refusal.status(), System.nanoTime() - start);
        } catch (IllegalArgumentException e) {
            return new Result(String.valueOf(e.getMessage()), Exit.USAGE, System.nanoTime() - start);
        } catch (IOException e) {
            return new Result(HostErrors.full(e), Exit.CANNOT_RUN, System.nanoTime() - start);
        }
    }

    private static Result run(RunOptions options, ProgramFile file, Streams streams, long start)
            throws InterruptedException {
        FatalSignal fatal = new FatalSignal(_ -> {});
        Machine machine = Machine.forRun(options, file, streams, fatal, null, null);
        try {
            machine.start();
            try (Watchdog watchdog = Watchdog.over(machine, options.timeout)) {
                int status = fatal.exitStatus(file.name(), machine.await());
                return watchdog.fired()
                        ? new Result("timeout", Exit.TIMED_OUT, System.nanoTime() - start)
                        : new Result(verdict(status), status, System.nanoTime() - start);
            }
        } finally {
            machine.kill();
            machine.discard();
        }
    }

    private static String verdict(int status) {
        return status > Exit.SIGNALED ? Signals.name(status - Exit.SIGNALED) : "exit " + status;
    }

    /// The lines of a list: blank ones and those that begin with `#` are none.
    public static List<String> lines(List<String> list) {
        return list.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                .toList();
    }
}
