package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.mm.pgtable.TableMoves;

/// mremap of what fills page tables, moved table by table.
class TableMovesTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int MADV_PAGEOUT = 21;

    private interface Body {
        void run(ToyThread self, long from, long to, int pages);
    }

    /// Runs a body with two tables' pages from the middle of one on, every third with its number in it, and a
    /// place as far from a table's begin.
    private static void run(String design, TableMoves how, int flags, Body body) {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().swap().on("/swap", true, -1, 2048);
        run(machine, design, how, flags, body);
    }

    private static void run(ToyMachine machine, String design, TableMoves how, int flags, Body body) {
        machine.kernel().tableReclaim().moveBy(how);
        machine.with(design).runShared(self -> {
            long span = self.mm().pageTable().endOfTable(0);
            int pages = (int) (2 * span / PAGE);
            long from = 16 * span + span / 2;
            long to = 32 * span + span / 2;
            self.mm().mmap(from, (long) pages * PAGE, RW, flags | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            for (int i = 0; i < pages; i += 3) {
                self.store(from + (long) i * PAGE, i);
            }
            body.run(self, from, to, pages);
        });
        machine.awaitRelease();
        assertThat(machine.kernel().swap().used()).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static void move(ToyThread self, long from, long to, int pages) {
        long bytes = (long) pages * PAGE;
        assertThat(new RemapCalls(self.mm()).mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to))
                .isEqualTo(to);
    }

    private static void expectNumbers(ToyThread self, long at, int pages) {
        for (int i = 0; i < pages; i++) {
            assertThat((byte) self.load(at + (long) i * PAGE)).as("page " + i).isEqualTo(i % 3 == 0 ? (byte) i : 0);
        }
    }

    private static void everyWay(String design, int flags, Body body) {
        for (TableMoves how : TableMoves.values()) {
            run(design, how, flags, body);
        }
    }

    @EachDesign
    void pagesAreFoundAtTheNewPlaceAndNotAtTheOld(String design) {
        everyWay(design, MAP_PRIVATE, (self, from, to, pages) -> {
            move(self, from, to, pages);
            expectNumbers(self, to, pages);
            assertThat(self.store(from, 1)).as("nothing is mapped there").isNotNull();
            assertThat(self.store(to + (long) (pages / 2) * PAGE, 7)).isNull();
            move(self, to, from, pages);
            assertThat(self.load(from + (long) (pages / 2) * PAGE)).isEqualTo((byte) 7);
        });
    }

    @EachDesign
    void whatIsSwappedOutMovesToo(String design) {
        everyWay(design, MAP_PRIVATE, (self, from, to, pages) -> {
            new AdviceCalls(self.mm()).madvise(from, (long) pages * PAGE, MADV_PAGEOUT);
            move(self, from, to, pages);
            expectNumbers(self, to, pages);
        });
    }

    @EachDesign
    void sharedMemoryIsUnmappedFromItsNewPlace(String design) {
        everyWay(design, MAP_SHARED, (self, from, to, pages) -> {
            move(self, from, to, pages);
            new AdviceCalls(self.mm()).madvise(to, (long) pages * PAGE, MADV_PAGEOUT);
            assertThat(self.mm().rss(RssKind.MM_SHMEMPAGES)).isZero();
            expectNumbers(self, to, pages);
        });
    }

    @EachDesign
    void aTableThatIsInUseAtTheNewPlaceIsFilledPageByPage(String design) {
        everyWay(design, MAP_PRIVATE, (self, from, to, pages) -> {
            long neighbour = to + (long) pages * PAGE;
            self.mm().mmap(neighbour, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            self.store(neighbour, 5);
            move(self, from, to, pages);
            expectNumbers(self, to, pages);
            assertThat(self.load(neighbour)).isEqualTo((byte) 5);
        });
    }

    /// A whole table has gone to the new place, and for the page behind it there is no frame for another.
    @EachDesign
    void withoutAFrameForATableAllIsWhereItWas(String design) {
        Body body = (self, from, to, pages) -> {
            Mm mm = self.mm();
            long span = mm.pageTable().endOfTable(0);
            long bytes = span + PAGE;
            long start = mm.pageTable().endOfTable(from);
            mm.munmap(start + bytes, span);
            long target = mm.pageTable().endOfTable(to);
            // The upper tables of the new place are there.
            mm.mmap(target + 3 * span, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            self.store(target + 3 * span, 1);
            self.store(start + span, 6);
            Frames frames = Frames.takeAll(mm.kernel().allocator());
            int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
            assertThatThrownBy(() -> new RemapCalls(mm).mremap(start, bytes, bytes, flags, target))
                    .hasMessageContaining("ENOMEM");
            frames.giveBack();
            assertThat(mm.vmaAt(target)).isNull();
            assertThat(self.load(start + span)).isEqualTo((byte) 6);
            expectNumbers(self, from, (int) ((start + span - from) / PAGE));
        };
        for (TableMoves how : TableMoves.values()) {
            run(ToyMachine.small(), design, how, MAP_PRIVATE, body);
        }
    }

    @EachDesign
    void aChildThatWasForkedBeforeKeepsItsPages(String design) {
        everyWay(design, MAP_PRIVATE, (self, from, to, pages) -> {
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            move(self, from, to, pages);
            self.store(to, 99);
            self.use(child);
            expectNumbers(self, from, pages);
            self.use(parent);
            assertThat(self.load(to)).isEqualTo((byte) 99);
            child.put();
        });
    }
}
