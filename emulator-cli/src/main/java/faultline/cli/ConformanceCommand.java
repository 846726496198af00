package faultline.cli;

import faultline.cli.conformance.ConformanceText;
import faultline.cli.conformance.ProgressLine;
import faultline.cli.run.Exit;
import faultline.cli.run.HostErrors;
import faultline.cli.run.Ports;
import faultline.cli.run.Refusal;
import faultline.cli.run.Words;
import faultline.core.arch.CpuModel;
import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.ConformanceReport;
import faultline.core.conformance.CorpusRun;
import faultline.core.conformance.CorpusWriter;
import faultline.core.conformance.Oracle;
import faultline.core.conformance.RandomRun;
import faultline.core.conformance.Selection;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.VectorMachine;
import faultline.core.conformance.VectorText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `faultline conformance`.
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = "Compares what instructions do here with what a processor made of them.",
        footer =
                "%nWithout --oracle the vectors that come with Faultline are executed. With it, COMMAND is a program that"
                        + " executes cases on a processor (emulator-core/src/oracle/build makes it), and random cases are"
                        + " compared with what it answers. The exit status is 1 if anything differs. See docs/conformance.md.")
final class ConformanceCommand implements Callable<Integer> {

    private static final String DEFAULT_ARCH = "x86";

    @Option(names = "--arch", paramLabel = "ARCH", description = "the architecture (default " + DEFAULT_ARCH + ")")
    private String arch = DEFAULT_ARCH;

    @Option(names = "--cpu", paramLabel = "MODEL", description = "the processor (default: the one that has everything)")
    private @Nullable String cpu;

    @Option(names = "--chapter", paramLabel = "GLOB", description = "only rows of these chapters of the manual")
    private @Nullable String chapter;

    @Option(names = "--row", paramLabel = "GLOB", description = "only rows with this mnemonic or text")
    private @Nullable String row;

    @Option(names = "--vector", paramLabel = "LINE", description = "only this vector, as a failure shows it")
    private @Nullable String vector;

    @Option(
            names = "--oracle",
            paramLabel = "COMMAND",
            description = "compares random cases with this program's answers")
    private @Nullable String oracle;

    @Option(names = "--count", paramLabel = "N", description = "random instructions of rows (default 100000)")
    private long count = 100_000;

    @Option(names = "--bytes", paramLabel = "N", description = "random byte strings (default: a tenth of --count)")
    private long bytes = -1;

    @Option(names = "--bulk", paramLabel = "N", description = "results of each floating-point operation (default 0)")
    private long bulk;

    @Option(names = "--seed", paramLabel = "S", description = "what the random cases depend on (default 1)")
    private long seed = 1;

    @Option(names = "--write", paramLabel = "DIR", description = "also writes the cases as a corpus")
    private @Nullable Path write;

    @Option(names = "--json", description = "one JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        ConformancePort port = of(port(arch), cpu);
        if (vector != null) {
            return single(port, vector);
        }
        if (count < 0 || bytes < -1 || bulk < 0) {
            throw Refusal.usage("--count, --bytes, --bulk: expected numbers of cases");
        }
        Selection selection = new Selection(chapter, row);
        if (selection.of(port.table()).isEmpty()
                && port.operations().stream().noneMatch(operation -> selection.hasOperation(operation.name()))) {
            throw Refusal.usage("--chapter, --row: no row of " + arch + " matches");
        }
        ConformanceReport report = oracle == null ? corpus(port, selection) : random(port, selection, oracle);
        ConformanceText text = new ConformanceText(arch, report);
        if (json) {
            text.printJson();
        } else {
            text.print();
        }
        return report.agrees() ? Exit.OK : 1;
    }

    private static ConformancePort port(String arch) {
        List<ConformancePort> ports = new ArrayList<>();
        ServiceLoader.load(ConformancePort.class).forEach(ports::add);
        for (ConformancePort port : ports) {
            if (port.architecture().name().equals(arch)) {
                return port;
            }
        }
        throw Refusal.usage("--arch " + arch + ": cannot be compared; there are "
                + ports.stream().map(port -> port.architecture().name()).collect(Collectors.joining(", ")));
    }

    private static ConformancePort of(ConformancePort port, @Nullable String cpu) {
        if (cpu == null) {
            return port;
        }
        CpuModel model = Ports.model(port.architecture(), cpu);
        try {
            return port.of(model);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--cpu " + e.getMessage());
        }
    }

    private int single(ConformancePort port, String line) {
        TestVector parsed;
        try {
            parsed = new VectorText(port.layout()).parse(line);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--vector " + e.getMessage());
        }
        List<String> differences = new VectorMachine(port).differences(parsed);
        differences.forEach(System.out::println);
        if (differences.isEmpty()) {
            System.out.println("no difference");
        }
        return differences.isEmpty() ? Exit.OK : 1;
    }

    private ConformanceReport corpus(ConformancePort port, Selection selection) {
        try (ProgressLine progress = new ProgressLine()) {
            return new CorpusRun(port, selection, progress).run();
        }
    }

    private ConformanceReport random(ConformancePort port, Selection selection, String command)
            throws InterruptedException {
        RandomRun.Plan plan = new RandomRun.Plan(seed, count, bytes < 0 ? count / 10 : bytes, bulk);
        CorpusWriter writer = write == null ? null : new CorpusWriter(port);
        List<String> words = Words.split(command);
        if (words.isEmpty()) {
            throw Refusal.usage("--oracle: which program?");
        }
        try (Oracle running = new Oracle(port, words);
                ProgressLine progress = new ProgressLine()) {
            ConformanceReport report = new RandomRun(port, running, selection, plan, progress, writer).run();
            if (writer != null && write != null) {
                writer.write(write, running.processor(), commandLine());
            }
            return report;
        } catch (IOException e) {
            throw Refusal.cannotRun("--oracle " + HostErrors.full(e));
        }
    }

    /// The command line without what differs from machine to machine.
    private String commandLine() {
        StringBuilder line = new StringBuilder("faultline conformance --arch " + arch);
        if (chapter != null) {
            line.append(" --chapter ").append(chapter);
        }
        if (row != null) {
            line.append(" --row '").append(row).append('\'');
        }
        return line.append(" --count ").append(count).append(" --bytes ").append(bytes < 0 ? count / 10 : bytes)
                + " --seed " + seed;
    }
}
