package faultline.cli;

import faultline.cli.compare.CompareCommand;
import faultline.cli.debug.DebugCommand;
import faultline.cli.run.CrashReport;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunCommand;
import faultline.cli.run.RunOption;
import faultline.cli.run.RunOptions;
import faultline.core.mem.PhysicalMemory;
import java.util.List;

/// The `faultline` command: `run`, `debug` and `compare` read their own words, everything else goes through
/// picocli.
public final class Main {

    private Main() {}

    /// Whether the end waits for the JVM's shutdown hooks; the launcher says so when the JVM gets
    /// options of the user's, among which a flight recorder's may be.
    private static final String RUN_HOOKS = "faultline.hooks";

    /// Runs one command line and exits with its status. Nothing of ours is left to a shutdown hook
    /// then, and `System.exit` first finds a logger to report to, which takes longer than a small
    /// guest runs.
    public static void main(String[] args) {
        int status = execute(List.of(args));
        if (Boolean.getBoolean(RUN_HOOKS)) {
            System.exit(status);
        }
        Runtime.getRuntime().halt(status);
    }

    /// Runs one command line and returns its status. What the user has to mend becomes one line,
    /// what is our bug a report.
    static int execute(List<String> words) {
        try {
            return dispatch(words);
        } catch (Refusal refusal) {
            System.err.println("faultline: " + refusal.line());
            return refusal.status();
        } catch (Throwable bug) {
            return CrashReport.print(words, bug);
        } finally {
            System.out.flush();
            System.err.flush();
        }
    }

    /// As [#execute], but what goes wrong is thrown.
    static int dispatch(List<String> words) throws Exception {
        String command = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (command) {
            case "run" -> {
                prepare();
                RunOptions options = RunOptions.parse(rest, RunOption.Command.RUN);
                yield options.help ? Commands.printHelp(command) : RunCommand.execute(options);
            }
            case "debug" -> {
                prepare();
                RunOptions options = RunOptions.parse(rest, RunOption.Command.DEBUG);
                yield options.help ? Commands.printHelp(command) : DebugCommand.execute(options);
            }
            case "compare" -> {
                prepare();
                RunOptions options = RunOptions.parse(rest, RunOption.Command.COMPARE);
                yield options.help ? Commands.printHelp(command) : CompareCommand.execute(options);
            }
            default -> Commands.execute(words);
        };
    }

    /// Has the access to RAM made ready while the command line and the program are read.
    private static void prepare() {
        Thread thread = new Thread(PhysicalMemory::prepare, "prepare");
        thread.setDaemon(true);
        thread.start();
    }
}
