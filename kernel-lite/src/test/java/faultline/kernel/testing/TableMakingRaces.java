package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.TableMaking;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// M39: F, a speculative fault, makes the page table that it misses; W unmaps, and frees the tables there are.
final class TableMakingRaces {

    private static final long RANGE = SpeculationRace.RANGE;

    /// In tables: what is unmapped, and where a mapping stays that keeps the level above.
    private static final int TABLES = 2;

    private static final int NEIGHBOUR = 4;

    private final RacePort port;
    private final String design;
    private final TableMaking making;
    private final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

    TableMakingRaces(RacePort port, String design, TableMaking making) {
        this.port = port;
        this.design = design;
        this.making = making;
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, Knobs.NONE.with("spf-tables=" + making), kernel -> {
            if (making == TableMaking.LOCKED) {
                kernel.tableReclaim().awaitTableMakers();
            }
        });
    }

    private static long table(RaceMachine machine, int which) {
        return RANGE + (long) which * machine.pagesOfTable() * machine.page();
    }

    private static Actor unmapper(RaceMachine machine) {
        return machine.writer(self -> {
            machine.map(RANGE, TABLES * machine.pagesOfTable());
            machine.map(table(machine, NEIGHBOUR), 1);
            RaceMachine.store(self, RANGE);
            RaceMachine.store(self, table(machine, NEIGHBOUR));
            machine.mark(Mark.MAPPED);
            machine.unmap(RANGE, TABLES * machine.pagesOfTable());
            machine.mark(Mark.DONE);
        });
    }

    private Actor faulter(RaceMachine machine) {
        return machine.faulter(self -> {
            outcome.set(self.touch(table(machine, 1), Access.WRITE));
            machine.mark(Mark.DONE);
        });
    }

    /// F has looked whether something has changed; W says that he changes something, and frees the tables he
    /// finds; F goes on.
    private void between(RaceMachine machine, Actor w, Actor f) {
        w.runTo(Mark.MAPPED);
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(LockStep.SPIN_TRYLOCK);
        w.runTo(PgtableStep.TLB_FLUSH);
        machine.schedule().runAll();
        expectNothingMapped();
    }

    private void expectNothingMapped() {
        assertThat(outcome.get())
                .isInstanceOfSatisfying(
                        Signal.class, signal -> assertThat(signal.code()).isEqualTo(Signal.SEGV_MAPERR));
    }

    private static boolean hasTable(RaceMachine machine) {
        return machine.mm().pageTable().find(table(machine, 1)) != 0;
    }

    /// Whether there is a page table where nothing is mapped: Linux says of it at the end of the address space
    /// that its bytes are not zero, here it is freed by then.
    private static void expectTable(RaceMachine machine, boolean left) {
        assertThat(machine.mm().vmaAt(table(machine, 1))).isNull();
        assertThat(hasTable(machine)).as("a table is left over").isEqualTo(left);
    }

    /// Present where the look comes before the lock: F links a table that W has passed by, and nobody frees it.
    /// The fault itself is given up.
    void aTableBehindWhoFreesThem() {
        try (RaceMachine machine = machine()) {
            between(machine, unmapper(machine), faulter(machine));
            expectTable(machine, true);
            machine.finish();
        }
    }

    /// Absent where F looks with the lock.
    void aTableThatIsNotLinked() {
        try (RaceMachine machine = machine()) {
            between(machine, unmapper(machine), faulter(machine));
            expectTable(machine, false);
            machine.finish();
        }
    }

    /// Absent as posted: F makes no table, gives up for that reason, and waits for `mmap_lock` behind W, who frees the
    /// tables there are.
    void aTableThatIsNotMade(VmEvent reason) {
        try (RaceMachine machine = machine()) {
            Actor w = unmapper(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            // W, whose tables were not there either, has given up for the same reason.
            long before = machine.kernel().events(reason);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runTo(LockStep.READ_TRYLOCK);
            assertThat(machine.kernel().events(reason) - before)
                    .as(reason.name())
                    .isEqualTo(1);
            assertThat(hasTable(machine)).isFalse();
            w.runTo(PgtableStep.TLB_FLUSH);
            machine.schedule().runAll();
            expectNothingMapped();
            expectTable(machine, false);
            machine.finish();
        }
    }

    /// F has the lock and has looked: W waits for it, and finds the table.
    void aTableThatIsFound() {
        try (RaceMachine machine = machine()) {
            Actor w = unmapper(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runTo(PgtableStep.TABLE_LINK);
            machine.schedule().runAll();
            expectTable(machine, false);
            machine.finish();
        }
    }

    /// Nobody unmaps: the fault needs no `mmap_lock`.
    void aTableThatIsMade() {
        try (RaceMachine machine = machine()) {
            Actor w = machine.writer(self -> {
                machine.map(RANGE, TABLES * machine.pagesOfTable());
                RaceMachine.store(self, RANGE);
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.DONE);
            Actor f = faulter(machine);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runTo(PgtableStep.TABLE_LINK);
            f.runTo(Mark.DONE);
            assertThat(outcome.get()).isNull();
            assertThat(machine.isMapped(table(machine, 1))).isTrue();
            machine.finish();
        }
    }
}
