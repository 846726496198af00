package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.VmEvent;
import org.junit.jupiter.api.Test;

/// MADV_FREE: contents that may go, and stay when somebody stores to them.
class LazyFreeTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 8;
    private static final int MADV_FREE = 8;
    private static final int MADV_PAGEOUT = 21;

    private interface Body {
        void run(ToyThread self, long va);
    }

    private static ToyMachine run(String design, Body body) {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().swap().on("/swap", true, -1, 64);
        machine.with(design).runShared(self -> body.run(self, filled(self, PAGES)));
        assertThat(machine.kernel().swap().used()).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return machine;
    }

    private static long filled(ToyThread self, int pages) {
        long va = self.mm().mmap(0, (long) pages * PAGE, RW, ANON, null, 0);
        for (int i = 0; i < pages; i++) {
            assertThat(self.store(va + (long) i * PAGE, i + 1)).isNull();
        }
        return va;
    }

    private static void free(ToyThread self, long va, int pages) {
        new AdviceCalls(self.mm()).madvise(va, (long) pages * PAGE, MADV_FREE);
    }

    private static Page pageAt(ToyThread self, long va) {
        var table = self.mm().pageTable();
        return self.machine().kernel().allocator().page(table.format().pfn(table.load(table.find(va))));
    }

    /// Takes the page at an address out of memory if that can be.
    private static boolean reclaim(ToyThread self, long va) {
        KernelMemory kernel = self.machine().kernel();
        Page page = pageAt(self, va);
        page.get();
        boolean gone = kernel.pageOut().writeOut(page);
        kernel.allocator().put(page);
        return gone;
    }

    @EachDesign
    void whatMayGoIsThereUntilItGoes(String design) {
        ToyMachine machine = run(design, (self, va) -> {
            free(self, va, PAGES);
            assertThat(new ProcText(self.mm()).smaps()).containsPattern("LazyFree: +32 kB");
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            assertThat(reclaim(self, va)).isTrue();
            assertThat(self.mm().rss(RssKind.MM_ANONPAGES)).isEqualTo(PAGES - 1);
            assertThat(self.mm().rss(RssKind.MM_SWAPENTS)).isZero();
            assertThat(self.load(va)).isZero();
            assertThat(self.load(va + PAGE)).isEqualTo(2);
        });
        assertThat(machine.kernel().events(VmEvent.PGLAZYFREE)).isEqualTo(PAGES);
        assertThat(machine.kernel().events(VmEvent.PGLAZYFREED)).isEqualTo(1);
        assertThat(machine.kernel().events(VmEvent.PSWPOUT)).isZero();
    }

    @EachDesign
    void aStoreKeepsThePage(String design) {
        ToyMachine machine = run(design, (self, va) -> {
            free(self, va, PAGES);
            assertThat(self.store(va, 50)).isNull();
            assertThat(new ProcText(self.mm()).smaps()).containsPattern("LazyFree: +28 kB");
            assertThat(reclaim(self, va)).as("found dirty").isFalse();
            assertThat(pageAt(self, va).isLazyFree()).isFalse();
            assertThat(self.load(va)).isEqualTo(50);
            assertThat(reclaim(self, va)).as("written to swap").isTrue();
            assertThat(self.load(va)).isEqualTo(50);
        });
        assertThat(machine.kernel().events(VmEvent.PGLAZYFREED)).isZero();
    }

    @Test
    void whatIsSwappedOutGoesAtOnce() {
        run("classic", (self, va) -> {
            new AdviceCalls(self.mm()).madvise(va, 2L * PAGE, MADV_PAGEOUT);
            free(self, va, PAGES);
            assertThat(self.mm().rss(RssKind.MM_SWAPENTS)).isZero();
            assertThat(self.load(va)).isZero();
            assertThat(self.load(va + 2 * PAGE)).isEqualTo(3);
        });
    }

    @Test
    void ofAPageThatAChildHasTooOnlyTheOneGoesThatWasFreed() {
        run("classic", (self, va) -> {
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            free(self, va, PAGES);
            assertThat(reclaim(self, va)).as("the child's is dirty").isFalse();
            self.use(child);
            assertThat(self.load(va)).isEqualTo(1);
            self.use(parent);
            child.put();
        });
    }

    @Test
    void whoHasAReferenceMayStoreThroughIt() {
        run("classic", (self, va) -> {
            free(self, va, PAGES);
            Page page = pageAt(self, va);
            page.get();
            assertThat(reclaim(self, va)).isFalse();
            self.machine().kernel().allocator().put(page);
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(reclaim(self, va)).isTrue();
        });
    }

    @Test
    void withoutSwapItMakesRoom() {
        int frames = 256;
        ToyMachine machine = new ToyMachine(1, frames, new SeededSchedule(7), true);
        machine.runShared(self -> {
            long va = filled(self, 120);
            self.store(va + 119L * PAGE, 119);
            free(self, va, 120);
            self.store(va, 99);
            long more = filled(self, 200);
            assertThat(self.load(va)).isEqualTo(99);
            assertThat(self.load(more + 199L * PAGE)).isEqualTo((byte) 200);
        });
        assertThat(machine.kernel().events(VmEvent.PGLAZYFREED)).isGreaterThan(80);
        assertThat(machine.kernel().events(VmEvent.PGSTEAL_FILE)).isGreaterThan(80);
    }
}
