package faultline.cli.debug;

import faultline.cli.run.Exit;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.Refusal;
import faultline.cli.run.ReportLines;
import faultline.cli.run.RunOptions;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `faultline debug`.
public final class DebugCommand {

    private DebugCommand() {}

    /// Runs a debugging session over the terminal, or over standard input when that is none.
    public static int execute(RunOptions options) throws IOException, InterruptedException {
        if (options.program == null) {
            throw Refusal.usage("debug: which program? See faultline debug --help");
        }
        if (options.timeout > 0) {
            throw Refusal.usage("--timeout is for run; under debug the program may stand still for long");
        }
        ProgramFile file = ProgramFile.find(options.program, options.arch);
        if (isTerminal() && !options.batch) {
            return interactive(options, file);
        }
        Output out = new Output(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        return scripted(options, file, out, options.batch ? null : standardInput());
    }

    /// Since JDK 25 there is again no console unless standard input and output are a terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static LineSource standardInput() {
        return LineSource.of(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private static int interactive(RunOptions options, ProgramFile file) throws IOException, InterruptedException {
        try (TerminalLines lines = new TerminalLines()) {
            Output out = new Output(lines.writer());
            try (ReportLines strace = ReportLines.ofStrace(options, out::line)) {
                DebugSession session = new DebugSession(options, file, out, strace::line);
                session.setConsole(TerminalConsole.of(lines.terminal(), out, session::interruptKey));
                Repl repl = new Repl(session);
                lines.serve(repl::complete, session::interrupt);
                return run(options, repl, lines);
            }
        }
    }

    /// Commands without a person: from a pipe, a file or a test.
    static int scripted(RunOptions options, ProgramFile file, Output out, @Nullable LineSource lines)
            throws IOException, InterruptedException {
        try (ReportLines strace = ReportLines.ofStrace(options, out::line)) {
            return run(options, new Repl(new DebugSession(options, file, out, strace::line)), lines);
        }
    }

    private static int run(RunOptions options, Repl repl, @Nullable LineSource lines)
            throws IOException, InterruptedException {
        try {
            boolean goesOn = true;
            for (String name : options.commandFiles) {
                goesOn = goesOn && repl.run(LineSource.of(List.of("source " + name)));
            }
            goesOn = goesOn && repl.run(LineSource.of(options.commands));
            if (goesOn && lines != null) {
                boolean _ = repl.run(lines);
            }
            return Exit.OK;
        } finally {
            repl.close();
        }
    }
}
