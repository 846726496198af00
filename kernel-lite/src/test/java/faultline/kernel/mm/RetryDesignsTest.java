package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.page.VmEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the designs that let `mmap_lock` go while a page is read do with it, by the schedule's clock.
class RetryDesignsTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int FILE = MAP_SHARED | MAP_FIXED;
    private static final long LATENCY = 1_000_000;
    private static final int PAGES = 64;

    private interface Body {
        void run(ToyThread self, Mm mm, DiskFile file);
    }

    /// Runs threads in an address space that maps a file on the disk from `at(0)` on.
    private static ToyMachine run(String design, int depth, Body... bodies) {
        ToyMachine machine = ToyMachine.withDisk(bodies.length, new SeededSchedule(11), new DiskTiming(LATENCY, depth))
                .with(design);
        Mm mm = machine.newMm();
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        mm.mmap(at(0), (long) PAGES * PAGE, PROT_READ | PROT_WRITE, FILE, file, 0);
        new AdviceCalls(mm).madvise(at(0), (long) PAGES * PAGE, MADV_RANDOM);
        ToyThread.Body[] wrapped = new ToyThread.Body[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Body body = bodies[i];
            mm.get();
            wrapped[i] = self -> {
                self.use(mm);
                body.run(self, mm, file);
                mm.put();
            };
        }
        mm.put();
        machine.run(wrapped);
        machine.awaitRelease();
        file.pages().evict();
        assertThat(file.references()).isZero();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        return machine;
    }

    private static final int MADV_RANDOM = 1;

    // Accounting.

    @ParameterizedTest
    @CsvSource({"classic, 1", "retry, 2", "retry-2006, 2", "retry-2006-seq, 1"})
    void aFaultThatStartsOverIsHandledTwiceAndCountsOnce(String design, long handled) {
        ToyMachine machine = run(design, 1, (self, mm, file) -> {
            assertThat(self.load(at(3))).isEqualTo(4);
            assertThat(self.completed).isEqualTo(1);
            assertThat(self.major).isEqualTo(1);
        });
        assertThat(machine.kernel().events(VmEvent.PGFAULT)).isEqualTo(handled);
        assertThat(machine.kernel().events(VmEvent.PGMAJFAULT)).isEqualTo(1);
    }

    /// The page was being read already. Only who starts over says that I/O was waited for.
    @ParameterizedTest
    @CsvSource({"classic, 0", "retry, 1", "retry-2006, 1", "retry-2006-seq, 0"})
    void whoWaitsForWhatAnotherReadsIsMajorIfItStartsOver(String design, long major) {
        ToyMachine machine = run(design, 1, (self, mm, file) -> {
            file.pages().willNeed(0, PAGE);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(self.major).isEqualTo(major);
        });
        assertThat(machine.kernel().events(VmEvent.PGMAJFAULT)).isZero();
    }

    // Signals.

    @ParameterizedTest
    @CsvSource({"classic, false, false", "retry, false, true", "retry-2006, false, false", "retry-2006-seq, true, false"
    })
    void aSignalEndsOnlyAFaultThatLooks(String design, boolean fatal, boolean ended) {
        run(design, 1, (self, mm, file) -> {
            self.signal = true;
            self.fatalSignal = fatal;
            FaultOutcome outcome = self.faultAt(at(0), false);
            assertThat(outcome instanceof FaultOutcome.Retry).isEqualTo(ended);
            // Not a fatal one: the page has been waited for.
            assertThat(self.schedule().nanoTime()).isGreaterThan(LATENCY);
        });
    }

    @Test
    void aFatalSignalEndsTheWait() {
        run("retry", 1, (self, mm, file) -> {
            self.fatalSignal = true;
            assertThat(self.faultAt(at(0), false)).isInstanceOf(FaultOutcome.Retry.class);
            assertThat(self.schedule().nanoTime()).isLessThan(LATENCY);
        });
    }

    /// The kernel's own access to user memory.
    @Test
    void aSignalThatIsNotFatalDoesNotEndTheKernelsAccess() {
        run("retry", 1, (self, mm, file) -> {
            self.signal = true;
            byte[] to = new byte[1];
            self.memory().read(at(5), to, 0, 1);
            assertThat(to[0]).isEqualTo((byte) 6);
        });
    }

    // The address space changes while the page is read.

    /// Of `spf-vma` v9 and v10 the first attempt has the VMA that was pinned before; the second must not.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry",
                "retry-2006",
                "retry-2006-seq",
                "spf-vma:v9",
                "spf-vma:v10",
                "spf-vma:v11",
                "spf-vma:v12",
                "spf-mm:B0",
                "spf-mm:B1",
                "spf-mm:B2",
                "vma-lock:6.4"
            })
    void theVmaIsFoundAgainAfterTheWait(String design) {
        run(
                design,
                1,
                (self, mm, file) -> {
                    assertThat(self.faultAt(at(0), true)).isInstanceOf(Signal.class);
                    // Something else by now.
                    assertThat(self.load(at(1))).isZero();
                },
                (self, mm, file) -> {
                    self.block(LATENCY / 2);
                    mm.munmap(at(0), (long) PAGES * PAGE);
                    mm.mmap(at(1), PAGE, PROT_READ, ANON, null, 0);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "classic, false",
        "retry, true",
        "retry-2006, true",
        "retry-2006-seq, true",
        "spf-vma:v9, true",
        "spf-vma:v10, true",
        "spf-vma:v11, true",
        "spf-vma:v12, true",
        "spf-mm:B0, true",
        "spf-mm:B1, true",
        "spf-mm:B2, true"
    })
    void aWriterGetsInWhileThePageIsRead(String design, boolean inside) {
        AtomicLong mapped = new AtomicLong();
        run(design, 1, (self, mm, file) -> assertThat(self.load(at(0))).isEqualTo(1), (self, mm, file) -> {
            self.block(LATENCY / 2);
            mm.mmap(at(100), PAGE, PROT_READ, ANON, null, 0);
            mapped.set(self.schedule().nanoTime());
        });
        assertThat(mapped.get() < LATENCY).isEqualTo(inside);
    }

    /// The second attempt keeps its lock, and with it the page it waits for comes to be mapped: nobody is kept off for
    /// ever by who drops what was read.
    @ParameterizedTest
    @ValueSource(strings = {"classic", "retry", "retry-2006", "retry-2006-seq"})
    void whoDropsThePageAgainAndAgainDoesNotKeepTheFaultFromEnding(String design) {
        AtomicBoolean loaded = new AtomicBoolean();
        ToyMachine machine = run(
                design,
                4,
                (self, mm, file) -> {
                    assertThat(self.load(at(0))).isEqualTo(1);
                    loaded.set(true);
                },
                (self, mm, file) -> {
                    while (!loaded.get()) {
                        file.pages().invalidate(0, PAGES);
                        self.schedule().spin();
                    }
                });
        assertThat(machine.kernel().events(VmEvent.PGFAULT)).isLessThanOrEqualTo(2);
    }

    // The measurements that the designs were proposed with, in small.

    /// 2006: threads fault pages of a file in descending order after the cache was drained; the second walk costs
    /// next to nothing.
    @ParameterizedTest
    @ValueSource(strings = {"classic", "retry", "retry-2006", "retry-2006-seq"})
    void faultsInDescendingOrderAfterTheCacheWasDropped(String design) {
        int threads = 8;
        Body[] bodies = new Body[threads];
        for (int i = 0; i < threads; i++) {
            int first = i * PAGES / threads;
            bodies[i] = (self, mm, file) -> {
                for (int page = first + PAGES / threads - 1; page >= first; page--) {
                    assertThat(self.load(at(page))).isEqualTo(page + 1);
                }
            };
        }
        ToyMachine machine = run(design, threads, bodies);
        long rounds = PAGES / threads;
        assertThat(machine.schedule().nanoTime()).isBetween(rounds * LATENCY, rounds * LATENCY * 102 / 100);
        assertThat(machine.kernel().events(VmEvent.PGMAJFAULT)).isEqualTo(PAGES);
    }

    /// 2010: one thread reads a mapped file from the disk, another maps and unmaps.
    @Test
    void mappingAndUnmappingIsNotHeldUpByTheDisk() {
        long classic = mappedMeanwhile("classic");
        assertThat(classic).isBetween(1L, 2L * PAGES);
        assertThat(mappedMeanwhile("retry")).isGreaterThan(100 * classic);
        assertThat(mappedMeanwhile("retry-2006")).isGreaterThan(100 * classic);
        assertThat(mappedMeanwhile("retry-2006-seq")).isGreaterThan(100 * classic);
    }

    /// How often the second thread got round.
    private static long mappedMeanwhile(String design) {
        AtomicBoolean read = new AtomicBoolean();
        AtomicLong rounds = new AtomicLong();
        run(
                design,
                1,
                (self, mm, file) -> {
                    for (int page = 0; page < PAGES; page++) {
                        assertThat(self.load(at(page * 5 % PAGES))).isEqualTo(page * 5 % PAGES + 1);
                    }
                    read.set(true);
                },
                (self, mm, file) -> {
                    while (!read.get()) {
                        mm.mmap(at(100), PAGE, PROT_READ, ANON, null, 0);
                        mm.munmap(at(100), PAGE);
                        rounds.incrementAndGet();
                    }
                });
        return rounds.get();
    }
}
