package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import org.junit.jupiter.api.Test;

/// MADV_PAGEOUT of files and shared memory, and what is read ahead when it comes back.
class FilePageOutTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 32;
    private static final int MADV_WILLNEED = 3;
    private static final int MADV_PAGEOUT = 21;
    private static final long LATENCY = 1_000_000;

    private static long flushes(KernelMemory kernel) {
        return kernel.events(VmEvent.NR_TLB_LOCAL_FLUSH_ALL) + kernel.events(VmEvent.NR_TLB_LOCAL_FLUSH_ONE);
    }

    private static void advise(ToyThread self, long va, int advice) {
        new AdviceCalls(self.mm()).madvise(va, (long) PAGES * PAGE, advice);
    }

    @EachDesign
    void cleanAndDirtyPagesOfAFileGo(String design) {
        ToyMachine machine = new ToyMachine(1, 256, new SeededSchedule(7), true).with(design);
        machine.runShared(self -> {
            DiskFile file = new DiskFile(machine.kernel(), PAGES);
            long va = self.mm().mmap(0, PAGES * PAGE, RW, MAP_SHARED, file, 0);
            for (int i = 0; i < PAGES; i++) {
                self.load(va + (long) i * PAGE);
                if (i % 2 == 0) {
                    self.store(va + (long) i * PAGE, 100 + i);
                }
            }
            long before = flushes(machine.kernel());
            advise(self, va, MADV_PAGEOUT);
            assertThat(file.pages().pages()).isZero();
            assertThat(self.mm().rss(RssKind.MM_FILEPAGES)).isZero();
            // All are flushed together: once when they become old, once when they are unmapped.
            assertThat(flushes(machine.kernel()) - before).isLessThanOrEqualTo(4 * PAGES / 8);
            for (int i = 0; i < PAGES; i++) {
                assertThat(file.stored(i * PAGE)).isEqualTo((byte) (i % 2 == 0 ? 100 + i : i + 1));
                assertThat((byte) self.load(va + (long) i * PAGE)).isEqualTo(file.stored(i * PAGE));
            }
            self.mm().munmap(va, PAGES * PAGE);
            file.pages().evict();
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private interface Body {
        void run(ToyThread self, long va);
    }

    /// With 32 pages, shared or private, that are in swap and nowhere else; a page's number is in it.
    private static ToyMachine swapped(int flags, Body body) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(3), new DiskTiming(LATENCY, 32));
        machine.kernel().swap().on("/swap", true, -1, 256);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, flags | MAP_ANONYMOUS, null, 0);
            for (int i = 0; i < PAGES; i++) {
                self.store(va + (long) i * PAGE, i);
            }
            advise(self, va, MADV_PAGEOUT);
            self.block(self.schedule().nanoTime() + 2 * PAGES * LATENCY);
            PageAllocator allocator = machine.kernel().allocator();
            for (int slot = 1; slot < 64; slot++) {
                Page copy = machine.kernel().swap().find(slot);
                if (copy != null) {
                    assertThat(machine.kernel().pageOut().writeOut(copy)).isTrue();
                    allocator.put(copy);
                }
            }
            body.run(self, va);
        });
        return machine;
    }

    private static void expectAll(ToyThread self, long va) {
        for (int i = 0; i < PAGES; i++) {
            assertThat(self.load(va + (long) i * PAGE)).isEqualTo(i);
        }
    }

    @Test
    void sharedPagesComeBackWithThoseBesideThem() {
        ToyMachine machine = swapped(MAP_SHARED, (self, va) -> {
            long before = self.schedule().nanoTime();
            expectAll(self, va);
            assertThat(self.schedule().nanoTime() - before).isLessThan(PAGES / 2 * LATENCY);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(PAGES);
    }

    @Test
    void onePageThatIsAskedForAloneComesAlone() {
        ToyMachine machine = swapped(MAP_SHARED, (self, va) -> {
            assertThat(self.load(va + 20 * PAGE)).isEqualTo(20);
            assertThat(self.load(va + 9 * PAGE)).isEqualTo(9);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(2);
    }

    private static void expectReadAheadOnDemand(int flags) {
        ToyMachine machine = swapped(flags, (self, va) -> {
            long before = self.schedule().nanoTime();
            advise(self, va, MADV_WILLNEED);
            assertThat(self.schedule().nanoTime() - before).isLessThan(LATENCY);
            assertThat(self.machine().kernel().events(VmEvent.PSWPIN)).isEqualTo(PAGES);
            self.block(self.schedule().nanoTime() + 2 * PAGES * LATENCY);
            before = self.schedule().nanoTime();
            expectAll(self, va);
            assertThat(self.schedule().nanoTime() - before).isLessThan(LATENCY);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(PAGES);
    }

    @Test
    void willNeedReadsSharedPagesWithoutWaiting() {
        expectReadAheadOnDemand(MAP_SHARED);
    }

    @Test
    void willNeedReadsPrivatePagesWithoutWaiting() {
        expectReadAheadOnDemand(MAP_PRIVATE);
    }
}
