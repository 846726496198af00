package faultline.cli.run;

import faultline.core.step.SeededSchedule;
import faultline.kernel.boot.Kernel;
import faultline.kernel.mm.ProcText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// `--stats`: what a run did, counted by the kernel; the names are those of `/proc/vmstat`. As text, what
/// is not zero; as JSON everything, and what [FaultReport] adds. Under a seed, also the steps it took and the hash over
/// them, by which two runs are seen to be the same.
public final class RunStatistics {

    private RunStatistics() {}

    /// Gives the counters to `out`, line by line.
    public static void print(Machine machine, long nanos, boolean json, Consumer<String> out) {
        Map<String, Long> counts = counts(machine, nanos);
        // Unsigned: as JSON's numbers are not, it is text.
        String hash =
                machine.schedule() instanceof SeededSchedule seeded ? "0x%016x".formatted(seeded.eventHash()) : null;
        if (json) {
            Json object = Json.object();
            counts.forEach(object::put);
            FaultReport.put(machine, counts, object);
            if (hash != null) {
                object.put("event_hash", hash);
            }
            out.accept(Json.text(object));
            return;
        }
        CounterGroups.of(counts).forEach((heading, group) -> {
            out.accept(heading + ":");
            group.forEach((name, count) -> out.accept("  %-26s %d".formatted(name, count)));
        });
        out.accept("%-28s %s".formatted("speculative_share", FaultReport.percent(FaultReport.share(counts))));
        if (hash != null) {
            out.accept("%-28s %s".formatted("event_hash", hash));
        }
    }

    /// The counters by name.
    static Map<String, Long> counts(Machine machine, long nanos) {
        Kernel kernel = machine.kernel();
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("wall_microseconds", nanos / 1_000);
        Kernel.Statistics statistics = kernel.statistics();
        counts.put("system_calls", statistics.systemCalls());
        counts.put("context_switches", statistics.contextSwitches());
        counts.put("tasks", statistics.tasks());
        counts.put("page_faults", FaultReport.faults(machine));
        ProcText.vmstat(kernel.memory()).lines().forEach(line -> {
            int blank = line.indexOf(' ');
            counts.put(
                    line.substring(0, blank),
                    Long.parseLong(line.substring(blank + 1).strip()));
        });
        if (machine.schedule() instanceof SeededSchedule seeded) {
            counts.put("events", seeded.events());
        }
        return counts;
    }
}
