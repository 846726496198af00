package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FastGup;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// F pins a page for a device without locks (`pin_user_pages_fast`), W forks. A page that is pinned stays the
/// parent's alone; one that fork has found not pinned is shared, and the parent's next store goes to a copy of
/// which the device does not know. `write_protect_seq` tells F of a fork that may not have seen it.
final class PinRaces {

    private static final long RANGE = SpeculationRace.RANGE;

    /// Where F begins.
    enum Begin {
        /// When no fork is under way. F has read the PTE when W looks at the page, which nobody has pinned.
        BEFORE,
        /// When W has looked, and has not taken the write right away.
        WITHIN,
        /// When W has taken it, and not flushed.
        BEHIND
    }

    private final RacePort port;

    /// The child of the fork.
    private final AtomicReference<@Nullable Mm> child = new AtomicReference<>();

    private final AtomicReference<@Nullable Page> pinned = new AtomicReference<>();

    PinRaces(RacePort port) {
        this.port = port;
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, FaultDesigns.DEFAULT, Knobs.NONE, _ -> {});
    }

    /// W forks, and stores to the page as the parent does.
    private Actor forker(RaceMachine machine) {
        return machine.writer(self -> {
            machine.map(RANGE, 1);
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.MAPPED);
            child.set(machine.mm().fork(new FaultMachine.NoLimits()));
            machine.mark(Mark.TOLD);
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.REUSED);
            Objects.requireNonNull(child.get()).put();
            machine.mark(Mark.DONE);
        });
    }

    /// F pins the page for a device that stores to it.
    private Actor pinner(RaceMachine machine) {
        return machine.faulter(self -> {
            Gup gup = new Gup(new FaultHandler(machine.kernel()));
            try (PinnedPage page = Objects.requireNonNull(gup.pin(machine.mm(), self.cpu(), RANGE, true))) {
                pinned.set(page.page());
                machine.mark(Mark.TOLD);
            }
            machine.mark(Mark.DONE);
        });
    }

    /// F as before there was `write_protect_seq`.
    private Actor heedlessPinner(RaceMachine machine) {
        return machine.faulter(_ -> {
            Page page = Objects.requireNonNull(
                    new FastGup(machine.kernel(), LocklessWalk.INTERRUPTS_OFF, false).pin(machine.mm(), RANGE, true));
            pinned.set(page);
            machine.mark(Mark.TOLD);
            page.unpin();
            machine.kernel().allocator().put(page);
            machine.mark(Mark.DONE);
        });
    }

    /// W has gone where F is to begin, or to go on.
    private static void meet(Begin begin, Actor f, Actor w) {
        w.runTo(Mark.MAPPED);
        if (begin == Begin.BEFORE) {
            f.runTo(FaultStep.GUP_FAST);
        }
        w.runTo(PgtableStep.PTE_COMPARE_AND_SET);
        if (begin == Begin.BEHIND) {
            // The parent's PTE lock is free.
            w.runTo(LockStep.SPIN_UNLOCK, 2);
        }
    }

    private Page childsPage(RaceMachine machine) {
        return machine.kernel()
                .allocator()
                .page(machine.kernel()
                        .format()
                        .pfn(Objects.requireNonNull(child.get()).pageTable().peek(RANGE)));
    }

    private void finish(RaceMachine machine, Actor f, Actor w) {
        f.runTo(Mark.DONE);
        w.runTo(Mark.DONE);
        machine.finish();
    }

    /// The pin is there when W looks: the child gets a copy, and the parent stores to the pinned page.
    void aPinThatForkSees() {
        try (RaceMachine machine = machine()) {
            Actor f = pinner(machine);
            Actor w = forker(machine);
            w.runTo(Mark.MAPPED);
            f.runTo(Mark.TOLD);
            w.runTo(Mark.REUSED);
            assertThat(machine.pageAt(RANGE)).isSameAs(pinned.get());
            assertThat(childsPage(machine)).isNotSameAs(pinned.get());
            finish(machine, f, w);
        }
    }

    /// The pin is not there when W looks: F hears that there is a fork, lets go, and waits for its end with
    /// `mmap_lock`. What it pins then is the parent's alone.
    void aForkThatIsWaitedFor(Begin begin) {
        try (RaceMachine machine = machine()) {
            Actor f = pinner(machine);
            Actor w = forker(machine);
            meet(begin, f, w);
            Page before = machine.pageAt(RANGE);
            // Who parks for mmap_lock does it behind the lock of its queue.
            f.runUntilBlocked(LockStep.SPIN_UNLOCK);
            assertThat(before.isPinned()).isFalse();
            w.runTo(Mark.TOLD);
            assertThat(childsPage(machine)).isSameAs(before);
            f.runTo(Mark.TOLD);
            w.runTo(Mark.REUSED);
            assertThat(pinned.get()).isNotSameAs(before);
            assertThat(machine.pageAt(RANGE)).isSameAs(pinned.get());
            finish(machine, f, w);
        }
    }

    /// Present where F does not ask: its page is the child's, and what the parent stores is in another.
    void aForkThatIsNotHeeded(Begin begin) {
        try (RaceMachine machine = machine()) {
            Actor f = heedlessPinner(machine);
            Actor w = forker(machine);
            meet(begin, f, w);
            f.runTo(Mark.TOLD);
            w.runTo(Mark.REUSED);
            assertThat(childsPage(machine)).isSameAs(pinned.get());
            assertThat(machine.pageAt(RANGE)).isNotSameAs(pinned.get());
            finish(machine, f, w);
        }
    }
}
