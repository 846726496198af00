package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Reads and writes past the cache, and the pages of a program that they go to and come from.
class DirectReadsTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 16;
    private static final long LATENCY = 1_000_000;
    private static final long STEPS = LATENCY / 20;

    private interface Body {
        void run(ToyThread self, DiskFile file, PageCache pages);
    }

    private static void with(boolean keeps, Body body) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(LATENCY, 4));
        DiskFile file = new DiskFile(machine.kernel(), PAGES, keeps);
        machine.run(self -> body.run(self, file, file.pages()));
        file.pages().evict();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static long now(ToyThread self) {
        return self.schedule().nanoTime();
    }

    @Test
    void takesTheTimeOfOneRequestAndLeavesNothingInTheCache() {
        with(false, (self, file, pages) -> {
            byte[] to = new byte[3 * PAGE];
            assertThat(pages.readDirect(PAGE + 512, to, 0, to.length)).isEqualTo(to.length);
            assertThat(now(self)).isBetween(LATENCY, LATENCY + STEPS);
            assertThat(to[0]).isEqualTo((byte) 2);
            assertThat(to[PAGE]).isEqualTo((byte) 3);
            assertThat(to[3 * PAGE - 1]).isEqualTo((byte) 5);
            assertThat(pages.pages()).isZero();
            // And again: nothing was remembered.
            assertThat(pages.readDirect(PAGE, to, 0, PAGE)).isEqualTo(PAGE);
            assertThat(now(self)).isBetween(2 * LATENCY, 2 * LATENCY + STEPS);
        });
    }

    @Test
    void endsAtTheEndOfTheFile() {
        with(false, (self, file, pages) -> {
            byte[] to = new byte[2 * PAGE];
            assertThat(pages.readDirect((PAGES - 1L) * PAGE + 512, to, 0, to.length))
                    .isEqualTo(PAGE - 512);
            assertThat(pages.readDirect((long) PAGES * PAGE, to, 0, to.length)).isZero();
        });
    }

    @Test
    void hasWhatIsDirtyWrittenFirst() {
        with(false, (self, file, pages) -> {
            pages.write(PAGE, new byte[] {42}, 0, 1);
            byte[] to = new byte[512];
            assertThat(pages.readDirect(PAGE, to, 0, 512)).isEqualTo(512);
            assertThat(to[0]).isEqualTo((byte) 42);
            assertThat(file.stored(PAGE)).isEqualTo((byte) 42);
            Page page = Objects.requireNonNull(pages.find(1));
            assertThat(page.isDirty()).isFalse();
            self.machine().kernel().allocator().put(page);
        });
    }

    @Test
    void anErrorOfTheDiskIsTheReaders() {
        with(false, (self, file, pages) -> {
            file.failures = 1;
            assertThatThrownBy(() -> pages.readDirect(0, new byte[512], 0, 512))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
        });
    }

    @Test
    void whatWasWrittenPastTheCacheIsReadInTheTimeOfTheDisk() {
        with(true, (self, file, pages) -> {
            byte[] to = new byte[PAGE];
            Arrays.fill(to, (byte) 9);
            pages.write(2L * PAGE, to, 0, PAGE);
            long before = now(self);
            pages.flushDirect(2L * PAGE, 3L * PAGE);
            assertThat(now(self) - before).isBetween(LATENCY, LATENCY + STEPS);
            before = now(self);
            assertThat(pages.readDirect(2L * PAGE, to, 0, 512)).isEqualTo(512);
            assertThat(to[0]).isEqualTo((byte) 9);
            assertThat(now(self) - before).isBetween(LATENCY, LATENCY + STEPS);
            // By the cache as well: the page is not in memory.
            before = now(self);
            assertThat(pages.read(2L * PAGE, to, 0, 1)).isEqualTo(1);
            assertThat(now(self) - before).isBetween(LATENCY, LATENCY + STEPS);
        });
    }

    @Test
    void aPinnedPageIsFoundWithoutLockOrMadeAndStaysWhatItWas() {
        ToyMachine machine = ToyMachine.small();
        machine.runShared(self -> {
            Mm mm = self.mm();
            Gup gup = new Gup(machine.handler());
            long va = mm.mmap(at(0), 2L * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
            assertThat(gup.pin(mm, self.cpu(), va + 2L * PAGE, false)).isNull();
            try (PinnedPage made = Objects.requireNonNull(gup.pin(mm, self.cpu(), va + 100, true))) {
                assertThat(made.bytes()).isEqualTo(PAGE - 100);
                made.write(new byte[] {7}, 0, 1);
                assertThat(self.load(va + 100)).isEqualTo(7);
                // Without a lock: it would block on one that this thread holds for write.
                mm.mmapLock().writeLock();
                try (PinnedPage again = Objects.requireNonNull(gup.pin(mm, self.cpu(), va, true))) {
                    assertThat(again.page()).isSameAs(made.page());
                }
                mm.mmapLock().writeUnlock();
                mm.munmap(va, 2L * PAGE);
                byte[] still = new byte[1];
                made.read(still, 0, 1);
                assertThat(still[0]).isEqualTo((byte) 7);
            }
        });
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }
}
