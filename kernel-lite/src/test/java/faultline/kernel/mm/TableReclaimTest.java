package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Empty PTE tables that MADV_DONTNEED frees, beside faults and looks that hold `mmap_lock` for read like it.
@Timeout(120)
final class TableReclaimTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int SHARED = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED;
    private static final int MADV_DONTNEED = 4;

    /// A table of its own.
    private static final long RANGE = 1L << 32;

    private static final int TABLE_PAGES = 512;
    private static final long TABLE = (long) TABLE_PAGES * PAGE;

    /// Speculative faults look again under the PTE lock.
    private static final Knobs MENDED = Knobs.NONE.with("fixed=all");

    private static final int SEEDS = 30;

    private static ToyMachine machine(int cpus, Schedule schedule, String design) {
        ToyMachine machine = new ToyMachine(cpus, 4096, schedule, true, new KernelHeap(1L << 30), TableFreeing.RCU_ALL);
        machine.kernel().tableReclaim().reclaimEmpty();
        return machine.with(design, MENDED);
    }

    @Test
    void onlyTheTablesThatTheRangeCoversGo() {
        ToyMachine machine = machine(1, new ParallelSchedule(), "classic");
        machine.runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, 3 * TABLE, RW, ANON, null, 0);
            for (int table = 0; table < 3; table++) {
                assertThat(self.store(RANGE + table * TABLE, 1)).isNull();
                assertThat(self.store(RANGE + table * TABLE + PAGE, 1)).isNull();
            }
            long before = mm.pageTable().bytes();
            new AdviceCalls(mm).madvise(RANGE + PAGE, 3 * TABLE - 2 * PAGE, MADV_DONTNEED);
            assertThat(mm.pageTable().bytes()).isEqualTo(before - PAGE);
            assertThat(mm.pageTable().find(RANGE)).isNotZero();
            assertThat(mm.pageTable().find(RANGE + TABLE)).isZero();
            assertThat(mm.pageTable().find(RANGE + 2 * TABLE)).isNotZero();
            assertThat(self.load(RANGE)).isEqualTo(1);
            assertThat(self.load(RANGE + TABLE)).isZero();
            assertThat(mm.pageTable().bytes()).as("made again").isEqualTo(before);
        });
    }

    @Test
    void tablesStayWithoutIt() {
        ToyMachine machine =
                new ToyMachine(1, 4096, new ParallelSchedule(), true, new KernelHeap(1L << 30), TableFreeing.RCU_ALL);
        machine.runShared(self -> {
            self.mm().mmap(RANGE, TABLE, RW, ANON, null, 0);
            assertThat(self.store(RANGE, 1)).isNull();
            new AdviceCalls(self.mm()).madvise(RANGE, TABLE, MADV_DONTNEED);
            assertThat(self.mm().pageTable().find(RANGE)).isNotZero();
        });
    }

    @Test
    void itNeedsAllTablesToBeFreedByRcu() {
        ToyMachine machine =
                new ToyMachine(1, 512, new ParallelSchedule(), true, new KernelHeap(1L << 30), TableFreeing.RCU);
        assertThatThrownBy(() -> machine.kernel().tableReclaim().reclaimEmpty())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rcu-all");
    }

    /// F has found its table and is about to lock it; W empties it and unhooks it. F sees that with the
    /// lock held, lets go, and its access is made again.
    @EachDesign
    void aFaultThatHasFoundItsTableLooksAgainUnderTheLock(String design) {
        try (RaceMachine machine = new RaceMachine(
                ToyPort.INTERRUPT,
                TableFreeing.RCU_ALL,
                design,
                MENDED,
                kernel -> kernel.tableReclaim().reclaimEmpty())) {
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE + PAGE, Access.WRITE)).isNull();
                machine.mark(Mark.DONE);
            });
            Actor w = machine.writer(self -> {
                machine.map(RANGE, TABLE_PAGES);
                RaceMachine.store(self, RANGE);
                machine.mark(Mark.MAPPED);
                machine.discard(RANGE, TABLE_PAGES);
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            LockStep taking = design.startsWith("spf") ? LockStep.SPIN_TRYLOCK : LockStep.SPIN_LOCK;
            f.runToOn(taking, machine.tableOf(RANGE).pfn());
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    /// Faults, copies on write, looks and truncations beside a thread that empties the table again and
    /// again, switched at every step.
    @EachDesign
    void nobodyMeetsATableThatIsGone(String design) {
        int gone = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            gone += contest(machine(3, new SeededSchedule(seed), design), 8);
        }
        assertThat(gone).as("more than at the end of each").isGreaterThan(SEEDS);
    }

    @EachDesign
    void nobodyMeetsATableThatIsGoneOnHostThreads(String design) {
        assertThat(contest(machine(3, new ParallelSchedule(), design), 200)).isPositive();
    }

    /// Returns how often W found no table.
    private static int contest(ToyMachine machine, int rounds) {
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger working = new AtomicInteger(2);
        AtomicInteger gone = new AtomicInteger();
        ToyThread.Body faults = self -> {
            self.use(mm);
            while (ready.get() == 0) {
                machine.schedule().spin();
            }
            for (int round = 0; round < rounds; round++) {
                // The zero page, its copy, a page of the other kind, and a look without the lock.
                long own = RANGE + (self.vcpu().id() + 1L) * PAGE;
                int _ = self.load(own);
                assertThat(self.store(own, round)).isNull();
                assertThat(self.store(own + TABLE, round)).isNull();
                byte[] _ = new AdviceCalls(mm).mincore(RANGE + TABLE, 8);
            }
            working.decrementAndGet();
            mm.put();
        };
        machine.run(
                self -> {
                    self.use(mm);
                    mm.mmap(RANGE, TABLE, RW, ANON, null, 0);
                    mm.mmap(RANGE + TABLE, TABLE, RW, SHARED, null, 0);
                    assertThat(self.store(RANGE, 1)).isNull();
                    assertThat(self.store(RANGE + TABLE, 1)).isNull();
                    ready.set(1);
                    boolean last;
                    do {
                        last = working.get() == 0;
                        new AdviceCalls(mm).madvise(RANGE, 2 * TABLE, MADV_DONTNEED);
                        if (mm.pageTable().find(RANGE) == 0) {
                            gone.incrementAndGet();
                        }
                        machine.schedule().spin();
                    } while (!last);
                    mm.put();
                },
                faults,
                faults);
        machine.run(_ -> machine.kernel().rcu().quiesce());
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return gone.get();
    }
}
