package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.page.PageCache;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Which pages the disk is asked for before anybody waits for them. A window is at most 32 pages.
class ReadaheadTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final long LATENCY = 1_000_000;
    private static final int PAGES = 256;

    private static final int MADV_RANDOM = 1;
    private static final int MADV_SEQUENTIAL = 2;
    private static final int MADV_WILLNEED = 3;

    private interface Body {
        void run(ToyThread self, Mm mm, DiskFile file);
    }

    private static void with(long latency, Body body) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(7), new DiskTiming(latency, 32));
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            DiskFile file = new DiskFile(machine.kernel(), PAGES);
            mm.mmap(at(0), (long) PAGES * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
            body.run(self, mm, file);
            self.leave();
            mm.put();
            file.pages().evict();
        });
    }

    private static void with(Body body) {
        with(LATENCY, body);
    }

    private static List<Long> pages(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    private static void read(DiskFile file, int page, int count) {
        PageCache pages = file.pages();
        byte[] to = new byte[count * PAGE];
        assertThat(pages.read((long) page * PAGE, to, 0, to.length, file.readahead()))
                .isEqualTo(to.length);
        assertThat(to[to.length - 1]).isEqualTo((byte) (page + count));
    }

    // read().

    @Test
    void readersInARowHaveAWindowReadThatGrows() {
        with((self, mm, file) -> {
            read(file, 0, 1);
            assertThat(file.takeRead()).isEqualTo(pages(0, 4));
            // The mark is on the second page: the next window is begun before this one is used up.
            read(file, 1, 1);
            assertThat(file.takeRead()).isEqualTo(pages(4, 12));
            read(file, 2, 2);
            assertThat(file.takeRead()).isEmpty();
            read(file, 4, 1);
            assertThat(file.takeRead()).isEqualTo(pages(12, 28));
            read(file, 5, 7);
            assertThat(file.takeRead()).isEmpty();
            read(file, 12, 1);
            assertThat(file.takeRead()).isEqualTo(pages(28, 60));
            // As wide as it gets.
            read(file, 13, 20);
            assertThat(file.takeRead()).isEqualTo(pages(60, 92));
        });
    }

    @Test
    void aReaderInARowHardlyEverWaits() {
        with((self, mm, file) -> {
            for (int page = 0; page < PAGES; page++) {
                read(file, page, 1);
                // What it does with the page.
                self.block(self.schedule().nanoTime() + LATENCY);
            }
            // Once, at the start; and nothing twice.
            assertThat(self.schedule().nanoTime()).isBetween((PAGES + 1) * LATENCY, (PAGES + 4) * LATENCY);
            assertThat(file.takeRead()).isEqualTo(pages(0, PAGES));
        });
    }

    @Test
    void aReaderHereAndThereReadsWhatItAskedFor() {
        with((self, mm, file) -> {
            read(file, 100, 2);
            read(file, 50, 1);
            read(file, 200, 1);
            assertThat(file.takeRead()).containsExactly(100L, 101L, 50L, 200L);
        });
    }

    @Test
    void adviceChangesTheWindow() {
        with((self, mm, file) -> {
            file.readahead().adviseRandom();
            read(file, 0, 1);
            read(file, 1, 1);
            assertThat(file.takeRead()).isEqualTo(pages(0, 2));
            file.readahead().adviseSequential();
            read(file, 2, 40);
            assertThat(file.takeRead()).startsWith(pages(2, 66).toArray(Long[]::new));
        });
    }

    @Test
    void nothingIsReadBeyondTheEnd() {
        with((self, mm, file) -> {
            file.truncate(3);
            read(file, 0, 3);
            assertThat(file.takeRead()).isEqualTo(pages(0, 3));
        });
    }

    // Mappings.

    @Test
    void aMissInAMappingHasThePagesAroundItReadAndWaitsOnce() {
        with((self, mm, file) -> {
            assertThat(self.load(at(100))).isEqualTo(101);
            assertThat(file.takeRead()).isEqualTo(pages(84, 116));
            assertThat(self.schedule().nanoTime()).isBetween(LATENCY, LATENCY * 3 / 2);
            // They came with it, and those of the same 64 KiB are mapped, but for the marked one.
            assertThat(mm.rss()).isEqualTo(15);
            long faults = self.completed;
            assertThat(self.load(at(99))).isEqualTo(100);
            assertThat(self.completed).isEqualTo(faults);
            assertThat(file.takeRead()).isEmpty();
        });
    }

    @Test
    void whatIsStillBeingReadIsNotMappedAroundAFault() {
        with((self, mm, file) -> {
            read(file, 97, 1);
            new AdviceCalls(mm).madvise(at(98), 8 * PAGE, MADV_WILLNEED);
            self.load(at(97));
            assertThat(mm.rss()).isEqualTo(1);
        });
    }

    @Test
    void whoComesToTheMarkOfAMappingHasTheNextWindowRead() {
        with((self, mm, file) -> {
            assertThat(self.load(at(100))).isEqualTo(101);
            file.takeRead();
            // The last quarter of the window begins at page 108.
            assertThat(self.load(at(108))).isEqualTo(109);
            assertThat(file.takeRead()).isEqualTo(pages(116, 148));
        });
    }

    @Test
    void randomMappingsReadOnePage() {
        with((self, mm, file) -> {
            new AdviceCalls(mm).madvise(at(0), (long) PAGES * PAGE, MADV_RANDOM);
            assertThat(self.load(at(100))).isEqualTo(101);
            assertThat(file.takeRead()).containsExactly(100L);
        });
    }

    @Test
    void sequentialMappingsReadForward() {
        with((self, mm, file) -> {
            new AdviceCalls(mm).madvise(at(0), (long) PAGES * PAGE, MADV_SEQUENTIAL);
            assertThat(self.load(at(100))).isEqualTo(101);
            assertThat(file.takeRead()).isEqualTo(pages(100, 132));
            assertThat(self.load(at(116))).isEqualTo(117);
            assertThat(file.takeRead()).isEqualTo(pages(132, 164));
        });
    }

    @Test
    void aMappingWithNothingButMissesReadsPageByPage() {
        with((self, mm, file) -> {
            for (int i = 0; i < 200; i++) {
                self.load(at(128));
                mm.munmap(at(0), (long) PAGES * PAGE);
                file.pages().invalidate(0, PAGES);
                mm.mmap(at(0), (long) PAGES * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
            }
            file.takeRead();
            self.load(at(128));
            assertThat(file.takeRead()).containsExactly(128L);
        });
    }

    @Test
    void willneedReadsWithoutWaiting() {
        with((self, mm, file) -> {
            new AdviceCalls(mm).madvise(at(10), 5 * PAGE, MADV_WILLNEED);
            assertThat(file.takeRead()).isEqualTo(pages(10, 15));
            assertThat(self.schedule().nanoTime()).isLessThan(LATENCY);
        });
    }

    /// There is nothing to gain.
    @Test
    void aDiskThatTakesNoTimeIsNotReadAhead() {
        with(0, (self, mm, file) -> {
            read(file, 0, 1);
            read(file, 1, 1);
            new AdviceCalls(mm).madvise(at(10), 5 * PAGE, MADV_WILLNEED);
            assertThat(file.takeRead()).isEqualTo(pages(0, 2));
        });
    }
}
