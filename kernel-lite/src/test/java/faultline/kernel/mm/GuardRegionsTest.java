package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.fault.FaultOutcome.Signal;

/// Guards are errors under every design, and go with their VMA.
class GuardRegionsTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_GUARD_INSTALL = 102;
    private static final int MADV_GUARD_REMOVE = 103;

    private final ToyMachine machine = ToyMachine.small();

    private void inMm(String design, ToyThread.Body body) {
        machine.with(design).runShared(body);
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static void advise(ToyThread self, long va, int pages, int advice) {
        new AdviceCalls(self.mm()).madvise(va, (long) pages * PAGE, advice);
    }

    private static Signal error(long va) {
        return new Signal(Signal.SIGSEGV, Signal.SEGV_MAPERR, va, 0);
    }

    @EachDesign
    void everyAccessIsAnErrorAndThePagesAreGone(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, 4 * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 4; i++) {
                assertThat(self.store(va + (long) i * PAGE, 7)).isNull();
            }
            advise(self, va + PAGE, 2, MADV_GUARD_INSTALL);
            assertThat(self.mm().rss()).isEqualTo(2);
            assertThat(self.store(va + PAGE, 8)).isEqualTo(error(va + PAGE));
            assertThatThrownBy(() -> self.load(va + 2 * PAGE)).isInstanceOf(ToyThread.Faulted.class);
            assertThat(self.load(va + 3 * PAGE)).isEqualTo(7);
        });
    }

    @EachDesign
    void discardingLeavesGuardsAndRemovingThemLeavesPages(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, 2 * PAGE, RW, ANON, null, 0);
            advise(self, va, 1, MADV_GUARD_INSTALL);
            assertThat(self.store(va + PAGE, 7)).isNull();
            advise(self, va, 2, MADV_DONTNEED);
            assertThat(self.store(va, 1)).isEqualTo(error(va));
            assertThat(self.store(va + PAGE, 9)).isNull();
            advise(self, va, 2, MADV_GUARD_REMOVE);
            assertThat(self.load(va)).isZero();
            assertThat(self.store(va, 1)).isNull();
            assertThat(self.load(va + PAGE)).isEqualTo(9);
        });
    }

    @EachDesign
    void aForkHasThemTooAndAMoveTakesThemAlong(String design) {
        inMm(design, self -> {
            Mm mm = self.mm();
            long va = mm.mmap(0, 2 * PAGE, RW, ANON, null, 0);
            advise(self, va, 1, MADV_GUARD_INSTALL);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            self.use(child);
            assertThat(self.store(va, 1)).isEqualTo(error(va));
            self.use(mm);
            child.put();
            long to = mm.mmap(0, 2 * PAGE, RW, ANON, null, 0);
            new RemapCalls(mm).mremap(va, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
            assertThat(self.store(to, 1)).isEqualTo(error(to));
            assertThat(self.store(to + PAGE, 1)).isNull();
        });
    }

    @EachDesign
    void lockedMemoryHasNone(String design) {
        inMm(design, self -> {
            long va = self.mm().mmap(0, PAGE, RW, ANON, null, 0);
            new LockCalls(self.mm()).mlock(va, PAGE, 0);
            assertThatThrownBy(() -> advise(self, va, 1, MADV_GUARD_INSTALL))
                    .isInstanceOf(ErrnoException.class)
                    .hasMessageContaining("EINVAL");
        });
    }
}
