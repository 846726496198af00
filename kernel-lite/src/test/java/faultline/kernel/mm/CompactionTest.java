package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames in a row where memory is in pieces: pages in their way go elsewhere, with what is in them.
@Timeout(120)
final class CompactionTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final long RANGE = 1L << 32;
    private static final int RUN = 16;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_REMOVE = 9;

    /// Fills memory, and gives every fourth page back.
    private static int fill(ToyThread self, int kind) {
        Mm mm = self.mm();
        PageAllocator allocator = mm.kernel().allocator();
        int pages = (int) allocator.freeFrames() - 100;
        mm.mmap(RANGE, (long) pages * PAGE, RW, kind | MAP_ANONYMOUS | MAP_FIXED, null, 0);
        for (int i = 0; i < pages; i++) {
            assertThat(self.store(RANGE + (long) i * PAGE, i)).isNull();
        }
        while (allocator.tryAllocOn(0, PageAllocator.ALL_NODES, false) != null) {
            // What is left is in a row by itself.
        }
        for (int i = 0; i < pages; i += 4) {
            new AdviceCalls(mm)
                    .madvise(RANGE + (long) i * PAGE, PAGE, kind == MAP_PRIVATE ? MADV_DONTNEED : MADV_REMOVE);
        }
        return pages;
    }

    private static void expectIntact(ToyThread self, int pages) {
        for (int i = 0; i < pages; i++) {
            if (i % 4 != 0) {
                assertThat(self.load(RANGE + (long) i * PAGE)).as("page %d", i).isEqualTo((byte) i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {MAP_PRIVATE, MAP_SHARED})
    void pagesMoveOutOfTheWay(int kind) {
        ToyMachine machine = new ToyMachine(1, 1024, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.runShared(self -> {
            int pages = fill(self, kind);
            long before = allocator.freeFrames();
            for (int i = 0; i < 4; i++) {
                Page[] run = allocator.allocRun(RUN);
                assertThat(run).hasSize(RUN);
                assertThat(run[0].pfn() % RUN).isZero();
            }
            assertThat(machine.kernel().events(VmEvent.COMPACT_SUCCESS)).isPositive();
            assertThat(machine.kernel().events(VmEvent.PGMIGRATE_SUCCESS)).isPositive();
            assertThat(allocator.freeFrames()).isEqualTo(before - 4 * RUN);
            expectIntact(self, pages);
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
    }

    /// What somebody has a reference to stays where it is, and so do those beside it.
    @Test
    void whatCannotMoveStays() {
        ToyMachine machine = new ToyMachine(1, 1024, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.runShared(self -> {
            int pages = fill(self, MAP_PRIVATE);
            Mm mm = self.mm();
            for (int i = 1; i < pages; i += 4) {
                Page page = allocator.page(
                        machine.kernel().format().pfn(mm.pageTable().look(RANGE + (long) i * PAGE)));
                page.get();
            }
            long before = allocator.freeFrames();
            assertThat(allocator.allocRun(RUN)).isEmpty();
            assertThat(allocator.freeFrames()).isEqualTo(before);
            expectIntact(self, pages);
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
    }

    @Test
    void nothingIsLostBesideThreadsThatStore() {
        for (long seed = 0; seed < 20; seed++) {
            contest(new SeededSchedule(seed), 2);
        }
    }

    @Test
    void nothingIsLostOnHostThreads() {
        contest(new ParallelSchedule(), 40);
    }

    /// One thread takes runs and gives them back, the others store, fork and discard.
    private static void contest(Schedule schedule, int rounds) {
        ToyMachine machine = new ToyMachine(3, 512, schedule, true);
        PageAllocator allocator = machine.kernel().allocator();
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger working = new AtomicInteger(2);
        int pages = 100;
        ToyThread.Body stores = self -> {
            self.use(mm);
            while (ready.get() == 0) {
                machine.schedule().spin();
            }
            long own = RANGE + (long) self.vcpu().id() * pages * PAGE;
            for (int round = 1; round <= rounds; round++) {
                for (int i = 0; i < pages; i++) {
                    assertThat(self.store(own + (long) i * PAGE, round + i)).isNull();
                }
                for (int i = 0; i < pages; i++) {
                    assertThat(self.load(own + (long) i * PAGE)).isEqualTo((byte) (round + i));
                }
                new AdviceCalls(mm).madvise(own + (long) (round % 7) * PAGE, 9L * PAGE, MADV_DONTNEED);
            }
            working.decrementAndGet();
            mm.put();
        };
        machine.run(
                self -> {
                    self.use(mm);
                    mm.mmap(RANGE, 3L * pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
                    ready.set(1);
                    while (working.get() > 0) {
                        Page[] run = allocator.allocRun(RUN);
                        machine.schedule().spin();
                        if (run.length != 0) {
                            for (Page page : run) {
                                allocator.put(page);
                            }
                        }
                    }
                    mm.put();
                },
                stores,
                stores);
        machine.run(_ -> machine.kernel().rcu().quiesce());
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(allocator.freeFrames()).isEqualTo(allocator.totalFrames() - 1);
    }
}
