package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.VmaPicture.TestFile;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.FaultRing;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.page.VmEvent;
import org.junit.jupiter.api.Test;

class FileMappingTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;

    private interface Body {
        void run(ToyThread self, Mm mm, TestFile file);
    }

    private final ToyMachine machine = ToyMachine.small();

    private void with(Body body) {
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            TestFile file = new VmaPicture(mm).file('F');
            body.run(self, mm, file);
            mm.put();
            assertThat(file.references).isZero();
            file.pages().evict();
        });
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static void map(Mm mm, int page, int pages, int prot, int type, TestFile file, int filePage) {
        mm.mmap(at(page), (long) pages * PAGE, prot, type | MAP_FIXED, file, (long) filePage * PAGE);
    }

    @Test
    void readFaultMapsThePageOfTheCacheAndItsNeighbours() {
        with((self, mm, file) -> {
            map(mm, 0, 4, PROT_READ, MAP_PRIVATE, file, 2);
            assertThat(self.load(at(0))).isEqualTo(3);
            assertThat(machine.kernel().events(VmEvent.PGMAJFAULT)).isEqualTo(1);
            long faults = self.completed;
            // Read and mapped around the first.
            assertThat(self.load(at(1))).isEqualTo(4);
            assertThat(self.completed).isEqualTo(faults);
            map(mm, 8, 4, PROT_READ, MAP_PRIVATE, file, 2);
            assertThat(self.load(at(8))).isEqualTo(3);
            assertThat(self.load(at(9))).isEqualTo(4);
            // Fault-around found the second page in the cache.
            assertThat(self.completed).isEqualTo(faults + 1);
            assertThat(mm.rss(RssKind.MM_FILEPAGES)).isEqualTo(8);
        });
    }

    @Test
    void privateStoreCopiesAndLeavesTheFileAlone() {
        with((self, mm, file) -> {
            map(mm, 0, 2, RW, MAP_PRIVATE, file, 0);
            self.store(at(0), 99);
            assertThat(self.load(at(1))).isEqualTo(2);
            self.store(at(1), 98);
            assertThat(self.load(at(0))).isEqualTo(99);
            assertThat(self.load(at(1))).isEqualTo(98);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(2);
            byte[] read = new byte[1];
            file.pages().read(0, read, 0, 1);
            assertThat(read[0]).isEqualTo((byte) 1);
        });
    }

    @Test
    void sharedStoreIsReadThroughTheFileAndWrittenBackByMsync() {
        with((self, mm, file) -> {
            AdviceCalls calls = new AdviceCalls(mm);
            map(mm, 0, 1, RW, MAP_SHARED, file, 0);
            self.store(at(0), 42);
            byte[] read = new byte[1];
            file.pages().read(0, read, 0, 1);
            assertThat(read[0]).isEqualTo((byte) 42);
            assertThat(file.bytes[0]).isEqualTo((byte) 1);
            calls.msync(at(0), PAGE, MS_SYNC);
            assertThat(file.bytes[0]).isEqualTo((byte) 42);
            calls.msync(at(0), PAGE, MS_SYNC);
            assertThat(file.writes).isEqualTo(1);
            // The page was cleaned and write-protected, so this store is noticed again.
            self.store(at(0), 43);
            calls.msync(at(0), PAGE, MS_SYNC);
            assertThat(file.bytes[0]).isEqualTo((byte) 43);
        });
    }

    @Test
    void unmappingASharedPageKeepsWhatWasStored() {
        with((self, mm, file) -> {
            map(mm, 0, 1, RW, MAP_SHARED, file, 0);
            self.store(at(0), 42);
            mm.munmap(at(0), PAGE);
            file.pages().writeback(0, PAGE);
            assertThat(file.bytes[0]).isEqualTo((byte) 42);
        });
    }

    @Test
    void writeThroughTheFileIsSeenInTheMapping() {
        with((self, mm, file) -> {
            map(mm, 0, 1, PROT_READ, MAP_SHARED, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            file.pages().write(0, new byte[] {77}, 0, 1);
            assertThat(self.load(at(0))).isEqualTo(77);
        });
    }

    @Test
    void accessPastTheEndOfTheFileIsABusError() {
        with((self, mm, file) -> {
            file.size = PAGE + 10;
            map(mm, 0, 4, RW, MAP_SHARED, file, 0);
            assertThat(self.load(at(1))).isEqualTo(2);
            assertThat(self.store(at(2), 1)).isEqualTo(new Signal(7, Signal.BUS_ADRERR, at(2), 0));
        });
    }

    @Test
    void truncationUnmapsPagesAndCopies() {
        with((self, mm, file) -> {
            map(mm, 0, 4, RW, MAP_SHARED, file, 0);
            map(mm, 8, 4, RW, MAP_PRIVATE, file, 0);
            self.store(at(2), 5);
            self.store(at(10), 6);
            file.size = PAGE + 1;
            file.pages().truncate(file.size);
            assertThat(self.store(at(2), 1)).isInstanceOf(Signal.class);
            assertThat(self.store(at(10), 1)).isInstanceOf(Signal.class);
            assertThat(self.load(at(1))).isEqualTo(2);
            assertThat(self.load(at(1) + 1)).isZero();
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isZero();
        });
    }

    @Test
    void debuggersStoreIntoReadOnlyCodeGoesToACopy() {
        with((self, mm, file) -> {
            Gup gup = new Gup(machine.handler());
            map(mm, 0, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            byte[] breakpoint = {(byte) 0xcc};
            assertThat(gup.write(mm, at(0), breakpoint, 0, 1, false)).isZero();
            assertThat(gup.write(mm, at(0), breakpoint, 0, 1, true)).isEqualTo(1);
            assertThat(self.load(at(0)) & 0xff).isEqualTo(0xcc);
            assertThat(self.store(at(0), 1)).isInstanceOf(Signal.class);
            byte[] read = new byte[1];
            file.pages().read(0, read, 0, 1);
            assertThat(read[0]).isEqualTo((byte) 1);
        });
    }

    @Test
    void populateFaultsEverythingInAtOnce() {
        with((self, mm, file) -> {
            Gup gup = new Gup(machine.handler());
            map(mm, 0, 4, RW, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
            map(mm, 4, 4, PROT_READ, MAP_SHARED, file, 0);
            gup.populate(mm, at(0), 8L * PAGE, true);
            assertThat(mm.rss()).isEqualTo(8);
            long before = self.completed;
            self.store(at(3), 1);
            self.load(at(7));
            assertThat(self.completed).isEqualTo(before);
        });
    }

    @Test
    void userCopiesCrossPagesAndStopWhereNothingIs() {
        with((self, mm, file) -> {
            map(mm, 0, 2, RW, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
            byte[] bytes = new byte[3 * PAGE];
            java.util.Arrays.fill(bytes, (byte) 9);
            assertThat(self.memory().writePartial(at(0) + 100, bytes, 0, bytes.length))
                    .isEqualTo(2 * PAGE - 100);
            byte[] back = new byte[200];
            self.memory().read(at(1) - 100, back, 0, 200);
            assertThat(back).containsOnly(9);
            self.memory().store64(at(1) - 4, 0x1122334455667788L);
            assertThat(self.memory().load64(at(1) - 4)).isEqualTo(0x1122334455667788L);
            self.memory().write(at(0), new byte[] {'h', 'i', 0}, 0, 3);
            assertThat(self.memory().readString(at(0), 100)).containsExactly('h', 'i');
            assertThat(self.memory().compareAndExchange32(at(1), 0x11223344, 5)).isEqualTo(0x11223344);
            assertThat(self.memory().tryLoad32(at(4))).isEqualTo(-1);
        });
    }

    @Test
    void ringRemembersTheLastFaults() {
        with((self, mm, file) -> {
            FaultRing ring = new FaultRing(machine.design(), 2);
            self.use(ring);
            map(mm, 0, 2, RW, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
            self.store(at(0), 1);
            self.store(at(1), 1);
            self.store(at(5), 1);
            assertThat(ring.entries()).extracting(FaultRing.Entry::address).containsExactly(at(1), at(5));
            FaultRing.Entry last = ring.entries().getLast();
            assertThat(last.vmaStart()).isZero();
            assertThat(last.outcome()).isInstanceOf(Signal.class);
            assertThat(ring.entries().getFirst().outcome()).isEqualTo(FaultOutcome.Done.MINOR);
        });
    }
}
