package faultline.cli.soak;

import faultline.cli.run.CheckedRun;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOption;
import faultline.cli.run.RunOptions;
import faultline.kernel.arch.KernelPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Rounds of the guest `mix`, each on a machine of its own under the next fault design.
///
/// @param designs in their order; after the last comes the first again
/// @param roundSeconds how long programs are started in a round
/// @param workers how many programs run at a time
public record Soak(KernelPort port, List<String> designs, long seed, int roundSeconds, int workers) {

    private static final String PROGRAM = "mix";

    /// A round that takes so many times as long hangs.
    private static final int PATIENCE = 4;

    private static final int LEAST_PATIENCE_SECONDS = 240;

    /// What the machine of a round is, and what became of it.
    ///
    /// @param wrong a line for each thing that is not as it must be
    public record Outcome(String design, String command, CheckedRun run, List<String> wrong) {}

    /// The options of `run` that make a round's machine.
    public String machine(int number) {
        return String.join(" ", round(number).machine());
    }

    public String design(int number) {
        return designs.get(number % designs.size());
    }

    private SoakRound round(int number) {
        return SoakRound.of(port, design(number), seed, number);
    }

    /// Runs a round, counted from 0.
    public Outcome run(int number) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("faultline-soak-");
        try {
            return run(round(number), directory);
        } finally {
            delete(directory);
        }
    }

    private Outcome run(SoakRound round, Path directory) throws IOException, InterruptedException {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        Path work = Files.createDirectory(directory.resolve("work"));
        SoakPrograms.write(programs, port.architecture().name());
        List<String> words = new ArrayList<>(round.machine());
        words.addAll(List.of("--check", "--stats", "--timeout", patience() + "s"));
        words.addAll(List.of("--bind", programs + ":" + SoakPrograms.GUEST_PATH, "--bind", work + ":" + work + ":rw"));
        words.addAll(List.of("--cwd", work.toString(), PROGRAM, "" + roundSeconds, "" + workers, "" + round.seed()));
        words.add(SoakPrograms.GUEST_PATH + "/" + SoakPrograms.LIST);
        RunOptions options = RunOptions.parse(words, RunOption.Command.RUN);
        ProgramFile file = ProgramFile.find(PROGRAM, options.arch);
        CheckedRun run = CheckedRun.of(options, file, directory.resolve("printed"));
        return new Outcome(round.design(), String.join(" ", round.machine()), run, wrong(run));
    }

    private int patience() {
        return Math.max(LEAST_PATIENCE_SECONDS, PATIENCE * roundSeconds);
    }

    private static List<String> wrong(CheckedRun run) {
        List<String> wrong = new ArrayList<>();
        if (run.end().status() != 0) {
            wrong.add("ended with " + (run.end().verdict() + " " + run.end().cause()).strip());
            run.output().lines().forEach(wrong::add);
        }
        wrong.addAll(run.wrongSums());
        return wrong;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// How many rounds fill so many nanoseconds, at least one.
    public int rounds(long nanos) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos) / roundSeconds);
    }
}
