package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.pgtable.PgtableStep;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.mm.swap.SwapHeader;
import faultline.kernel.mm.swap.SwapSpace;
import faultline.kernel.testing.RaceMachine;
import faultline.kernel.testing.RaceMachine.Mark;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Swap areas that come and go.
class SwapOffTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int MADV_PAGEOUT = 21;

    private static long fill(ToyThread self, int pages) {
        long va = self.mm().mmap(0, (long) pages * PAGE, RW, ANON, null, 0);
        for (int i = 0; i < pages; i++) {
            self.store(va + (long) i * PAGE, i + 1);
        }
        return va;
    }

    private static void pageOut(ToyThread self, long va, int pages) {
        new AdviceCalls(self.mm()).madvise(va, (long) pages * PAGE, MADV_PAGEOUT);
    }

    @EachDesign
    void whatIsInAnAreaComesBackWhenItGoes(String design) {
        ToyMachine machine = ToyMachine.small().with(design);
        comesBack(machine);
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    @Test
    void whatIsBeingWrittenTooAfterTheDiskHasDoneIt() {
        comesBack(ToyMachine.withDisk(1, new SeededSchedule(1), new DiskTiming(1_000_000, 2)));
    }

    private static void comesBack(ToyMachine machine) {
        SwapArea area = machine.kernel().swap().on("/a", true, -1, 32);
        machine.runShared(self -> {
            long va = fill(self, 16);
            pageOut(self, va, 16);
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            new SwapOff(machine.kernel(), area).run();
            assertThat(machine.kernel().swap().areas()).isEmpty();
            assertThat(machine.kernel().swap().total()).isZero();
            for (Mm mm : List.of(parent, child)) {
                assertThat(mm.rss(RssKind.MM_SWAPENTS)).isZero();
                assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(16);
            }
            self.store(va, 50);
            self.use(child);
            for (int i = 0; i < 16; i++) {
                assertThat(self.load(va + (long) i * PAGE)).isEqualTo(i + 1);
            }
            self.use(parent);
            assertThat(self.load(va)).isEqualTo(50);
            child.put();
        });
    }

    @Test
    void whereMemoryIsShortTheAreaStaysInUse() {
        ToyMachine machine = new ToyMachine(1, 64, new SeededSchedule(1), true);
        SwapArea area = machine.kernel().swap().on("/a", true, -1, 128);
        machine.runShared(self -> {
            long va = fill(self, 40);
            pageOut(self, va, 40);
            long more = fill(self, 40);
            assertThatThrownBy(() -> new SwapOff(machine.kernel(), area).run())
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
            self.mm().munmap(more, 40 * PAGE);
            assertThat(machine.kernel().swap().hasRoom()).isTrue();
            assertThat(self.load(va + 39 * PAGE)).isEqualTo(40);
        });
    }

    @Test
    void whatIsPromisedKeepsAnAreaThatItNeeds() {
        ToyMachine machine = ToyMachine.small();
        Overcommit overcommit = machine.kernel().overcommit();
        overcommit.set(Overcommit.Setting.OVERCOMMIT_MEMORY, 2);
        overcommit.set(Overcommit.Setting.ADMIN_RESERVE_KBYTES, 0);
        overcommit.set(Overcommit.Setting.USER_RESERVE_KBYTES, 0);
        SwapArea area = machine.kernel().swap().on("/a", true, -1, 128);
        machine.runShared(self -> {
            long promised = overcommit.limit() - area.pages();
            long va = self.mm().mmap(0, promised * PAGE, RW, ANON, null, 0);
            assertThatThrownBy(() -> new SwapOff(machine.kernel(), area).runFor(self.mm()))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
            assertThat(machine.kernel().swap().areas()).containsExactly(area);
            assertThat(overcommit.committed()).isEqualTo(promised);
            self.mm().munmap(va, PAGE);
            new SwapOff(machine.kernel(), area).runFor(self.mm());
            assertThat(overcommit.committed()).isEqualTo(promised - 1).isEqualTo(overcommit.limit() - 1);
        });
    }

    private static RaceMachine raceMachine() {
        return new RaceMachine(
                ToyPort.INTERRUPT,
                TableFreeing.RCU_ALL,
                FaultDesigns.DEFAULT,
                Knobs.NONE,
                kernel -> kernel.swap().on("/a", true, -1, 8));
    }

    /// W has found the area, and asks for a slot after F has taken it out of use.
    @Test
    void whoFoundAnAreaBeforeGetsNoSlotOfItAfterItsEnd() {
        try (RaceMachine machine = raceMachine()) {
            SwapSpace swap = machine.kernel().swap();
            SwapArea area = swap.areas().getFirst();
            Actor w = machine.writer(_ -> {
                Page page = Objects.requireNonNull(machine.kernel().allocator().alloc());
                assertThat(swap.locks().tryLock(page)).isTrue();
                machine.mark(Mark.MAPPED);
                assertThat(swap.add(page)).isFalse();
                swap.locks().unlock(page);
                machine.kernel().allocator().put(page);
            });
            Actor f = machine.faulter(_ -> new SwapOff(machine.kernel(), area).run());
            w.runTo(Mark.MAPPED);
            w.runToOn(LockStep.SPIN_LOCK, area.type());
            f.runToEnd();
            assertThat(swap.areas()).isEmpty();
            machine.finish();
        }
    }

    /// F has mapped the page that it is about to unlock; W unmaps it.
    @Test
    void aPageIsKeptUntilItIsUnlockedThoughItIsUnmapped() {
        long va = 1L << 32;
        try (RaceMachine machine = raceMachine()) {
            SwapArea area = machine.kernel().swap().areas().getFirst();
            Actor w = machine.writer(self -> {
                machine.map(va, 1);
                RaceMachine.store(self, va);
                machine.pageOut(va, 1);
                machine.mark(Mark.MAPPED);
                machine.discard(va, 1);
                machine.mark(Mark.UNMAPPED);
                machine.unmap(va, 1);
            });
            Actor f = machine.faulter(_ -> new SwapOff(machine.kernel(), area).run());
            w.runTo(Mark.MAPPED);
            f.runTo(PgtableStep.PTE_STORE);
            f.runTo(PageStep.PAGE_UNLOCK);
            Page page = machine.pageAt(va);
            w.runTo(Mark.UNMAPPED);
            assertThat(machine.isMapped(va)).isFalse();
            assertThat(page.refcount()).as("what F has").isEqualTo(1);
            machine.finish();
        }
    }

    @Test
    void aSignalEndsIt() {
        ToyMachine machine = ToyMachine.small();
        SwapArea area = machine.kernel().swap().on("/a", true, -1, 128);
        machine.runShared(self -> {
            long va = fill(self, 4);
            pageOut(self, va, 4);
            self.signal = true;
            assertThatThrownBy(() -> new SwapOff(machine.kernel(), area).run())
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINTR));
            self.signal = false;
            assertThat(self.load(va)).isEqualTo(1);
        });
    }

    @Test
    void theAreaOfTheHighestPriorityIsFilledFirstAndEqualsTakeTurns() {
        ToyMachine machine = ToyMachine.small();
        SwapArea low = machine.kernel().swap().on("/low", true, -1, 65);
        SwapArea lower = machine.kernel().swap().on("/lower", true, -1, 65);
        SwapArea high = machine.kernel().swap().on("/high", true, 7, 9);
        SwapArea equal = machine.kernel().swap().on("/equal", false, 7, 9);
        assertThat(low.priority()).isEqualTo(-2);
        assertThat(lower.priority()).isEqualTo(-3);
        machine.runShared(self -> {
            long va = fill(self, 20);
            pageOut(self, va, 8);
            assertThat(high.used()).isEqualTo(4);
            assertThat(equal.used()).isEqualTo(4);
            pageOut(self, va, 20);
            assertThat(high.used()).isEqualTo(8);
            assertThat(low.used()).isEqualTo(4);
            assertThat(lower.used()).isZero();
            assertThat(machine.kernel().swap().text())
                    .isEqualTo(
                            "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + line("/low", "file\t", 256, 16, -2)
                                    + line("/lower", "file\t", 256, 0, -3)
                                    + line("/high", "file\t", 32, 32, 7)
                                    + line("/equal", "partition", 32, 32, 7));
        });
    }

    private static String line(String name, String type, int size, int used, int priority) {
        return name + " ".repeat(40 - name.length()) + type + "\t" + size + "\t\t" + used + "\t\t" + priority + "\n";
    }

    private static byte[] header(ByteOrder order, int version, int last, int bad, String magic) {
        byte[] page = new byte[PAGE];
        ByteBuffer.wrap(page)
                .order(order)
                .putInt(1024, version)
                .putInt(1028, last)
                .putInt(1032, bad)
                .put(PAGE - 10, magic.getBytes(StandardCharsets.ISO_8859_1));
        return page;
    }

    @Test
    void aHeaderOfEitherByteOrderIsRead() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] page = header(order, 1, 9, 0, "SWAPSPACE2");
            assertThat(SwapHeader.slots(page, ByteOrder.LITTLE_ENDIAN, 10)).isEqualTo(10);
        }
    }

    @Test
    void aHeaderThatIsWrongIsRefused() {
        for (byte[] page : List.of(
                header(ByteOrder.LITTLE_ENDIAN, 1, 9, 0, "SWAP-SPACE"),
                header(ByteOrder.LITTLE_ENDIAN, 2, 9, 0, "SWAPSPACE2"),
                header(ByteOrder.LITTLE_ENDIAN, 1, 0, 0, "SWAPSPACE2"),
                header(ByteOrder.LITTLE_ENDIAN, 1, 10, 0, "SWAPSPACE2"),
                header(ByteOrder.LITTLE_ENDIAN, 1, -1, 0, "SWAPSPACE2"),
                header(ByteOrder.LITTLE_ENDIAN, 1, 9, 1, "SWAPSPACE2"))) {
            assertThatThrownBy(() -> SwapHeader.slots(page, ByteOrder.LITTLE_ENDIAN, 10))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
    }
}
