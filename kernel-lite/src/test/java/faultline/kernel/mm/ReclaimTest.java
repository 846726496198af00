package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.check.Violation;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.page.Lru;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Memory that is short, and what makes room.
class ReclaimTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int FRAMES = 256;

    private static ToyMachine machine(DiskTiming disk) {
        return ToyMachine.withDisk(1, new SeededSchedule(11), disk);
    }

    private static void expectFilledAndRead(ToyThread self, int pages) {
        long va = self.mm().mmap(0, (long) pages * PAGE, RW, ANON, null, 0);
        for (int i = 0; i < pages; i++) {
            assertThat(self.store(va + (long) i * PAGE, i)).as("page " + i).isNull();
        }
        for (int i = 0; i < pages; i++) {
            assertThat((byte) self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo((byte) i);
        }
        self.mm().munmap(va, (long) pages * PAGE);
    }

    @EachDesign
    void moreThanMemoryHoldsGoesThroughSwap(String design) {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true).with(design);
        machine.kernel().swap().on("/swap", true, -1, 1024);
        machine.runShared(self -> expectFilledAndRead(self, 3 * FRAMES));
        assertThat(machine.kernel().swap().used()).isZero();
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isGreaterThan(FRAMES);
        assertThat(machine.kernel().events(VmEvent.PGSTEAL_DIRECT)).isGreaterThan(FRAMES);
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    @EachDesign
    void itDoesWithADiskThatTakesItsTime(String design) {
        ToyMachine machine = machine(new DiskTiming(100_000, 32)).with(design);
        machine.kernel().swap().on("/swap", true, -1, 8192);
        machine.runShared(self -> expectFilledAndRead(self, 3000));
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    @Test
    void withoutSwapCleanPagesOfFilesMakeRoom() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.run(self -> {
            DiskFile file = new DiskFile(machine.kernel(), FRAMES, false);
            Mm mm = machine.newMm();
            self.use(mm);
            long va = mm.mmap(0, (long) FRAMES * PAGE, PROT_READ, MAP_SHARED, file, 0);
            for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i < FRAMES; i++) {
                    assertThat((byte) self.load(va + (long) i * PAGE)).isEqualTo((byte) (i + 1));
                }
            }
            assertThat(machine.kernel().events(VmEvent.PGSTEAL_FILE)).isGreaterThan(FRAMES / 2);
            mm.munmap(va, (long) FRAMES * PAGE);
            mm.put();
            file.pages().evict();
        });
    }

    @Test
    void whatIsUsedAllTheTimeStays() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.kernel().swap().on("/swap", true, -1, 2048);
        machine.runShared(self -> {
            long hot = self.mm().mmap(0, 16 * PAGE, RW, ANON, null, 0);
            long cold = self.mm().mmap(0, 1024L * PAGE, RW, ANON, null, 0);
            long major = 0;
            for (int i = 0; i < 1024; i++) {
                long before = self.major;
                for (int page = 0; page < 16; page++) {
                    self.store(hot + (long) page * PAGE, i);
                }
                major += self.major - before;
                self.store(cold + (long) i * PAGE, i);
            }
            // Each of the 16 would go each time the lists were gone over, four times; once nobody knows what is used.
            assertThat(major).isLessThanOrEqualTo(16);
            assertThat(machine.kernel().allocator().lru().size(Lru.List.ACTIVE_ANON))
                    .isPositive();
        });
    }

    @Test
    void lockedMemoryStays() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.kernel().swap().on("/swap", true, -1, 2048);
        machine.runShared(self -> {
            long locked = self.mm().mmap(0, 32 * PAGE, RW, ANON, null, 0);
            for (int page = 0; page < 32; page++) {
                self.store(locked + (long) page * PAGE, page);
            }
            new LockCalls(self.mm()).mlock(locked, 32 * PAGE, 0);
            expectFilledAndRead(self, 2 * FRAMES);
            long major = self.major;
            for (int page = 0; page < 32; page++) {
                assertThat(self.load(locked + (long) page * PAGE)).isEqualTo(page);
            }
            assertThat(self.major).isEqualTo(major);
        });
    }

    @Test
    void whereNothingCanGoMemoryIsOut() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.kernel().swap().on("/swap", true, -1, 65);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 255L * PAGE, RW, ANON, null, 0);
            long more = self.mm().mmap(0, 255L * PAGE, RW, ANON, null, 0);
            FaultOutcome outcome = null;
            int done = 0;
            for (; done < 510 && outcome == null; done++) {
                outcome = self.store(done < 255 ? va + (long) done * PAGE : more + (long) (done - 255) * PAGE, 1);
            }
            assertThat(outcome).isInstanceOf(FaultOutcome.OutOfMemory.class);
            assertThat(done).isGreaterThan(FRAMES);
        });
    }

    /// A program's pages have one lock, and a thread that does not run keeps it as long as the host pleases.
    @Test
    void whoHasTheLockOfAllPagesIsWaitedFor() {
        ToyMachine machine = new ToyMachine(2, FRAMES, new SeededSchedule(7), true);
        machine.kernel().swap().on("/swap", true, -1, 2048);
        AnonVma[] family = new AnonVma[1];
        Turns turns = new Turns(machine);
        List<Violation> found = turns.run(
                self -> {
                    long va = self.mm().mmap(0, 2L * FRAMES * PAGE, RW, ANON, null, 0);
                    for (int i = 0; i < 200; i++) {
                        assertThat(self.store(va + (long) i * PAGE, i)).isNull();
                    }
                    family[0] = Objects.requireNonNull(
                            Objects.requireNonNull(self.mm().vmaAt(va)).anonVma());
                    turns.handOver(1, 2);
                    for (int i = 200; i < 2 * FRAMES; i++) {
                        assertThat(self.store(va + (long) i * PAGE, i))
                                .as("page " + i)
                                .isNull();
                    }
                },
                self -> {
                    family[0].lock();
                    turns.pass(2);
                    self.block(self.schedule().nanoTime() + 500_000_000);
                    family[0].unlock();
                });
        assertThat(found).isEmpty();
        assertThat(machine.kernel().events(VmEvent.PSWPOUT)).isPositive();
    }

    /// Else who runs would fault in again what who stores takes away, and neither would get on.
    @Test
    void memoryIsOutBeforeAllOfAProgramHasToGo() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.runShared(self -> {
            DiskFile text = new DiskFile(machine.kernel(), 64, false);
            long code = self.mm().mmap(0, 64 * PAGE, PROT_READ, MAP_SHARED, text, 0);
            long va = self.mm().mmap(0, (long) FRAMES * PAGE, RW, ANON, null, 0);
            FaultOutcome outcome = null;
            for (int i = 0; i < FRAMES && outcome == null; i++) {
                for (int page = 0; page < 64 && outcome == null; page++) {
                    outcome = load(self, code + (long) page * PAGE);
                }
                outcome = outcome == null ? self.store(va + (long) i * PAGE, 1) : outcome;
            }
            assertThat(outcome).isInstanceOf(FaultOutcome.OutOfMemory.class);
            // So much is left for it, in its hands or free.
            int min = machine.kernel().allocator().watermarks().min();
            assertThat(text.pages().pages() + machine.kernel().allocator().freeFrames())
                    .isBetween(min / 2L, (long) min);
            self.mm().munmap(code, 64 * PAGE);
            text.pages().evict();
        });
    }

    private static @Nullable FaultOutcome load(ToyThread self, long va) {
        try {
            int _ = self.load(va);
            return null;
        } catch (ToyThread.Faulted faulted) {
            return faulted.outcome;
        }
    }

    /// A thread that comes and goes without an end would have the vCPU for itself.
    @Test
    void theBackgroundIsNotStartedWhereItFreesNothing() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        AtomicInteger starts = new AtomicInteger();
        Reclaim reclaim = machine.kernel().reclaim();
        reclaim.startBackgroundBy(starts::incrementAndGet);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 240L * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 235; i++) {
                self.store(va + (long) i * PAGE, i);
            }
            for (int i = 0; i < 16; i++) {
                reclaim.low();
                reclaim.balance();
            }
            int started = starts.get();
            reclaim.low();
            assertThat(starts.get()).isEqualTo(started).isGreaterThanOrEqualTo(16);
            machine.kernel().swap().on("/swap", true, -1, 2048);
            assertThat(reclaim.reclaim(PageAllocator.ALL_NODES)).isTrue();
            reclaim.low();
            assertThat(starts.get()).isEqualTo(started + 1);
        });
    }

    @Test
    void theBackgroundStopsAtTheHighWatermark() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true);
        machine.kernel().swap().on("/swap", true, -1, 2048);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 240L * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 235; i++) {
                self.store(va + (long) i * PAGE, i);
            }
            int high = machine.kernel().allocator().watermarks().high();
            assertThat(machine.kernel().allocator().freeFrames()).isLessThan(high);
            machine.kernel().reclaim().balance();
            assertThat(machine.kernel().allocator().freeFrames()).isBetween((long) high, high + 32L);
            assertThat(machine.kernel().events(VmEvent.PGSTEAL_KSWAPD)).isPositive();
            assertThat(machine.kernel().events(VmEvent.PGSTEAL_DIRECT)).isZero();
        });
    }
}
