package faultline.cli;

import faultline.cli.run.Ports;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Measures the guest program `intloop`, kernel by kernel, after broad programs have run in the same
/// JVM, and in turn with qemu-user on the same file. A main program, not a test;
/// docs/interpreter.md has its figures.
///
/// What counts is CPU time, because on a shared machine the clock on the wall says little: that of
/// many rounds less that of few, so that start and preparation cancel out.
final class GuestSpeedBench {

    /// What a JVM has seen when the measurement begins: no kernel has the interpreter's profile for itself.
    private static final List<List<String>> BROAD = List.of(
            List.of("broad"),
            List.of("math-libc"),
            List.of("threads", "4", "2000"),
            List.of("smc"),
            List.of("sigalt"),
            List.of("mmap-share"),
            List.of("intloop", "-q", "1"),
            List.of("broad"));

    private static final List<String> KERNELS =
            List.of("sieve", "crc32", "hash", "chase", "quicksort", "collatz", "matrix");

    private static final Map<String, String> QEMU =
            Map.of("x86", "qemu-x86_64", "arm64", "qemu-aarch64", "ppc64le", "qemu-ppc64le", "ppc64", "qemu-ppc64");

    private static final Pattern COUNT = Pattern.compile("instructions=(\\d+)");
    private static final Pattern CHILDREN = Pattern.compile("(\\d+)m([\\d.]+)s");

    private static final int FEW = 1;

    /// So much more often, because the clock of CPU time has ticks of 10 ms.
    private static final int QEMU_ROUNDS = 8;

    private static final int TURNS = 5;

    private final Path directory;
    private final KernelPort port;
    private final Path file;

    /// Rounds beyond the few, of some 20 million instructions.
    private final int rounds;

    private GuestSpeedBench(Path directory, String architecture, int rounds) throws Exception {
        this.directory = directory;
        this.port = Ports.named(architecture);
        this.rounds = rounds;
        this.file = directory.resolve("intloop");
        Files.write(file, GuestPrograms.elf("intloop", architecture).orElseThrow());
        if (!file.toFile().setExecutable(true)) {
            throw new IllegalStateException("bench: cannot make " + file + " executable");
        }
    }

    private interface Runner {
        /// Runs a kernel and returns the seconds of CPU time it took.
        double seconds(String kernel, int rounds) throws Exception;
    }

    private double here(String kernel, int count) throws Exception {
        Duration before = cpuTime();
        run(List.of("intloop", "-q", String.valueOf(count), kernel));
        return cpuTime().minus(before).toNanos() / 1e9;
    }

    private static Duration cpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    /// The shell says what its children took.
    private double qemu(String kernel, int count) throws Exception {
        String command = "%s %s -q %d %s > /dev/null; times".formatted(emulator(), file, count, kernel);
        Process shell = new ProcessBuilder("bash", "-c", command).start();
        String times = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<MatchResult> all = CHILDREN.matcher(times).results().toList();
        if (shell.waitFor() != 0 || all.size() != 4) {
            throw new IllegalStateException("bench: no times of " + emulator() + ": " + times);
        }
        return seconds(all.get(2)) + seconds(all.get(3));
    }

    private String emulator() {
        return QEMU.get(port.architecture().name());
    }

    private static double seconds(MatchResult time) {
        return 60 * Double.parseDouble(time.group(1)) + Double.parseDouble(time.group(2));
    }

    private String run(List<String> command) throws Exception {
        GuestRun run = GuestRun.of(directory, port, command.getFirst(), command.subList(1, command.size()));
        if (run.status() != 0) {
            throw new IllegalStateException("bench: " + command + " ended with " + run.status());
        }
        return run.output();
    }

    /// Instructions of one round.
    private long count(String kernel) throws Exception {
        String output = run(List.of("intloop", "-q", "1", kernel));
        Matcher found = COUNT.matcher(output);
        if (!found.find()) {
            throw new IllegalStateException("bench: no count in " + output);
        }
        return Long.parseLong(found.group(1));
    }

    /// Million instructions a second, once.
    private double speed(Runner runner, String kernel, long instructions, int more) throws Exception {
        double few = runner.seconds(kernel, FEW);
        return instructions * more / 1e6 / (runner.seconds(kernel, FEW + more) - few);
    }

    private void measure(String kernel, boolean compare) throws Exception {
        long instructions = count(kernel);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < TURNS; i++) {
            ours.add(speed(this::here, kernel, instructions, rounds));
            theirs.add(compare ? speed(this::qemu, kernel, instructions, QEMU_ROUNDS * rounds) : 0);
        }
        double median = median(ours);
        System.out.printf(
                "%-10s %9d instructions %6.0f M/s, best %6.0f", kernel, instructions, median, Collections.max(ours));
        if (compare) {
            System.out.printf(", %s %6.0f M/s, ratio %.2f", emulator(), median(theirs), median / median(theirs));
        }
        System.out.println();
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private void runBroadly() throws Exception {
        for (List<String> command : BROAD) {
            if (GuestPrograms.elf(command.getFirst(), port.architecture().name())
                    .isPresent()) {
                run(command);
            }
        }
    }

    /// Prints the figures; the arguments are the architecture (x86 unless told), how many rounds (20), and `alone` to
    /// leave qemu out. Kernels may follow; all unless told.
    public static void main(String[] args) throws Exception {
        String architecture = args.length == 0 ? "x86" : args[0];
        int rounds = args.length < 2 ? 20 : Integer.parseInt(args[1]);
        boolean compare = args.length < 3 || !args[2].equals("alone");
        List<String> kernels = args.length < 4 ? KERNELS : List.of(args).subList(3, args.length);
        GuestSpeedBench bench = new GuestSpeedBench(Files.createTempDirectory("speed"), architecture, rounds);
        bench.runBroadly();
        for (String kernel : kernels) {
            bench.measure(kernel, compare);
        }
    }
}
