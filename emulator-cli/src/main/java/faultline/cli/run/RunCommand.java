package faultline.cli.run;

import faultline.core.arch.CpuModel;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesigns;
import java.io.IOException;
import java.util.List;

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
        try (HostConsole console = HostConsole.open()) {
            return new ProgramRun(options, file, console.streams(), console::show, true)
                    .toEnd()
                    .status();
        }
    }
}
