package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.notifier.MmuNotifier;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.rcu.RcuStep;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.SecondaryTranslations.LookupStep;
import java.util.Arrays;
import java.util.Objects;

/// M14, and what goes with it: F copies a page on write, and W is or becomes a subscriber of the address
/// space's MMU notifiers.
///
/// | design | a subscriber that comes between start and end | a copy that is given up |
/// | --- | --- | --- |
/// | `spf-mm:B0`, `spf-mm:B1` | hears the end only | |
/// | `spf-vma` | hears the end only, and keeps the old page: the copy is done all the same | its end is not told |
/// | `spf-mm:B2`, and the above mended | waits for the end | told |
/// | `vma-lock`, `classic`, `retry` | waits for the fault | |
///
/// Truncation, which takes neither `mmap_lock` nor that lock, is waited for under all of them.
record NotifierRaces(RacePort port, String design, Knobs knobs) {

    private static final long RANGE = 1L << 32;

    /// M14. F has told the start when W subscribes, and tells the end. `copies` says that F does its copy for all
    /// that, whose start W has not heard: it keeps the old page for good.
    void anEndWithoutItsStart(boolean copies) {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = faulter(machine);
            Actor w = subscriber(machine, shadow);
            w.runTo(Mark.MAPPED);
            copy(machine, f);
            w.runTo(Mark.DONE);
            assertThat(shadow.has(page(machine))).isTrue();
            f.runTo(Mark.DONE);
            assertThat(shadow.unmatchedEnds()).isEqualTo(1);
            assertThat(shadow.isStale(page(machine))).isEqualTo(copies);
            machine.finish();
        }
    }

    /// M14 is absent where W waits for F, which it does `behind` that step.
    void aSubscriberWaits(LockStep behind) {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = faulter(machine);
            Actor w = subscriber(machine, shadow);
            w.runTo(Mark.MAPPED);
            copy(machine, f);
            w.runUntilBlocked(behind);
            machine.schedule().runAll();
            expectPairs(machine, shadow);
            machine.finish();
        }
    }

    /// W is first, and has the lock of the notifiers when F wants to tell its start: F gives up, and that is
    /// counted.
    void aFaultGivesWay(VmEvent reason) {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = faulter(machine);
            Actor w = subscriber(machine, shadow);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.WP_COPY);
            // mmap_lock, the mutex of all locks and the notifiers' lock are taken; the AnonVma's is next.
            w.runTo(LockStep.WRITE_LOCK, 4);
            machine.schedule().runAll();
            assertThat(machine.kernel().events(reason)).isEqualTo(1);
            expectReasons(machine.kernel());
            expectPairs(machine, shadow);
            machine.finish();
        }
    }

    /// W has subscribed and unmaps the page beside, so that F gives its copy up. `told` says that it tells the
    /// end; as `spf-vma` was posted the way out passes that by, and W makes no translation of the page any more.
    void aCopyIsGivenUp(boolean told) {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = faulter(machine);
            Actor w = machine.writer(self -> {
                machine.mm().register(shadow);
                map(machine, self);
                machine.unmap(RANGE, 1);
                machine.mark(Mark.UNMAPPED);
                assertThat(shadow.translate(page(machine), false)).isEqualTo(told);
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            // Not further: with interrupts off it would hold W's flush up.
            f.runTo(FaultStep.WP_COPY);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            assertThat(shadow.inProgress()).isEqualTo(told ? 0 : 1);
            assertThat(shadow.isStale(page(machine))).isFalse();
            machine.finish();
        }
    }

    /// F truncates a file, with no lock of the address space but that of the file's mappings: W waits for that too.
    void aTruncationIsWaitedFor() {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = machine.faulter(_ -> {
                Objects.requireNonNull(Objects.requireNonNull(machine.mm().vmaAt(RANGE))
                                .file())
                        .pages()
                        .unmapMappings(0, 2, true);
                machine.mark(Mark.DONE);
            });
            Actor w = machine.writer(self -> {
                machine.mapShared(RANGE, 2);
                RaceMachine.store(self, page(machine));
                machine.mark(Mark.MAPPED);
                machine.mm().register(shadow);
                assertThat(shadow.translate(page(machine), true)).isTrue();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            f.runToOn(LockStep.SPIN_LOCK, machine.tableOf(RANGE).pfn());
            w.runUntilBlocked(LockStep.SPIN_UNLOCK);
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            assertThat(shadow.takeHeard()).isEmpty();
            expectPairs(machine, shadow);
            machine.finish();
        }
    }

    /// A page that F has looked up when W discards it is not entered: what the subscriber's protocol is for.
    void whatWasLookedUpBeforeIsNotEntered() {
        try (RaceMachine machine = machine()) {
            SecondaryTranslations shadow = new SecondaryTranslations(machine.mm());
            Actor f = machine.faulter(_ -> {
                assertThat(shadow.translate(RANGE, true)).isFalse();
                assertThat(shadow.translate(RANGE, true)).isTrue();
                machine.mark(Mark.DONE);
            });
            Actor w = machine.writer(self -> {
                machine.mm().register(shadow);
                map(machine, self);
                machine.discard(RANGE, 1);
                machine.mark(Mark.UNMAPPED);
            });
            w.runTo(Mark.MAPPED);
            f.runTo(LookupStep.LOOKED_UP);
            w.runTo(Mark.UNMAPPED);
            f.runTo(Mark.DONE);
            expectPairs(machine, shadow);
            machine.finish();
        }
    }

    /// W unregisters while F tells it of an invalidation: it waits for that, and hears nothing afterwards.
    void whoUnregistersWaitsForWhoTells() {
        try (RaceMachine machine = machine()) {
            Sleeper subscriber = new Sleeper(machine);
            Actor f = machine.faulter(_ -> {
                machine.discard(RANGE, 1);
                machine.mark(Mark.DONE);
            });
            Actor w = machine.writer(self -> {
                map(machine, self);
                machine.mm().register(subscriber);
                machine.mark(Mark.REUSED);
                machine.mm().notifiers().unregister(subscriber);
                subscriber.gone = true;
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.REUSED);
            f.runTo(Mark.TOLD);
            w.runUntilBlocked(RcuStep.SRCU_END);
            f.runTo(RcuStep.SRCU_READ_UNLOCK);
            w.runAndStayBlocked();
            f.runTo(Mark.DONE);
            w.runTo(Mark.DONE);
            machine.finish();
        }
    }

    /// A subscriber that takes its time, and must not be called once it is gone.
    private static final class Sleeper implements MmuNotifier {
        private final RaceMachine machine;
        volatile boolean gone;

        Sleeper(RaceMachine machine) {
            this.machine = machine;
        }

        @Override
        public void invalidateRangeStart(MmuNotifyEvent event, long start, long end) {
            machine.mark(Mark.TOLD);
            assertThat(gone).isFalse();
        }

        @Override
        public void invalidateRangeEnd(MmuNotifyEvent event, long start, long end) {
            assertThat(gone).isFalse();
        }

        @Override
        public void release() {
            assertThat(gone).isFalse();
        }
    }

    /// Every fault that `spf-mm` gave up has its reason.
    private static void expectReasons(KernelMemory kernel) {
        long reasons = Arrays.stream(VmEvent.values())
                .filter(event -> event.name().startsWith("SPF_ABORT_"))
                .mapToLong(kernel::events)
                .sum();
        assertThat(reasons).isEqualTo(kernel.events(VmEvent.SPF_ABORT) + kernel.events(VmEvent.SPF_SIGNAL));
    }

    private static void expectPairs(RaceMachine machine, SecondaryTranslations shadow) {
        assertThat(shadow.unmatchedEnds()).isZero();
        assertThat(shadow.inProgress()).isZero();
        assertThat(shadow.isStale(page(machine))).isFalse();
    }

    private static long page(RaceMachine machine) {
        return RANGE + machine.page();
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, knobs, _ -> {});
    }

    /// F stores to a page that is the zero page until then.
    private static Actor faulter(RaceMachine machine) {
        return machine.faulter(self -> {
            assertThat(self.touch(page(machine), Access.WRITE)).isNull();
            machine.mark(Mark.DONE);
        });
    }

    /// W maps, subscribes and looks the page up.
    private static Actor subscriber(RaceMachine machine, SecondaryTranslations shadow) {
        return machine.writer(self -> {
            map(machine, self);
            machine.mm().register(shadow);
            // Perhaps in vain: F may be about to copy it.
            boolean _ = shadow.translate(page(machine), false);
            machine.mark(Mark.DONE);
        });
    }

    private static void map(RaceMachine machine, FaultMachine.Task self) {
        machine.map(RANGE, 2);
        RaceMachine.store(self, RANGE);
        assertThat(self.touch(page(machine), Access.READ)).isNull();
        machine.mark(Mark.MAPPED);
    }

    /// F has told the start, and is about to lock the PTE.
    private void copy(RaceMachine machine, Actor f) {
        f.runTo(FaultStep.WP_COPY);
        f.runToOn(
                design.startsWith("spf") ? LockStep.SPIN_TRYLOCK : LockStep.SPIN_LOCK,
                machine.tableOf(RANGE).pfn());
    }
}
