package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;

/// Pages a second that the kernel alone swaps in, and out, from and to a device that takes no time: stores to
/// every page, has them taken out (MADV_PAGEOUT), loads from every page. Run by hand; the figures are in
/// `docs/performance-mm.md`.
///
/// Arguments: threads, MiB a thread, rounds, fault design, and `shared` for shared memory.
public final class SwapBench {

    private static final int PAGE = 4096;
    private static final int MADV_PAGEOUT = 21;

    /// Which part of a round takes how long.
    private static final class Times {
        private long out;
        private long in;
    }

    private SwapBench() {}

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        long bytes = (args.length > 1 ? Long.parseLong(args[1]) : 64) << 20;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 40;
        boolean shared = args.length > 4 && args[4].equals("shared");
        ToyMachine machine = new ToyMachine(threads, 1 << 18, new ParallelSchedule(), false)
                .with(args.length > 3 ? args[3] : FaultDesigns.DEFAULT, Knobs.NONE.with("single-thread=speculate"));
        long pages = threads * bytes / PAGE;
        machine.kernel().swap().on("/swap", false, -1, (int) pages + 1);
        Mm[] mm = new Mm[1];
        machine.run(self -> mm[0] = machine.newMm());
        for (int round = 0; round < rounds; round++) {
            ToyThread.Body[] bodies = new ToyThread.Body[threads];
            Times[] times = new Times[threads];
            for (int i = 0; i < threads; i++) {
                Times mine = new Times();
                times[i] = mine;
                bodies[i] = self -> swap(self, mm[0], bytes, shared, mine);
            }
            machine.run(bodies);
            long out = 0;
            long in = 0;
            for (Times mine : times) {
                out = Math.max(out, mine.out);
                in = Math.max(in, mine.in);
            }
            if (round % 5 == 4) {
                System.out.printf("%.0f pages/s out, %.0f pages/s in%n", pages * 1e9 / out, pages * 1e9 / in);
            }
        }
    }

    private static void swap(ToyThread self, Mm mm, long bytes, boolean shared, Times times) {
        self.use(mm);
        int flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE);
        long va = mm.mmap(0, bytes, PROT_READ | PROT_WRITE, flags, null, 0);
        for (long at = va; at < va + bytes; at += PAGE) {
            require(self.store(at, 1) == null, at);
        }
        long begin = System.nanoTime();
        new AdviceCalls(mm).madvise(va, bytes, MADV_PAGEOUT);
        long isOut = System.nanoTime();
        for (long at = va; at < va + bytes; at += PAGE) {
            require(self.load(at) == 1, at);
        }
        times.out = isOut - begin;
        times.in = System.nanoTime() - isOut;
        mm.munmap(va, bytes);
    }

    private static void require(boolean right, long at) {
        if (!right) {
            throw new IllegalStateException("bench: an access failed at 0x" + Long.toHexString(at));
        }
    }
}
