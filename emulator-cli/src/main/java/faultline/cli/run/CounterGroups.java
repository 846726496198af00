package faultline.cli.run;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The counters of a run by what they are about.
final class CounterGroups {

    private static final Set<String> FAULTS = Set.of("page_faults", "pgfault", "pgmajfault", "pgreuse");

    /// How the names of counters about memory begin.
    private static final Set<String> MEMORY = Set.of("pg", "pageout", "pswp", "allocstall", "oom_", "nr_", "drop_");

    private CounterGroups() {}

    /// The counters that are not zero, under headings, all in the order they came.
    static Map<String, Map<String, Long>> of(Map<String, Long> counts) {
        Map<String, Map<String, Long>> groups = new LinkedHashMap<>();
        for (String heading :
                new String[] {"run", "faults", "speculation", "per-VMA locks", "TLB", "page tables freed", "memory"}) {
            groups.put(heading, new LinkedHashMap<>());
        }
        counts.forEach((name, count) -> {
            if (count != 0) {
                groups.computeIfAbsent(heading(name), _ -> new LinkedHashMap<>())
                        .put(name, count);
            }
        });
        groups.values().removeIf(Map::isEmpty);
        return groups;
    }

    private static String heading(String name) {
        String word = name.toLowerCase(Locale.ROOT);
        if (FAULTS.contains(word)) {
            return "faults";
        }
        if (word.startsWith("spf_") || word.equals("speculative_pgfault")) {
            return "speculation";
        }
        if (word.startsWith("vma_lock_")) {
            return "per-VMA locks";
        }
        if (word.startsWith("nr_tlb_") || word.startsWith("asid_")) {
            return "TLB";
        }
        if (word.startsWith("pt_freed_")) {
            return "page tables freed";
        }
        return MEMORY.stream().anyMatch(word::startsWith) ? "memory" : "run";
    }
}
