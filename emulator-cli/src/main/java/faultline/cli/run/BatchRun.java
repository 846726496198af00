package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// One line of a batch: a command line of `run` on a machine of its own, with nothing on its
/// standard input. The machine is given back at the end.
public final class BatchRun {

    private BatchRun() {}

    /// Runs a line. What `run` would print on either stream goes to `output`; `timeout`
    /// (nanoseconds, 0 for none) holds where the line has no `--timeout`.
    public static End of(String line, Path output, long timeout) throws InterruptedException {
        try {
            RunOptions options = RunOptions.parse(words(line), RunOption.Command.RUN);
            if (options.program == null) {
                throw Refusal.usage("which program?");
            }
            options.timeout = options.timeout == 0 ? timeout : options.timeout;
            return run(options, ProgramFile.find(options.program, options.arch), output);
        } catch (Refusal refusal) {
            return new End.Refused(refusal.status(), refusal.line());
        } catch (IOException e) {
            return new End.Refused(Exit.CANNOT_RUN, HostErrors.full(e));
        }
    }

    private static List<String> words(String line) {
        if (line.indexOf('\0') >= 0) {
            throw Refusal.usage("a NUL byte in the line");
        }
        try {
            return Words.split(line);
        } catch (IllegalArgumentException open) {
            throw Refusal.usage(String.valueOf(open.getMessage()));
        }
    }

    private static End run(RunOptions options, ProgramFile file, Path output) throws IOException, InterruptedException {
        try (FileChannel in = FileStreams.openNothing();
                FileChannel out = FileStreams.openOutput(output);
                PrintStream ours = new PrintStream(Channels.newOutputStream(out), true, StandardCharsets.UTF_8)) {
            Streams streams = new Streams(
                    HostStream.of(0, in, FileStreams.NOTHING),
                    HostStream.of(1, out, output),
                    HostStream.of(2, out, output),
                    null);
            return new ProgramRun(options, file, streams, ours::println, false).toEnd();
        }
    }
}
