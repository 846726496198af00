package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.PROT_READ;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.Migration;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.RemapCalls;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// T moves a page to another frame; F faults on it meanwhile (M4), and W changes what is there.
final class MigrationRaces {

    private static final long RANGE = SpeculationRace.RANGE;
    private static final long ELSEWHERE = 5L << 32;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MREMAP_FIXED = 2;

    private final RacePort port;
    private final String design;
    private final Knobs knobs;

    /// Whether T has moved its page.
    private final AtomicBoolean moved = new AtomicBoolean();

    private final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

    /// The child of a fork.
    private final AtomicReference<@Nullable Mm> child = new AtomicReference<>();

    MigrationRaces(RacePort port, String design, Knobs knobs) {
        this.port = port;
        this.design = design;
        this.knobs = knobs;
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, knobs, _ -> {});
    }

    private Actor mover(RaceMachine machine) {
        return machine.other(_ -> {
            PageAllocator allocator = machine.kernel().allocator();
            Page page = pageAt(machine, RANGE);
            page.get();
            Page to = Objects.requireNonNull(allocator.alloc());
            moved.set(new Migration(machine.kernel()).move(page, to));
            allocator.put(page);
            allocator.put(to);
            machine.mark(Mark.DONE);
        });
    }

    private Actor writer(RaceMachine machine, Consumer<FaultMachine.Task> then) {
        return machine.writer(self -> {
            machine.map(RANGE, 2);
            RaceMachine.store(self, RANGE);
            machine.mark(Mark.MAPPED);
            then.accept(self);
            machine.mark(Mark.DONE);
        });
    }

    private Actor faulter(RaceMachine machine) {
        return machine.faulter(self -> {
            outcome.set(self.touch(RANGE, Access.WRITE));
            machine.mark(Mark.DONE);
        });
    }

    private static Page pageAt(RaceMachine machine, long va) {
        return machine.kernel().allocator().page(format(machine).pfn(pteAt(machine.mm(), va)));
    }

    private static long pteAt(Mm mm, long va) {
        return mm.pageTable().peek(va);
    }

    private static PageTableFormat format(RaceMachine machine) {
        return machine.kernel().format();
    }

    private static void unmap(RaceMachine machine) {
        machine.unmap(RANGE, 2);
        machine.kernel().rcu().quiesce();
        machine.kernel().rcu().quiesce();
    }

    /// M4, of `spf-vma` as posted: F finds an entry, W unmaps it and frees the table, F takes the lock of the
    /// table.
    void aWaitInATableThatIsGone() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> unmap(machine));
            Actor t = mover(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            t.runTo(PageStep.PAGE_MOVE);
            f.runTo(FaultStep.MIGRATION_WAIT);
            w.runTo(Mark.DONE);
            f.runToEnd();
            Violation first = machine.violations().getFirst();
            assertThat(first.rule()).as(first.text()).isEqualTo(Rule.FREED_TABLE);
            assertThat(first.touchedBy()).isEqualTo("F");
            assertThat(machine.failure("F")).hasMessage(first.text());
        }
    }

    /// M4 is absent where a fault without locks gives such an entry up: F waits with `mmap_lock`, and W for that.
    void aWaitThatIsLeftToTheLock(VmEvent reason) {
        aWaitThatKeepsTheTable(
                SpeculationRace.PARKED,
                machine -> assertThat(machine.kernel().events(reason))
                        .as(reason.name())
                        .isEqualTo(1));
    }

    /// M4 is absent where F has a lock from the beginning, for which W waits, parked behind the step `behind`.
    void aWaitWithALock(LockStep behind) {
        aWaitThatKeepsTheTable(behind, _ -> {});
    }

    /// F waits for T, and W for F: the page is there when F makes its store, and W takes it afterwards.
    private void aWaitThatKeepsTheTable(LockStep behind, Consumer<RaceMachine> expected) {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> unmap(machine));
            Actor t = mover(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            t.runTo(PageStep.PAGE_MOVE);
            f.runTo(FaultStep.MIGRATION_WAIT);
            expected.accept(machine);
            w.runUntilBlocked(behind);
            f.runUntilBlocked(PageStep.PAGE_WAIT);
            t.runTo(Mark.DONE);
            assertThat(moved).isTrue();
            f.runTo(Mark.DONE);
            assertThat(outcome.get()).isNull();
            w.runTo(Mark.DONE);
            assertThat(machine.mm().rss()).isZero();
            machine.finish();
        }
    }

    /// F waits until the page is there, and stores to the new frame.
    void aStoreWaitsForThePage() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = mover(machine);
            Actor f = faulter(machine);
            w.runTo(Mark.MAPPED);
            Page before = pageAt(machine, RANGE);
            t.runTo(PageStep.PAGE_MOVE);
            f.runTo(FaultStep.MIGRATION_WAIT);
            t.runTo(Mark.DONE);
            f.runTo(Mark.DONE);
            assertThat(moved).isTrue();
            assertThat(outcome.get()).isNull();
            assertThat(pageAt(machine, RANGE)).isNotSameAs(before);
            assertThat(before.refcount()).isZero();
            assertThat(machine.byteAt(RANGE)).isEqualTo((byte) 1);
            assertThat(machine.kernel().events(VmEvent.PGMIGRATE_SUCCESS)).isEqualTo(1);
            machine.finish();
        }
    }

    /// W does something to the entry while there is no page; then T puts the page where the entry is by now.
    private void meanwhile(Consumer<RaceMachine> change, Consumer<RaceMachine> expected) {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> change.accept(machine));
            Actor t = mover(machine);
            w.runTo(Mark.MAPPED);
            t.runTo(PageStep.PAGE_MOVE);
            assertThat(format(machine).isMigration(pteAt(machine.mm(), RANGE))).isTrue();
            w.runTo(Mark.DONE);
            t.runTo(Mark.DONE);
            assertThat(moved).isTrue();
            expected.accept(machine);
            leave(machine);
            machine.finish();
        }
    }

    /// F, who has nothing to do, leaves the address space, and the child's ends.
    private void leave(RaceMachine machine) {
        machine.faulter(_ -> {
                    Mm forked = child.get();
                    if (forked != null) {
                        forked.put();
                    }
                })
                .runToEnd();
    }

    void munmapTakesTheEntry() {
        meanwhile(
                MigrationRaces::unmap, machine -> assertThat(machine.mm().rss()).isZero());
    }

    void mprotectMakesItReadOnly() {
        meanwhile(machine -> machine.mm().mprotect(RANGE, machine.page(), PROT_READ), machine -> {
            assertThat(machine.isMapped(RANGE)).isTrue();
            assertThat(format(machine).isWritable(pteAt(machine.mm(), RANGE))).isFalse();
            assertThat(machine.byteAt(RANGE)).isEqualTo((byte) 1);
        });
    }

    void mremapTakesTheEntryAlong() {
        meanwhile(
                machine -> {
                    long bytes = 2L * machine.page();
                    long _ = new RemapCalls(machine.mm())
                            .mremap(RANGE, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, ELSEWHERE);
                },
                machine -> {
                    assertThat(machine.isMapped(RANGE)).isFalse();
                    assertThat(machine.byteAt(ELSEWHERE)).isEqualTo((byte) 1);
                });
    }

    void forkSharesIt() {
        meanwhile(machine -> child.set(machine.mm().fork(new FaultMachine.NoLimits())), machine -> {
            Mm forked = Objects.requireNonNull(child.get());
            long mine = pteAt(machine.mm(), RANGE);
            long its = pteAt(forked, RANGE);
            PageTableFormat format = format(machine);
            assertThat(format.isPresent(mine) && format.isPresent(its)).isTrue();
            assertThat(format.pfn(mine)).isEqualTo(format.pfn(its));
            assertThat(format.isWritable(mine) || format.isWritable(its)).isFalse();
            Page page = pageAt(machine, RANGE);
            assertThat(page.mapcount()).isEqualTo(2);
            assertThat(page.refcount()).isEqualTo(2);
        });
    }

    /// What somebody looks at stays, as it was.
    void aPinnedPageStays() {
        try (RaceMachine machine = machine()) {
            Actor w = writer(machine, _ -> {});
            Actor t = mover(machine);
            w.runTo(Mark.MAPPED);
            Page page = pageAt(machine, RANGE);
            long before = pteAt(machine.mm(), RANGE);
            page.get();
            t.runTo(Mark.DONE);
            machine.kernel().allocator().put(page);
            assertThat(moved).isFalse();
            assertThat(format(machine).isSame(pteAt(machine.mm(), RANGE), before))
                    .isTrue();
            assertThat(machine.kernel().events(VmEvent.PGMIGRATE_FAIL)).isEqualTo(1);
            leave(machine);
            machine.finish();
        }
    }
}
