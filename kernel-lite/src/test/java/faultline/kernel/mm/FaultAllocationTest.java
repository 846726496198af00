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

    /// So many clean rounds in a row that it is no accident.
    private static final int CLEAN_ROUNDS = 20;

    /// By then everything is compiled on any machine.
    private static final int MOST_ROUNDS = 2000;

    /// The measurement itself takes 1,168 bytes; one object in every 70 faults would show.
    private static final long BYTES_A_ROUND = 2048;

    /// Faults on frames that were used before allocate nothing on the Java heap: page objects, PTE
    /// locks and tables are reused, and outcomes are constants. That is so in compiled code, where
    /// what does not escape is not allocated, so rounds are run until it is reached.
    @Test
    void anonymousFaultsAllocateNothing() {
        ToyMachine machine = new ToyMachine(1, 8192, new ParallelSchedule(), false);
        int[] rounds = new int[1];
        int[] clean = new int[1];
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
            while (clean[0] < CLEAN_ROUNDS && rounds[0] < MOST_ROUNDS) {
                rounds[0]++;
                clean[0] = touchAll(self, mm) < BYTES_A_ROUND ? clean[0] + 1 : 0;
            }
            assertThat(machine.kernel().events(VmEvent.PGFAULT)).isEqualTo(rounds[0] * 2L * PAGES);
            mm.put();
        });
        assertThat(clean[0]).as("clean rounds of %d", rounds[0]).isEqualTo(CLEAN_ROUNDS);
    }

    /// A read and a write fault on every page; returns the bytes this thread allocated meanwhile.
    private static long touchAll(ToyThread self, Mm mm) {
        long before = allocated();
        for (int page = 0; page < PAGES; page++) {
            self.load(at(page));
            self.store(at(page), 1);
        }
        long used = allocated() - before;
        new AdviceCalls(mm).madvise(at(0), (long) PAGES * PAGE, 4);
        return used;
    }

    /// Bytes this thread has allocated; by reflection, because the module under test does not read
    /// the one that knows.
    private static long allocated() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            return (long) Class.forName("com.sun.management.ThreadMXBean")
                    .getMethod("getCurrentThreadAllocatedBytes")
                    .invoke(bean);
        } catch (ReflectiveOperationException unavailable) {
            throw new LinkageError("no count of allocated bytes in this JDK", unavailable);
        }
    }
}
