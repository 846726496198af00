package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.cli.run.Machine;
import faultline.cli.run.Ports;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.Quantities;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunProgress;
import faultline.cli.soak.Soak;
import faultline.cli.soak.Soak.Outcome;
import faultline.kernel.mm.fault.FaultDesigns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `faultline soak`.
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Runs many guests at a time, short of memory, under one fault design after another.",
        footer = "%nEach round is a checked machine of its own: its design is the next, the rest of it follows from the"
                + " seed. The kernel's checks, the programs' own data and the sums of the counters are looked at; the"
                + " first round in which something is wrong is the last, and the exit status is 1 then, or 125 where"
                + " the kernel has failed. See docs/checks.md.")
final class SoakCommand implements Callable<Integer> {

    private static final int MOST_WORKERS = 100;

    @Option(names = "--arch", paramLabel = "ARCH", description = "the architecture (default x86)")
    private String arch = ProgramFile.DEFAULT_ARCHITECTURE;

    @Option(names = "--time", paramLabel = "TIME", description = "how long, as 90s, 30m or 8h (default 30m)")
    private String time = "30m";

    @Option(names = "--round", paramLabel = "TIME", description = "how long one round takes (default 2m)")
    private String round = "2m";

    @Option(
            names = "--designs",
            paramLabel = "LIST",
            split = ",",
            description = "the fault designs, separated by commas (default: all, in all versions)")
    private List<String> designs = new ArrayList<>();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "how many programs run at a time (default 6)")
    private int jobs = 6;

    @Option(names = "--seed", paramLabel = "SEED", description = "where the choices come from (default 1)")
    private long seed = 1;

    @Option(names = "--first", paramLabel = "N", description = "the number of the first round (default 0)")
    private int first;

    @Option(names = "--json", description = "one JSON object a round, on a line")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(Quantities.nanos("--round", round));
        if (seconds < 1 || jobs < 1 || jobs > MOST_WORKERS || first < 0 || seed < 0) {
            throw Refusal.usage("soak: expected --round of at least 1s, --jobs from 1 to " + MOST_WORKERS
                    + ", --first and --seed not negative");
        }
        Soak soak = new Soak(Ports.named(arch), designs(), seed, (int) seconds, jobs);
        int rounds = soak.rounds(Quantities.nanos("--time", time));
        try (RunProgress progress = new RunProgress(rounds)) {
            for (int number = first; number < first + rounds; number++) {
                progress.begin(soak.machine(number));
                if (!run(soak, number, progress)) {
                    return 1;
                }
            }
        }
        return Exit.OK;
    }

    private boolean run(Soak soak, int number, RunProgress progress) throws Exception {
        Outcome outcome;
        try {
            outcome = soak.run(number);
        } catch (RuntimeException failure) {
            progress.clear();
            System.out.println("round " + number + ": failed: " + soak.machine(number));
            throw failure;
        }
        progress.clear();
        System.out.println(json ? object(number, outcome) : text(number, outcome));
        System.out.flush();
        return outcome.wrong().isEmpty();
    }

    private static String text(int number, Outcome outcome) {
        Map<String, Long> counts = outcome.run().counts();
        StringBuilder text = new StringBuilder("round %d: %s: %s\n  %s"
                .formatted(
                        number,
                        outcome.wrong().isEmpty() ? "clean" : "FAILED",
                        outcome.command(),
                        outcome.run().output().lines().findFirst().orElse("nothing printed")));
        for (String name : SHOWN) {
            text.append(", ").append(name).append(' ').append(counts.getOrDefault(name, 0L));
        }
        outcome.wrong().forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }

    /// What says whether a round did what it is for.
    private static final List<String> SHOWN = List.of(
            "pgfault",
            "pswpout",
            "pswpin",
            "pgsteal_kswapd",
            "pgsteal_direct",
            "thp_fault_alloc",
            "thp_collapse_alloc",
            "thp_split_pmd",
            "cow_ksm",
            "numa_hint_faults",
            "pgmigrate_success",
            "pt_freed_by_rcu");

    private static String object(int number, Outcome outcome) {
        Json counts = Json.object();
        outcome.run().counts().forEach(counts::put);
        return Json.object()
                .put("round", number)
                .put("design", outcome.design())
                .put("machine", outcome.command())
                .put("verdict", outcome.run().end().verdict())
                .put("wrong", outcome.wrong())
                .put("counts", counts)
                .compact();
    }

    private List<String> designs() {
        designs.forEach(design -> Machine.requireDesign("--designs", design));
        return designs.isEmpty() ? FaultDesigns.names() : designs;
    }
}
