package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What races of a speculative fault F with a thread W that changes page tables have in common: F stores to
/// the second page of a range whose first page is there, so that the table is, too.
///
/// Each race is one interleaving on the tables and flushes of one port. The numbers are those of the
/// project's catalogue of races.
class SpeculationRace {

    /// The series, whose sequence a fault goes by.
    enum Series {
        SPF_VMA("spf-vma", VmEvent.SPF_VMA_CHANGED, VmEvent.SPF_PMD_CHANGED, VmEvent.SPF_PTE_LOCK),
        SPF_MM(
                "spf-mm",
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_PMD,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_PTL);

        private final String design;

        /// What is counted where a writer came, where the PMD is another, and where the PTE lock is held.
        final VmEvent changed;

        final VmEvent tableChanged;
        final VmEvent locked;

        Series(String design, VmEvent changed, VmEvent tableChanged, VmEvent locked) {
            this.design = design;
            this.changed = changed;
            this.tableChanged = tableChanged;
            this.locked = locked;
        }

        /// That of a version.
        static Series of(String design) {
            return Arrays.stream(values())
                    .filter(series -> design.startsWith(series.design + ":"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(design + " is no version of a series"));
        }
    }

    /// In tables of its own.
    static final long RANGE = 1L << 32;

    private static final int RANGE_PAGES = 2;

    /// Behind which step somebody waits for `mmap_lock`: it parks behind the lock of the queue.
    static final LockStep PARKED = LockStep.SPIN_UNLOCK;

    final RacePort port;
    final PortFacts facts;
    final String design;
    final Series series;

    /// For a version of a series, `NAME:VERSION`.
    SpeculationRace(RacePort port, PortFacts facts, String design) {
        this.port = port;
        this.facts = facts;
        this.design = design;
        this.series = Series.of(design);
    }

    /// What F's access ended with.
    static final class End {
        private final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

        void faults(RaceMachine machine, FaultMachine.Task self) {
            outcome.set(self.touch(RANGE + machine.page(), Access.WRITE));
            machine.mark(Mark.DONE);
        }

        /// The access was made.
        void expectMade() {
            assertThat(outcome.get()).isNull();
        }

        /// It ended in SIGBUS.
        void expectBusError() {
            assertThat(outcome.get())
                    .isInstanceOfSatisfying(
                            Signal.class, signal -> assertThat(signal.signal()).isEqualTo(Signal.SIGBUS));
        }

        /// The VMA is gone: the fault was given up, and the classic path says so.
        void expectGivenUp(RaceMachine machine, VmEvent reason) {
            assertThat(outcome.get())
                    .isInstanceOfSatisfying(
                            Signal.class, signal -> assertThat(signal.code()).isEqualTo(Signal.SEGV_MAPERR));
            assertThat(machine.kernel().events(reason)).as(reason.name()).isEqualTo(1);
        }
    }

    final RaceMachine machine(TableFreeing freeing, Knobs knobs) {
        return machine(freeing, knobs, _ -> {});
    }

    final RaceMachine machine(TableFreeing freeing, Knobs knobs, RaceMachine.Choices choices) {
        return new RaceMachine(port, freeing, design, knobs, choices);
    }

    static Knobs walk(LocklessWalk walk) {
        return Knobs.NONE.with("walk=" + walk);
    }

    static void mapAndUnmap(RaceMachine machine, FaultMachine.Task self) {
        machine.map(RANGE, RANGE_PAGES);
        RaceMachine.store(self, RANGE);
        machine.mark(Mark.MAPPED);
        machine.unmap(RANGE, RANGE_PAGES);
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.UNMAPPED);
        machine.mark(Mark.DONE);
    }

    /// Maps a whole table.
    static void mapTable(RaceMachine machine, FaultMachine.Task self) {
        machine.map(RANGE, machine.pagesOfTable());
        RaceMachine.store(self, RANGE);
        machine.mark(Mark.MAPPED);
    }

    /// Where F stops that walks.
    final void runToWalk(Actor f) {
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(PgtableStep.TABLE_READ, port.format().levels() - 1);
    }

    /// Where F stops that has checked everything and is about to try the PTE lock.
    static void runToLock(Actor f) {
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(LockStep.SPIN_TRYLOCK);
    }

    /// F touched what W freed, and ended there.
    static void expectEnd(RaceMachine machine, Rule rule) {
        Violation first = machine.violations().getFirst();
        assertThat(first.rule()).as(first.text()).isEqualTo(rule);
        assertThat(first.touchedBy()).isEqualTo("F");
        assertThat(first.freedBy()).isEqualTo("W");
        assertThat(machine.failure("F")).hasMessage(first.text());
    }

    /// F stored into the table that W had unhooked, and the page was still there when that was freed.
    static void expectLostPage(RaceMachine machine) {
        assertThat(machine.violations())
                .extracting(Violation::rule)
                .containsExactly(Rule.UNHOOKED_TABLE, Rule.LIVE_ENTRY);
        assertThat(machine.violations().getFirst().touchedBy()).isEqualTo("F");
        assertThat(machine.violations().getFirst().unhookedBy()).isEqualTo("W");
    }
}
