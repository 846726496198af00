package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import java.util.List;

/// Page faults per second of the kernel alone: maps, stores to every page, unmaps. Run by hand; the
/// figures are in `docs/performance-mm.md`.
///
/// Arguments: threads, MiB a thread, rounds, fault design, and any of `check` for the checks, `copy` and `huge`. With
/// one thread a speculative design speculates all the same. `copy` loads from each page before it stores, so that each
/// store is a copy on write, of the zero page. `huge` makes huge pages, one a fault.
public final class TouchBench {

    private TouchBench() {}

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        long bytes = (args.length > 1 ? Long.parseLong(args[1]) : 64) << 20;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 40;
        List<String> more = List.of(args).subList(Math.min(4, args.length), args.length);
        boolean check = more.contains("check");
        ToyMachine machine = new ToyMachine(threads, 1 << 18, new ParallelSchedule(), check)
                .with(args.length > 3 ? args[3] : FaultDesigns.DEFAULT, Knobs.NONE.with("single-thread=speculate"));
        boolean copies = more.contains("copy");
        boolean huge = more.contains("huge");
        int page = huge ? 2 << 20 : 4096;
        if (huge) {
            machine.kernel().hugePages().setEnabled(HugePageSettings.Enabled.ALWAYS);
        }
        Mm[] mm = new Mm[1];
        machine.run(self -> mm[0] = machine.newMm());
        long faults = threads * (bytes / page) * (copies ? 2 : 1);
        long cpuAtHalf = 0;
        for (int round = 0; round < rounds; round++) {
            if (round == rounds / 2) {
                cpuAtHalf = cpuNanos();
            }
            long begin = System.nanoTime();
            ToyThread.Body[] bodies = new ToyThread.Body[threads];
            for (int i = 0; i < threads; i++) {
                bodies[i] = self -> touch(self, mm[0], bytes, page, copies);
            }
            machine.run(bodies);
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (round % 5 == 4) {
                System.out.printf("%.0f faults/s, %.2f GB/s%n", faults / seconds, threads * bytes / seconds / 1e9);
            }
        }
        System.out.printf(
                "%d ns of CPU a fault in the second half%n",
                (cpuNanos() - cpuAtHalf) / (faults * (rounds - rounds / 2)));
    }

    /// What the process has used: steadier than the clock on a host that others use.
    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void touch(ToyThread self, Mm mm, long bytes, int page, boolean copies) {
        self.use(mm);
        // Aligned to the page, however large.
        long mapped = bytes + page;
        long start = mm.mmap(0, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
        long va = start + page - 1 & -page;
        for (long at = va; at < va + bytes; at += page) {
            int before = copies ? self.load(at) : 0;
            if (before != 0 || self.store(at, 1) != null) {
                throw new IllegalStateException("bench: a store failed at 0x" + Long.toHexString(at));
            }
        }
        mm.munmap(start, mapped);
    }
}
