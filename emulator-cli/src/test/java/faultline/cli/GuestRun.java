package faultline.cli;

import static faultline.cli.run.ProgramFile.DEFAULT_ARCHITECTURE;

import faultline.cli.run.Ports;
import faultline.core.step.Schedule;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.boot.Kernel;
import faultline.kernel.boot.KernelOptions;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.root.PrivateRoot;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Runs a shipped guest program in this JVM and keeps what it printed.
record GuestRun(int status, String output) {

    /// Small, because the machines of a whole test run share one host process.
    private static final long MEMORY = 512L << 20;

    static GuestRun of(Path directory, String program, List<String> arguments) throws Exception {
        return of(directory, Ports.named(DEFAULT_ARCHITECTURE), program, arguments);
    }

    static GuestRun of(Path directory, KernelPort port, String program, List<String> arguments) throws Exception {
        return of(directory, port, program, arguments, UnaryOperator.identity());
    }

    /// On a machine that `choices` makes different.
    static GuestRun of(
            Path directory,
            KernelPort port,
            String program,
            List<String> arguments,
            UnaryOperator<KernelOptions> choices)
            throws Exception {
        return of(directory, port, program, arguments, choices, _ -> {});
    }

    /// `atEnd` looks at the machine when everything in it has ended.
    static GuestRun of(
            Path directory,
            KernelPort port,
            String program,
            List<String> arguments,
            UnaryOperator<KernelOptions> choices,
            Consumer<Kernel> atEnd)
            throws Exception {
        return run(directory, port, program, arguments, choices, atEnd);
    }

    static GuestRun of(Path directory, String program, List<String> arguments, Schedule schedule, @Nullable Long seed)
            throws Exception {
        return run(
                directory,
                Ports.named(DEFAULT_ARCHITECTURE),
                program,
                arguments,
                options -> options.withSchedule(schedule, seed),
                _ -> {});
    }

    /// Runs `program` with `directory` as its current directory and nothing on its standard input.
    private static GuestRun run(
            Path directory,
            KernelPort port,
            String program,
            List<String> arguments,
            UnaryOperator<KernelOptions> choices,
            Consumer<Kernel> atEnd)
            throws Exception {
        byte[] elf = GuestPrograms.elf(program, port.architecture().name()).orElseThrow();
        PrivateRoot.Layout layout = new PrivateRoot.Layout(
                null, null, new PrivateRoot.Shipped(program, elf), directory, List.of(), Credentials.ROOT, "root", "/");
        Path printed = Files.createTempFile("guest", ".out");
        try (FileChannel in = FileChannel.open(Path.of("/dev/null"));
                FileChannel out = FileChannel.open(printed, StandardOpenOption.WRITE)) {
            KernelOptions options = KernelOptions.of(port, layout)
                    .withMachine(2, MEMORY)
                    .withChecks(true)
                    .withStreams(new KernelOptions.Streams(
                            HostStream.of(0, in), HostStream.of(1, out), HostStream.of(2, out), null));
            int status = run(new Kernel(choices.apply(options)), program, arguments, atEnd);
            return new GuestRun(status, Files.readString(printed));
        } finally {
            Files.delete(printed);
        }
    }

    private static int run(Kernel kernel, String program, List<String> arguments, Consumer<Kernel> atEnd)
            throws Exception {
        List<byte[]> argv = new ArrayList<>();
        argv.add(program.getBytes(StandardCharsets.UTF_8));
        arguments.forEach(argument -> argv.add(argument.getBytes(StandardCharsets.UTF_8)));
        var _ = kernel.spawn(PrivateRoot.SHIPPED + "/" + program, argv, List.of());
        int status = kernel.waitForEnd();
        atEnd.accept(kernel);
        kernel.discard();
        return exitStatus(status);
    }

    /// The shell's number for a wait status: the exit code, or 128 + N for signal N.
    private static int exitStatus(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal == 0 ? waitStatus >>> 8 & 0xff : 128 + signal;
    }
}
