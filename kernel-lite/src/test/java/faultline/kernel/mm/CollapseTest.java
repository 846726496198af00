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
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is mapped after a collapse, and faults beside one.
@Timeout(120)
final class CollapseTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private static final long RANGE = 1L << 32;
    private static final long TABLE = 512L * PAGE;

    /// `spf-vma` as posted may make a table where the collapse has just taken one away (M2).
    private static final Knobs MENDED = Knobs.NONE.with("fixed=all");

    private static long pfn(Mm mm, long va) {
        long ptePa = mm.pageTable().find(va);
        return mm.kernel().format().pfn(mm.pageTable().load(ptePa));
    }

    @Test
    void pagesMoveWithTheirContents() {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(self.store(RANGE + 7 * PAGE, 8)).isNull();
            assertThat(self.load(RANGE + 9 * PAGE)).isZero();
            long before = pfn(mm, RANGE + 7 * PAGE);
            long table = mm.pageTable().find(RANGE);
            long bytes = mm.pageTable().bytes();
            assertThat(new Collapse(mm, true, true).collapse(RANGE)).isTrue();
            assertThat(pfn(mm, RANGE + 7 * PAGE)).isNotEqualTo(before);
            assertThat(mm.pageTable().find(RANGE)).isNotEqualTo(table);
            assertThat(mm.pageTable().bytes()).isEqualTo(bytes);
            assertThat(mm.rss()).isEqualTo(2);
            assertThat(self.load(RANGE)).isEqualTo(1);
            assertThat(self.load(RANGE + 7 * PAGE)).isEqualTo(8);
            assertThat(self.load(RANGE + 9 * PAGE)).isZero();
            assertThat(self.store(RANGE + 9 * PAGE, 3)).isNull();
            assertThat(self.store(RANGE, 4)).isNull();
            assertThat(self.load(RANGE)).isEqualTo(4);
        });
    }

    @Test
    void pagesThatAChildHasTooStay() {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            long shared = pfn(mm, RANGE);
            assertThat(self.store(RANGE + PAGE, 2)).isNull();
            assertThat(new Collapse(mm, true, true).collapse(RANGE)).isTrue();
            assertThat(pfn(mm, RANGE)).isEqualTo(shared);
            assertThat(self.store(RANGE, 3)).isNull();
            assertThat(pfn(child, RANGE)).isEqualTo(shared);
            assertThat(pfn(mm, RANGE)).as("copied on write").isNotEqualTo(shared);
            child.put();
        });
    }

    @Test
    void onlyWholeTablesOfAnonymousMemoryCollapse() {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            Collapse collapse = new Collapse(mm, true, true);
            assertThat(collapse.collapse(RANGE)).as("nothing mapped").isFalse();
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(collapse.collapse(RANGE)).as("no table").isFalse();
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(collapse.collapse(RANGE + PAGE))
                    .as("not where a table begins")
                    .isFalse();
            mm.munmap(RANGE + TABLE - PAGE, PAGE);
            assertThat(collapse.collapse(RANGE)).as("a hole").isFalse();
            mm.mmap(RANGE, TABLE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(collapse.collapse(RANGE)).as("a file").isFalse();
        });
    }

    /// Every byte that was stored is read again, wherever a collapse comes in between.
    @EachDesign
    void noStoreIsLost(String design) {
        for (long seed = 0; seed < 30; seed++) {
            contest(machine(new SeededSchedule(seed), design), 4);
        }
    }

    @EachDesign
    void noStoreIsLostOnHostThreads(String design) {
        contest(machine(new ParallelSchedule(), design), 100);
    }

    private static ToyMachine machine(Schedule schedule, String design) {
        return new ToyMachine(3, 4096, schedule, true, new KernelHeap(1L << 30), TableFreeing.RCU).with(design, MENDED);
    }

    private static void contest(ToyMachine machine, int rounds) {
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger working = new AtomicInteger(2);
        ToyThread.Body faults = self -> {
            self.use(mm);
            while (ready.get() == 0) {
                machine.schedule().spin();
            }
            for (int round = 1; round <= rounds; round++) {
                long own = RANGE + (2L * round + self.vcpu().id()) * PAGE;
                int _ = self.load(own);
                assertThat(self.store(own, round)).isNull();
                assertThat(self.load(own)).isEqualTo(round & 127);
                assertThat(self.load(own - 2 * PAGE)).isEqualTo(round - 1 & 127);
            }
            working.decrementAndGet();
            mm.put();
        };
        machine.run(
                self -> {
                    self.use(mm);
                    mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
                    assertThat(self.store(RANGE, 0)).isNull();
                    ready.set(1);
                    while (working.get() > 0) {
                        assertThat(new Collapse(mm, true, true).collapse(RANGE)).isTrue();
                        machine.schedule().spin();
                    }
                    mm.put();
                },
                faults,
                faults);
        machine.run(_ -> machine.kernel().rcu().quiesce());
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }
}
