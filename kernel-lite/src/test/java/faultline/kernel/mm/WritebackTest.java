package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.page.DirtyPages;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.PageCache;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dirty pages of a file on the disk: counted, written back, waited for. By the schedule's clock.
class WritebackTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final long LATENCY = 1_000_000;

    /// What a thread may do besides waiting while a request is under way.
    private static final long STEPS = LATENCY / 10;

    private static final int PAGES = 64;

    private interface Body {
        void run(ToyThread self, DiskFile file, DirtyPages dirtyPages);
    }

    /// Runs bodies with a file whose pages are all in memory.
    private static ToyMachine run(long latency, Body... bodies) {
        ToyMachine machine = ToyMachine.withDisk(bodies.length, new SeededSchedule(5), new DiskTiming(latency, 1));
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        file.load();
        ToyThread.Body[] wrapped = new ToyThread.Body[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Body body = bodies[i];
            wrapped[i] = self -> body.run(self, file, machine.kernel().dirtyPages());
        }
        machine.run(wrapped);
        file.pages().evict();
        assertThat(machine.kernel().dirtyPages().dirty()).isZero();
        assertThat(machine.kernel().stat(NodeStat.NR_FILE_PAGES)).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return machine;
    }

    private static void limit(DirtyPages dirtyPages, int background, int limit) {
        dirtyPages.limits().set(DirtySetting.DIRTY_BACKGROUND_BYTES, (long) background * PAGE);
        dirtyPages.limits().set(DirtySetting.DIRTY_BYTES, (long) limit * PAGE);
    }

    private static long now(ToyThread self) {
        return self.schedule().nanoTime();
    }

    private static void write(PageCache pages, int first, int count) {
        pages.write((long) first * PAGE, new byte[count * PAGE], 0, count * PAGE);
    }

    private static Mm map(ToyThread self, DiskFile file) {
        Mm mm = self.machine().newMm();
        self.use(mm);
        mm.mmap(at(0), (long) PAGES * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
        return mm;
    }

    // Counting.

    @Test
    void pagesAreDirtyThenBeingWrittenThenClean() {
        run(LATENCY, (self, file, dirtyPages) -> {
            write(file.pages(), 0, 3);
            write(file.pages(), 1, 1);
            assertThat(dirtyPages.dirty()).isEqualTo(3);
            file.pages().beginWriteback(0, 2L * PAGE);
            assertThat(dirtyPages.dirty()).isEqualTo(1);
            assertThat(dirtyPages.underWriteback()).isEqualTo(2);
            self.block(now(self) + LATENCY);
            assertThat(dirtyPages.underWriteback()).isZero();
            KernelMemory kernel = self.machine().kernel();
            assertThat(kernel.stat(NodeStat.NR_DIRTIED)).isEqualTo(3);
            assertThat(kernel.stat(NodeStat.NR_WRITTEN)).isEqualTo(2);
            assertThat(ProcText.vmstat(kernel)).contains("nr_dirty 1\n", "nr_writeback 0\n", "nr_written 2\n");
        });
    }

    @Test
    void aStoreThroughAMappingCountsOnceUntilThePageIsWritten() {
        run(LATENCY, (self, file, dirtyPages) -> {
            Mm mm = map(self, file);
            assertThat(self.store(at(0), 1)).isNull();
            assertThat(self.store(at(0) + 1, 1)).isNull();
            assertThat(self.completed).isEqualTo(1);
            assertThat(dirtyPages.dirty()).isEqualTo(1);
            file.pages().writeback(0, PAGE);
            assertThat(dirtyPages.dirty()).isZero();
            assertThat(file.stored(0)).isEqualTo((byte) 1);
            // Write-protected by then.
            assertThat(self.store(at(0), 2)).isNull();
            assertThat(self.completed).isEqualTo(2);
            assertThat(dirtyPages.dirty()).isEqualTo(1);
            mm.put();
        });
    }

    @Test
    void sharedMemoryIsNotCountedAndNobodyWaitsForIt() {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 1, 2);
            Mm mm = self.machine().newMm();
            self.use(mm);
            mm.mmap(at(0), 8L * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            for (int page = 0; page < 8; page++) {
                assertThat(self.store(at(page), 1)).isNull();
            }
            assertThat(dirtyPages.dirty()).isZero();
            assertThat(self.machine().kernel().stat(NodeStat.NR_SHMEM)).isEqualTo(8);
            assertThat(now(self)).isLessThan(STEPS);
            mm.put();
            assertThat(self.machine().kernel().stat(NodeStat.NR_SHMEM)).isZero();
        });
    }

    @Test
    void truncatedPagesAreDirtyNoMore() {
        run(LATENCY, (self, file, dirtyPages) -> {
            write(file.pages(), 0, 8);
            file.truncate(2);
            assertThat(dirtyPages.dirty()).isEqualTo(2);
        });
    }

    // The flusher, and who waits.

    @Test
    void beyondTheBackgroundLimitAllIsWrittenAndNobodyWaits() {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 4, 60);
            write(file.pages(), 0, 4);
            assertThat(dirtyPages.dirty()).isEqualTo(4);
            write(file.pages(), 4, 1);
            assertThat(dirtyPages.dirty()).isZero();
            assertThat(dirtyPages.underWriteback()).isEqualTo(5);
            assertThat(now(self)).isLessThan(STEPS);
        });
    }

    /// Up to the middle between the two limits, 6 pages; and pages in a row are one request.
    @Test
    void aWriterWaitsForTheDiskBeyondTheCeiling() {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 4, 8);
            write(file.pages(), 0, 6);
            assertThat(now(self)).isLessThan(STEPS);
            assertThat(dirtyPages.dirty() + dirtyPages.underWriteback()).isEqualTo(6);
            write(file.pages(), 6, 1);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoDirtiesPagesIsNoFasterThanTheDisk(boolean mapped) {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 4, 8);
            Mm mm = map(self, file);
            for (int page = 0; page < PAGES; page++) {
                if (mapped) {
                    assertThat(self.store(at(page), 7)).isNull();
                } else {
                    write(file.pages(), page, 1);
                }
                assertThat(dirtyPages.dirty() + dirtyPages.underWriteback()).isLessThanOrEqualTo(6);
            }
            // So many pages a request: who stores through a mapping has the page not written that his store is to.
            // The last six are not written yet.
            long requests = (PAGES - 6L) / (mapped ? 4 : 5);
            assertThat(now(self)).isBetween((requests - 1) * LATENCY, (requests + 2) * LATENCY);
            file.pages().writeback(0, Long.MAX_VALUE);
            assertThat(file.stored((PAGES - 1) * PAGE)).isEqualTo((byte) (mapped ? 7 : 0));
            mm.put();
        });
    }

    /// Where no page may be dirty a store is made all the same: nobody writes its page before.
    @Test
    void aStoreIsMadeHoweverFewPagesMayBeDirty() {
        run(LATENCY, (self, file, dirtyPages) -> {
            dirtyPages.limits().set(DirtySetting.DIRTY_RATIO, 0);
            Mm mm = map(self, file);
            for (int page = 0; page < 8; page++) {
                assertThat(self.store(at(page), 7)).isNull();
            }
            assertThat(self.completed).isEqualTo(8);
            mm.put();
        });
    }

    @Test
    void theDiskThatTakesNoTimeHoldsNobodyUp() {
        run(0, (self, file, dirtyPages) -> {
            limit(dirtyPages, 1, 2);
            write(file.pages(), 0, PAGES);
            assertThat(dirtyPages.dirty()).isEqualTo(PAGES);
            assertThat(dirtyPages.underWriteback()).isZero();
            file.pages().writeback(0, Long.MAX_VALUE);
            assertThat(dirtyPages.dirty()).isZero();
        });
    }

    @Test
    void aFatalSignalEndsTheWait() {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 1, 2);
            self.fatalSignal = true;
            write(file.pages(), 0, PAGES);
            assertThat(now(self)).isLessThan(STEPS);
        });
    }

    @Test
    void theLimitHoldsForAllWritersTogether() {
        AtomicBoolean over = new AtomicBoolean();
        Body writer = (self, file, dirtyPages) -> {
            int first = self.vcpu().id() * PAGES / 4;
            for (int page = first; page < first + PAGES / 4; page++) {
                write(file.pages(), page, 1);
                over.compareAndSet(false, dirtyPages.dirty() + dirtyPages.underWriteback() > 6 + 4);
            }
        };
        ToyMachine machine = run(
                LATENCY,
                (self, file, dirtyPages) -> {
                    limit(dirtyPages, 4, 8);
                    writer.run(self, file, dirtyPages);
                },
                writer,
                writer,
                writer);
        assertThat(over).isFalse();
        assertThat(machine.schedule().nanoTime()).isGreaterThan(3 * LATENCY);
    }

    /// What is dirty of the first is not forgotten for the second, which is being written to.
    @Test
    void filesTakeTurns() {
        run(LATENCY, (self, file, dirtyPages) -> {
            DiskFile other = new DiskFile(self.machine().kernel(), 4);
            write(file.pages(), 0, 3);
            write(other.pages(), 0, 1);
            limit(dirtyPages, 1, 60);
            write(other.pages(), 1, 1);
            assertThat(dirtyPages.dirty()).isZero();
            assertThat(dirtyPages.underWriteback()).isEqualTo(5);
            other.pages().evict();
        });
    }

    /// Somebody holds the lock of the only dirty page: it is left for the next time, and nobody waits for ever.
    @Test
    void aPageThatIsLockedIsLeft() {
        run(LATENCY, (self, file, dirtyPages) -> {
            write(file.pages(), 0, 4);
            var page = java.util.Objects.requireNonNull(file.pages().find(0));
            file.pages().lock(page);
            limit(dirtyPages, 1, 2);
            dirtyPages.limits().set(DirtySetting.DIRTY_RATIO, 0);
            file.pages().balanceDirtyPages(null);
            assertThat(dirtyPages.dirty()).isEqualTo(1);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
            file.pages().unlock(page);
            self.machine().kernel().allocator().put(page);
        });
    }

    // Errors.

    @Test
    void anErrorOfTheFlusherIsReportedOnceToWhoAsks() {
        run(LATENCY, (self, file, dirtyPages) -> {
            limit(dirtyPages, 4, 60);
            file.writeFailures = 1;
            write(file.pages(), 0, 5);
            assertThat(file.writeFailures).isZero();
            assertThat(dirtyPages.dirty()).isZero();
            self.machine().kernel().sync();
            assertThatThrownBy(() -> file.pages().writeback(0, PAGE))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
            file.pages().writeback(0, PAGE);
        });
    }

    @Test
    void pagesAfterTheOneThatFailedAreWrittenAndGivenBack() {
        run(LATENCY, (self, file, dirtyPages) -> {
            write(file.pages(), 0, 3);
            file.writeFailures = 1;
            assertThatThrownBy(() -> file.pages().writeback(0, 3L * PAGE)).isInstanceOf(ErrnoException.class);
            assertThat(self.machine().kernel().stat(NodeStat.NR_WRITTEN)).isEqualTo(2);
            self.machine().kernel().reportErrors();
        });
    }

    @Test
    void syncWaitsForAllFilesTogetherAndSyncfsHasTheError() {
        run(LATENCY, (self, file, dirtyPages) -> {
            write(file.pages(), 0, 2);
            write(file.pages(), 10, 2);
            file.writeFailures = 1;
            self.machine().kernel().sync();
            assertThat(now(self)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
            assertThat(dirtyPages.underWriteback()).isZero();
            assertThatThrownBy(() -> self.machine().kernel().reportErrors()).isInstanceOf(ErrnoException.class);
            self.machine().kernel().reportErrors();
        });
    }

    // The settings.

    @Test
    void ofARatioAndItsBytesTheLastOneCounts() {
        run(LATENCY, (self, file, dirtyPages) -> {
            var limits = dirtyPages.limits();
            assertThat(limits.limit(1000)).isEqualTo(200);
            assertThat(limits.background(1000)).isEqualTo(100);
            limits.set(DirtySetting.DIRTY_BYTES, 10L * PAGE + 1);
            assertThat(limits.get(DirtySetting.DIRTY_RATIO)).isZero();
            assertThat(limits.limit(1000)).isEqualTo(11);
            assertThat(limits.background(1000)).as("never more than the limit").isEqualTo(5);
            limits.set(DirtySetting.DIRTY_RATIO, 50);
            assertThat(limits.get(DirtySetting.DIRTY_BYTES)).isZero();
            assertThat(limits.limit(1000)).isEqualTo(500);
            limits.set(DirtySetting.DIRTY_BACKGROUND_BYTES, 1);
            assertThat(limits.get(DirtySetting.DIRTY_BACKGROUND_RATIO)).isZero();
            assertThat(limits.background(1000)).isEqualTo(1);
        });
    }

    @Test
    void whatLinuxRefusesIsInvalid() {
        run(LATENCY, (self, file, dirtyPages) -> {
            var limits = dirtyPages.limits();
            for (DirtySetting setting : DirtySetting.values()) {
                assertThatThrownBy(() -> limits.set(setting, -1)).isInstanceOf(ErrnoException.class);
            }
            assertThatThrownBy(() -> limits.set(DirtySetting.DIRTY_RATIO, 101)).isInstanceOf(ErrnoException.class);
            assertThatThrownBy(() -> limits.set(DirtySetting.DIRTY_BYTES, 2L * PAGE - 1))
                    .isInstanceOf(ErrnoException.class);
            assertThatThrownBy(() -> limits.set(DirtySetting.DIRTY_BACKGROUND_BYTES, 0))
                    .isInstanceOf(ErrnoException.class);
            assertThat(limits.get(DirtySetting.DIRTY_RATIO)).isEqualTo(20);
        });
    }
}
