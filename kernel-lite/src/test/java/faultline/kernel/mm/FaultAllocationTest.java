package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.mm.page.VmEvent;
import org.junit.jupiter.api.Test;

class FaultAllocationTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 2048;

    /// Long enough that compiled code is what is measured.
    private static final int WARM_UP = 30;

    private static final int ROUNDS = 80;

    /// Faults on frames that were used before allocate nothing on the Java heap: page objects, PTE
    /// locks and tables are reused, and outcomes are constants. One object a fault would be 5 MB
    /// here; the collector counts in steps of a thread's allocation buffer, and the unmapping
    /// between the rounds is allowed its few lists.
    @Test
    void anonymousFaultsAllocateNothing() {
        ToyMachine machine = new ToyMachine(1, 8192, new ParallelSchedule(), false);
        long[] bytes = new long[1];
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            mm.mmap(
                    at(0),
                    (long) PAGES * PAGE,
                    PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                    null,
                    0);
            for (int round = 0; round < WARM_UP; round++) {
                touchAll(self, mm, 0);
            }
            for (int round = 0; round < ROUNDS; round++) {
                bytes[0] = touchAll(self, mm, bytes[0]);
            }
            assertThat(machine.kernel().events(VmEvent.PGFAULT)).isEqualTo((WARM_UP + ROUNDS) * 2L * PAGES);
            mm.put();
        });
        assertThat(bytes[0]).isBetween(0L, 2L << 20);
    }

    /// A read and a write fault on every page; returns `sum` plus the bytes of heap used meanwhile.
    private static long touchAll(ToyThread self, Mm mm, long sum) {
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        for (int page = 0; page < PAGES; page++) {
            self.load(at(page));
            self.store(at(page), 1);
        }
        long used = runtime.totalMemory() - runtime.freeMemory() - before;
        new AdviceCalls(mm).madvise(at(0), (long) PAGES * PAGE, 4);
        return sum + used;
    }
}
