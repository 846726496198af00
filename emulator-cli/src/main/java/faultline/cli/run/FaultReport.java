package faultline.cli.run;

import faultline.core.cpu.Vcpu;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.task.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What `--stats=json` says of faults beyond the sums: each vCPU's counters, each process's faults, and
/// which share of all faults took no `mmap_lock`.
final class FaultReport {

    private FaultReport() {}

    static void put(Machine machine, Map<String, Long> counts, Json to) {
        to.put("speculative_share", share(counts));
        to.put("vcpus", vcpus(machine));
        to.put("processes", processes(machine));
    }

    /// The faults that a design ended without `mmap_lock`, of those that the machine has ended: 0 to 1. What the
    /// classic path did over again does not count.
    static double share(Map<String, Long> counts) {
        long without = of(counts, VmEvent.SPF_SUCCESS)
                + of(counts, VmEvent.SPECULATIVE_PGFAULT)
                - of(counts, VmEvent.SPF_VMA_DISCARDED)
                + of(counts, VmEvent.VMA_LOCK_SUCCESS);
        long all = counts.getOrDefault("page_faults", 0L);
        return all == 0 ? 0 : (double) without / (double) all;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static long of(Map<String, Long> counts, VmEvent event) {
        return counts.getOrDefault(event.vmstatName(), 0L);
    }

    /// All faults that exceptions have raised, from all processes that have ended.
    static long faults(Machine machine) {
        long sum = 0;
        for (ProcessFaults.Ended process : machine.processes().all()) {
            sum += process.usage().pageFaults();
        }
        return sum;
    }

    private static List<Json> vcpus(Machine machine) {
        KernelMemory memory = machine.kernel().memory();
        List<Json> list = new ArrayList<>();
        for (int id = 0; id < memory.vcpus().count(); id++) {
            Vcpu vcpu = memory.vcpus().get(id);
            Json object = Json.object().put("vcpu", id);
            for (VmEvent event : VmEvent.values()) {
                long count = memory.events(event, vcpu);
                if (count != 0) {
                    object.put(event.vmstatName(), count);
                }
            }
            list.add(object);
        }
        return list;
    }

    private static List<Json> processes(Machine machine) {
        List<Json> list = new ArrayList<>();
        for (ProcessFaults.Ended process : machine.processes().all()) {
            Usage usage = process.usage();
            list.add(Json.object()
                    .put("pid", process.pid())
                    .put("comm", process.comm())
                    .put("page_faults", usage.pageFaults())
                    .put("minor_faults", usage.minorFaults())
                    .put("major_faults", usage.majorFaults())
                    .put("speculative_faults", usage.speculativeFaults()));
        }
        return list;
    }
}
