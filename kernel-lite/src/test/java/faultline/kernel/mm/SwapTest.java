package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.swap.SwapArea;
import org.junit.jupiter.api.Test;

/// Pages of anonymous memory that are taken out of it and come back, the same under every design.
class SwapTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_PAGEOUT = 21;
    private static final long LATENCY = 1_000_000;
    private static final int SLOTS = 64;

    private interface Body {
        void run(ToyThread self, long va, SwapArea area);
    }

    /// Runs a body with 16 pages, each with its number in it, and an area for 63.
    private static ToyMachine run(ToyMachine machine, String design, Body body) {
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, SLOTS);
        machine.with(design).runShared(self -> {
            long va = self.mm().mmap(0, 16 * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 16; i++) {
                self.store(va + (long) i * PAGE, i + 1);
            }
            body.run(self, va, area);
        });
        assertThat(area.used()).as("slots in use").isZero();
        assertThat(machine.kernel().stat(NodeStat.NR_SWAPCACHED)).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return machine;
    }

    private static ToyMachine run(String design, Body body) {
        return run(ToyMachine.small(), design, body);
    }

    private static ToyMachine withDisk(String design, Body body) {
        return run(ToyMachine.withDisk(1, new SeededSchedule(3), new DiskTiming(LATENCY, 4)), design, body);
    }

    private static void pageOut(ToyThread self, long va, int pages) {
        new AdviceCalls(self.mm()).madvise(va, (long) pages * PAGE, MADV_PAGEOUT);
    }

    private static long swapped(ToyThread self) {
        return self.mm().rss(RssKind.MM_SWAPENTS);
    }

    private static void expectNumbers(ToyThread self, long va) {
        for (int i = 0; i < 16; i++) {
            assertThat(self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo(i + 1);
        }
    }

    @EachDesign
    void pagesGoOutAndComeBackWithWhatWasInThem(String design) {
        ToyMachine machine = run(design, (self, va, area) -> {
            pageOut(self, va, 16);
            assertThat(self.mm().rss(RssKind.MM_ANONPAGES)).isZero();
            assertThat(swapped(self)).isEqualTo(16);
            assertThat(area.used()).isEqualTo(16);
            long major = self.major;
            expectNumbers(self, va);
            assertThat(self.major - major).isEqualTo(16);
            assertThat(self.mm().rss(RssKind.MM_ANONPAGES)).isEqualTo(16);
            assertThat(swapped(self)).isZero();
        });
        assertThat(machine.kernel().events(VmEvent.PSWPOUT)).isEqualTo(16);
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(16);
    }

    @EachDesign
    void aStoreToASwappedPageIsMadeAtOnceWhereNobodyElseHasIt(String design) {
        ToyMachine machine = run(design, (self, va, area) -> {
            pageOut(self, va, 16);
            long before = self.completed;
            assertThat(self.store(va, 77)).isNull();
            assertThat(self.completed - before).isEqualTo(1);
            assertThat(self.load(va)).isEqualTo(77);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
        });
        assertThat(machine.kernel().events(VmEvent.PGREUSE)).isZero();
    }

    @EachDesign
    void aChildAndItsParentEachHaveTheirOwnAfterAStore(String design) {
        run(design, (self, va, area) -> {
            pageOut(self, va, 16);
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            assertThat(child.rss(RssKind.MM_SWAPENTS)).isEqualTo(16);
            assertThat(area.used()).isEqualTo(16);
            self.store(va, 100);
            self.use(child);
            expectNumbers(self, va);
            self.store(va + PAGE, 50);
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(100);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            self.use(child);
            assertThat(self.load(va + PAGE)).isEqualTo(50);
            self.use(parent);
            child.put();
        });
    }

    /// Who speculates has a copy of the VMA, which is in no AnonVma; the page names that of the family.
    @EachDesign
    void aChildOfTwoThreadsTakesWhatItsParentHasBroughtBack(String design) {
        run(design, (self, va, area) -> {
            pageOut(self, va, 16);
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            child.get();
            expectNumbers(self, va);
            self.use(child);
            expectNumbers(self, va);
            self.use(parent);
            child.put();
            child.put();
        });
    }

    @EachDesign
    void aPageThatAChildHasTooStaysUntilBothMapTheSlot(String design) {
        run(design, (self, va, area) -> {
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            pageOut(self, va, 16);
            // MADV_PAGEOUT leaves what others map alone; reclaim does not.
            assertThat(swapped(self)).isZero();
            for (int i = 0; i < 16; i++) {
                long ptePa = parent.pageTable().find(va + (long) i * PAGE);
                var page = parent.kernel()
                        .allocator()
                        .page(parent.pageTable().format().pfn(parent.pageTable().load(ptePa)));
                page.get();
                assertThat(parent.kernel().pageOut().writeOut(page)).isTrue();
                parent.kernel().allocator().put(page);
            }
            assertThat(swapped(self)).isEqualTo(16);
            assertThat(child.rss(RssKind.MM_SWAPENTS)).isEqualTo(16);
            self.store(va, 9);
            self.use(child);
            expectNumbers(self, va);
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(9);
            child.put();
        });
    }

    @EachDesign
    void zapProtectAndMoveTreatWhatIsSwappedOut(String design) {
        run(design, (self, va, area) -> {
            pageOut(self, va, 16);
            new AdviceCalls(self.mm()).madvise(va, PAGE, MADV_DONTNEED);
            assertThat(area.used()).isEqualTo(15);
            assertThat(self.load(va)).isZero();
            self.mm().mprotect(va, 16 * PAGE, PROT_READ);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            assertThat(self.store(va + 2 * PAGE, 1)).isNotNull();
            self.mm().mprotect(va, 16 * PAGE, RW);
            pageOut(self, va, 16);
            long moved = new RemapCalls(self.mm()).mremap(va, 16 * PAGE, 32 * PAGE, MREMAP_MAYMOVE, 0);
            assertThat(self.load(moved + 3 * PAGE)).isEqualTo(4);
            assertThat(self.store(moved + 4 * PAGE, 44)).isNull();
            self.mm().munmap(moved, 8 * PAGE);
            assertThat(swapped(self)).isEqualTo(8);
            assertThat(self.load(moved + 8 * PAGE)).isEqualTo(9);
        });
    }

    @Test
    void mincoreSmapsAndStatusTellWhatIsOut() {
        run("classic", (self, va, area) -> {
            pageOut(self, va, 4);
            assertThat(new AdviceCalls(self.mm()).mincore(va, 6)).containsExactly(0, 0, 0, 0, 1, 1);
            ProcText text = new ProcText(self.mm());
            assertThat(text.statusLines()).containsPattern("VmSwap:\\s+16 kB");
            assertThat(text.smaps()).containsPattern("Swap: +16 kB\nSwapPss: +16 kB");
        });
    }

    @Test
    void lockedMemoryIsRefusedAndStays() {
        run("classic", (self, va, area) -> {
            new LockCalls(self.mm()).mlock(va, 16 * PAGE, 0);
            assertThatThrownBy(() -> pageOut(self, va, 16))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
            assertThat(area.used()).isZero();
        });
    }

    @Test
    void whereNoAreaHasRoomPagesStay() {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().swap().on("/small", true, 5, 5);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 16 * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 16; i++) {
                self.store(va + (long) i * PAGE, i + 1);
            }
            pageOut(self, va, 16);
            assertThat(swapped(self)).isEqualTo(4);
            expectNumbers(self, va);
        });
    }

    // A disk that takes its time.

    @EachDesign
    void whatIsBeingWrittenIsFoundInTheCache(String design) {
        ToyMachine machine = withDisk(design, (self, va, area) -> {
            pageOut(self, va, 16);
            // The page is still there: nothing is read.
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(self.machine().kernel().events(VmEvent.PSWPIN)).isZero();
            assertThat(self.store(va, 5)).isNull();
            self.block(self.schedule().nanoTime() + 20 * LATENCY);
            // Written by now, and free when somebody looks.
            pageOutAgain(self, va, area);
            assertThat(self.load(va)).isEqualTo(5);
            assertThat(self.load(va + 15 * PAGE)).isEqualTo(16);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isPositive();
    }

    /// Drops the copies of what was written.
    private static void pageOutAgain(ToyThread self, long va, SwapArea area) {
        KernelMemory kernel = self.machine().kernel();
        pageOut(self, va, 16);
        self.block(self.schedule().nanoTime() + 20 * LATENCY);
        for (int slot = 1; slot < SLOTS; slot++) {
            var page = kernel.swap().find(faultline.kernel.mm.swap.SwapEntry.of(area.type(), slot));
            if (page != null) {
                kernel.pageOut().writeOut(page);
                kernel.allocator().put(page);
            }
        }
    }

    @EachDesign
    void faultsInARowHaveTheNextPagesReadWithThem(String design) {
        ToyMachine machine = withDisk(design, (self, va, area) -> {
            pageOutAgain(self, va, area);
            long major = self.major;
            expectNumbers(self, va);
            assertThat(self.major - major).isLessThan(16);
            pageOutAgain(self, va, area);
        });
        assertThat(machine.kernel().events(VmEvent.PSWPIN)).isEqualTo(16);
    }
}
