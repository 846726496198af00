package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.cli.run.Ports;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.pgtable.LocklessWalk;
import java.util.List;
import java.util.concurrent.Callable;
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
            System.out.printf("%-10s %s%s%n", design.name(), design.form(), usual ? " (default)" : "");
            System.out.printf("%-10s %s%n", "", design.history());
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
        };
    }

    private static Json json(FaultDesigns.Entry design) {
        return Json.object()
                .put("name", design.name())
                .put("form", design.form())
                .put("history", design.history())
                .put("default", design.name().equals(FaultDesigns.DEFAULT));
    }

    private static Json json(KernelPort port) {
        return Json.object()
                .put("name", port.architecture().name())
                .put("tablesFreed", port.tableFreeing().toString())
                .put("walk", walk(port));
    }
}
