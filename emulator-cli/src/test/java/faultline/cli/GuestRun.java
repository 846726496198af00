package faultline.cli;

import faultline.core.step.ParallelSchedule;
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
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Runs a shipped guest program in this JVM and keeps what it printed.
record GuestRun(int status, String output) {

    /// Small, because the machines of a whole test run share one host process.
    private static final long MEMORY = 512L << 20;

    static GuestRun of(Path directory, String program, List<String> arguments) throws Exception {
        return of(directory, program, arguments, new ParallelSchedule(), null);
    }

    /// Runs `program` with `directory` as its current directory and nothing on its standard input.
    static GuestRun of(Path directory, String program, List<String> arguments, Schedule schedule, @Nullable Long seed)
            throws Exception {
        KernelPort port = ServiceLoader.load(KernelPort.class).findFirst().orElseThrow();
        byte[] elf = GuestPrograms.elf(program, "x86").orElseThrow();
        PrivateRoot.Layout layout = new PrivateRoot.Layout(
                null, null, new PrivateRoot.Shipped(program, elf), directory, List.of(), Credentials.ROOT, "root", "/");
        Path printed = Files.createTempFile("guest", ".out");
        try (FileChannel in = FileChannel.open(Path.of("/dev/null"));
                FileChannel out = FileChannel.open(printed, StandardOpenOption.WRITE)) {
            KernelOptions options = KernelOptions.of(port, layout)
                    .withMachine(2, MEMORY)
                    .withSchedule(schedule, seed)
                    .withChecks(true)
                    .withStreams(new KernelOptions.Streams(
                            HostStream.of(0, in), HostStream.of(1, out), HostStream.of(2, out), null));
            int status = run(new Kernel(options), program, arguments);
            return new GuestRun(status, Files.readString(printed));
        } finally {
            Files.delete(printed);
        }
    }

    private static int run(Kernel kernel, String program, List<String> arguments) throws Exception {
        List<byte[]> argv = new ArrayList<>();
        argv.add(program.getBytes(StandardCharsets.UTF_8));
        arguments.forEach(argument -> argv.add(argument.getBytes(StandardCharsets.UTF_8)));
        var _ = kernel.spawn(PrivateRoot.SHIPPED + "/" + program, argv, List.of());
        int status = kernel.waitForEnd();
        kernel.discard();
        return exitStatus(status);
    }

    /// The shell's number for a wait status: the exit code, or 128 + N for signal N.
    private static int exitStatus(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal == 0 ? waitStatus >>> 8 & 0xff : 128 + signal;
    }
}
