package faultline.cli.compare;

import faultline.cli.run.End;
import faultline.cli.run.Json;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.Refusal;
import faultline.cli.run.RunOptions;
import faultline.kernel.mm.fault.FaultDesigns;
import java.io.IOException;
import java.util.List;

/// `faultline compare`.
public final class CompareCommand {

    private static final int RUNS_DIFFER = 1;

    private CompareCommand() {}

    /// Compares and prints; returns the exit status of `faultline`.
    public static int execute(RunOptions options) throws IOException, InterruptedException {
        String program = options.program;
        if (program == null) {
            throw Refusal.usage("compare: which program? See faultline compare --help");
        }
        List<String> designs = options.designs.isEmpty() ? FaultDesigns.names() : options.designs;
        ProgramFile file = ProgramFile.find(program, options.arch);
        Comparison comparison = new Comparison(options, file, designs);
        List<DesignRuns> runs = comparison.run();
        if (options.json) {
            Json.print(CompareJson.of(options, runs, comparison.differences()));
        } else {
            System.out.print(CompareTable.of(runs));
            comparison.differences().forEach(System.out::println);
        }
        End end = comparison.firstEnd();
        return comparison.differences().isEmpty() ? end.status() : RUNS_DIFFER;
    }
}
