package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.VmEvent;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Pages of a file on a disk that takes its time, by the schedule's clock.
class DiskTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final long LATENCY = 1_000_000;

    /// What a thread may do besides waiting while it reads a page.
    private static final long STEPS = LATENCY / 20;

    private interface Body {
        void run(ToyThread self, DiskFile file, PageCache pages);
    }

    /// Runs bodies with a file of 64 pages that nobody reads ahead.
    private static ToyMachine run(int depth, boolean keeps, Body... bodies) {
        ToyMachine machine = ToyMachine.withDisk(bodies.length, new SeededSchedule(5), new DiskTiming(LATENCY, depth));
        DiskFile file = new DiskFile(machine.kernel(), 64, keeps);
        ToyThread.Body[] wrapped = new ToyThread.Body[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Body body = bodies[i];
            wrapped[i] = self -> body.run(self, file, file.pages());
        }
        machine.run(wrapped);
        file.pages().evict();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return machine;
    }

    private static void one(Body body) {
        run(4, false, body);
    }

    private static long now(ToyThread self) {
        return self.schedule().nanoTime();
    }

    private static int byteOf(PageCache pages, int page) {
        byte[] to = new byte[1];
        assertThat(pages.read((long) page * PAGE, to, 0, 1)).isEqualTo(1);
        return to[0];
    }

    private static void put(ToyThread self, Page page) {
        self.machine().kernel().allocator().put(page);
    }

    private static Page find(PageCache pages, long index) {
        Page page = pages.find(index);
        assertThat(page).isNotNull();
        return page;
    }

    @Test
    void aReadWaitsAsLongAsTheDiskTakes() {
        one((self, file, pages) -> {
            assertThat(byteOf(pages, 3)).isEqualTo(4);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
            assertThat(byteOf(pages, 3)).isEqualTo(4);
            assertThat(now(self)).isLessThan(LATENCY + STEPS);
            assertThat(file.takeRead()).containsExactly(3L);
        });
    }

    @Test
    void aPageIsLockedAndNotUpToDateUntilItsTimeHasComeAndNotAMomentLonger() {
        one((self, file, pages) -> {
            pages.willNeed(0, PAGE);
            assertThat(now(self)).isLessThan(STEPS);
            Page page = find(pages, 0);
            assertThat(pages.isUptodate(page)).isFalse();
            assertThat(pages.tryLock(page)).isFalse();
            // By its own clock, without anybody who ends the read meanwhile.
            while (now(self) < 2 * LATENCY) {
                self.block(2 * LATENCY);
            }
            assertThat(pages.tryLock(page)).isTrue();
            assertThat(pages.isUptodate(page)).isTrue();
            pages.unlock(page);
            put(self, page);
        });
    }

    @Test
    void manyWhoWaitForOnePageHaveItReadOnce() {
        Body reader = (self, file, pages) -> {
            assertThat(byteOf(pages, 0)).isEqualTo(1);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
        };
        ToyMachine machine = run(1, false, reader, reader, reader, reader);
        assertThat(machine.kernel().events(VmEvent.PGPGIN)).isEqualTo(4);
    }

    /// Who has begun the read is gone by then, and nobody ends it but who waits.
    @Test
    void whoQueuedUpBeforeTheDiskGotTheLockWaitsNoLongerThanTheDiskTakes() {
        run(
                1,
                false,
                (self, file, pages) -> {
                    Page page = Objects.requireNonNull(pages.findOrInsert(0));
                    pages.lock(page);
                    self.block(LATENCY);
                    pages.beginRead(page);
                    put(self, page);
                },
                (self, file, pages) -> {
                    self.block(LATENCY / 2);
                    Page page = find(pages, 0);
                    pages.lock(page);
                    assertThat(now(self)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
                    assertThat(pages.isUptodate(page)).isTrue();
                    pages.unlock(page);
                    put(self, page);
                });
    }

    @Test
    void aShallowQueueMakesReadersWaitForOneAnother() {
        assertThat(timeOfFourReaders(1)).isBetween(4 * LATENCY, 4 * LATENCY + STEPS);
        assertThat(timeOfFourReaders(2)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
        assertThat(timeOfFourReaders(4)).isBetween(LATENCY, LATENCY + STEPS);
    }

    /// The pages are apart: no two are one request.
    private static long timeOfFourReaders(int depth) {
        Body[] readers = new Body[4];
        for (int i = 0; i < readers.length; i++) {
            int page = 10 * i;
            readers[i] = (self, file, pages) -> assertThat(byteOf(pages, page)).isEqualTo(page + 1);
        }
        return run(depth, false, readers).schedule().nanoTime();
    }

    @Test
    void pagesInARowAreOneRequest() {
        ToyMachine machine = run(1, false, (self, file, pages) -> {
            pages.willNeed(0, 20L * PAGE);
            assertThat(byteOf(pages, 19)).isEqualTo(20);
        });
        assertThat(machine.schedule().nanoTime()).isBetween(LATENCY, LATENCY + STEPS);
    }

    @Test
    void whoWaitsForAReadThatFailsTriesItselfAndHasTheError() {
        one((self, file, pages) -> {
            file.failures = 2;
            pages.willNeed(0, PAGE);
            assertThatThrownBy(() -> byteOf(pages, 0))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
            assertThat(now(self)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
            assertThat(byteOf(pages, 0)).isEqualTo(1);
        });
    }

    @Test
    void aFaultOnAPageThatCannotBeReadIsABusError() {
        one((self, file, pages) -> {
            Mm mm = self.machine().newMm();
            self.use(mm);
            mm.mmap(at(0), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
            file.failures = Integer.MAX_VALUE;
            assertThat(self.faultAt(at(0), false)).isEqualTo(FaultOutcome.Signal.busError(at(0)));
            file.failures = 0;
            assertThat(self.load(at(0))).isEqualTo(1);
            mm.put();
        });
    }

    @Test
    void writingBackTakesTheDisksTimeAndTheNextOneWaitsForIt() {
        one((self, file, pages) -> {
            // Whole pages that are written need not be read.
            pages.write(0, new byte[2 * PAGE], 0, 2 * PAGE);
            assertThat(now(self)).isLessThan(STEPS);
            pages.beginWriteback(0, 2L * PAGE);
            assertThat(file.stored(0)).isZero();
            assertThat(now(self)).isLessThan(STEPS);
            // There is nothing left to write, but what was written before is not on the disk yet.
            pages.writeback(0, PAGE);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
            pages.writeback(0, 2L * PAGE);
            assertThat(now(self)).isLessThan(LATENCY + STEPS);
        });
    }

    @Test
    void aPageThatIsWrittenAgainWhileItIsWrittenBackIsWrittenTwiceInOrder() {
        one((self, file, pages) -> {
            pages.write(0, new byte[PAGE], 0, PAGE);
            pages.beginWriteback(0, PAGE);
            pages.write(0, new byte[] {9}, 0, 1);
            assertThat(now(self)).isLessThan(STEPS);
            pages.writeback(0, PAGE);
            assertThat(file.stored(0)).isEqualTo((byte) 9);
            assertThat(now(self)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
        });
    }

    @Test
    void onlyCleanPagesThatNobodyUsesAreDropped() {
        one((self, file, pages) -> {
            Mm mm = self.machine().newMm();
            self.use(mm);
            mm.mmap(at(0), 4 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
            pages.willNeed(0, 5L * PAGE);
            assertThat(pages.invalidate(0, 64)).as("being read").isZero();
            assertThat(byteOf(pages, 4)).isEqualTo(5);
            pages.write(0, new byte[] {9}, 0, 1);
            self.faultAt(at(1), false);
            Page used = find(pages, 2);
            // Page 0 is dirty, 1 is mapped and 3 with it, 2 is used: 4 goes.
            assertThat(pages.invalidate(0, 64)).isEqualTo(1);
            put(self, used);
            self.leave();
            mm.put();
            pages.beginWriteback(0, PAGE);
            assertThat(pages.invalidate(0, 1)).as("being written").isZero();
            pages.writeback(0, PAGE);
            self.machine().kernel().dropPageCache();
            assertThat(pages.pages()).isZero();
            assertThat(byteOf(pages, 0)).isEqualTo(9);
        });
    }

    /// The frame is the only place its contents have, and still it counts as not in memory.
    @Test
    void aPageThatIsKeptIsDroppedInPlace() {
        run(1, true, (self, file, pages) -> {
            pages.write(0, new byte[] {9}, 0, 1);
            pages.writeback(0, PAGE);
            file.takeRead();
            assertThat(pages.invalidate(0, 64)).isEqualTo(1);
            Page page = find(pages, 0);
            assertThat(pages.isUptodate(page)).isFalse();
            put(self, page);
            long before = now(self);
            assertThat(byteOf(pages, 0)).isEqualTo(9);
            assertThat(now(self) - before).isBetween(LATENCY, LATENCY + STEPS);
            assertThat(file.takeRead()).isEmpty();
        });
    }

    @Test
    void aThreadOutsideTheMachineDoesNotWait() {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(LATENCY, 1));
        DiskFile file = new DiskFile(machine.kernel(), 4);
        assertThat(byteOf(file.pages(), 3)).isEqualTo(4);
        file.pages().evict();
    }
}
