package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.MachineStep;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.DelayedFput;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.FaultStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A speculative fault of a file, in the first form of `spf-mm`, against who unmaps the file, and against who
/// truncates it.
///
/// F reads or stores to the first page of a private mapping; its second page has been stored to, so that the
/// table and the AnonVma are there.
final class FileRaces {

    private static final String DESIGN = "spf-mm:B0";

    private static final long RANGE = 1L << 32;

    private static final int PAGES = 2;

    /// Longer than a released file waits for the worker.
    private static final long TWO_TICKS = 8_000_000;

    private final RacePort port;

    FileRaces(RacePort port) {
        this.port = port;
    }

    /// One race: a machine, a file on it, and what F's access ended with.
    private final class Race implements AutoCloseable {
        final RaceMachine machine;
        final RaceFile file;
        final AtomicReference<@Nullable FaultOutcome> outcome = new AtomicReference<>();

        Race(String fixed) {
            machine = new RaceMachine(port, TableFreeing.RCU_ALL, DESIGN, Knobs.NONE.with("fixed=" + fixed), _ -> {});
            file = new RaceFile(machine.kernel(), PAGES);
        }

        Actor faulter(Access access) {
            return machine.faulter(self -> {
                outcome.set(self.touch(RANGE, access));
                machine.mark(Mark.DONE);
                if (outcome.get() == null) {
                    // Once more, when W is through.
                    outcome.set(self.touch(RANGE, access));
                }
            });
        }

        Actor writer(Runnable change) {
            return machine.writer(self -> {
                file.cacheAll();
                long bytes = (long) PAGES * machine.page();
                long _ = machine.mm().mmap(RANGE, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0);
                RaceMachine.store(self, RANGE + machine.page());
                machine.mark(Mark.MAPPED);
                change.run();
                machine.mark(Mark.UNMAPPED);
                machine.mm().munmap(RANGE, bytes);
                file.pages().evict();
                awaitRelease();
                machine.mark(Mark.DONE);
            });
        }

        void unmap() {
            machine.unmap(RANGE, PAGES);
            // Twice: the first may find a grace period that began before.
            machine.kernel().rcu().quiesce();
            machine.kernel().rcu().quiesce();
        }

        /// Time passes when all threads wait for it.
        private void awaitRelease() {
            DelayedFput files = machine.kernel().delayedFput();
            while (files.waiting() > 0) {
                files.run();
                KernelThread.current().block(machine.schedule().nanoTime() + TWO_TICKS);
            }
        }

        /// Whether the file is kept, and whether for anybody but the worker that releases it.
        void expectKept(boolean inUse) {
            assertThat(file.references()).isEqualTo(1);
            assertThat(machine.kernel().delayedFput().ready()).isEqualTo(inUse ? 0 : 1);
        }

        /// All run to their ends, and the file is released.
        void finish() {
            machine.finish();
            assertThat(file.references()).isZero();
        }

        long count(VmEvent event) {
            return machine.kernel().events(event);
        }

        void expectSignal(int signal, int code) {
            assertThat(outcome.get()).isInstanceOfSatisfying(Signal.class, got -> {
                assertThat(got.signal()).isEqualTo(signal);
                assertThat(got.code()).isEqualTo(code);
            });
        }

        @Override
        public void close() {
            machine.close();
        }
    }

    /// F has looked at the sequence and stands in its read section; W unmaps the file. It stays, however often grace
    /// periods are asked for, and is released when F's section has ended.
    void aFileThatIsUnmappedStaysToTheEndOfTheSection(Access access) {
        try (Race race = new Race("page-lost")) {
            Actor f = race.faulter(access);
            Actor w = race.writer(race::unmap);
            w.runTo(Mark.MAPPED);
            f.runTo(fileFault(access));
            f.runTo(PageStep.CACHE_LOOKUP);
            w.runTo(Mark.UNMAPPED);
            race.expectKept(true);
            f.runTo(Mark.DONE);
            race.expectSignal(Signal.SIGSEGV, Signal.SEGV_MAPERR);
            assertThat(race.count(VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1)).isEqualTo(1);
            assertThat(race.file.wasTouchedAfterRelease()).isFalse();
            race.finish();
        }
    }

    /// The same where the file goes with its VMA, as in every kernel before the series: F looks at a file that is
    /// released.
    void aFileThatIsReleasedAtOnceIsLookedAtAfterwards(Access access) {
        try (Race race = new Race("page-lost")) {
            race.machine.kernel().guardVmas(VmaGuards.NONE);
            Actor f = race.faulter(access);
            Actor w = race.writer(race::unmap);
            w.runTo(Mark.MAPPED);
            f.runTo(fileFault(access));
            f.runTo(PageStep.CACHE_LOOKUP);
            w.runTo(Mark.UNMAPPED);
            assertThat(race.file.references()).isZero();
            assertThat(race.file.wasTouchedAfterRelease()).isFalse();
            f.runTo(Mark.DONE);
            assertThat(race.file.wasTouchedAfterRelease()).isTrue();
            race.finish();
        }
    }

    /// W unmaps the file before F's section: the look at the sequence with which that begins tells.
    void aFileThatIsUnmappedBeforeTheSectionIsNotLookedAt(Access access) {
        try (Race race = new Race("page-lost")) {
            Actor f = race.faulter(access);
            Actor w = race.writer(race::unmap);
            w.runTo(Mark.MAPPED);
            f.runTo(fileFault(access));
            w.runTo(Mark.UNMAPPED);
            race.expectKept(false);
            f.runTo(Mark.DONE);
            race.expectSignal(Signal.SIGSEGV, Signal.SEGV_MAPERR);
            assertThat(race.count(VmEvent.SPF_ABORT_FAULT)).isEqualTo(1);
            race.finish();
        }
    }

    /// F has locked the page, which lies inside the file, and is about to map it. W truncates, and has to wait for the
    /// page: it finds F's PTE and takes it away, so that F's next access gets SIGBUS.
    void truncationTakesAwayWhatWasMappedBeforeItGotThePage() {
        try (Race race = new Race("page-lost")) {
            Actor f = race.faulter(Access.READ);
            Actor w = race.writer(race.file::truncate);
            w.runTo(Mark.MAPPED);
            f.runTo(FaultStep.READ_FAULT);
            f.runTo(PageStep.PAGE_LOCK);
            f.runTo(MachineStep.INTERRUPTS_OFF);
            w.runUntilBlocked(PageStep.PAGE_WAIT);
            f.runTo(Mark.DONE);
            assertThat(race.outcome.get()).isNull();
            assertThat(race.machine.isMapped(RANGE)).isTrue();
            assertThat(race.count(VmEvent.SPF_ATTEMPT_FILE)).isEqualTo(1);
            w.runTo(Mark.UNMAPPED);
            assertThat(race.machine.isMapped(RANGE)).isFalse();
            f.runToEnd();
            race.expectSignal(Signal.SIGBUS, Signal.BUS_ADRERR);
            race.finish();
        }
    }

    /// F has found the page, and W takes it from the file before F has locked it: F gives up, and who may wait finds
    /// that the file ends before the page. As posted a store keeps the reference it has: the frame is lost.
    void aPageThatTruncationTookIsNotMapped(Access access, boolean posted) {
        try (Race race = new Race(posted ? "none" : "page-lost")) {
            Actor f = race.faulter(access);
            Actor w = race.writer(race.file::truncate);
            w.runTo(Mark.MAPPED);
            Page page = race.file.cached(0);
            f.runTo(fileFault(access));
            f.runTo(PageStep.PAGE_LOCK);
            w.runTo(Mark.UNMAPPED);
            assertThat(page.refcount()).isEqualTo(1);
            f.runToEnd();
            race.expectSignal(Signal.SIGBUS, Signal.BUS_ADRERR);
            assertThat(race.count(VmEvent.SPF_ABORT_MAP_PAGES) + race.count(VmEvent.SPF_ABORT_FILEMAP))
                    .isEqualTo(1);
            assertThat(page.refcount()).isEqualTo(posted ? 1 : 0);
            if (posted) {
                race.machine.kernel().allocator().put(page);
            }
            race.finish();
        }
    }

    private static FaultStep fileFault(Access access) {
        return access == Access.WRITE ? FaultStep.COW_FAULT : FaultStep.READ_FAULT;
    }
}
