package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.MREMAP_FIXED;
import static faultline.kernel.mm.MmConstants.MREMAP_MAYMOVE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.RemapCalls;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TableMoves;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// M8 and M10: a speculative fault against mremap, at the place where the pages go to and at the one they come
/// from.
final class RemapRaces extends SpeculationRace {

    private static final int FIXED = MREMAP_MAYMOVE | MREMAP_FIXED;

    /// Behind the range, in another table.
    private static final long ELSEWHERE = RANGE << 1;

    /// How far behind the range, in the same table.
    private static final int NEAR_PAGES = 8;

    RemapRaces(RacePort port, PortFacts facts, String design) {
        super(port, facts, design);
    }

    private static long move(RemapCalls calls, long bytes, long to) {
        return calls.mremap(RANGE, bytes, bytes, FIXED, to);
    }

    // M8.

    private static long near(RaceMachine machine) {
        return RANGE + (long) NEAR_PAGES * machine.page();
    }

    private static Actor writerThatMovesNear(RaceMachine machine, boolean opensEarly) {
        return machine.writer(self -> {
            machine.map(RANGE, 1);
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.MAPPED);
            long _ = move(new RemapCalls(machine.mm(), opensEarly), machine.page(), near(machine));
            machine.mark(Mark.DONE);
        });
    }

    private static Actor faulterNear(RaceMachine machine) {
        return machine.faulter(self -> {
            assertThat(self.touch(near(machine), Access.WRITE)).isNull();
            machine.mark(Mark.DONE);
        });
    }

    /// M8, of `spf-vma` up to v5, on every architecture: W has made the VMA that pages are moved to, and faults
    /// are let into it. F makes a page there; W puts the moved one in its place. F's page has no PTE and counts
    /// one, and what was stored to it is lost. Where an entry must not go from one page to another at once
    /// (arm64), that is seen.
    void aNewPlaceThatIsOpenTooEarly() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            machine.kernel().oracle().keepOnly();
            Actor w = writerThatMovesNear(machine, true);
            Actor f = faulterNear(machine);
            w.runTo(PgtableStep.PAGES_MOVE);
            f.runTo(Mark.DONE);
            Page made = machine.pageAt(near(machine));
            w.runToEnd();
            if (facts.breaksBeforeMake()) {
                assertThat(machine.failure("W")).hasMessageContaining("break-before-make");
                return;
            }
            assertThat(machine.failure("W")).isNull();
            assertThat(machine.pageAt(near(machine))).isNotSameAs(made);
            assertThat(made.mapcount())
                    .as("PTEs that are said to map the lost page")
                    .isEqualTo(1);
        }
    }

    /// M8 is absent since v6, and with the other counter: F hears of W, and waits for `mmap_lock`.
    void aNewPlaceThatIsOpenWhenPagesAreThere() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL, Knobs.NONE)) {
            AtomicReference<@Nullable Page> moved = new AtomicReference<>();
            Actor w = machine.writer(self -> {
                machine.map(RANGE, 1);
                RaceMachine.store(self, RANGE);
                moved.set(machine.pageAt(RANGE));
                long _ = move(new RemapCalls(machine.mm()), machine.page(), near(machine));
                machine.mark(Mark.DONE);
            });
            Actor f = faulterNear(machine);
            w.runTo(PgtableStep.PAGES_MOVE);
            f.runTo(LockStep.LOCK_WAIT);
            machine.schedule().runAll();
            assertThat(machine.pageAt(near(machine))).isSameAs(moved.get());
            machine.finish();
        }
    }

    // M10.

    private RaceMachine moving(TableMoves how) {
        return machine(
                TableFreeing.RCU_ALL,
                Knobs.NONE,
                kernel -> kernel.tableReclaim().moveBy(how));
    }

    private static Actor writerThatMovesATable(RaceMachine machine) {
        return machine.writer(self -> {
            mapTable(machine, self);
            long bytes = (long) machine.pagesOfTable() * machine.page();
            long _ = move(new RemapCalls(machine.mm()), bytes, ELSEWHERE);
            machine.mark(Mark.TOLD);
            machine.mark(Mark.DONE);
        });
    }

    /// Where F stops that has checked everything and has the PTE lock.
    private static void runIntoLock(Actor f) {
        runToLock(f);
        f.runTo(PgtableStep.PTE_READ);
    }

    /// M10, on every architecture whose tables can be moved, and for both counters: F has the PTE lock, and
    /// nothing has changed. W moves the table to another address by its entry alone. F fills its PTE: not where
    /// its access was, which ends in a signal, but where W has moved it to and nobody has touched. Absent where
    /// tables stay where they are (ppc64 with the hashed page table).
    void aTableThatMovesUnderItsLock() {
        try (RaceMachine machine = moving(TableMoves.PMD)) {
            if (facts.hashed()) {
                movesBehindF(machine);
                return;
            }
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE + machine.page(), Access.WRITE)).isNotNull();
                machine.mark(Mark.DONE);
            });
            Actor w = writerThatMovesATable(machine);
            w.runTo(Mark.MAPPED);
            runIntoLock(f);
            w.runTo(Mark.TOLD);
            long untouched = ELSEWHERE + machine.page();
            assertThat(machine.isMapped(ELSEWHERE)).isTrue();
            assertThat(machine.isMapped(untouched)).isFalse();
            f.runTo(Mark.DONE);
            assertThat(machine.isMapped(untouched)).isTrue();
            machine.finish();
        }
    }

    /// M10 is absent where pages are moved one by one, or the lock of the table is taken too: W waits for F.
    void aTableThatMovesWithItsLock(TableMoves how) {
        try (RaceMachine machine = moving(how)) {
            movesBehindF(machine);
        }
    }

    private static void movesBehindF(RaceMachine machine) {
        Actor f = machine.faulter(self -> {
            var _ = self.touch(RANGE + machine.page(), Access.WRITE);
            machine.mark(Mark.DONE);
        });
        Actor w = writerThatMovesATable(machine);
        w.runTo(Mark.MAPPED);
        runIntoLock(f);
        w.runUntilBlocked(LockStep.SPIN_LOCK);
        machine.schedule().runAll();
        assertThat(f.hasEnded()).isTrue();
        assertThat(machine.isMapped(ELSEWHERE + machine.page())).isTrue();
        machine.finish();
    }
}
