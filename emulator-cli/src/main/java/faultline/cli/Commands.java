package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunOption;
import faultline.cli.run.RunOption.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/// All commands as picocli knows them. `run`, `debug` and `compare` are here for their help and for
/// completion; the table their options come from is [RunOption].
final class Commands {

    private static final String SEE = "%nSee 'faultline COMMAND --help' for one command, docs/ for how it works.";

    private Commands() {}

    /// Runs a command line that is neither `run`, `debug` nor `compare`.
    static int execute(List<String> words) throws Exception {
        CommandLine line = all();
        List<Exception> failures = new ArrayList<>();
        line.setParameterExceptionHandler((wrong, _) -> {
            failures.add(Refusal.usage(firstLine(wrong) + "; see --help"));
            return Exit.USAGE;
        });
        // picocli prints what a handler throws and goes on: the caller is to have it.
        line.setExecutionExceptionHandler((failed, _, _) -> {
            failures.add(failed);
            return Exit.BUG;
        });
        int status = line.execute(words.toArray(String[]::new));
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return status;
    }

    private static String firstLine(ParameterException wrong) {
        return String.valueOf(wrong.getMessage()).lines().findFirst().orElse("the command line is wrong");
    }

    /// Prints the help of `run`, `debug` or `compare`.
    static int printHelp(String command) {
        CommandLine line = all().getSubcommands().get(command);
        if (line == null) {
            throw new IllegalArgumentException("cli: there is no command " + command);
        }
        line.usage(System.out, Ansi.AUTO);
        return Exit.OK;
    }

    /// The script that teaches bash and zsh the commands and their options.
    static String completion() {
        return AutoComplete.bash("faultline", all());
    }

    private static CommandLine all() {
        CommandLine line = new CommandLine(new RootCommand());
        line.addSubcommand("run", running(RunOption.Command.RUN, "Runs a Linux program.", RUN_TEXT));
        line.addSubcommand(
                "debug", running(RunOption.Command.DEBUG, "Runs a Linux program under the debugger.", DEBUG_TEXT));
        line.addSubcommand(
                "compare",
                running(
                        RunOption.Command.COMPARE,
                        "Runs a Linux program under several fault designs and compares.",
                        COMPARE_TEXT));
        line.addSubcommand("batch", new BatchCommand());
        line.addSubcommand("conformance", new ConformanceCommand());
        line.addSubcommand("disasm", new DisasmCommand());
        line.addSubcommand("info", new InfoCommand());
        line.addSubcommand("guests", new GuestsCommand());
        line.addSubcommand("designs", new DesignsCommand());
        line.addSubcommand("fuzz", new FuzzCommand());
        line.addSubcommand("soak", new SoakCommand());
        line.addSubcommand("completion", new CompletionCommand());
        line.getCommandSpec().usageMessage().footer(SEE);
        return line;
    }

    private static final String[] RUN_TEXT = {
        "PROGRAM is the path of an ELF executable or script, or the name of a guest that comes with Faultline"
                + " ('faultline guests'). What stands behind it is the program's own.",
        "",
        "The guest sees a private root: its own file, the current directory and what -L and --bind add. What it writes"
                + " stays in memory, except under --bind …:rw.",
        "",
        "The exit status is the guest's, or 128+N when signal N ended it, 126 when the file cannot be run, 127 when"
                + " there is none, 2 for a wrong command line, 124 after --timeout, 125 for a bug in Faultline.",
        ""
    };

    private static final String[] DEBUG_TEXT = {
        "Takes what 'run' takes. The commands are gdb's where there is one, and for memory management 'pt', 'vma' and"
                + " 'faults'; 'help' lists them. The program has the terminal while it runs. When standard input"
                + " is not a terminal commands are read from it without prompt, and the program finds its own standard input"
                + " empty, unless 'run < FILE' says otherwise. See docs/debugger.md.",
        ""
    };

    private static final String[] COMPARE_TEXT = {
        "Takes what 'run' takes. The designs take turns, each run on a machine of its own, nothing else beside it; the first"
                + " round only warms up. The figures are medians.",
        "",
        "What the program prints and how it ends must be the same in every run. What stands behind ' nanos=' in a line is"
                + " measured: it is not compared, and the table shows its medians. See docs/comparing.md.",
        "",
        "The exit status is the program's, or 1 when runs differ.",
        ""
    };

    private static CommandLine running(RunOption.Command command, String headline, String[] text) {
        String name = command.name().toLowerCase(Locale.ROOT);
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .header(headline, "")
                .description(text)
                .synopsisHeading("Usage: ")
                .customSynopsis("faultline " + name + " [OPTIONS] PROGRAM [ARGUMENTS…]", "");
        for (Group group : Group.values()) {
            ArgGroupSpec.Builder section =
                    ArgGroupSpec.builder().exclusive(false).heading("%n" + group.title() + "%n");
            for (RunOption option : RunOption.values()) {
                if (option.group() == group
                        && option.isFor(command)
                        && (option != RunOption.TIMEOUT || command != RunOption.Command.DEBUG)) {
                    section.addArg(spec(option));
                }
            }
            if (!section.args().isEmpty()) {
                spec.addArgGroup(section.build());
            }
        }
        List<PositionalParamSpec> positional = new ArrayList<>();
        positional.add(PositionalParamSpec.builder()
                .paramLabel("PROGRAM")
                .index("0")
                .hidden(true)
                .build());
        positional.forEach(spec::addPositional);
        return new CommandLine(spec);
    }

    private static OptionSpec spec(RunOption option) {
        OptionSpec.Builder builder =
                OptionSpec.builder(option.names().toArray(String[]::new)).description(option.help());
        if (option.value() == null) {
            builder.arity("0");
        } else {
            builder.arity("1").paramLabel(option.value()).type(String.class);
        }
        return builder.build();
    }
}
