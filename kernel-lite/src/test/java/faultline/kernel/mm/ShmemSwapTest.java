package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.testing.PlainFile;
import org.junit.jupiter.api.Test;

/// Pages of shared memory and of files in memory that are taken out of it and come back.
class ShmemSwapTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int SHARED = MAP_SHARED | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 16;
    private static final int MADV_REMOVE = 9;
    private static final int MADV_PAGEOUT = 21;
    private static final long LATENCY = 1_000_000;
    private static final int FRAMES = 256;

    private interface Body {
        void run(ToyThread self, long va, SwapArea area);
    }

    /// Runs a body with 16 shared pages, each with its number in it.
    private static ToyMachine run(ToyMachine machine, String design, Body body) {
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, 64);
        machine.with(design).runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, SHARED, null, 0);
            fill(self, va, PAGES);
            body.run(self, va, area);
        });
        expectNothingLeft(machine);
        return machine;
    }

    private static ToyMachine run(String design, Body body) {
        return run(ToyMachine.small(), design, body);
    }

    private static void expectNothingLeft(ToyMachine machine) {
        machine.awaitRelease();
        KernelMemory kernel = machine.kernel();
        assertThat(kernel.swap().used()).as("slots in use").isZero();
        assertThat(kernel.stat(NodeStat.NR_SWAPCACHED)).isZero();
        assertThat(kernel.stat(NodeStat.NR_SHMEM)).isZero();
        assertThat(kernel.overcommit().committed()).isZero();
        assertThat(kernel.allocator().freeFrames()).isEqualTo(kernel.allocator().totalFrames() - 1);
    }

    private static void fill(ToyThread self, long va, int pages) {
        for (int i = 0; i < pages; i++) {
            assertThat(self.store(va + (long) i * PAGE, i + 1)).isNull();
        }
    }

    private static void expectNumbers(ToyThread self, long va, int pages) {
        for (int i = 0; i < pages; i++) {
            assertThat((byte) self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo((byte) (i + 1));
        }
    }

    private static void pageOut(ToyThread self, long va, int pages) {
        new AdviceCalls(self.mm()).madvise(va, (long) pages * PAGE, MADV_PAGEOUT);
    }

    private static PageCache cacheAt(ToyThread self, long va) {
        return self.mm().vmaAt(va).file().pages();
    }

    @EachDesign
    void pagesGoOutAndComeBackWithWhatWasInThem(String design) {
        ToyMachine machine = run(design, (self, va, area) -> {
            assertThat(self.mm().rss(RssKind.MM_SHMEMPAGES)).isEqualTo(PAGES);
            pageOut(self, va, PAGES);
            assertThat(self.mm().rss(RssKind.MM_SHMEMPAGES)).isZero();
            assertThat(self.mm().rss(RssKind.MM_SWAPENTS)).isZero();
            assertThat(self.machine().kernel().stat(NodeStat.NR_SHMEM)).isZero();
            assertThat(area.used()).isEqualTo(PAGES);
            long major = self.major;
            expectNumbers(self, va, PAGES);
            assertThat(self.major - major).isEqualTo(PAGES);
            assertThat(area.used()).isZero();
        });
        assertThat(machine.kernel().events(VmEvent.PSWPOUT)).isEqualTo(PAGES);
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(PAGES);
    }

    @EachDesign
    void aChildSeesWhatItsParentStoresAfterwards(String design) {
        run(design, (self, va, area) -> {
            pageOut(self, va, PAGES);
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            assertThat(area.used()).isEqualTo(PAGES);
            self.store(va, 100);
            self.use(child);
            assertThat(self.load(va)).isEqualTo(100);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            self.store(va + PAGE, 50);
            self.use(parent);
            assertThat(self.load(va + PAGE)).isEqualTo(50);
            child.put();
        });
    }

    @Test
    void aPageThatManyMapGoesFromAll() {
        run("classic", (self, va, area) -> {
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            self.use(child);
            self.store(va, 7);
            assertThat(reclaim(self, va)).isTrue();
            assertThat(area.used()).isEqualTo(1);
            assertThat(child.rss(RssKind.MM_SHMEMPAGES)).isZero();
            assertThat(parent.rss(RssKind.MM_SHMEMPAGES)).isEqualTo(PAGES - 1);
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(7);
            child.put();
        });
    }

    /// Tries to take the page at an address out of memory.
    private static boolean reclaim(ToyThread self, long va) {
        PageCache cache = cacheAt(self, va);
        var page = cache.find(self.mm().vmaAt(va).indexOf(va));
        boolean gone = self.machine().kernel().pageOut().writeOut(page);
        self.machine().kernel().allocator().put(page);
        return gone;
    }

    @Test
    void aHoleFreesTheSlotsInIt() {
        run("classic", (self, va, area) -> {
            pageOut(self, va, PAGES);
            new AdviceCalls(self.mm()).madvise(va, 4 * PAGE, MADV_REMOVE);
            assertThat(area.used()).isEqualTo(PAGES - 4);
            assertThat(self.load(va)).isZero();
            assertThat(self.load(va + 4 * PAGE)).isEqualTo(5);
        });
    }

    @Test
    void mincoreAndSmapsTellWhatIsOutAndStatusDoesNot() {
        run("classic", (self, va, area) -> {
            pageOut(self, va, 4);
            assertThat(new AdviceCalls(self.mm()).mincore(va, 6)).containsExactly(0, 0, 0, 0, 1, 1);
            ProcText text = new ProcText(self.mm());
            assertThat(text.statusLines()).containsPattern("VmSwap:\\s+0 kB");
            assertThat(text.smaps()).containsPattern("Swap: +16 kB\nSwapPss: +0 kB");
        });
    }

    @Test
    void swapoffBringsItBack() {
        run("classic", (self, va, area) -> {
            pageOut(self, va, PAGES);
            new SwapOff(self.machine().kernel(), area).run();
            assertThat(self.machine().kernel().stat(NodeStat.NR_SHMEM)).isEqualTo(PAGES);
            expectNumbers(self, va, PAGES);
        });
    }

    @Test
    void lockedPagesStay() {
        run("classic", (self, va, area) -> {
            new LockCalls(self.mm()).mlock(va, PAGE, 0);
            cacheAt(self, va).setUnevictable(true);
            assertThat(reclaim(self, va)).as("both").isFalse();
            assertThat(reclaim(self, va + PAGE)).as("SHM_LOCK").isFalse();
            cacheAt(self, va).setUnevictable(false);
            assertThat(reclaim(self, va)).as("mlock").isFalse();
            assertThat(reclaim(self, va + PAGE)).isTrue();
        });
    }

    @Test
    void aPageThatWasOnlyReadIsDroppedAndNotWritten() {
        ToyMachine machine = ToyMachine.small();
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, 64);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, SHARED, null, 0);
            assertThat(self.load(va)).isZero();
            assertThat(reclaim(self, va)).isTrue();
            assertThat(area.used()).isZero();
            assertThat(self.load(va)).isZero();
            assertThat(self.store(va, 3)).isNull();
            assertThat(reclaim(self, va)).isTrue();
            assertThat(area.used()).isEqualTo(1);
            assertThat(self.load(va)).isEqualTo(3);
        });
        expectNothingLeft(machine);
    }

    @Test
    void whereSomebodyHasAReferenceThePageStays() {
        run("classic", (self, va, area) -> {
            var held = cacheAt(self, va).find(self.mm().vmaAt(va).indexOf(va));
            assertThat(reclaim(self, va)).isFalse();
            assertThat(area.used()).isZero();
            self.machine().kernel().allocator().put(held);
            assertThat(reclaim(self, va)).isTrue();
            assertThat(self.load(va)).isEqualTo(1);
        });
    }

    @Test
    void aFirstTouchIsNoMajorFaultAndMakesOnePage() {
        ToyMachine machine = ToyMachine.small();
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, SHARED, null, 0);
            long major = self.major;
            assertThat(self.load(va)).isZero();
            assertThat(self.major - major).isZero();
            assertThat(machine.kernel().stat(NodeStat.NR_SHMEM)).isEqualTo(1);
        });
        expectNothingLeft(machine);
    }

    @EachDesign
    void moreThanMemoryHoldsGoesThroughSwap(String design) {
        ToyMachine machine = new ToyMachine(1, FRAMES, new SeededSchedule(7), true).with(design);
        machine.kernel().swap().on("/swap", true, -1, 1024);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 3L * FRAMES * PAGE, RW, SHARED, null, 0);
            fill(self, va, 3 * FRAMES);
            expectNumbers(self, va, 3 * FRAMES);
            self.mm().munmap(va, 3L * FRAMES * PAGE);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isGreaterThan(FRAMES);
        expectNothingLeft(machine);
    }

    @EachDesign
    void whatIsBeingWrittenComesBackWhenItIs(String design) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(3), new DiskTiming(LATENCY, 4));
        run(machine, design, (self, va, area) -> {
            pageOut(self, va, PAGES);
            assertThat(new AdviceCalls(self.mm()).mincore(va, 1))
                    .as("in the swap cache")
                    .containsExactly(1);
            long before = self.schedule().nanoTime();
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(self.schedule().nanoTime() - before).isGreaterThan(LATENCY / 2);
            self.block(self.schedule().nanoTime() + PAGES * LATENCY);
            expectNumbers(self, va, PAGES);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isZero();
    }

    @Test
    void threadsThatStoreIntoOnePageWhileItGoesLoseNothing() {
        ToyMachine machine = new ToyMachine(3, 1024, new SeededSchedule(5), true);
        machine.kernel().swap().on("/swap", true, -1, 64);
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        long va = mm.mmap(0, PAGES * PAGE, RW, SHARED, null, 0);
        ToyThread.Body[] bodies = new ToyThread.Body[3];
        for (int thread = 0; thread < 3; thread++) {
            int mine = thread;
            bodies[thread] = self -> {
                self.use(mm);
                for (int round = 0; round < 40; round++) {
                    for (int i = 0; i < 4; i++) {
                        long at = va + (long) i * PAGE + 8L * mine;
                        assertThat(self.load(at)).isEqualTo(round);
                        assertThat(self.store(at, round + 1)).isNull();
                    }
                    if (mine == 2) {
                        pageOut(self, va, 4);
                    }
                }
                mm.put();
            };
        }
        machine.run(bodies);
        assertThat(machine.kernel().events(VmEvent.PSWPOUT)).isPositive();
        expectNothingLeft(machine);
    }

    // Files.

    /// A file of tmpfs whose size changes.
    private static final class MemFile implements PlainFile, PageSource {
        private final KernelMemory kernel;
        private final PageCache pages;
        private volatile long size;

        MemFile(KernelMemory kernel, long size) {
            this.kernel = kernel;
            this.size = size;
            this.pages = kernel.create(this);
        }

        void truncate(long to) {
            size = to;
            pages.truncate(to);
        }

        @Override
        public PageCache pages() {
            return pages;
        }

        @Override
        public String mapsName() {
            return "/memfd";
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void readPage(long index, long pa) {
            kernel.memory().zero(pa, PAGE);
        }

        @Override
        public void writePage(long index, long pa) {
            throw new AssertionError("written back");
        }

        @Override
        public boolean isShmem() {
            return true;
        }
    }

    private static ToyMachine withFile(FileBody body) {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().swap().on("/swap", true, -1, 64);
        MemFile file = new MemFile(machine.kernel(), PAGES * PAGE);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, MAP_SHARED, file, 0);
            fill(self, va, PAGES);
            body.run(self, va, file);
            self.mm().munmap(va, PAGES * PAGE);
            file.pages().evict();
        });
        expectNothingLeft(machine);
        return machine;
    }

    private interface FileBody {
        void run(ToyThread self, long va, MemFile file);
    }

    @Test
    void eachPageOfAFileIsPromisedWhereverItIs() {
        withFile((self, va, file) -> {
            Overcommit overcommit = self.machine().kernel().overcommit();
            assertThat(overcommit.committed()).isEqualTo(PAGES);
            pageOut(self, va, PAGES);
            assertThat(overcommit.committed()).isEqualTo(PAGES);
            file.truncate(4 * PAGE);
            assertThat(overcommit.committed()).isEqualTo(4);
        });
    }

    @Test
    void truncationFreesSlotsAndZeroesTheRestOfTheLastPage() {
        withFile((self, va, file) -> {
            self.store(va + PAGE + 64, 5);
            pageOut(self, va, PAGES);
            file.truncate(PAGE + 32);
            assertThat(self.machine().kernel().swap().used()).isEqualTo(1);
            file.truncate(2 * PAGE);
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            assertThat(self.load(va + PAGE + 64)).isZero();
        });
    }

    @Test
    void readAndWriteFindWhatIsSwappedOut() {
        withFile((self, va, file) -> {
            pageOut(self, va, PAGES);
            byte[] bytes = new byte[2];
            file.pages().write(PAGE + 1, new byte[] {77}, 0, 1);
            assertThat(file.pages().read(PAGE, bytes, 0, 2)).isEqualTo(2);
            assertThat(bytes).containsExactly(2, 77);
            assertThat(file.pages().nextWritten(3)).isEqualTo(3);
            file.pages().punch(3 * PAGE, 5 * PAGE);
            assertThat(file.pages().nextWritten(3)).isEqualTo(5);
            assertThat(file.pages().read(3 * PAGE, bytes, 0, 2)).isEqualTo(2);
            assertThat(bytes).containsExactly(0, 0);
            assertThat(file.pages().nextWritten(3)).as("a hole that was read").isEqualTo(5);
        });
    }

    @Test
    void whereNoPageMayBePromisedTheFaultIsABusError() {
        ToyMachine machine = ToyMachine.small();
        machine.runShared(self -> {
            MemFile file = new MemFile(machine.kernel(), PAGES * PAGE);
            long va = self.mm().mmap(0, PAGES * PAGE, RW, MAP_SHARED, file, 0);
            machine.kernel().overcommit().set(Overcommit.Setting.OVERCOMMIT_MEMORY, 2);
            machine.kernel().overcommit().set(Overcommit.Setting.OVERCOMMIT_KBYTES, 1);
            assertThat(self.store(va, 1)).isEqualTo(FaultOutcome.Signal.busError(va));
            self.mm().munmap(va, PAGES * PAGE);
            file.pages().evict();
        });
        expectNothingLeft(machine);
    }
}
