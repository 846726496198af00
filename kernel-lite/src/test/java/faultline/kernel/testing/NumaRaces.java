package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.PROT_READ;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// W's page is on the first node and has lost its rights to a scan; T uses it from the second, and is about to move it
/// when somebody else comes. The PTE lock is free by then, and so is, under some designs, everything else.
final class NumaRaces {

    private static final long RANGE = SpeculationRace.RANGE;

    private final RacePort port;
    private final String design;
    private final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

    NumaRaces(RacePort port, String design) {
        this.port = port;
        this.design = design;
    }

    private RaceMachine machine() {
        return RaceMachine.ofNodes(port, design);
    }

    private static Actor writer(RaceMachine machine, Consumer<FaultMachine.Task> then) {
        return machine.writer(self -> {
            machine.map(RANGE, 2);
            RaceMachine.store(self, RANGE);
            machine.mm().numaScan().run();
            machine.mark(Mark.MAPPED);
            then.accept(self);
            machine.mark(Mark.DONE);
        });
    }

    private Actor user(RaceMachine machine, Access access) {
        return machine.other(self -> {
            outcome.set(self.touch(RANGE, access));
            machine.mark(Mark.DONE);
        });
    }

    private static int nodeOf(RaceMachine machine) {
        return machine.kernel().nodes().of(machine.pageAt(RANGE));
    }

    private static void start(RaceMachine machine, Actor w, Actor t) {
        w.runTo(Mark.MAPPED);
        PageTableFormat format = machine.kernel().format();
        assertThat(format.isProtNone(machine.mm().pageTable().peek(RANGE))).isTrue();
        assertThat(nodeOf(machine)).isZero();
        t.runTo(FaultStep.NUMA_PAGE);
    }

    /// Nobody else comes: the page moves, with what is in it, and T may use it.
    void thePageMovesToWhereItIsUsed() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = user(machine, Access.READ);
            start(machine, w, t);
            t.runTo(Mark.DONE);
            assertThat(outcome.get()).isNull();
            assertThat(nodeOf(machine)).isEqualTo(1);
            assertThat(machine.byteAt(RANGE)).isEqualTo((byte) 1);
            assertThat(machine.kernel().events(VmEvent.NUMA_PAGES_MIGRATED)).isEqualTo(1);
            leave(machine);
            machine.finish();
        }
    }

    /// F, who is on the page's node, gives it its rights back; then it moves nevertheless.
    void anotherUseGivesTheRightsBack() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = user(machine, Access.WRITE);
            start(machine, w, t);
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(RANGE, Access.READ)).isNull();
                machine.mark(Mark.DONE);
            });
            f.runTo(Mark.DONE);
            PageTableFormat format = machine.kernel().format();
            assertThat(format.isProtNone(machine.mm().pageTable().peek(RANGE))).isFalse();
            assertThat(machine.kernel().events(VmEvent.NUMA_HINT_FAULTS_LOCAL)).isEqualTo(1);
            t.runTo(Mark.DONE);
            assertThat(outcome.get()).isNull();
            assertThat(machine.kernel().events(VmEvent.NUMA_HINT_FAULTS)).isEqualTo(2);
            assertThat(nodeOf(machine)).isEqualTo(1);
            machine.finish();
        }
    }

    /// W unmaps the page, as soon as the design lets him.
    void munmapTakesThePage() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> machine.unmap(RANGE, 2));
            Actor t = user(machine, Access.READ);
            start(machine, w, t);
            machine.schedule().runAll();
            assertThat(machine.mm().rss()).isZero();
            assertThat(machine.isMapped(RANGE)).isFalse();
            leave(machine);
            machine.finish();
        }
    }

    /// W makes it read-only: whatever T does about the rights, it is not writable afterwards.
    void mprotectTakesTheWrite() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> machine.mm().mprotect(RANGE, 2L * machine.page(), PROT_READ));
            Actor t = user(machine, Access.READ);
            start(machine, w, t);
            machine.schedule().runAll();
            long pte = machine.mm().pageTable().peek(RANGE);
            assertThat(machine.kernel().format().isWritable(pte)).isFalse();
            assertThat(outcome.get()).isNull();
            assertThat(machine.byteAt(RANGE)).isEqualTo((byte) 1);
            leave(machine);
            machine.finish();
        }
    }

    /// F, who has nothing to do, leaves the address space.
    private static void leave(RaceMachine machine) {
        machine.faulter(_ -> {}).runToEnd();
    }
}
