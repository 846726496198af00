package faultline.cli.fuzz;

import faultline.cli.run.End;
import faultline.cli.run.Exit;
import faultline.cli.run.GuestTrial;
import faultline.cli.run.KernelAssertions;
import faultline.cli.run.Ports;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunOption;
import faultline.cli.run.RunOptions;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes cases and runs them. A case fails when Java does: an exception of ours, a thread that does
/// not end, a refusal of more than one line. What becomes of the guest is the guest's affair.
public final class Fuzzer {

    /// `faultline COMMAND…` in this JVM with nobody listening; returns its exit status.
    @FunctionalInterface
    public interface Reader {
        int read(List<String> words) throws Exception;
    }

    /// How a case ended. `failure` is empty where all is well.
    public record Outcome(String verdict, long systemCalls, String failure) {}

    private static final List<String> SEEDS_OF_CODE =
            List.of("hello", "threads", "four-threads", "smc", "sigalt", "cow", "pipes", "broad", "fault-kinds");
    private static final List<String> SEEDS_OF_ELF = List.of("hello", "lost-pointer", "hello-libc");
    private static final String STORM = "call-storm";
    private static final int CALLS = 1000;

    /// A whole disassembly takes longer than everything else about a file.
    private static final int DISASSEMBLED_ONE_IN = 16;

    /// Little, so that running out of it is among the cases.
    private static final String MEMORY = "256M";

    private final FuzzKind kind;
    private final long seed;
    private final long nanos;
    private final Path scratch;
    private final Reader reader;
    private final KernelPort port;
    private final List<byte[]> programs;
    private final byte[] storm;

    /// Cases of `kind` from `seed` for `architecture`, each ended after `nanos`; files go to `scratch`.
    public Fuzzer(FuzzKind kind, long seed, String architecture, long nanos, Path scratch, Reader reader) {
        // Every other case is checked.
        KernelAssertions.enable();
        this.kind = kind;
        this.seed = seed;
        this.nanos = nanos;
        this.scratch = scratch;
        this.reader = reader;
        this.port = Ports.named(architecture);
        this.programs = (kind == FuzzKind.ELF ? SEEDS_OF_ELF : SEEDS_OF_CODE)
                .stream()
                        .map(name -> GuestPrograms.elf(name, architecture))
                        .flatMap(Optional::stream)
                        .toList();
        this.storm = GuestPrograms.elf(STORM, architecture).orElse(new byte[0]);
    }

    /// The file of a case.
    public byte[] file(int number) {
        FuzzRandom random = new FuzzRandom(seed, number);
        return switch (kind) {
            case ELF -> ElfDamage.of(random, sound(random), random.of(programs));
            case CALLS -> storm;
            case CODE -> CodeCase.of(random, port, programs);
        };
    }

    /// A whole file: as shipped, position-independent, or with a loader.
    private byte[] sound(FuzzRandom random) {
        byte[] program = random.of(programs);
        return switch (random.below(4)) {
            case 0 -> ElfVariants.positionIndependent(program);
            case 1 -> ElfVariants.dynamic(program, random.oneIn(4) ? "case" : "loader");
            default -> program;
        };
    }

    /// Runs a case in a directory of its own.
    public Outcome run(int number) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(scratch.resolve(Integer.toString(number)));
        Path file = write(directory.resolve("case"), file(number));
        if (kind == FuzzKind.ELF) {
            FuzzRandom random = new FuzzRandom(~seed, number);
            byte[] loader = ElfVariants.positionIndependent(random.of(programs));
            write(directory.resolve("loader"), random.oneIn(2) ? ElfDamage.of(random, loader, loader) : loader);
        }
        try {
            return guarded(number, directory, file);
        } finally {
            for (String name : List.of("case", "loader", "output")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.deleteIfExists(directory);
        }
    }

    private static Path write(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome guarded(int number, Path directory, Path file) throws InterruptedException {
        try {
            Outcome outcome = trial(number, directory, file);
            if (kind == FuzzKind.ELF && outcome.failure().isEmpty()) {
                String unread = read(file, number % DISASSEMBLED_ONE_IN == 0);
                return new Outcome(outcome.verdict(), outcome.systemCalls(), unread);
            }
            return outcome;
        } catch (RuntimeException | Error bug) {
            return new Outcome("bug", 0, text(bug));
        }
    }

    private static String text(Throwable bug) {
        Throwable cause = bug;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        StackTraceElement[] trace = cause.getStackTrace();
        return cause + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private Outcome trial(int number, Path directory, Path file) throws InterruptedException {
        FuzzRandom random = new FuzzRandom(seed ^ 1, number);
        List<String> words = new ArrayList<>(List.of("--memory", MEMORY, "--cwd", directory.toString(), "--clear-env"));
        words.addAll(List.of("--cpus", Integer.toString(1 + random.below(4))));
        if (random.oneIn(2)) {
            words.add("--checks");
        }
        if (random.oneIn(3)) {
            words.addAll(List.of("--schedule", "seeded:" + number));
        }
        words.add(file.toString());
        if (kind == FuzzKind.CALLS) {
            int threads = 1 << random.below(4);
            words.addAll(List.of(Long.toString(random.bits() >>> 1), "" + CALLS, Integer.toString(threads)));
        }
        RunOptions options = RunOptions.parse(words, RunOption.Command.RUN);
        options.timeout = nanos;
        GuestTrial.Result result = GuestTrial.of(options, directory.resolve("output"), task -> {
            if (kind == FuzzKind.CODE) {
                CodeCase.fillRegisters(random, task.cpu());
            }
        });
        return new Outcome(verdict(result.end()), result.systemCalls(), failure(directory, result));
    }

    private static String verdict(End end) {
        return switch (end) {
            case End.Exited _ -> "exited";
            case End.Killed _ -> "killed";
            case End.TimedOut _ -> "ended";
            case End.Refused _ -> "refused";
            case End.Crashed _ -> "bug";
        };
    }

    private String failure(Path directory, GuestTrial.Result result) {
        if (result.threadsLeft() > 0) {
            return result.threadsLeft() + " threads do not end";
        }
        if (result.end() instanceof End.Refused refused
                && refused.cause().lines().count() != 1) {
            return "a refusal of more than one line";
        }
        if (kind == FuzzKind.CALLS && result.end() instanceof End.Exited exited && exited.status() != Exit.OK) {
            return STORM + ": " + lastLine(directory.resolve("output"));
        }
        return "";
    }

    private static String lastLine(Path output) {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1)
                    .lines()
                    .reduce("", (_, line) -> line);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// Has every command that reads ELF files read it; returns what went wrong, or an empty string.
    private String read(Path path, boolean whole) {
        String file = path.toString();
        List<List<String>> commands = List.of(
                List.of("info", file),
                whole ? List.of("disasm", file) : List.of("disasm", "--stop", "0x401100", file),
                List.of("debug", "--batch", "-ex", "info symbol 0x401000", "-ex", "break main", file));
        for (List<String> words : commands) {
            try {
                int _ = reader.read(words);
            } catch (Refusal _) {
                // One line and a status, as it should be.
            } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError bug) {
                return "faultline " + words.getFirst() + ": " + text(bug);
            }
        }
        return "";
    }
}
