package faultline.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import faultline.kernel.testing.TableRace.Flush;

/// M7, which is M32 too: a fault copies a page that fork has write-protected and not yet flushed, while another
/// thread still stores to it by what its TLB holds. The store is in the old page, which is the child's by then.
///
/// | design | |
/// | --- | --- |
/// | `spf-vma` up to v11, `vma-lock:6.4` | present, but where a flush goes with every entry (ppc64 with the hashed page
/// table) |
/// | `spf-vma:v12`, `vma-lock:6.4` mended, `vma-lock:6.15` | absent: fork closes its VMAs |
/// | `spf-mm`, `classic` | absent: fork holds `mmap_lock` for write until it has flushed |
record ForkRace(RacePort port, PortFacts facts, String design, Knobs knobs) {

    private static final long PAGE = 1L << 32;

    /// Where T stores, in the page that both have; and where F stores.
    private static final int OF_OTHER = 64;

    private static final int OF_FAULTER = 128;

    void present() {
        try (RaceMachine machine = machine()) {
            run(machine, true);
            assertThat(machine.byteAt(PAGE + OF_OTHER)).as("T's store").isEqualTo((byte) (facts.hashed() ? 1 : 0));
            machine.finish();
        }
    }

    void absent() {
        try (RaceMachine machine = machine()) {
            run(machine, false);
            assertThat(machine.byteAt(PAGE + OF_OTHER)).as("T's store").isEqualTo((byte) 1);
            machine.finish();
        }
    }

    private RaceMachine machine() {
        return new RaceMachine(port, TableFreeing.RCU_ALL, design, knobs, _ -> {});
    }

    /// `enters` says that F gets as far as its copy while W has not flushed.
    private void run(RaceMachine machine, boolean enters) {
        Actor f = machine.faulter(self -> {
            assertThat(self.touch(PAGE + OF_FAULTER, Access.WRITE)).isNull();
            machine.mark(Mark.DONE);
        });
        Actor t = machine.other(self -> {
            RaceMachine.store(self, PAGE);
            machine.mark(Mark.MAPPED);
            RaceMachine.store(self, PAGE + OF_OTHER);
            machine.mark(Mark.DONE);
        });
        Actor w = machine.writer(self -> {
            machine.map(PAGE, 1);
            RaceMachine.store(self, PAGE);
            machine.mark(Mark.MAPPED);
            fork(machine);
            machine.mark(Mark.DONE);
        });
        w.runTo(Mark.MAPPED);
        t.runTo(Mark.MAPPED);
        w.runTo(PgtableStep.PTE_COMPARE_AND_SET);
        // The copy is made and the PTE locks are free; the flush is next.
        w.runTo(LockStep.SPIN_UNLOCK, 2);
        w.runTo(facts.flush() == Flush.INTERRUPT ? MachineStep.IPI_SEND : MachineStep.BROADCAST);
        if (enters) {
            f.runTo(FaultStep.WP_COPY);
            // It has copied, and is about to lock the PTE for the new page.
            f.runToOn(
                    design.startsWith("spf") ? LockStep.SPIN_TRYLOCK : LockStep.SPIN_LOCK,
                    machine.tableOf(PAGE).pfn());
        } else {
            // It waits for mmap_lock, as who parks does behind the lock of the queue.
            f.runUntilBlocked(LockStep.SPIN_UNLOCK);
        }
        if (!facts.hashed()) {
            // By a translation that is stale by now: no fault.
            t.runTo(Mark.DONE);
        }
        machine.schedule().runAll();
    }

    private static void fork(RaceMachine machine) {
        Mm child = machine.mm().fork(new FaultMachine.NoLimits());
        child.put();
    }
}
