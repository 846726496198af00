package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What may be done with as many VMAs as there may be, or nearly: `vm.max_map_count`.
final class MapLimitTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int MADV_DONTFORK = 10;

    /// Where the VMAs are, one every other page.
    private static final long RANGE = 1L << 32;

    /// The last one, of four pages.
    private static final long LAST = 1L << 36;

    private interface Body {
        void run(ToyThread self, Mm mm);
    }

    /// With so many VMAs less than there may be.
    private static void with(int fewer, Body body) {
        ToyMachine.small().runShared(self -> {
            Mm mm = self.mm();
            int most = mm.kernel().maxMapCount();
            mm.mmap(LAST, 4 * PAGE, RW, ANON, null, 0);
            for (int i = 0; mm.mapCount() < most - fewer; i++) {
                mm.mmap(RANGE + 2L * i * PAGE, PAGE, RW, ANON, null, 0);
            }
            body.run(self, mm);
        });
    }

    private static void fails(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void aPartAtAnEdgeMayBeUnmappedAndAHoleMayNotBeMade() {
        with(0, (self, mm) -> {
            int most = mm.mapCount();
            self.store(LAST + 2 * PAGE, 3);
            fails(Errno.ENOMEM, () -> mm.munmap(LAST + PAGE, PAGE));
            assertThat(mm.mapCount()).isEqualTo(most);
            mm.munmap(LAST, PAGE);
            new RemapCalls(mm).mremap(LAST + PAGE, 3 * PAGE, 2 * PAGE, 0, 0);
            assertThat(self.load(LAST + 2 * PAGE)).isEqualTo(3);
            assertThat(mm.mapCount()).isEqualTo(most);
            mm.munmap(LAST + 2 * PAGE, PAGE);
            assertThat(mm.mapCount()).isEqualTo(most);
        });
    }

    @Test
    void theHeapMayShrink() {
        with(1, (self, mm) -> {
            mm.setHeap(RANGE / 2);
            assertThat(mm.brk(RANGE / 2 + 4 * PAGE)).isEqualTo(RANGE / 2 + 4 * PAGE);
            assertThat(mm.mapCount()).isEqualTo(mm.kernel().maxMapCount());
            assertThat(mm.brk(RANGE / 2 + PAGE)).isEqualTo(RANGE / 2 + PAGE);
        });
    }

    @Test
    void whatNeedsOneMoreIsEnomemAndOfAdviceEagain() {
        with(0, (self, mm) -> {
            fails(Errno.ENOMEM, () -> mm.mprotect(LAST, PAGE, PROT_READ));
            AdviceCalls advice = new AdviceCalls(mm);
            fails(Errno.EAGAIN, () -> advice.madvise(LAST, PAGE, MADV_DONTFORK));
            advice.madvise(LAST, 4 * PAGE, MADV_DONTFORK);
            fails(Errno.ENOMEM, () -> advice.madvise(LAST, 5 * PAGE, MADV_DONTFORK));
        });
    }

    /// `mremap_to` counts before it unmaps.
    @Test
    void aMoveThatIsRefusedLeavesItsPlace() {
        with(5, (self, mm) -> {
            self.store(LAST, 1);
            self.store(RANGE, 2);
            RemapCalls remap = new RemapCalls(mm);
            int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
            fails(Errno.ENOMEM, () -> remap.mremap(RANGE, PAGE, PAGE, flags, LAST));
            assertThat(self.load(LAST)).isEqualTo(1);
            mm.munmap(RANGE + 2 * PAGE, PAGE);
            assertThat(remap.mremap(RANGE, PAGE, PAGE, flags, LAST)).isEqualTo(LAST);
            assertThat(self.load(LAST)).isEqualTo(2);
        });
    }
}
