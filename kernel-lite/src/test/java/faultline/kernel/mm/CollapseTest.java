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
import faultline.kernel.mm.Collapse.Result;
import faultline.kernel.mm.Collapse.Rules;
import faultline.kernel.mm.fault.Gup;
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
        return mm.kernel().format().pfn(mm.pageTable().look(va));
    }

    private static boolean isHuge(Mm mm) {
        return mm.pageTable().huge().find(RANGE) != 0;
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
            long bytes = mm.pageTable().bytes();
            assertThat(new Collapse(mm, true, true).collapse(RANGE)).isEqualTo(Result.SUCCEED);
            assertThat(isHuge(mm)).isTrue();
            assertThat(pfn(mm, RANGE + 7 * PAGE)).isNotEqualTo(before);
            assertThat(mm.pageTable().bytes()).as("with the deposit").isEqualTo(bytes);
            assertThat(mm.rss()).isEqualTo(512);
            assertThat(self.load(RANGE)).isEqualTo(1);
            assertThat(self.load(RANGE + 7 * PAGE)).isEqualTo(8);
            assertThat(self.load(RANGE + 9 * PAGE)).isZero();
            assertThat(self.store(RANGE + 9 * PAGE, 3)).isNull();
            assertThat(self.store(RANGE, 4)).isNull();
            assertThat(self.load(RANGE)).isEqualTo(4);
            assertThat(new Collapse(mm, true, true).collapse(RANGE)).isEqualTo(Result.PMD_MAPPED);
        });
    }

    @Test
    void pagesThatAChildHasTooStayTheChilds() {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            long shared = pfn(mm, RANGE);
            assertThat(new Collapse(mm, true, true).collapse(RANGE))
                    .as("nothing may be written to")
                    .isEqualTo(Result.PAGE_RO);
            assertThat(self.store(RANGE + PAGE, 2)).isNull();
            assertThat(new Collapse(mm, true, true).collapse(RANGE)).isEqualTo(Result.SUCCEED);
            assertThat(self.store(RANGE, 3)).isNull();
            assertThat(pfn(child, RANGE)).isEqualTo(shared);
            assertThat(pfn(mm, RANGE)).isNotEqualTo(shared);
            child.get();
            self.use(child);
            assertThat(self.load(RANGE)).isEqualTo(1);
            self.use(mm);
            assertThat(self.load(RANGE)).isEqualTo(3);
            child.put();
            child.put();
        });
    }

    @Test
    void onlyWholeTablesOfAnonymousMemoryCollapse() {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            Collapse collapse = new Collapse(mm, true, true);
            assertThat(collapse.collapse(RANGE)).isEqualTo(Result.VMA_NULL);
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(collapse.collapse(RANGE)).as("no AnonVma").isEqualTo(Result.VMA_CHECK);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(collapse.collapse(RANGE + PAGE)).isEqualTo(Result.ADDRESS_RANGE);
            mm.mmap(RANGE + TABLE, TABLE, RW, ANON, null, 0);
            assertThat(collapse.collapse(RANGE + TABLE)).as("no table").isEqualTo(Result.PMD_NULL);
            mm.munmap(RANGE + TABLE - PAGE, PAGE);
            assertThat(collapse.collapse(RANGE)).as("a hole").isEqualTo(Result.ADDRESS_RANGE);
            mm.mmap(RANGE, TABLE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(collapse.collapse(RANGE)).as("a file").isEqualTo(Result.VMA_CHECK);
        });
    }

    @Test
    void rulesSayWhatMayBePutTogether() {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().swap().on("/swap", true, -1, 64);
        machine.runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
            for (int i = 0; i < 500; i++) {
                assertThat(self.store(RANGE + (long) i * PAGE, i)).isNull();
            }
            assertThat(collapse(machine, mm, new Rules(11, 0, 0, true))).isEqualTo(Result.EXCEED_NONE_PTE);
            new AdviceCalls(mm).madvise(RANGE, 3L * PAGE, 21);
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isEqualTo(3);
            assertThat(collapse(machine, mm, new Rules(12, 0, 2, true))).isEqualTo(Result.EXCEED_SWAP_PTE);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(self.store(RANGE + 5 * PAGE, 5)).isNull();
            assertThat(collapse(machine, mm, new Rules(12, 498, 3, true))).isEqualTo(Result.SUCCEED);
            assertThat(isHuge(mm)).isTrue();
            for (int i = 0; i < 500; i++) {
                assertThat(self.load(RANGE + (long) i * PAGE)).as("page " + i).isEqualTo((byte) i);
            }
            child.put();
            mm.pageTable().huge().split(RANGE);
            child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(self.store(RANGE + 5 * PAGE, 5)).isNull();
            assertThat(collapse(machine, mm, new Rules(12, 500, 3, true))).isEqualTo(Result.EXCEED_SHARED_PTE);
            child.put();
        });
    }

    private static Result collapse(ToyMachine machine, Mm mm, Rules rules) {
        return new Collapse(mm, rules, new Gup(machine.handler())::faultIn).collapse(RANGE);
    }

    /// The thread's work, without the thread.
    @Test
    void khugepagedGoesOverWhatHasAskedForIt() {
        ToyMachine machine = ToyMachine.small();
        Khugepaged khugepaged = machine.kernel().khugepaged();
        machine.runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, 4 * TABLE, RW, ANON, null, 0);
            for (int i = 0; i < 4; i++) {
                assertThat(self.store(RANGE + i * TABLE, i)).isNull();
            }
            assertThat(khugepaged.hasWork()).isFalse();
            new AdviceCalls(mm).madvise(RANGE, 2 * TABLE, 14);
            assertThat(khugepaged.hasWork()).isTrue();
            long pause = khugepaged.scan(new Gup(machine.handler())::faultIn);
            assertThat(pause).isEqualTo(10_000_000_000L);
            assertThat(machine.kernel().hugePages().khugepaged().pagesCollapsed())
                    .isEqualTo(2);
            assertThat(machine.kernel().hugePages().khugepaged().fullScans()).isEqualTo(1);
            assertThat(mm.rss()).isEqualTo(1024 + 2);
            for (int i = 0; i < 4; i++) {
                assertThat(self.load(RANGE + i * TABLE)).isEqualTo(i);
            }
        });
        assertThat(khugepaged.hasWork()).isFalse();
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
                    int done = 0;
                    while (working.get() > 0) {
                        Result result = new Collapse(mm, true, true).collapse(RANGE);
                        done += result == Result.SUCCEED ? 1 : 0;
                        mm.pageTable().huge().split(RANGE);
                        machine.schedule().spin();
                    }
                    assertThat(done).isPositive();
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
