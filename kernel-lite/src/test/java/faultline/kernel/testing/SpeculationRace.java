package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
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
import faultline.kernel.mm.pgtable.PteLockStorage;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Races of a speculative fault of `spf-mm` with who changes page tables, one interleaving each, on the
/// tables and flushes of one port. The numbers are those of the project's catalogue of races.
///
/// F stores to the second page of a range whose first page is there, so that the table is, too.
///
/// @param port whose tables
/// @param flush whom its flushes wait for
public record SpeculationRace(RacePort port, Flush flush) {

    private static final String DESIGN = "spf-mm";

    /// In tables of its own.
    private static final long RANGE = 1L << 32;

    private static final int RANGE_PAGES = 2;

    /// Behind the range, in the same PTE table.
    private static final int SHARED_PAGE = 3;

    /// What F's access ended with.
    private static final class End {
        final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

        void faults(RaceMachine machine, FaultMachine.Task self) {
            outcome.set(self.touch(RANGE + machine.page(), Access.WRITE));
            machine.mark(Mark.DONE);
        }
    }

    private RaceMachine machine(TableFreeing freeing, Knobs knobs) {
        return machine(freeing, knobs, _ -> {});
    }

    private RaceMachine machine(TableFreeing freeing, Knobs knobs, RaceMachine.Choices choices) {
        return new RaceMachine(port, freeing, DESIGN, knobs, choices);
    }

    private static Knobs walk(LocklessWalk walk) {
        return Knobs.NONE.with("walk=" + walk);
    }

    private static void mapAndUnmap(RaceMachine machine, FaultMachine.Task self) {
        machine.map(RANGE, RANGE_PAGES);
        RaceMachine.store(self, RANGE);
        machine.mark(Mark.MAPPED);
        machine.unmap(RANGE, RANGE_PAGES);
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.UNMAPPED);
        machine.mark(Mark.DONE);
    }

    /// Where F stops that walks.
    private void runToWalk(Actor f) {
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(PgtableStep.TABLE_READ, port.format().levels() - 1);
    }

    /// Where F stops that has checked everything and is about to try the PTE lock.
    private static void runToLock(Actor f) {
        f.runTo(FaultStep.FAULT_BEGIN);
        f.runTo(LockStep.SPIN_TRYLOCK);
    }

    private static void expect(RaceMachine machine, Rule rule) {
        Violation first = machine.violations().getFirst();
        assertThat(first.rule()).as(first.text()).isEqualTo(rule);
        assertThat(first.touchedBy()).isEqualTo("F");
        assertThat(first.freedBy()).isEqualTo("W");
        assertThat(machine.failure("F")).hasMessage(first.text());
    }

    /// The VMA is gone: the fault was given up, and the classic path says so.
    private static void expectGivenUp(RaceMachine machine, End end, VmEvent reason) {
        assertThat(end.outcome.get())
                .isInstanceOfSatisfying(
                        Signal.class, signal -> assertThat(signal.code()).isEqualTo(Signal.SEGV_MAPERR));
        assertThat(machine.kernel().events(reason)).as(reason.name()).isEqualTo(1);
    }

    // M11: a walk in a read section against tables that are freed without a grace period.

    /// M11, in the walk. As posted a read section protects walks wherever RCU frees tables; a batch that
    /// gets no memory is freed after an interrupt that F's vCPU takes at once. Present on arm64, ppc64 and
    /// an x86 with MMU_GATHER_RCU_TABLE_FREE: F reads an entry of a table that W freed.
    public void aReadSectionMeetsAFreedTable() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, Knobs.NONE)) {
            assertThat(machine.kernel().tableReclaim().walk()).isEqualTo(LocklessWalk.READ_SECTION);
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToWalk(f);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expect(machine, Rule.FREED_TABLE);
        }
    }

    /// M11, between the checks and the lock: F tries the lock of a page table that is none, a store into a
    /// `struct page` that may be another's.
    public void aReadSectionMeetsADeadLock() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, Knobs.NONE)) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expect(machine, Rule.DEAD_LOCK);
        }
    }

    /// M11 is absent on every architecture with interrupts off, for the fallback's interrupt is not taken.
    public void interruptsOffHoldUpTheFallback() {
        try (RaceMachine machine = machine(TableFreeing.RCU_FALLBACK, walk(LocklessWalk.INTERRUPTS_OFF))) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runUntilBlocked(MachineStep.IPI_SEND);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            expectGivenUp(machine, end, VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2);
            machine.finish();
        }
    }

    /// M11 is absent on every architecture as long as batches get memory: the grace period waits.
    public void aReadSectionHoldsUpTheGracePeriod() {
        try (RaceMachine machine = machine(TableFreeing.RCU, Knobs.NONE)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            expectGivenUp(machine, end, VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2);
            machine.finish();
        }
    }

    // M12: the lock of a PTE table that lies beside struct page.

    /// M12. The destructor frees the lock when the table is unhooked, before anything is flushed or waited
    /// for: present on every architecture, however the walk is protected and tables are freed.
    public void aLockFreedAtUnhookingIsDeadInEverySection(LocklessWalk walk) {
        try (RaceMachine machine = machineOfLocks(walk, PteLockStorage.SEPARATE_UNTIL_UNHOOKED)) {
            Actor f = machine.faulter(self -> new End().faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runToEnd();
            expect(machine, Rule.DEAD_LOCK);
        }
    }

    /// M12 is absent where the destructor runs at the final free: the section that keeps the table keeps
    /// its lock.
    public void aLockFreedWithItsFrameOutlivesTheSection(LocklessWalk walk) {
        try (RaceMachine machine = machineOfLocks(walk, PteLockStorage.SEPARATE_UNTIL_FREED)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runTo(Mark.DONE);
            expectGivenUp(machine, end, VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2);
            machine.finish();
        }
    }

    private RaceMachine machineOfLocks(LocklessWalk walk, PteLockStorage storage) {
        return machine(
                TableFreeing.RCU_ALL, walk(walk), kernel -> kernel.tableFrames().storeLocks(storage));
    }

    // M20: empty tables that go under mmap_lock for read.

    /// M20. As posted a fault compares the PMD before it has the PTE lock; W empties the table and unhooks
    /// it in between, and no sequence moves. F stores into a table that nothing points to, faults again, and
    /// its page is still there when the table is freed. Present on every architecture, however the walk is
    /// protected.
    public void aPmdComparedBeforeTheLock(LocklessWalk walk) {
        try (RaceMachine machine = reclaiming(walk, false)) {
            machine.kernel().oracle().keepOnly();
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> discardTable(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runTo(Mark.DONE);
            assertThat(end.outcome.get()).isNull();
            w.runTo(Mark.DONE);
            List<Violation> found = machine.violations();
            assertThat(found).extracting(Violation::rule).containsExactly(Rule.UNHOOKED_TABLE, Rule.LIVE_ENTRY);
            assertThat(found.getFirst().touchedBy()).isEqualTo("F");
            assertThat(found.getFirst().unhookedBy()).isEqualTo("W");
        }
    }

    /// M20 is absent where the PMD is compared with the lock held: F gives up, and finds a new table.
    public void aPmdComparedUnderTheLock(LocklessWalk walk) {
        try (RaceMachine machine = reclaiming(walk, true)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> discardTable(machine, self));
            w.runTo(Mark.MAPPED);
            runToLock(f);
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runTo(Mark.DONE);
            assertThat(end.outcome.get()).isNull();
            assertThat(machine.kernel().events(VmEvent.SPF_ABORT_PTE_MAP_LOCK_PMD))
                    .isEqualTo(1);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    private RaceMachine reclaiming(LocklessWalk walk, boolean checks) {
        Knobs knobs = walk(walk).with("fixed=" + (checks ? "pmd-under-lock" : "none"));
        return machine(
                TableFreeing.RCU_ALL, knobs, kernel -> kernel.tableReclaim().reclaimEmpty());
    }

    private static void discardTable(RaceMachine machine, FaultMachine.Task self) {
        int pages = machine.pagesOfTable();
        machine.map(RANGE, pages);
        RaceMachine.store(self, RANGE);
        machine.mark(Mark.MAPPED);
        machine.discard(RANGE, pages);
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
        machine.mark(Mark.DONE);
    }

    // M9: who waits for a PTE lock whose holder flushes.

    /// M9. W zaps a dirty shared page and flushes before it lets its PTE lock go; F waits for that lock
    /// with interrupts off. Where the flush interrupts (x86) each waits for the other; where it is broadcast
    /// (arm64, ppc64) W does not wait for F.
    public void aBlockingLockWithInterruptsOff() {
        try (RaceMachine machine = waiting(LocklessWalk.INTERRUPTS_OFF, true)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> zapUnderLock(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runToOn(LockStep.SPIN_LOCK, machine.tableOf(RANGE).pfn());
            if (flush == Flush.INTERRUPT) {
                w.runUntilBlocked(MachineStep.IPI_SEND);
                f.runUntilBlocked(LockStep.SPIN_LOCK);
                assertThatThrownBy(() -> machine.schedule().runAll())
                        .isInstanceOf(DirectedSchedule.Deadlock.class)
                        .hasMessageContaining("F spins behind SPIN_LOCK")
                        .hasMessageContaining("W spins behind IPI_SEND");
                return;
            }
            // W has the lock, and goes on over its flush although F's vCPU takes no interrupt.
            w.runTo(PgtableStep.TLB_FLUSH);
            f.runUntilBlocked(LockStep.SPIN_LOCK);
            w.runTo(Mark.DONE);
            f.runTo(Mark.DONE);
            assertThat(end.outcome.get()).isNull();
            machine.finish();
        }
    }

    /// M9 is absent on every architecture with interrupts on: F's vCPU takes W's interrupt while it spins.
    public void aBlockingLockInAReadSection() {
        zapGoesOn(LocklessWalk.READ_SECTION, true);
    }

    /// M9 is absent on every architecture where the lock is only tried, which is why it is: F gives up and
    /// turns interrupts on.
    public void aTriedLockWithInterruptsOff() {
        zapGoesOn(LocklessWalk.INTERRUPTS_OFF, false);
    }

    private void zapGoesOn(LocklessWalk walk, boolean blocks) {
        try (RaceMachine machine = waiting(walk, blocks)) {
            End end = new End();
            Actor f = machine.faulter(self -> end.faults(machine, self));
            Actor w = machine.writer(self -> zapUnderLock(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.FAULT_BEGIN);
            f.runToOn(
                    blocks ? LockStep.SPIN_LOCK : LockStep.SPIN_TRYLOCK,
                    machine.tableOf(RANGE).pfn());
            w.runTo(PgtableStep.TLB_FLUSH);
            machine.schedule().runAll();
            assertThat(end.outcome.get()).isNull();
            assertThat(machine.kernel().events(VmEvent.SPF_ABORT_PTE_MAP_LOCK_PTL))
                    .isEqualTo(blocks ? 0 : 1);
            machine.finish();
        }
    }

    private RaceMachine waiting(LocklessWalk walk, boolean blocks) {
        return machine(TableFreeing.RCU_ALL, walk(walk).with("pte-lock=" + (blocks ? "block" : "once")));
    }

    private static void zapUnderLock(RaceMachine machine, FaultMachine.Task self) {
        long shared = RANGE + (long) SHARED_PAGE * machine.page();
        machine.map(RANGE, RANGE_PAGES);
        RaceMachine.store(self, RANGE);
        machine.mapShared(shared, 1);
        RaceMachine.store(self, shared);
        machine.mark(Mark.MAPPED);
        machine.discard(shared, 1);
        machine.mark(Mark.DONE);
    }
}
