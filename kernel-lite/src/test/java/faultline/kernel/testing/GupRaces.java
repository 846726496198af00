package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.Errno;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.UserfaultMove;
import faultline.kernel.mm.UserfaultRanges;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FastGup;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Lockless `get_user_pages` F against W, which unmaps or moves.
final class GupRaces {

    private static final long RANGE = SpeculationRace.RANGE;

    private final RacePort port;
    private final Flush flush;

    GupRaces(RacePort port, Flush flush) {
        this.port = port;
        this.flush = flush;
    }

    /// What F looks up, and gives back at once.
    private static final class Lookup {
        private final AtomicReference<@Nullable Page> found = new AtomicReference<>();

        void run(RaceMachine machine, LocklessWalk walk) {
            Page page = new FastGup(machine.kernel(), walk).page(machine.mm(), RANGE, true);
            found.set(page);
            machine.mark(Mark.REUSED);
            if (page != null) {
                machine.kernel().allocator().put(page);
            }
            machine.mark(Mark.DONE);
        }
    }

    private RaceMachine machine(TableFreeing freeing) {
        return new RaceMachine(port, freeing, FaultDesigns.DEFAULT, Knobs.NONE, _ -> {});
    }

    /// F stops in the middle of its walk, W unmaps everything and frees the tables. Who waits for whom is as for any
    /// other walk: with interrupts off, as Linux has it everywhere, only a broadcast is wrong with tables that are
    /// freed at once, and there is no lockless `get_user_pages` then.
    void aTableThatIsFreed(LocklessWalk walk, TableFreeing freeing) {
        try (RaceMachine machine = machine(freeing)) {
            Lookup lookup = new Lookup();
            Actor f = machine.faulter(_ -> lookup.run(machine, walk));
            Actor w = machine.writer(self -> SpeculationRace.mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            f.runTo(PgtableStep.PTE_READ);
            switch (TableRace.verdict(flush, walk, freeing)) {
                case F_READS_A_FREED_TABLE -> {
                    w.runTo(Mark.DONE);
                    f.runToEnd();
                    assertThat(machine.violations().getFirst().rule()).isEqualTo(Rule.FREED_TABLE);
                    assertThat(machine.violations().getFirst().touchedBy()).isEqualTo("F");
                    return;
                }
                case W_WAITS_FOR_THE_INTERRUPT -> {
                    w.runUntilBlocked(MachineStep.IPI_SEND);
                    w.runAndStayBlocked();
                }
                case THE_GRACE_PERIOD_WAITS -> w.runTo(Mark.DONE);
            }
            f.runTo(Mark.DONE);
            assertThat(lookup.found.get()).as("what F found").isNull();
            machine.finish();
        }
    }

    /// F has read the PTE and has no reference yet; W unmaps the page, and another address gets the frame. F takes a
    /// reference to what is another's, sees the PTE gone, and gives it back. The table stays, so that only the page
    /// is at stake.
    void aPageThatBecomesAnothers() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL)) {
            Lookup lookup = new Lookup();
            long other = RANGE + 2L * machine.page();
            Actor f = machine.faulter(_ -> lookup.run(machine, LocklessWalk.READ_SECTION));
            Actor w = machine.writer(self -> {
                machine.map(RANGE, 3);
                RaceMachine.store(self, RANGE);
                RaceMachine.store(self, RANGE + machine.page());
                machine.mark(Mark.MAPPED);
                machine.unmap(RANGE, 1);
                machine.mark(Mark.UNMAPPED);
                RaceMachine.store(self, other);
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            Page before = pageOf(machine, RANGE);
            f.runTo(FaultStep.GUP_FAST);
            w.runTo(Mark.DONE);
            assertThat(pageOf(machine, other))
                    .as("the page of the other address")
                    .isSameAs(before);
            f.runTo(Mark.DONE);
            assertThat(lookup.found.get()).isNull();
            assertThat(before.refcount()).isEqualTo(1);
            machine.finish();
        }
    }

    /// F has its reference when W unmaps: the page is F's until F gives it back, and no other address gets it.
    void aPageThatIsUnmappedBehindTheLookup() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL)) {
            Lookup lookup = new Lookup();
            Actor f = machine.faulter(_ -> lookup.run(machine, LocklessWalk.INTERRUPTS_OFF));
            Actor w = machine.writer(self -> SpeculationRace.mapAndUnmap(machine, self));
            w.runTo(Mark.MAPPED);
            Page page = pageOf(machine, RANGE);
            f.runTo(Mark.REUSED);
            w.runTo(Mark.DONE);
            assertThat(lookup.found.get()).isSameAs(page);
            assertThat(page.refcount()).isEqualTo(1);
            assertThat(page.mapcount()).isZero();
            f.runTo(Mark.DONE);
            machine.finish();
        }
    }

    /// W moves the page to another address for who handles faults there (UFFDIO_MOVE). F takes its reference
    /// when W has counted them and has not taken the PTE out: W counts once more then, and the page stays where
    /// it is.
    void aPageThatIsToBeMoved() {
        try (RaceMachine machine = machine(TableFreeing.RCU_ALL)) {
            Lookup lookup = new Lookup();
            AtomicLong moved = new AtomicLong();
            long target = RANGE + 2L * machine.page();
            Userfaultfd handler = Userfaultfd.create(machine.mm(), false);
            Actor f = machine.faulter(_ -> lookup.run(machine, LocklessWalk.INTERRUPTS_OFF));
            Actor w = machine.writer(self -> {
                machine.map(RANGE, 3);
                RaceMachine.store(self, RANGE);
                new UserfaultRanges(handler).register(target, machine.page(), Vma.VM_UFFD_MISSING);
                machine.mark(Mark.MAPPED);
                moved.set(new UserfaultMove(handler, false).move(target, RANGE, machine.page()));
                machine.mark(Mark.TOLD);
                handler.release();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            Page page = pageOf(machine, RANGE);
            w.runTo(PgtableStep.PTE_CLEAR);
            f.runTo(Mark.REUSED);
            w.runTo(Mark.TOLD);
            assertThat(lookup.found.get()).isSameAs(page);
            assertThat(moved.get()).isEqualTo(Errno.EBUSY.result());
            assertThat(pageOf(machine, RANGE)).isSameAs(page);
            assertThat(machine.isMapped(target)).isFalse();
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    private static Page pageOf(RaceMachine machine, long va) {
        return machine.kernel()
                .allocator()
                .page(machine.kernel().format().pfn(machine.mm().pageTable().peek(va)));
    }
}
