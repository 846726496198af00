package faultline.cli;

import faultline.cli.BatchReport.Line;
import faultline.cli.run.HostErrors;
import faultline.cli.run.Quantities;
import faultline.cli.run.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `faultline batch`.
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description = "Runs many programs in one JVM, each on a machine of its own.",
        footer = "%nEach line of LIST is what stands behind 'faultline run': options, a program, its arguments, quoted"
                + " as for a shell. Blank lines and lines that begin with # are skipped. One line of result each, as"
                + " they end: how, after how long, the command line, and behind # what else is known."
                + "%n%nThe exit status is 0 if every program exited with 0, 125 if Faultline failed at one, else 1.")
final class BatchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "LIST", description = "a file of command lines, or - for standard input")
    private String list = "";

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "how many run at a time (default 1)")
    private int jobs = 1;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "ends a program after that long where its line has no --timeout; status 124")
    private @Nullable String timeout;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description =
                    "keeps what 'run' would print for line N of LIST, both streams, in DIR/N (default: thrown away)")
    private @Nullable Path output;

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (jobs < 1) {
            throw Refusal.usage("--jobs " + jobs + ": at least 1");
        }
        long nanos = timeout == null ? 0 : Quantities.nanos("--timeout", timeout);
        List<Line> lines = lines(read());
        prepareOutput();
        BatchReport report = new BatchReport(lines.size(), json);
        new BatchWorkers(lines, report, output, nanos).run(jobs);
        return report.status();
    }

    private List<String> read() {
        try {
            return list.equals("-")
                    ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readAllLines()
                    : Files.readAllLines(Path.of(list));
        } catch (CharacterCodingException _) {
            throw Refusal.usage(list + ": is not UTF-8 text");
        } catch (IOException e) {
            throw Refusal.notFound(list + ": " + HostErrors.reason(e));
        }
    }

    /// The command lines among the lines of the list.
    private static List<Line> lines(List<String> list) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String command = list.get(i).strip();
            if (!command.isEmpty() && command.charAt(0) != '#') {
                lines.add(new Line(i + 1, command));
            }
        }
        return lines;
    }

    private void prepareOutput() {
        if (output == null) {
            return;
        }
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw Refusal.usage("--output " + output + ": " + HostErrors.reason(e));
        }
        if (!Files.isWritable(output)) {
            throw Refusal.usage("--output " + output + ": cannot be written to");
        }
    }
}
