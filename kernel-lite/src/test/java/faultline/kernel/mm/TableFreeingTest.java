package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.check.Violation;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.BroadcastInvalidation;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Walks without locks against munmap, which frees the tables they are in: what protects a walk
/// where, and what does not.
///
/// Whether a walk met a freed table the machine's oracle says, and the walk goes on in it.
final class TableFreeingTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    /// Each in tables of its own, below the root.
    private static final long WALKED = 1L << 32;

    private static final long OTHER = 3L << 32;

    private static final int SEEDS = 120;
    private static final int ROUNDS = 4;

    /// One walker and one thread that maps, touches and unmaps, until the second is done.
    private static final class Contest {
        private final ToyMachine machine;
        private final Mm mm;
        private final LocklessWalk walk;
        private final int rounds;
        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicInteger running = new AtomicInteger(2);
        private int walks;

        Contest(TableFreeing freeing, LocklessWalk walk, Schedule schedule, int rounds) {
            this(freeing, walk, schedule, rounds, new ToyMachine.ToyInvalidation());
        }

        Contest(TableFreeing freeing, LocklessWalk walk, Schedule schedule, int rounds, TlbInvalidation invalidation) {
            this.machine = new ToyMachine(2, 512, schedule, true, new KernelHeap(1L << 30), freeing, invalidation);
            machine.kernel().oracle().keepOnly();
            this.mm = machine.newMm();
            this.walk = walk;
            this.rounds = rounds;
        }

        /// How often walks read from a table that was freed.
        int run() {
            machine.run(this::unmapper, this::walker);
            List<Violation> violations = machine.kernel().oracle().violations();
            assertThat(violations).allMatch(found -> found.rule() == Violation.Rule.FREED_TABLE);
            return violations.size();
        }

        long events(VmEvent event) {
            return machine.kernel().events(event);
        }

        private void unmapper(ToyThread self) {
            self.use(mm);
            for (int round = 0; round < rounds; round++) {
                mm.mmap(WALKED, PAGE, RW, ANON, null, 0);
                assertThat(self.store(WALKED, 1)).isNull();
                mm.munmap(WALKED, PAGE);
                // Takes the frames that are free now, for tables and for data that is no entry.
                mm.mmap(OTHER, PAGE, RW, ANON, null, 0);
                for (int at = 0; at < PAGE; at += Long.BYTES) {
                    assertThat(self.store(OTHER + at, 0x5b)).isNull();
                }
                mm.munmap(OTHER, PAGE);
            }
            done.set(true);
            leave();
        }

        private void walker(ToyThread self) {
            self.use(mm);
            while (!done.get()) {
                walk.begin(self.vcpu(), machine.kernel().rcu());
                try {
                    long _ = mm.pageTable().look(WALKED);
                } catch (IndexOutOfBoundsException | NullPointerException _) {
                    // Poison taken for a table led out of RAM.
                    assertThat(machine.kernel().oracle().violations()).isNotEmpty();
                } finally {
                    walk.end(self.vcpu(), machine.kernel().rcu());
                }
                walks++;
                machine.schedule().spin();
            }
            leave();
        }

        private void leave() {
            if (running.decrementAndGet() == 0) {
                mm.put();
                machine.kernel().rcu().quiesce();
            }
        }
    }

    private static int astray(TableFreeing freeing, LocklessWalk walk) {
        return astray(freeing, walk, new ToyMachine.ToyInvalidation());
    }

    private static int astray(TableFreeing freeing, LocklessWalk walk, TlbInvalidation invalidation) {
        int found = 0;
        int walks = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Contest contest = new Contest(freeing, walk, new SeededSchedule(seed), ROUNDS, invalidation);
            found += contest.run();
            walks += contest.walks;
        }
        assertThat(walks).isGreaterThan(SEEDS);
        return found;
    }

    @ParameterizedTest
    @CsvSource({
        "IPI, INTERRUPTS_OFF",
        "RCU, INTERRUPTS_OFF",
        "RCU, READ_SECTION",
        "RCU_FALLBACK, INTERRUPTS_OFF",
        "RCU_ALL, INTERRUPTS_OFF",
        "RCU_ALL, READ_SECTION",
    })
    void aProtectedWalkMeetsNoFreedTable(TableFreeing freeing, LocklessWalk walk) {
        assertThat(astray(freeing, walk)).isZero();
    }

    /// What the protection is for: the same walks go astray where their kind of section is not waited
    /// for.
    @ParameterizedTest
    @CsvSource({"IPI, READ_SECTION", "RCU_FALLBACK, READ_SECTION"})
    void aReadSectionAloneDoesNotHoldUpAFlush(TableFreeing freeing, LocklessWalk walk) {
        assertThat(astray(freeing, walk)).isPositive();
    }

    /// A broadcast waits for no walk of the kernel, and an interrupt where a table is unhooked does.
    @Test
    void interruptsOffHoldUpABroadcastOnlyWhereUnhookingInterrupts() {
        TlbInvalidation broadcast = new BroadcastInvalidation("broadcast", Long.MAX_VALUE);
        assertThat(astray(TableFreeing.IPI, LocklessWalk.INTERRUPTS_OFF, broadcast))
                .isPositive();
        TlbInvalidation serializing = new BroadcastInvalidation("broadcast", Long.MAX_VALUE) {
            @Override
            public int tablesUnhooked(Vcpu self, Predicate<Vcpu> active) {
                return self.all().interrupt(self, active, Interrupt.synchronizing());
            }
        };
        assertThat(astray(TableFreeing.IPI, LocklessWalk.INTERRUPTS_OFF, serializing))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(TableFreeing.class)
    void walksOnHostThreadsMeetNoFreedTable(TableFreeing freeing) {
        LocklessWalk walk =
                freeing == TableFreeing.RCU_FALLBACK ? LocklessWalk.INTERRUPTS_OFF : LocklessWalk.usual(freeing);
        Contest contest = new Contest(freeing, walk, new ParallelSchedule(), 500);
        assertThat(contest.run()).isZero();
        assertThat(contest.machine.kernel().allocator().freeFrames())
                .isEqualTo(contest.machine.kernel().allocator().totalFrames() - 1);
    }

    @Test
    void countsHowTablesWereFreed() {
        for (TableFreeing freeing : TableFreeing.values()) {
            Contest contest = new Contest(freeing, LocklessWalk.INTERRUPTS_OFF, new SeededSchedule(1), 1);
            contest.run();
            // Two pages, each with a table of entries and one above it.
            long tables = 4;
            assertThat(contest.events(VmEvent.PT_FREED_AT_ONCE)).isEqualTo(freeing == TableFreeing.IPI ? tables : 0);
            assertThat(contest.events(VmEvent.PT_FREED_BY_SYNC))
                    .isEqualTo(freeing == TableFreeing.RCU_FALLBACK ? tables : 0);
            assertThat(contest.events(VmEvent.PT_FREED_BY_RCU))
                    .isEqualTo(freeing == TableFreeing.RCU || freeing == TableFreeing.RCU_ALL ? tables : 0);
        }
    }
}
