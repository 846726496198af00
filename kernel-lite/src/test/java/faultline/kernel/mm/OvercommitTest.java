package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Overcommit.Setting.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import org.junit.jupiter.api.Test;

final class OvercommitTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int SHARED = MAP_SHARED | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;

    /// More than the machine has.
    private static final long TOO_MUCH = 5000L * PAGE;

    /// What the kernel's own objects may take.
    private static final long HEAP = 1L << 24;

    private final ToyMachine machine = new ToyMachine(1, 4096, new ParallelSchedule(), true, new KernelHeap(HEAP));
    private final Overcommit overcommit = machine.kernel().overcommit();

    private void inMm(ToyThread.Body body) {
        machine.runShared(body);
        assertThat(overcommit.committed()).isZero();
    }

    private static void assertRefused(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(ErrnoException.class).hasMessageContaining("ENOMEM");
    }

    @Test
    void guessingRefusesOneMappingThatNeverFits() {
        inMm(self -> {
            Mm mm = self.mm();
            assertRefused(() -> mm.mmap(0, TOO_MUCH, RW, ANON, null, 0));
            assertRefused(() -> mm.mmap(0, TOO_MUCH, RW, SHARED, null, 0));
            mm.mmap(0, 3000L * PAGE, RW, ANON, null, 0);
            mm.mmap(0, 3000L * PAGE, RW, ANON, null, 0);
            mm.mmap(0, TOO_MUCH, RW, ANON | MAP_NORESERVE, null, 0);
            mm.mmap(0, TOO_MUCH, PROT_READ, ANON, null, 0);
            assertThat(overcommit.committed()).isEqualTo(6000);
        });
    }

    @Test
    void alwaysRefusesNothing() {
        overcommit.set(OVERCOMMIT_MEMORY, 1);
        inMm(self -> {
            self.mm().mmap(0, TOO_MUCH, RW, ANON, null, 0);
            assertThat(overcommit.committed()).isEqualTo(5000);
        });
    }

    @Test
    void neverKeepsBelowTheLimit() {
        overcommit.set(OVERCOMMIT_MEMORY, 2);
        overcommit.set(ADMIN_RESERVE_KBYTES, 0);
        overcommit.set(OVERCOMMIT_KBYTES, 1000L * PAGE >> 10);
        assertThat(overcommit.limit()).isEqualTo(1000);
        assertThat(overcommit.get(OVERCOMMIT_RATIO)).isZero();
        inMm(self -> {
            Mm mm = self.mm();
            long first = mm.mmap(0, 600L * PAGE, RW, ANON, null, 0);
            assertRefused(() -> mm.mmap(0, 400L * PAGE, RW, ANON, null, 0));
            assertRefused(() -> mm.mmap(0, 400L * PAGE, RW, ANON | MAP_NORESERVE, null, 0));
            assertRefused(() -> mm.mmap(0, 400L * PAGE, RW, SHARED, null, 0));
            long constant = mm.mmap(0, 400L * PAGE, PROT_READ, ANON, null, 0);
            assertRefused(() -> mm.mprotect(constant, 400L * PAGE, RW));
            mm.mprotect(constant, 300L * PAGE, RW);
            assertThat(overcommit.committed()).isEqualTo(900);
            mm.munmap(first, 600L * PAGE);
            assertThat(overcommit.committed()).isEqualTo(300);
            assertRefused(() -> new RemapCalls(mm).mremap(constant, 300L * PAGE, 1000L * PAGE, MREMAP_MAYMOVE, 0));
            assertThat(overcommit.committed()).isEqualTo(300);
        });
    }

    /// `move_vma`: the new place takes over what the old one was promised.
    @Test
    void movingAsksForWhatIsAddedAndKeepingForAll() {
        overcommit.set(OVERCOMMIT_MEMORY, 2);
        overcommit.set(ADMIN_RESERVE_KBYTES, 0);
        overcommit.set(OVERCOMMIT_KBYTES, 1000L * PAGE >> 10);
        inMm(self -> {
            RemapCalls remap = new RemapCalls(self.mm());
            int fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
            long va = self.mm().mmap(1L << 30, 600L * PAGE, RW, ANON, null, 0);
            long moved = remap.mremap(va, 600L * PAGE, 600L * PAGE, fixed, 2L << 30);
            assertThat(overcommit.committed()).isEqualTo(600);
            long grown = remap.mremap(moved, 600L * PAGE, 900L * PAGE, fixed, 3L << 30);
            assertThat(overcommit.committed()).isEqualTo(900);
            assertRefused(() -> remap.mremap(grown, 900L * PAGE, 1100L * PAGE, fixed, 4L << 30));
            int kept = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
            assertRefused(() -> remap.mremap(grown, 900L * PAGE, 900L * PAGE, kept, 0));
            assertThat(overcommit.committed()).isEqualTo(900);
        });
    }

    @Test
    void guessingLooksAtWhatAMoveAdds() {
        inMm(self -> {
            long va = self.mm().mmap(1L << 30, 3000L * PAGE, RW, ANON, null, 0);
            new RemapCalls(self.mm()).mremap(va, 3000L * PAGE, TOO_MUCH, MREMAP_MAYMOVE | MREMAP_FIXED, 2L << 30);
            assertThat(overcommit.committed()).isEqualTo(5000);
        });
    }

    /// What was promised to a VMA for which the kernel has no room is given back.
    @Test
    void aVmaThatIsRefusedGivesItsPromiseBack() {
        inMm(self -> {
            Mm mm = self.mm();
            long va = mm.mmap(1L << 30, 10L * PAGE, RW, ANON, null, 0);
            KernelHeap heap = machine.kernel().heap();
            long rest = HEAP - heap.used();
            assertThat(heap.tryCharge(rest)).isTrue();
            assertRefused(() -> mm.createStack(2L << 30, 0, false));
            assertRefused(() ->
                    new RemapCalls(mm).mremap(va, 10L * PAGE, 10L * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, 2L << 30));
            heap.release(rest);
            assertThat(overcommit.committed()).isEqualTo(10);
            assertThat(mm.mapCount()).isEqualTo(1);
        });
    }

    @Test
    void neverKeepsSomethingForTheUserAndForRoot() {
        overcommit.set(OVERCOMMIT_MEMORY, 2);
        overcommit.set(OVERCOMMIT_KBYTES, 2000L * PAGE >> 10);
        overcommit.set(ADMIN_RESERVE_KBYTES, 100L * PAGE >> 10);
        overcommit.set(USER_RESERVE_KBYTES, 10L * PAGE >> 10);
        inMm(self -> {
            Mm mm = self.mm();
            mm.mmap(0, 1600L * PAGE, RW, ANON, null, 0);
            // 2000, less 100 for root, less 10, which is not more than a 32nd of its size.
            assertRefused(() -> mm.mmap(0, 290L * PAGE, RW, ANON, null, 0));
            mm.mmap(0, 289L * PAGE, RW, ANON, null, 0);
        });
    }

    /// As Linux has it since 6.12.
    @Test
    void aFixedMappingThatIsRefusedLeavesWhatWasThere() {
        overcommit.set(OVERCOMMIT_MEMORY, 2);
        overcommit.set(ADMIN_RESERVE_KBYTES, 0);
        overcommit.set(OVERCOMMIT_KBYTES, 1000L * PAGE >> 10);
        inMm(self -> {
            Mm mm = self.mm();
            long va = mm.mmap(0x10000000, 600L * PAGE, RW, ANON, null, 0);
            self.store(va, 42);
            assertRefused(() -> mm.mmap(va, 1000L * PAGE, RW, ANON | MAP_FIXED, null, 0));
            assertRefused(() -> mm.mmap(va, 500L * PAGE, RW, SHARED | MAP_FIXED, null, 0));
            assertThat(self.load(va)).isEqualTo(42);
            assertThat(overcommit.committed()).isEqualTo(600);
            // What goes makes room for what comes.
            mm.mmap(va + 100L * PAGE, 700L * PAGE, RW, ANON | MAP_FIXED, null, 0);
            assertThat(self.load(va)).isEqualTo(42);
            assertThat(overcommit.committed()).isEqualTo(800);
        });
    }

    @Test
    void aForkIsPromisedWhatItsParentHas() {
        overcommit.set(OVERCOMMIT_MEMORY, 2);
        overcommit.set(ADMIN_RESERVE_KBYTES, 0);
        overcommit.set(OVERCOMMIT_KBYTES, 1000L * PAGE >> 10);
        inMm(self -> {
            Mm mm = self.mm();
            long va = mm.mmap(0, 600L * PAGE, RW, ANON, null, 0);
            assertRefused(() -> mm.fork(ToyMachine.UNLIMITED));
            assertThat(overcommit.committed()).isEqualTo(600);
            mm.munmap(va, 300L * PAGE);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(overcommit.committed()).isEqualTo(600);
            child.put();
            assertThat(overcommit.committed()).isEqualTo(300);
        });
    }

    @Test
    void sharedMemoryIsPromisedAsLongAsTheFileIsThere() {
        inMm(self -> {
            Mm mm = self.mm();
            long va = mm.mmap(0, 50L * PAGE, RW, SHARED, null, 0);
            assertThat(overcommit.committed()).isEqualTo(50);
            mm.munmap(va, 20L * PAGE);
            assertThat(overcommit.committed()).isEqualTo(50);
            ShmTable segments = new ShmTable();
            ShmSegment.Rights rights = new ShmSegment.Rights(0, 0, 0, 0, 0600);
            ShmSegment segment = segments.make(mm, true, 1, 7L * PAGE, rights, 1, 0);
            assertThat(overcommit.committed()).isEqualTo(57);
            segments.remove(segment);
            segments.remove(segments.make(mm, false, 1, TOO_MUCH, rights, 1, 0));
            assertRefused(() -> segments.make(mm, true, 1, TOO_MUCH, rights, 1, 0));
            assertThat(overcommit.committed()).isEqualTo(50);
        });
        machine.awaitRelease();
    }

    @Test
    void settingsHaveBounds() {
        assertThatThrownBy(() -> overcommit.set(OVERCOMMIT_MEMORY, 3)).isInstanceOf(ErrnoException.class);
        assertThatThrownBy(() -> overcommit.set(OVERCOMMIT_RATIO, -1)).isInstanceOf(ErrnoException.class);
        overcommit.set(OVERCOMMIT_RATIO, 25);
        assertThat(overcommit.limit()).isEqualTo(machine.kernel().allocator().totalFrames() / 4);
    }
}
