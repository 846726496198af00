package faultline.cli.compare;

import faultline.cli.run.Json;
import faultline.cli.run.MeasuredRun;
import faultline.cli.run.RunOptions;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The figures for programs to read; medians, as in [CompareTable].
final class CompareJson {

    private CompareJson() {}

    static Json of(RunOptions options, List<DesignRuns> designs, List<String> differences) {
        double first = designs.getFirst().faultsPerSecond();
        return Json.object()
                .put("program", String.valueOf(options.program))
                .put("arguments", options.arguments)
                .put("runs", options.runs)
                .put("designs", designs.stream().map(runs -> of(runs, first)).toList())
                .put("differences", differences);
    }

    private static Json of(DesignRuns runs, double first) {
        Json setbacks = Json.object();
        runs.setbacks().forEach(name -> setbacks.put(name.toLowerCase(Locale.ROOT), whole(runs.count(name))));
        Json guest = Json.object();
        runs.guestWords().forEach(word -> guest.put(word, whole(runs.guest(word))));
        Histogram times = runs.faultTimes();
        return Json.object()
                .put("design", runs.design())
                .put("seconds", runs.seconds())
                .put("faults", whole(runs.faults()))
                .put("faultsPerSecond", runs.faultsPerSecond())
                .put("ratio", first == 0 ? 0 : runs.faultsPerSecond() / first)
                .put("minor", whole(runs.count("pgfault") - runs.count("pgmajfault")))
                .put("major", whole(runs.count("pgmajfault")))
                .put("withoutMmapLock", runs.speculative())
                .put("setbacks", setbacks)
                .put(
                        "faultNanoseconds",
                        Json.object()
                                .put("p50", times.getValueAtPercentile(50))
                                .put("p99", times.getValueAtPercentile(99)))
                .put(
                        "mmapLock",
                        Json.object()
                                .put("read", whole(runs.count("mmap_lock_read")))
                                .put("write", whole(runs.count("mmap_lock_write")))
                                .put("waits", whole(runs.count("mmap_lock_contended")))
                                .put("waitNanoseconds", whole(runs.count(MeasuredRun.MMAP_LOCK_WAIT_NANOS))))
                .put("shootdowns", whole(runs.count("nr_tlb_remote_flush")))
                .put("interrupts", whole(runs.count("nr_tlb_remote_flush_received")))
                .put("guest", guest);
    }

    /// The median of an even number of counts may be a half.
    private static long whole(double count) {
        return Math.round(count);
    }
}
