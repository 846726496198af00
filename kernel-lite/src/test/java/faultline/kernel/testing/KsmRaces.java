package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.AdviceCalls;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.KsmCounters;
import faultline.kernel.mm.KsmCounters.Counter;
import faultline.kernel.mm.KsmStep;
import faultline.kernel.mm.Migration;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FastGup;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.rcu.RcuStep;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// T merges two pages of the same contents: the second becomes the shared one, the first is replaced by it. F
/// stores meanwhile, or W changes what is there. No interleaving is a defect of a design: T holds `mmap_lock`
/// for read and no VMA's lock, and all that a fault and T have in common is the PTE lock.
final class KsmRaces {

    private static final long FIRST = SpeculationRace.RANGE;

    /// Where F stores in a page.
    private static final int OF_FAULTER = 128;

    private static final int MADV_MERGEABLE = 12;

    private final RacePort port;
    private final String design;

    KsmRaces(RacePort port, String design) {
        this.port = port;
        this.design = design;
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, Knobs.NONE, kernel -> {
            kernel.ksm().mergeIn(Ksm.Where.MADVISE);
            SwapArea _ = kernel.swap().on("/swap", true, -1, 64);
        });
    }

    private static long second(RaceMachine machine) {
        return FIRST + machine.page();
    }

    private Actor merger(RaceMachine machine) {
        return machine.other(_ -> {
            // The checksums, and then what has not changed.
            machine.kernel().ksm().scanAll();
            machine.mark(Mark.TOLD);
            machine.kernel().ksm().scanAll();
            machine.mark(Mark.DONE);
        });
    }

    private static Actor writer(RaceMachine machine, Consumer<FaultMachine.Task> then) {
        return machine.writer(self -> {
            machine.map(FIRST, 2);
            new AdviceCalls(machine.mm()).madvise(FIRST, 2L * machine.page(), MADV_MERGEABLE);
            RaceMachine.store(self, FIRST);
            RaceMachine.store(self, second(machine));
            machine.mark(Mark.MAPPED);
            then.accept(self);
            machine.mark(Mark.DONE);
        });
    }

    /// F has stored to the page before, so that its TLB lets it store again.
    private static Actor faulter(RaceMachine machine, long page) {
        return machine.faulter(self -> {
            RaceMachine.store(self, page);
            machine.mark(Mark.MAPPED);
            assertThat(self.touch(page + OF_FAULTER, Access.WRITE)).isNull();
            machine.mark(Mark.DONE);
        });
    }

    private static void runToReplace(Actor w, Actor t) {
        w.runTo(Mark.MAPPED);
        runToReplace(t);
    }

    private static void runToReplace(Actor t) {
        t.runTo(Mark.TOLD);
        t.runTo(KsmStep.KSM_REPLACE);
    }

    private static void expectStoredTo(RaceMachine machine, long page) {
        long other = page == FIRST ? second(machine) : FIRST;
        assertThat(machine.byteAt(page + OF_FAULTER)).as("F's store").isEqualTo((byte) 1);
        assertThat(machine.byteAt(other + OF_FAULTER)).as("the other page").isZero();
        assertThat(machine.byteAt(page)).isEqualTo((byte) 1);
        assertThat(machine.byteAt(other)).isEqualTo((byte) 1);
    }

    private static void expectShared(RaceMachine machine, long pages) {
        KsmCounters counters = machine.kernel().ksm().counters();
        assertThat(counters.get(Counter.PAGES_SHARED) + counters.get(Counter.PAGES_SHARING))
                .as("addresses with a shared page")
                .isEqualTo(pages);
    }

    /// The checksum is known and the PTE is not protected yet: F stores by its TLB, without a fault. T sees
    /// that the contents are others.
    void aStoreBeforeTheProtection() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = merger(machine);
            Actor f = faulter(machine, second(machine));
            w.runTo(Mark.MAPPED);
            f.runTo(Mark.MAPPED);
            t.runTo(Mark.TOLD);
            t.runTo(KsmStep.KSM_WRITE_PROTECT);
            f.runTo(Mark.DONE);
            t.runTo(Mark.DONE);
            expectStoredTo(machine, second(machine));
            expectShared(machine, 0);
            machine.finish();
        }
    }

    /// The PTE is protected and flushed, and the contents compared: F's store faults and copies, for T has a
    /// reference. T finds another PTE, and gives the other page back.
    void aStoreBeforeTheReplacement() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = merger(machine);
            Actor f = faulter(machine, FIRST);
            w.runTo(Mark.MAPPED);
            f.runTo(Mark.MAPPED);
            runToReplace(t);
            Page before = machine.pageAt(FIRST);
            f.runTo(Mark.DONE);
            assertThat(machine.pageAt(FIRST)).isNotSameAs(before);
            t.runTo(Mark.DONE);
            expectStoredTo(machine, FIRST);
            expectShared(machine, 0);
            assertThat(machine.pageAt(second(machine)).isKsm()).isFalse();
            machine.finish();
        }
    }

    /// F has copied the page and is about to take the PTE lock when T replaces it: F sees another PTE, and
    /// copies the shared page.
    void aReplacementBeforeTheCopy() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = merger(machine);
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(FIRST + OF_FAULTER, Access.WRITE)).isNull();
                machine.mark(Mark.DONE);
            });
            runToReplace(w, t);
            f.runTo(FaultStep.WP_COPY);
            runToPteLock(machine, f);
            t.runTo(Mark.DONE);
            Page shared = machine.pageAt(FIRST);
            assertThat(shared.isKsm()).isTrue();
            f.runTo(Mark.DONE);
            assertThat(machine.kernel().events(VmEvent.COW_KSM)).isEqualTo(1);
            assertThat(machine.pageAt(FIRST)).isNotSameAs(shared);
            expectStoredTo(machine, FIRST);
            machine.finish();
        }
    }

    /// F has its copy. Who speculates is about to begin the section in which he takes the lock: in it others
    /// may have to wait for him with their flush.
    private void runToPteLock(RaceMachine machine, Actor f) {
        if (design.startsWith("spf")) {
            f.runTo(RcuStep.RCU_READ_LOCK);
        } else {
            f.runToOn(LockStep.SPIN_LOCK, machine.tableOf(FIRST).pfn());
        }
    }

    /// F copies a shared page while W has it written to swap: F sees a swap entry, and comes to the page again.
    void aStoreWhileItIsSwappedOut() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, self -> {
                pageOut(machine);
                machine.mark(Mark.UNMAPPED);
                assertThat(self.touch(second(machine), Access.READ)).isNull();
            });
            Actor t = merger(machine);
            Actor f = machine.faulter(self -> {
                assertThat(self.touch(FIRST + OF_FAULTER, Access.WRITE)).isNull();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            t.runTo(Mark.TOLD);
            t.runTo(Mark.DONE);
            expectShared(machine, 2);
            f.runTo(FaultStep.WP_COPY);
            runToPteLock(machine, f);
            w.runTo(Mark.UNMAPPED);
            assertThat(machine.isMapped(FIRST)).isFalse();
            assertThat(machine.isMapped(second(machine))).isFalse();
            f.runTo(Mark.DONE);
            assertThat(machine.byteAt(FIRST + OF_FAULTER)).isEqualTo((byte) 1);
            w.runTo(Mark.DONE);
            expectStoredTo(machine, FIRST);
            machine.finish();
        }
    }

    private static void pageOut(RaceMachine machine) {
        Page page = machine.pageAt(FIRST);
        page.get();
        boolean _ = machine.kernel().pageOut().writeOut(page);
        machine.kernel().allocator().put(page);
    }

    /// T has the lock of the page that it is about to replace: who would write it to swap leaves it alone.
    void aPageThatWouldBeSwappedOutMeanwhile() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> pageOut(machine));
            Actor t = merger(machine);
            runToReplace(w, t);
            w.runTo(Mark.DONE);
            assertThat(machine.isMapped(FIRST)).isTrue();
            t.runTo(Mark.DONE);
            expectShared(machine, 2);
            leave(machine);
            machine.finish();
        }
    }

    /// W discards the page, under `mmap_lock` for read, that T is about to replace.
    void aPageThatIsDiscarded() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> machine.discard(FIRST, 1));
            Actor t = merger(machine);
            runToReplace(w, t);
            w.runTo(Mark.DONE);
            t.runTo(Mark.DONE);
            assertThat(machine.isMapped(FIRST)).isFalse();
            assertThat(machine.byteAt(second(machine))).isEqualTo((byte) 1);
            expectShared(machine, 0);
            leave(machine);
            machine.finish();
        }
    }

    /// W discards the page that is the shared one already: T puts it in the place of the other nevertheless.
    void theSharedPageIsDiscarded() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> machine.discard(second(machine), 1));
            Actor t = merger(machine);
            runToReplace(w, t);
            Page shared = machine.pageAt(second(machine));
            w.runTo(Mark.DONE);
            t.runTo(Mark.DONE);
            assertThat(machine.pageAt(FIRST)).isSameAs(shared);
            assertThat(shared.mapcount()).isEqualTo(1);
            assertThat(shared.refcount()).isEqualTo(1);
            assertThat(machine.byteAt(FIRST)).isEqualTo((byte) 1);
            leave(machine);
            machine.finish();
        }
    }

    /// munmap wants `mmap_lock` for write, and waits until T has replaced the page.
    void munmapWaits() {
        waits(
                machine -> machine.unmap(FIRST, 2),
                machine -> assertThat(machine.mm().rss()).isZero(),
                () -> {});
    }

    /// So does fork: the child has the shared page then.
    void forkWaits() {
        AtomicReference<@Nullable Mm> child = new AtomicReference<>();
        waits(
                machine -> {
                    Mm forked = machine.mm().fork(new FaultMachine.NoLimits());
                    child.set(forked);
                },
                machine -> assertThat(machine.pageAt(FIRST).mapcount()).isEqualTo(4),
                () -> {
                    Mm forked = child.get();
                    if (forked != null) {
                        forked.put();
                    }
                });
    }

    /// F moves the shared page to another frame, and maps it there next. T finds no page at the addresses meanwhile,
    /// forgets them, and must wait for the lock of the page that is there by then: who does not find an address any
    /// more leaves its entry behind.
    void anAddressIsForgottenWhileThePageMoves() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = machine.other(_ -> {
                machine.kernel().ksm().scanAll();
                machine.kernel().ksm().scanAll();
                machine.mark(Mark.TOLD);
                machine.kernel().ksm().scanAll();
                machine.mark(Mark.DONE);
            });
            Actor f = machine.faulter(_ -> {
                PageAllocator allocator = machine.kernel().allocator();
                Page page = machine.pageAt(FIRST);
                Page to = Objects.requireNonNull(allocator.alloc());
                page.get();
                assertThat(new Migration(machine.kernel()).move(page, to)).isTrue();
                allocator.put(page);
                allocator.put(to);
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            t.runTo(Mark.TOLD);
            Page before = machine.pageAt(FIRST);
            f.runTo(PageStep.PAGE_MOVE);
            f.runToOn(LockStep.SPIN_LOCK, machine.tableOf(FIRST).pfn());
            t.runUntilBlocked(PageStep.PAGE_WAIT);
            machine.schedule().runAll();
            assertThat(machine.pageAt(FIRST)).isNotSameAs(before).isSameAs(machine.pageAt(second(machine)));
            assertThat(machine.byteAt(FIRST)).isEqualTo((byte) 1);
            machine.finish();
        }
    }

    private void waits(Consumer<RaceMachine> change, Consumer<RaceMachine> then, Runnable last) {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> change.accept(machine));
            Actor t = merger(machine);
            runToReplace(w, t);
            // Who parks for mmap_lock does it behind the lock of its queue.
            w.runUntilBlocked(LockStep.SPIN_UNLOCK);
            machine.schedule().runAll();
            then.accept(machine);
            machine.faulter(_ -> last.run()).runToEnd();
            machine.finish();
        }
    }

    /// F looks a page up without locks while T takes the PTE out: F sees that it is another and gives its
    /// reference back. With the reference first, T counts it and leaves the page alone.
    void aLookupWithoutLocks(boolean referencedFirst) {
        try (RaceMachine machine = machine()) {
            AtomicReference<@Nullable Page> found = new AtomicReference<>();
            Actor w = writer(machine, _ -> {});
            Actor t = merger(machine);
            Actor f = machine.faulter(_ -> {
                Page page = new FastGup(machine.kernel(), LocklessWalk.READ_SECTION)
                        .page(machine.mm(), second(machine), true);
                found.set(page);
                machine.mark(Mark.REUSED);
                if (page != null) {
                    machine.kernel().allocator().put(page);
                }
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            t.runTo(Mark.TOLD);
            t.runTo(KsmStep.KSM_WRITE_PROTECT);
            if (referencedFirst) {
                f.runTo(Mark.REUSED);
                t.runTo(Mark.DONE);
                assertThat(found.get()).isSameAs(machine.pageAt(second(machine)));
                expectShared(machine, 0);
            } else {
                f.runTo(FaultStep.GUP_FAST);
                t.runTo(KsmStep.KSM_SHARE);
                f.runTo(Mark.REUSED);
                assertThat(found.get()).isNull();
                t.runTo(Mark.DONE);
                expectShared(machine, 2);
            }
            f.runTo(Mark.DONE);
            machine.finish();
        }
    }

    /// F, who has nothing to do, leaves the address space.
    private static void leave(RaceMachine machine) {
        machine.faulter(_ -> {}).runToEnd();
    }
}
