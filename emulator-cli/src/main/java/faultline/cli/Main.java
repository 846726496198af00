package faultline.cli;

import faultline.cli.debug.DebugCommand;
import faultline.cli.run.CrashReport;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunCommand;
import faultline.cli.run.RunOptions;
import java.util.List;

/// The `faultline` command: `run` and `debug` read their own words, everything else goes through
/// picocli.
public final class Main {

    private Main() {}

    /// Runs one command line and exits with its status.
    public static void main(String[] args) {
        System.exit(execute(List.of(args)));
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
        }
    }

    private static int dispatch(List<String> words) throws Exception {
        String command = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (command) {
            case "run" -> {
                RunOptions options = RunOptions.parse(rest, false);
                yield options.help ? Commands.printHelp(command) : RunCommand.execute(options);
            }
            case "debug" -> {
                RunOptions options = RunOptions.parse(rest, true);
                yield options.help ? Commands.printHelp(command) : DebugCommand.execute(options);
            }
            default -> Commands.execute(words);
        };
    }
}
