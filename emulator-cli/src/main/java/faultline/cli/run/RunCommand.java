package faultline.cli.run;

import faultline.core.arch.CpuModel;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.Defect;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knob;
import faultline.kernel.trace.TraceEvent;
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
            FaultDesigns.accepted().forEach(System.out::println);
            return Exit.OK;
        }
        if (options.listsKnobs) {
            printKnobs();
            return Exit.OK;
        }
        if (options.listsTracepoints) {
            for (TraceEvent event : TraceEvent.values()) {
                System.out.printf("%-40s %s%n", event, event.fields());
            }
            return Exit.OK;
        }
        if (options.program == null) {
            throw Refusal.usage("run: which program? See faultline run --help");
        }
        return new RunCommand(options).run(ProgramFile.find(options.program, options.arch));
    }

    private static void printKnobs() {
        for (Knob knob : Knob.values()) {
            System.out.printf("%-14s %s%n", knob.key(), knob.text());
            if (knob != Knob.FIXED) {
                System.out.printf("%-14s %s%n", "", String.join(", ", knob.choices()));
            }
        }
        for (Defect defect : Defect.values()) {
            System.out.printf("%-14s %-16s %s (%s)%n", "", defect, defect.text(), defect.number());
        }
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
