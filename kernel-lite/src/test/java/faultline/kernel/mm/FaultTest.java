package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;

/// What a fault ends with, the same under every design.
class FaultTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;

    private final ToyMachine machine = ToyMachine.small();

    private void inMm(String design, ToyThread.Body body) {
        machine.with(design).runShared(body);
        // Whatever a test did, nothing may be left once its address space is gone.
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    @EachDesign
    void readOfUntouchedMemoryMapsTheZeroPage(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, PAGE, RW, ANON, null, 0);
            assertThat(self.load(va)).isZero();
            assertThat(self.mm().rss()).isZero();
        });
    }

    @EachDesign
    void storeAfterReadReplacesTheZeroPage(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, PAGE, RW, ANON, null, 0);
            assertThat(self.load(va)).isZero();
            assertThat(self.store(va, 7)).isNull();
            assertThat(self.load(va)).isEqualTo(7);
            assertThat(self.mm().rss(RssKind.MM_ANONPAGES)).isEqualTo(1);
        });
    }

    @EachDesign
    void storeWithoutRightIsAnAccessError(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, PAGE, PROT_READ, ANON, null, 0);
            assertThat(self.store(va, 1)).isEqualTo(new Signal(11, Signal.SEGV_ACCERR, va, 0));
        });
    }

    @EachDesign
    void accessToNothingIsAMapError(String design) {
        inMm(design, self -> {
            FaultOutcome outcome = self.store(0x123456, 1);
            assertThat(outcome).isEqualTo(new Signal(11, Signal.SEGV_MAPERR, 0x123456, 0));
        });
    }

    @EachDesign
    void munmapGivesPagesAndTablesBack(String design) {
        inMm(design, self -> {
            Mm mm = self.mm();
            long before = mm.pageTable().bytes();
            long va = mm.mmap(0, 600 * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 600; i++) {
                self.store(va + (long) i * PAGE, i);
            }
            assertThat(mm.rss()).isEqualTo(600);
            mm.munmap(va, 600 * PAGE);
            assertThat(mm.rss()).isZero();
            assertThat(mm.pageTable().bytes()).isEqualTo(before);
            assertThat(self.store(va, 1)).isInstanceOf(Signal.class);
        });
    }

    @EachDesign
    void runningOutOfFramesIsAnOutcome(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, 4096 * PAGE - PAGE, RW, ANON, null, 0);
            FaultOutcome outcome = null;
            for (int i = 0; i < 4095 && outcome == null; i++) {
                outcome = self.store(va + (long) i * PAGE, 1);
            }
            assertThat(outcome).isInstanceOf(FaultOutcome.OutOfMemory.class);
        });
    }

    @EachDesign
    void forkedChildAndParentSeeTheirOwnStores(String design) {
        inMm(design, self -> {
            Mm parent = self.mm();
            long va = parent.mmap(0, 2 * PAGE, RW, ANON, null, 0);
            self.store(va, 1);
            self.store(va + PAGE, 2);
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            assertThat(child.rss()).isEqualTo(2);
            self.store(va, 10);
            self.use(child);
            assertThat(self.load(va)).isEqualTo(1);
            self.store(va + PAGE, 20);
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(10);
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            child.put();
        });
    }

    @EachDesign
    void lastOwnerOfACopiedPageReusesIt(String design) {
        inMm(design, self -> {
            Mm parent = self.mm();
            long va = parent.mmap(0, PAGE, RW, ANON, null, 0);
            self.store(va, 1);
            parent.fork(ToyMachine.UNLIMITED).put();
            long reused = machine.kernel().events(faultline.kernel.mm.page.VmEvent.PGREUSE);
            self.store(va, 2);
            assertThat(machine.kernel().events(faultline.kernel.mm.page.VmEvent.PGREUSE))
                    .isEqualTo(reused + 1);
        });
    }

    @EachDesign
    void sharedAnonymousMemoryIsOneForParentAndChild(String design) {
        inMm(design, self -> {
            Mm parent = self.mm();
            long va = parent.mmap(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, null, 0);
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            self.use(child);
            self.store(va, 5);
            assertThat(child.rss(RssKind.MM_SHMEMPAGES)).isEqualTo(1);
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(5);
            child.put();
        });
    }

    /// What a thread gets for an access that the VMA forbids: not as it should be from Dufour's series as
    /// posted (M21).
    private static Signal refusal(String design, long va) {
        return new Signal(11, design.startsWith("spf-vma") ? Signal.SEGV_MAPERR : Signal.SEGV_ACCERR, va, 0);
    }

    @EachDesign
    void mprotectTakesTheWriteRightFromPresentPages(String design) {
        inMm(design, self -> {
            Mm mm = self.mm();
            long va = mm.mmap(0, PAGE, RW, ANON, null, 0);
            self.store(va, 1);
            mm.mprotect(va, PAGE, PROT_READ);
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(self.store(va, 2)).isEqualTo(refusal(design, va));
            mm.mprotect(va, PAGE, PROT_NONE);
            assertThat(self.store(va, 2)).isEqualTo(refusal(design, va));
            mm.mprotect(va, PAGE, RW);
            assertThat(self.store(va, 3)).isNull();
        });
    }

    @EachDesign
    void whatMayBeWrittenMayBeRead(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, 2 * PAGE, PROT_WRITE, ANON, null, 0);
            // A private page is mapped read-only until it is written: it must not become PROT_NONE by that.
            assertThat(self.load(va)).isZero();
            assertThat(self.store(va + PAGE, 7)).isNull();
            assertThat(self.load(va + PAGE)).isEqualTo(7);
        });
    }
}
