package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.check.Violation;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// One cell of the table of walks and ways to free (`docs/translation.md`), as one interleaving: F stops
/// in the middle of a walk, W unhooks the tables that F is in, flushes, and frees them unless something
/// makes it wait; their frames are used again, and F goes on.
///
/// @param port whose tables
/// @param walk what protects F
/// @param freeing how W's tables are freed
public record TableRace(RacePort port, LocklessWalk walk, TableFreeing freeing) {

    /// How it ends.
    public enum Verdict {
        /// Nobody waits: F reads from what is no table any more.
        F_READS_A_FREED_TABLE,

        /// W waits for F's vCPU to take an interrupt.
        W_WAITS_FOR_THE_INTERRUPT,

        /// W goes on, the tables are kept until F's section ends.
        THE_GRACE_PERIOD_WAITS
    }

    /// Whom the invalidation of TLBs waits for.
    public enum Flush {
        /// Every vCPU takes an interrupt: x86.
        INTERRUPT,

        /// Nobody in kernel mode: arm64.
        BROADCAST,

        /// Nobody in kernel mode, but where an entry that names a table was cleared every vCPU takes an
        /// interrupt: ppc64.
        BROADCAST_AND_INTERRUPT
    }

    /// The table. With no section at all nobody waits for F, and a read section holds up nothing but a
    /// grace period. With interrupts off F holds up interrupts, and since Linux 5.0 a grace period.
    public static Verdict verdict(Flush flush, LocklessWalk walk, TableFreeing freeing) {
        return switch (walk) {
            case NONE -> Verdict.F_READS_A_FREED_TABLE;
            case READ_SECTION ->
                switch (freeing) {
                    case RCU, RCU_ALL -> Verdict.THE_GRACE_PERIOD_WAITS;
                    case IPI, RCU_FALLBACK -> Verdict.F_READS_A_FREED_TABLE;
                };
            case INTERRUPTS_OFF ->
                switch (flush) {
                    case INTERRUPT, BROADCAST_AND_INTERRUPT -> Verdict.W_WAITS_FOR_THE_INTERRUPT;
                    case BROADCAST ->
                        switch (freeing) {
                            case RCU, RCU_ALL -> Verdict.THE_GRACE_PERIOD_WAITS;
                            case RCU_FALLBACK -> Verdict.W_WAITS_FOR_THE_INTERRUPT;
                            case IPI -> Verdict.F_READS_A_FREED_TABLE;
                        };
                };
        };
    }

    /// The whole table for one port.
    public static Stream<DynamicTest> cells(RacePort port, Flush flush) {
        return Arrays.stream(LocklessWalk.values())
                .flatMap(
                        walk -> Arrays.stream(TableFreeing.values()).map(freeing -> new TableRace(port, walk, freeing)))
                .flatMap(race -> Arrays.stream(Place.values()).map(place -> race.test(flush, place)));
    }

    private DynamicTest test(Flush flush, Place place) {
        Verdict verdict = verdict(flush, walk, freeing);
        return DynamicTest.dynamicTest(
                port + ", walk " + walk + ", free " + freeing + ", F in " + place + ": " + verdict,
                () -> endsWith(verdict, place));
    }

    /// Where F stops.
    public enum Place {
        /// Before it reads the entry that names the PTE table, in the table above.
        UPPER_TABLE,

        /// Before it reads the PTE.
        PTE_TABLE
    }

    /// Each in tables of its own, below the root.
    private static final long WALKED = 1L << 32;

    private static final long OTHER = 3L << 32;

    /// Enough to use every frame again that the tables of one page leave.
    private static final int OTHER_PAGES = 8;

    /// Runs it, and asserts that it ends so.
    private void endsWith(Verdict verdict, Place place) {
        try (RaceMachine machine = new RaceMachine(port, freeing, FaultDesigns.DEFAULT, Knobs.NONE, _ -> {})) {
            Actor f = machine.faulter(self -> walk(machine, self.vcpu()));
            Actor w = machine.writer(self -> unmap(machine, self));
            w.runTo(Mark.MAPPED);
            switch (place) {
                case UPPER_TABLE ->
                    f.runTo(PgtableStep.TABLE_READ, port.format().levels() - 1);
                case PTE_TABLE -> f.runTo(PgtableStep.PTE_READ);
            }
            Page table = machine.tableOf(WALKED);
            switch (verdict) {
                case F_READS_A_FREED_TABLE -> {
                    w.runTo(Mark.REUSED);
                    f.runToEnd();
                    expectViolation(machine);
                    return;
                }
                case W_WAITS_FOR_THE_INTERRUPT -> {
                    w.runUntilBlocked(MachineStep.IPI_SEND);
                    w.runAndStayBlocked();
                }
                case THE_GRACE_PERIOD_WAITS -> w.runTo(Mark.REUSED);
            }
            assertThat(table.refcount())
                    .as("references to the table that F is in")
                    .isEqualTo(1);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    private void walk(RaceMachine machine, Vcpu self) {
        PageTable table = machine.mm().pageTable();
        walk.begin(self, machine.kernel().rcu());
        try {
            long _ = table.look(WALKED);
        } finally {
            walk.end(self, machine.kernel().rcu());
        }
        machine.mark(Mark.DONE);
    }

    private static void unmap(RaceMachine machine, FaultMachine.Task self) {
        machine.map(WALKED, 1);
        RaceMachine.store(self, WALKED);
        machine.mark(Mark.MAPPED);
        machine.unmap(WALKED, 1);
        machine.mark(Mark.UNMAPPED);
        // Twice: the first may find a grace period that began before.
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.map(OTHER, OTHER_PAGES);
        for (int page = 0; page < OTHER_PAGES; page++) {
            RaceMachine.store(self, OTHER + (long) page * machine.page());
        }
        machine.mark(Mark.REUSED);
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.DONE);
    }

    private static void expectViolation(RaceMachine machine) {
        Violation first = machine.violations().getFirst();
        assertThat(first.rule()).isEqualTo(Violation.Rule.FREED_TABLE);
        assertThat(first.touchedBy()).isEqualTo("F");
        assertThat(first.unhookedBy()).isEqualTo("W");
        assertThat(first.freedBy()).isEqualTo("W");
        Throwable end = machine.failure("F");
        assertThat(end).hasMessage(first.text());
    }
}
