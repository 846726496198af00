package faultline.cli.soak;

import faultline.core.arch.Architecture;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One round's machine, in the words that `run` takes.
///
/// @param design the fault design, its known defects mended
/// @param seed what the programs are drawn by
/// @param machine the options
record SoakRound(String design, long seed, List<String> machine) {

    /// So many pages of memory are too few for what runs.
    private static final long PAGES = 10_240;

    /// Larger pages hold more of what is small.
    private static final long LARGE_PAGES = 5_120;

    private static final int SWAP_PER_MEMORY = 8;

    /// Round `number` of those of `seed`: what else a machine can be is drawn by both.
    static SoakRound of(KernelPort port, String design, long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        Architecture architecture = port.architecture();
        List<String> words = new ArrayList<>();
        String name = architecture.name();
        add(words, "--arch", name);
        add(words, "--fault-design", design);
        add(words, "--knob", "fixed=all");
        add(words, "--cpus", "" + (2 + random.nextInt(3)));
        PageGeometry pages = draw(random, architecture.pageSizes());
        long memory = (pages.bytes() < 65_536 ? PAGES : LARGE_PAGES) * pages.bytes();
        add(words, "--page-size", (pages.bytes() >> 10) + "k");
        add(words, "--mmu", draw(random, architecture.mmuKinds()));
        add(words, "--memory", (memory >> 20) + "M");
        add(words, "--swap", (memory * SWAP_PER_MEMORY >> 20) + "M");
        add(words, "--thp", random.nextInt(4) == 0 ? "madvise" : "always");
        add(words, "--ksm", random.nextInt(3) == 0 ? "always" : "madvise");
        add(words, "--numa", "" + (1 + random.nextInt(2)));
        addTables(words, port, random);
        add(words, "--knob", "mremap=" + draw(random, List.of("pte", "pmd-locked")));
        add(words, "--knob", "single-thread=" + draw(random, List.of("shortcut", "speculate")));
        add(words, "--disk-latency", draw(random, List.of("0", "20us", "200us")));
        return new SoakRound(design, seed + number, List.copyOf(words));
    }

    /// How tables are freed and walks protected: what goes together. Emptied tables go in every other round.
    private static void addTables(List<String> words, KernelPort port, SplittableRandom random) {
        if (random.nextBoolean()) {
            add(words, "--pt-free", TableFreeing.RCU_ALL.toString());
            add(words, "--knob", "pt-reclaim=on");
            add(words, "--knob", "walk=" + draw(random, List.of("read-section", "interrupts-off")));
        } else {
            List<TableFreeing> ways = new ArrayList<>(List.of(TableFreeing.RCU, TableFreeing.RCU_FALLBACK));
            if (port.tableFreeing() == TableFreeing.IPI) {
                ways.add(TableFreeing.IPI);
            }
            add(words, "--pt-free", draw(random, ways).toString());
            add(words, "--knob", "walk=interrupts-off");
        }
    }

    private static <T> T draw(SplittableRandom random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static void add(List<String> words, String option, String value) {
        words.add(option);
        words.add(value);
    }
}
