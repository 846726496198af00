package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.page.DirtySetting;
import java.util.concurrent.atomic.AtomicInteger;

/// Threads that meet at pages of a file while the disk reads and writes them, switched at every named step in
/// an order drawn from a seed, under every fault design. Freed frames are poisoned, and none may be missing.
class DiskRaceTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int FILE = MAP_SHARED | MAP_FIXED;
    private static final int SEEDS = 100;

    /// About as long as a few page faults take, so that ends of reads fall everywhere.
    private static final DiskTiming DISK = new DiskTiming(3_000, 2);

    private interface Body {
        void run(ToyThread self, Mm mm, DiskFile file);
    }

    /// What must hold when all threads are done.
    private interface End {
        void check(ToyThread self, Mm mm, DiskFile file);
    }

    private static void race(String design, boolean keeps, int pages, End end, Body... bodies) {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                race(design, seed, keeps, pages, end, bodies);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static void race(String design, long seed, boolean keeps, int pages, End end, Body... bodies) {
        ToyMachine machine = ToyMachine.withDisk(bodies.length, new SeededSchedule(seed), DISK)
                .with(design);
        Mm mm = machine.newMm();
        DiskFile file = new DiskFile(machine.kernel(), pages, keeps);
        mm.mmap(at(0), (long) pages * PAGE, RW, FILE, file, 0);
        AtomicInteger running = new AtomicInteger(bodies.length);
        ToyThread.Body[] wrapped = new ToyThread.Body[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Body body = bodies[i];
            mm.get();
            wrapped[i] = self -> {
                self.use(mm);
                body.run(self, mm, file);
                if (running.decrementAndGet() == 0) {
                    end.check(self, mm, file);
                    mm.put();
                }
                mm.put();
            };
        }
        machine.run(wrapped);
        machine.awaitRelease();
        file.pages().evict();
        assertThat(file.references()).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static int byteOf(DiskFile file, int page) {
        byte[] to = new byte[1];
        assertThat(file.pages().read((long) page * PAGE, to, 0, 1, file.readahead()))
                .isEqualTo(1);
        return to[0];
    }

    @EachDesign
    void whoMeetsAtAPageThatIsReadSeesWhatTheDiskHas(String design) {
        Body faults = (self, mm, file) -> {
            for (int page = 11; page >= 0; page--) {
                assertThat(self.load(at(page))).isEqualTo(page + 1);
            }
        };
        race(
                design,
                false,
                12,
                (self, mm, file) -> assertThat(file.pages().pages()).isEqualTo(12),
                faults,
                faults,
                (self, mm, file) -> {
                    for (int page = 0; page < 12; page++) {
                        assertThat(byteOf(file, page)).isEqualTo(page + 1);
                    }
                });
    }

    @EachDesign
    void aPageThatIsReadAgainstTruncationIsMappedByNobody(String design) {
        race(
                design,
                false,
                8,
                (self, mm, file) -> {
                    assertThat(mm.rss()).isLessThanOrEqualTo(2);
                    assertThat(self.store(at(2), 1)).isInstanceOf(Signal.class);
                },
                (self, mm, file) -> {
                    for (int page = 7; page >= 0; page--) {
                        FaultOutcome outcome = self.store(at(page), 7);
                        assertThat(outcome == null || page >= 2).isTrue();
                    }
                },
                (self, mm, file) -> {
                    self.block(self.schedule().nanoTime() + 4_000);
                    file.truncate(2);
                });
    }

    @EachDesign
    void aVmaThatGoesAndComesWhileItsPageIsReadGivesNoStalePage(String design) {
        race(
                design,
                false,
                4,
                (self, mm, file) -> assertThat(self.load(at(0))).isIn(1, 3),
                (self, mm, file) -> {
                    for (int i = 0; i < 12; i++) {
                        // The file's first page, its third, or for a moment nothing.
                        try {
                            assertThat(self.load(at(0))).isIn(1, 3);
                        } catch (ToyThread.Faulted e) {
                            assertThat(e.outcome).isInstanceOf(Signal.class);
                        }
                        file.pages().invalidate(0, 4);
                    }
                },
                (self, mm, file) -> {
                    for (int i = 0; i < 6; i++) {
                        mm.munmap(at(0), PAGE);
                        mm.mmap(at(0), PAGE, RW, FILE, file, i % 2 == 0 ? 2L * PAGE : 0);
                        file.pages().invalidate(0, 4);
                    }
                });
    }

    /// What is dropped is on the disk, or in the frame that plays it; nobody writes to a page that has left
    /// the cache.
    @EachDesign
    void noStoreIsLostToWhoDropsPages(String design) {
        noStoreIsLost(design, false);
        noStoreIsLost(design, true);
    }

    private static void noStoreIsLost(String design, boolean keeps) {
        int stores = 8;
        race(
                design,
                keeps,
                2,
                (self, mm, file) -> {
                    assertThat(byteOf(file, 0)).isEqualTo(stores);
                    assertThat(byteOf(file, 1)).isEqualTo(stores);
                    file.pages().writeback(0, 2L * PAGE);
                    assertThat(keeps || file.stored(0) == stores && file.stored(PAGE) == stores)
                            .isTrue();
                },
                (self, mm, file) -> {
                    for (int i = 1; i <= stores; i++) {
                        assertThat(self.store(at(0), i)).isNull();
                        mm.munmap(at(0), PAGE);
                        mm.mmap(at(0), PAGE, RW, FILE, file, 0);
                        assertThat(self.load(at(0))).isEqualTo(i);
                    }
                },
                (self, mm, file) -> {
                    for (int i = 1; i <= stores; i++) {
                        file.pages().write(PAGE, new byte[] {(byte) i}, 0, 1);
                        assertThat(byteOf(file, 1)).isEqualTo(i);
                    }
                },
                (self, mm, file) -> {
                    for (int i = 0; i < 2 * stores; i++) {
                        file.pages().beginWriteback(0, 2L * PAGE);
                        file.pages().invalidate(0, 2);
                        self.block(self.schedule().nanoTime() + 1_000);
                    }
                });
    }

    /// Two pages may be dirty: everybody waits for the disk all the time, and has the others' pages written before
    /// their stores are made.
    @EachDesign
    void noStoreIsLostToTheLimitOfDirtyPages(String design) {
        int stores = 6;
        race(
                design,
                false,
                6,
                (self, mm, file) -> {
                    KernelMemory kernel = self.machine().kernel();
                    file.pages().writeback(0, 6L * PAGE);
                    assertThat(kernel.dirtyPages().dirty()).isZero();
                    assertThat(kernel.dirtyPages().underWriteback()).isZero();
                    for (int page = 0; page < 6; page++) {
                        assertThat(file.stored(page * PAGE)).isEqualTo((byte) stores);
                    }
                },
                (self, mm, file) -> {
                    self.machine().kernel().dirtyPages().limits().set(DirtySetting.DIRTY_BYTES, 2L * PAGE);
                    storeTo(self, 0, stores);
                },
                (self, mm, file) -> storeTo(self, 2, stores),
                (self, mm, file) -> {
                    for (int i = 1; i <= stores; i++) {
                        file.pages().write(4L * PAGE, new byte[] {(byte) i}, 0, 1);
                        file.pages().write(5L * PAGE, new byte[] {(byte) i}, 0, 1);
                    }
                },
                (self, mm, file) -> {
                    for (int i = 0; i < 4; i++) {
                        mm.mmap(at(100), PAGE, RW, FILE, file, 0);
                        mm.munmap(at(100), PAGE);
                    }
                });
    }

    private static void storeTo(ToyThread self, int first, int stores) {
        for (int i = 1; i <= stores; i++) {
            assertThat(self.store(at(first), i)).isNull();
            assertThat(self.store(at(first + 1), i)).isNull();
        }
    }

    @EachDesign
    void aReadThatFailsIsAnErrorForSomeAndTheFileForAll(String design) {
        Body faults = (self, mm, file) -> {
            for (int i = 0; i < 4; i++) {
                try {
                    assertThat(self.load(at(0))).isEqualTo(1);
                } catch (ToyThread.Faulted e) {
                    assertThat(e.outcome).isEqualTo(Signal.busError(at(0)));
                }
            }
        };
        race(
                design,
                false,
                1,
                (self, mm, file) -> {
                    file.failures = 0;
                    assertThat(self.load(at(0))).isEqualTo(1);
                },
                (self, mm, file) -> {
                    file.failures = 3;
                    faults.run(self, mm, file);
                },
                faults);
    }

    @EachDesign
    void theSameSeedGivesTheSameSteps(String design) {
        long[] hashes = new long[2];
        for (int i = 0; i < 2; i++) {
            SeededSchedule schedule = new SeededSchedule(99);
            ToyMachine machine = ToyMachine.withDisk(2, schedule, DISK).with(design);
            Mm mm = machine.newMm();
            mm.get();
            DiskFile file = new DiskFile(machine.kernel(), 8);
            mm.mmap(at(0), 8 * PAGE, PROT_READ, FILE, file, 0);
            ToyThread.Body body = self -> {
                self.use(mm);
                for (int page = 0; page < 8; page++) {
                    assertThat(self.load(at(page))).isEqualTo(page + 1);
                    file.pages().invalidate(0, 8);
                }
                mm.put();
            };
            machine.run(body, body);
            hashes[i] = schedule.eventHash();
        }
        assertThat(hashes[0]).isEqualTo(hashes[1]);
    }
}
