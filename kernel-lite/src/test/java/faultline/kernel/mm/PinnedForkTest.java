package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Cpu;
import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.swap.SwapArea;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Pages that a device works on: a fork leaves them to the parent, and protection keys are asked before.
class PinnedForkTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;

    private interface Body {
        void run(ToyThread self, Gup gup, long va);
    }

    /// With four pages, each with its number in it.
    private static void run(ToyMachine machine, Body body) {
        machine.runShared(self -> {
            long va = self.mm().mmap(0, 4 * PAGE, RW, ANON, null, 0);
            for (int i = 0; i < 4; i++) {
                self.store(va + (long) i * PAGE, i + 1);
            }
            body.run(self, new Gup(machine.handler()), va);
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static ToyMachine machine(String design) {
        return new ToyMachine(1, 256, new SeededSchedule(7), true).with(design);
    }

    private static PinnedPage pin(ToyThread self, Gup gup, long va, boolean write) {
        return Objects.requireNonNull(gup.pin(self.mm(), self.cpu(), va, write));
    }

    private static int byteOf(PinnedPage page) {
        byte[] read = new byte[1];
        page.read(read, 0, 1);
        return read[0];
    }

    private static long pfn(Mm mm, long va) {
        return mm.kernel().format().pfn(mm.pageTable().look(va));
    }

    @EachDesign
    void thePinnedPageStaysTheParentsAndTheChildHasACopy(String design) {
        run(machine(design), (self, gup, va) -> {
            Mm parent = self.mm();
            try (PinnedPage pinned = pin(self, gup, va + PAGE, true)) {
                Mm child = parent.fork(ToyMachine.UNLIMITED);
                long completed = self.completed;
                assertThat(self.store(va + PAGE, 50)).isNull();
                // With the right to store: no copy is made.
                assertThat(byteOf(pinned)).isEqualTo(50);
                assertThat(self.completed - completed).isLessThanOrEqualTo(1);
                pinned.write(new byte[] {51}, 0, 1);
                assertThat(self.load(va + PAGE)).isEqualTo(51);
                assertThat(pfn(child, va)).isEqualTo(pfn(parent, va));
                assertThat(pfn(child, va + PAGE)).isNotEqualTo(pfn(parent, va + PAGE));
                assertThat(child.rss(RssKind.MM_ANONPAGES)).isEqualTo(4);
                self.use(child);
                for (int i = 0; i < 4; i++) {
                    assertThat(self.load(va + (long) i * PAGE)).isEqualTo(i + 1);
                    assertThat(self.store(va + (long) i * PAGE, 60)).isNull();
                }
                self.use(parent);
                assertThat(self.load(va)).isEqualTo(1);
                assertThat(self.load(va + PAGE)).isEqualTo(51);
                child.put();
            }
        });
    }

    /// Whoever reads for a device, from a page that is shared already, reads what everybody has.
    @EachDesign
    void onlyAPageThatIsTheParentsAloneIsCopied(String design) {
        run(machine(design), (self, gup, va) -> {
            Mm parent = self.mm();
            Mm first = parent.fork(ToyMachine.UNLIMITED);
            try (PinnedPage pinned = pin(self, gup, va, false)) {
                Mm second = parent.fork(ToyMachine.UNLIMITED);
                assertThat(pfn(second, va)).isEqualTo(pinned.page().pfn());
                assertThat(pinned.page().mapcount()).isEqualTo(3);
                second.put();
            }
            try (PinnedPage pinned = pin(self, gup, va, true)) {
                Mm second = parent.fork(ToyMachine.UNLIMITED);
                assertThat(pfn(second, va)).isNotEqualTo(pinned.page().pfn());
                assertThat(pfn(first, va)).isNotEqualTo(pinned.page().pfn());
                second.put();
            }
            first.put();
            Mm third = parent.fork(ToyMachine.UNLIMITED);
            assertThat(pfn(third, va)).isEqualTo(pfn(parent, va));
            third.put();
        });
    }

    @Test
    void thePinnedPageIsNotSwappedOut() {
        ToyMachine machine = machine("classic");
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, 64);
        run(machine, (self, gup, va) -> {
            try (PinnedPage pinned = pin(self, gup, va, true)) {
                assertThat(machine.kernel().pageOut().writeOut(pinned.page())).isFalse();
                assertThat(pfn(self.mm(), va)).isEqualTo(pinned.page().pfn());
                assertThat(area.used()).isZero();
            }
        });
    }

    /// The rights of the only thread to all keys but 0.
    private record Denied(int rights) implements ProtectionKeys {
        @Override
        public int count(Cpu cpu) {
            return 16;
        }

        @Override
        public void setRights(Cpu cpu, int key, int to) {}

        @Override
        public int rights(Cpu cpu, int key) {
            return rights;
        }
    }

    private static @Nullable String pinned(ToyThread self, Gup gup, long va, boolean write) {
        try (PinnedPage page = gup.pin(self.mm(), self.cpu(), va, write)) {
            return page == null ? null : "page";
        }
    }

    @Test
    void protectionKeysOfTheThreadAreAskedAndNotForAnothersMemory() {
        ToyMachine machine = machine("classic");
        run(machine, (self, gup, va) -> {
            Gup reads = new Gup(machine.handler(), new Denied(ProtectionKeys.DISABLE_WRITE));
            Gup nothing = new Gup(machine.handler(), new Denied(ProtectionKeys.DISABLE_ACCESS));
            assertThat(pinned(self, nothing, va, true)).isEqualTo("page");
            ProtectCalls calls = new ProtectCalls(self.mm());
            int key = calls.allocateKey(0, 0, new Denied(0), self.cpu());
            calls.pkeyMprotect(va, PAGE, RW, key, 16);
            assertThat(pinned(self, reads, va, false)).isEqualTo("page");
            assertThat(pinned(self, reads, va, true)).isNull();
            assertThat(pinned(self, nothing, va, false)).isNull();
            assertThat(pinned(self, nothing, va + PAGE, true)).isEqualTo("page");
            byte[] read = new byte[1];
            assertThat(nothing.read(self.mm(), va, read, 0, 1, false)).isEqualTo(1);
            assertThat(read[0]).isEqualTo((byte) 1);
        });
    }
}
