package faultline.cli.run;

import faultline.kernel.boot.Kernel;
import faultline.kernel.mm.ProcText;
import java.util.LinkedHashMap;
import java.util.Map;

/// `--stats`: what a run did, counted by the kernel; the names are those of `/proc/vmstat`.
public final class RunStatistics {

    private RunStatistics() {}

    /// Prints the counters on standard error.
    public static void print(Machine machine, long nanos, boolean json) {
        Map<String, Long> counts = counts(machine.kernel(), nanos);
        if (json) {
            Json object = Json.object();
            counts.forEach(object::put);
            System.err.println(Json.text(object));
            return;
        }
        counts.forEach((name, count) -> System.err.printf("%-28s %d%n", name, count));
    }

    private static Map<String, Long> counts(Kernel kernel, long nanos) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("wall_microseconds", nanos / 1_000);
        Kernel.Statistics statistics = kernel.statistics();
        counts.put("system_calls", statistics.systemCalls());
        counts.put("context_switches", statistics.contextSwitches());
        counts.put("tasks", statistics.tasks());
        ProcText.vmstat(kernel.memory()).lines().forEach(line -> {
            int blank = line.indexOf(' ');
            counts.put(
                    line.substring(0, blank),
                    Long.parseLong(line.substring(blank + 1).strip()));
        });
        return counts;
    }
}
