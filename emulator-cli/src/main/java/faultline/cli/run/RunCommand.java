package faultline.cli.run;

import faultline.core.arch.CpuModel;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesigns;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/// `faultline run`.
public final class RunCommand {

    private final RunOptions options;

    private RunCommand(RunOptions options) {
        this.options = options;
    }

    /// Runs a program to its end; returns the exit status of `faultline`.
    public static int execute(RunOptions options) throws IOException, InterruptedException {
        if ("help".equals(options.cpu)) {
            printModels();
            return Exit.OK;
        }
        if (options.faultDesign.equals("help")) {
            FaultDesigns.names().forEach(System.out::println);
            return Exit.OK;
        }
        if (options.program == null) {
            throw Refusal.usage("run: which program? See faultline run --help");
        }
        return new RunCommand(options).run(ProgramFile.find(options.program, options.arch));
    }

    private static void printModels() {
        for (KernelPort port : Ports.all()) {
            System.out.println(port.architecture().name() + ":");
            List<CpuModel> models = port.architecture().models();
            for (CpuModel model : models) {
                System.out.printf(
                        "  %-12s %s%s%n",
                        model.name(), model.description(), model == models.getFirst() ? " (default)" : "");
            }
        }
    }

    private int run(ProgramFile file) throws IOException, InterruptedException {
        try (HostConsole console = HostConsole.open();
                StraceLines strace = StraceLines.open(options, console::show)) {
            Consumer<String> notices = options.strace || options.verbose ? console::show : null;
            FatalSignal fatal = new FatalSignal(console::show);
            Machine machine = Machine.forRun(
                    options, file, console.streams(), fatal, options.strace ? strace::line : null, notices);
            long started = System.nanoTime();
            machine.start();
            int status;
            boolean timedOut;
            try (Watchdog watchdog = Watchdog.over(machine, options.timeout)) {
                status = machine.await();
                timedOut = watchdog.fired();
            }
            console.restore();
            if (timedOut) {
                say("faultline: " + file.name() + ": ended after " + options.timeout / 1_000_000
                        + " ms; see --timeout");
                return Exit.TIMED_OUT;
            }
            report(machine, started);
            return fatal.exitStatus(file.name(), status);
        }
    }

    private static void say(String line) {
        System.err.println(line);
    }

    /// What is said at the end of a run: lost files, statistics.
    private void report(Machine machine, long started) {
        long lost = machine.kernel().filesDiscarded();
        if (lost > 0) {
            say("faultline: " + lost + (lost == 1 ? " file was" : " files were")
                    + " written in memory only and discarded; to keep what is written here: --bind .:rw");
        }
        if (options.stats) {
            RunStatistics.print(machine, System.nanoTime() - started, options.statsAsJson);
        }
    }
}
