package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.cli.run.Ports;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.Defect;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.pgtable.LocklessWalk;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `faultline designs`.
@Command(
        name = "designs",
        mixinStandardHelpOptions = true,
        description = "Lists the ways to handle page faults that --fault-design chooses from, and what each"
                + " architecture sets under them.")
final class DesignsCommand implements Callable<Integer> {

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() {
        List<FaultDesigns.Entry> designs = FaultDesigns.all();
        if (json) {
            Json.print(Json.object()
                    .put("designs", designs.stream().map(DesignsCommand::json).toList())
                    .put(
                            "architectures",
                            Ports.all().stream().map(DesignsCommand::json).toList()));
            return Exit.OK;
        }
        for (FaultDesigns.Entry design : designs) {
            boolean usual = design.name().equals(FaultDesigns.DEFAULT);
            System.out.printf("%-14s %s%s%n", design.name(), design.history(), usual ? " (default)" : "");
            for (FaultDesigns.Version version : design.versions()) {
                boolean last = design.versions().size() > 1 && version == design.usual();
                System.out.printf("  %-12s %s%s%n", label(version), version.form(), last ? " (default)" : "");
                if (!version.defects().isEmpty()) {
                    System.out.printf("  %-12s as posted: %s%n", "", defects(version));
                }
            }
        }
        System.out.println();
        System.out.printf("%-8s %-14s %s%n", "arch", "tables freed", "walks without locks");
        for (KernelPort port : Ports.all()) {
            System.out.printf("%-8s %-14s %s%n", port.architecture().name(), port.tableFreeing(), walk(port));
        }
        return Exit.OK;
    }

    private static String walk(KernelPort port) {
        return switch (LocklessWalk.usual(port.tableFreeing())) {
            case READ_SECTION -> "rcu_read_lock";
            case INTERRUPTS_OFF -> "interrupts off";
            case NONE -> "nothing";
        };
    }

    private static String label(FaultDesigns.Version version) {
        return version.name().isEmpty() ? "" : ":" + version.name();
    }

    /// Names for `--knob fixed=`, with their numbers in the catalogue.
    private static String defects(FaultDesigns.Version version) {
        return version.defects().stream()
                .map(defect -> defect.number().equals("-") ? defect.toString() : defect + " " + defect.number())
                .collect(Collectors.joining(", "));
    }

    private static Json json(FaultDesigns.Entry design) {
        return Json.object()
                .put("name", design.name())
                .put("history", design.history())
                .put(
                        "versions",
                        design.versions().stream()
                                .map(version -> json(design, version))
                                .toList())
                .put("default", design.name().equals(FaultDesigns.DEFAULT));
    }

    private static Json json(FaultDesigns.Entry design, FaultDesigns.Version version) {
        return Json.object()
                .put("name", design.nameOf(version))
                .put("form", version.form())
                .put("default", version == design.usual())
                .put("defects", version.defects().stream().map(Defect::toString).toList());
    }

    private static Json json(KernelPort port) {
        return Json.object()
                .put("name", port.architecture().name())
                .put("tablesFreed", port.tableFreeing().toString())
                .put("walk", walk(port));
    }
}
