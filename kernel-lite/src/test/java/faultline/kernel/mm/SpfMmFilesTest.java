package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.VmaPicture.TestFile;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.VmEvent;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which faults of files the first form of `spf-mm` handles without `mmap_lock`, what the others are counted
/// as, and when it releases a file.
class SpfMmFilesTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int PRIVATE = MAP_PRIVATE | MAP_FIXED;
    private static final int SHARED = MAP_SHARED | MAP_FIXED;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    /// What one read fault maps, in pages: fault_around_bytes.
    private static final int AROUND = 16;

    private static final int PAGES = 4 * AROUND;

    private interface Body {
        void run(ToyThread self, DiskFile file);
    }

    private final ToyMachine machine = ToyMachine.small().with("spf-mm:B0");

    private long count(VmEvent event) {
        return machine.kernel().events(event);
    }

    /// Runs a body in an address space with two users, in which a page table is there for `at(0)` and what follows.
    private static void inSharedMm(ToyMachine machine, Body body) {
        machine.runShared(self -> {
            DiskFile file = new DiskFile(machine.kernel(), PAGES);
            self.mm().mmap(at(500), PAGE, RW, ANON, null, 0);
            assertThat(self.store(at(500), 1)).isNull();
            body.run(self, file);
            self.mm().munmap(at(0), 500L * PAGE);
            self.block(self.schedule().nanoTime() + ToyMachine.TWO_TICKS);
            machine.kernel().delayedFput().run();
            assertThat(file.references()).isZero();
            file.pages().evict();
        });
        SpfMmTest.assertIdentity(machine);
    }

    private static void cacheAll(DiskFile file, KernelMemory kernel) {
        for (int i = 0; i < PAGES; i++) {
            kernel.allocator().put(Objects.requireNonNull(file.pages().get(i)));
        }
    }

    private long attemptsAndSuccesses() {
        assertThat(count(VmEvent.SPF_ATTEMPT_FILE)).isEqualTo(count(VmEvent.SPF_SUCCESS));
        return count(VmEvent.SPF_SUCCESS);
    }

    @ParameterizedTest
    @ValueSource(ints = {PRIVATE, SHARED})
    void readsOfCachedPagesAreSpeculativeAndMapThePagesAround(int flags) {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, PROT_READ, flags, file, 0);
            for (int page = 0; page < PAGES; page++) {
                assertThat(self.load(at(page))).isEqualTo(page + 1);
            }
            assertThat(attemptsAndSuccesses()).isEqualTo(PAGES / AROUND);
            assertThat(self.mm().rss(RssKind.MM_FILEPAGES)).isEqualTo(PAGES);
        });
    }

    /// The pages around are those of the VMA, whatever else the window of the fault covers.
    @Test
    void nothingIsMappedOutsideTheVma() {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(3), 4L * PAGE, PROT_READ, SHARED, file, 2L * PAGE);
            assertThat(self.load(at(5))).isEqualTo(5);
            assertThat(self.mm().rss(RssKind.MM_FILEPAGES)).isEqualTo(4);
            assertThat(self.load(at(3))).isEqualTo(3);
            assertThat(self.load(at(6))).isEqualTo(6);
            assertThat(attemptsAndSuccesses()).isEqualTo(1);
        });
    }

    @Test
    void privateStoresCopySpeculativelyOnceTheAnonVmaIsThere() {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
            for (int page = 0; page < 8; page++) {
                assertThat(self.store(at(page) + 1, 99)).isNull();
                assertThat(self.load(at(page))).isEqualTo(page + 1);
            }
            assertThat(count(VmEvent.SPF_ABORT_ANON_VMA)).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ATTEMPT_FILE)).isEqualTo(8);
            assertThat(count(VmEvent.SPF_SUCCESS)).isEqualTo(7);
            assertThat(self.mm().rss(RssKind.MM_ANONPAGES)).isEqualTo(9);
            // Read first, then copied: the page of the file is mapped by then.
            assertThat(self.load(at(20))).isEqualTo(21);
            assertThat(self.store(at(20), 7)).isNull();
            assertThat(count(VmEvent.SPF_ATTEMPT_WP)).isEqualTo(1);
            assertThat(count(VmEvent.SPF_SUCCESS)).isEqualTo(9);
        });
    }

    @Test
    void sharedStoresAreRefusedEarly() {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, RW, SHARED, file, 0);
            assertThat(self.store(at(0), 9)).isNull();
            assertThat(self.load(at(0))).isEqualTo(9);
            assertThat(count(VmEvent.SPF_ABORT_NO_SPECULATE)).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ATTEMPT_FILE)).isZero();
        });
    }

    @Test
    void aTypeOfFileThatHasNotOptedInIsRefusedEarly() {
        inSharedMm(machine, (self, _) -> {
            TestFile file = new TestFile(machine.kernel(), 4L * PAGE, 'f');
            self.mm().mmap(at(0), PAGE, PROT_READ, PRIVATE, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ABORT_NO_SPECULATE)).isEqualTo(1);
        });
    }

    @Test
    void whatIsNotCachedIsLeftToWhoMayWait() {
        inSharedMm(machine, (self, file) -> {
            self.mm().mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ABORT_MAP_PAGES)).isEqualTo(1);
            // The first store finds no AnonVma, the second no page.
            assertThat(self.store(at(20), 1)).isNull();
            assertThat(self.store(at(40), 1)).isNull();
            assertThat(count(VmEvent.SPF_ABORT_FILEMAP)).isEqualTo(1);
            assertThat(count(VmEvent.PGMAJFAULT)).isEqualTo(3);
            assertThat(count(VmEvent.SPF_SUCCESS)).isZero();
        });
    }

    @Test
    void behindTheEndOfTheFileNothingIsMapped() {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
            file.truncate(AROUND + 1);
            assertThat(self.load(at(AROUND))).isEqualTo(AROUND + 1);
            assertThat(self.faultAt(at(AROUND + 1), false)).isEqualTo(Signal.busError(at(AROUND + 1)));
            assertThat(count(VmEvent.SPF_ABORT_MAP_PAGES)).isEqualTo(1);
            assertThat(self.mm().rss(RssKind.MM_FILEPAGES)).isEqualTo(1);
        });
    }

    @Test
    void aPageThatSomebodyHasLockedIsNotWaitedFor() {
        inSharedMm(machine, (self, file) -> {
            cacheAll(file, machine.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, PROT_READ, SHARED, file, 0);
            Page page = Objects.requireNonNull(file.pages().find(2));
            file.pages().lock(page);
            assertThat(self.load(at(1))).isEqualTo(2);
            file.pages().unlock(page);
            machine.kernel().allocator().put(page);
            assertThat(self.mm().rss(RssKind.MM_FILEPAGES)).isEqualTo(AROUND - 1);
            assertThat(self.load(at(2))).isEqualTo(3);
            assertThat(attemptsAndSuccesses()).isEqualTo(2);
        });
    }

    /// As posted, `filemap_fault` forgets the reference to a page that it found and cannot use.
    @ParameterizedTest
    @ValueSource(strings = {"none", "page-lost"})
    void aPageThatIsNotUpToDateKeepsAReferenceAsPosted(String fixed) {
        ToyMachine posted = ToyMachine.small().with("spf-mm:B0", Knobs.NONE.with("fixed=" + fixed));
        posted.runShared(self -> {
            DiskFile file = new DiskFile(posted.kernel(), PAGES);
            self.mm().mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
            assertThat(self.store(at(0), 1)).isNull();
            Page page = Objects.requireNonNull(file.pages().findOrInsert(20));
            int before = page.refcount();
            assertThat(self.store(at(20), 1)).isNull();
            assertThat(posted.kernel().events(VmEvent.SPF_ABORT_FILEMAP)).isEqualTo(1);
            int kept = fixed.equals("none") ? 1 : 0;
            assertThat(page.refcount()).isEqualTo(before + kept);
            posted.kernel().allocator().put(page);
            assertThat(file.pages().invalidate(20, 21)).isEqualTo(1 - kept);
        });
        SpfMmTest.assertIdentity(posted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spf-mm:B1", "spf-mm:B2"})
    void laterFormsHaveNoFiles(String design) {
        ToyMachine later = ToyMachine.small().with(design);
        inSharedMm(later, (self, file) -> {
            cacheAll(file, later.kernel());
            self.mm().mmap(at(0), (long) PAGES * PAGE, PROT_READ, PRIVATE, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(later.kernel().events(VmEvent.SPF_ABORT_NO_SPECULATE)).isEqualTo(1);
            assertThat(later.kernel().events(VmEvent.SPF_ATTEMPT_FILE)).isZero();
        });
    }

    // Marks, and the disk.

    /// Who comes to a marked page has the next pages read: no speculative fault passes it.
    @Test
    void aMarkedPageIsLeftToWhoReadsAhead() {
        ToyMachine disk = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(1_000_000, 8))
                .with("spf-mm:B0");
        inSharedMm(disk, (self, file) -> {
            self.mm().mmap(at(0), (long) PAGES * PAGE, PROT_READ, SHARED, file, 0);
            for (int page = 0; page < PAGES; page++) {
                assertThat(self.load(at(page))).isEqualTo(page + 1);
            }
            assertThat(disk.kernel().events(VmEvent.SPF_ABORT_MAP_PAGES)).isPositive();
            assertThat(disk.kernel().events(VmEvent.SPF_SUCCESS)).isPositive();
            assertThat(file.takeRead()).hasSize(PAGES).doesNotHaveDuplicates();
        });
    }

    // The release of the file: M35.

    /// How many references the file has, after the last VMA is gone, at once and two ticks later.
    private static int[] referencesAfterMunmap(String design, int users) {
        ToyMachine machine = new ToyMachine(1, 1024, new SeededSchedule(1), true).with(design);
        int[] found = new int[2];
        machine.run(self -> {
            Mm mm = machine.newMm();
            for (int i = 1; i < users; i++) {
                mm.get();
            }
            self.use(mm);
            DiskFile file = new DiskFile(machine.kernel(), 1);
            mm.mmap(at(0), PAGE, PROT_READ, SHARED, file, 0);
            mm.munmap(at(0), PAGE);
            machine.kernel().delayedFput().run();
            found[0] = file.references();
            self.block(self.schedule().nanoTime() + ToyMachine.TWO_TICKS);
            machine.kernel().delayedFput().run();
            found[1] = file.references();
            for (int i = 0; i < users; i++) {
                mm.put();
            }
        });
        return found;
    }

    @Test
    void aFileIsBusyForAWhileAfterItsLastMappingIsGone() {
        assertThat(referencesAfterMunmap("spf-mm:B0", 2)).containsExactly(1, 0);
    }

    @Test
    void aFileIsReleasedAtOnceWhereNobodyCanSpeculate() {
        assertThat(referencesAfterMunmap("spf-mm:B0", 1)).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "retry", "spf-vma:v9", "spf-vma:v12", "spf-mm:B1", "spf-mm:B2", "vma-lock"})
    void everyOtherDesignReleasesAFileAtOnce(String design) {
        assertThat(referencesAfterMunmap(design, 2)).containsExactly(0, 0);
    }

    // Writers.

    /// A writer elsewhere in the address space stops whoever is between copying the VMA and storing the PTE;
    /// before the file is looked at, too.
    @Test
    void aWriterStopsAFaultAtEveryCheck() {
        Set<VmEvent> met = EnumSet.noneOf(VmEvent.class);
        Set<VmEvent> wanted = EnumSet.of(
                VmEvent.SPF_ABORT_ODD,
                VmEvent.SPF_ABORT_VMA_COPY,
                VmEvent.SPF_ABORT_FAULT,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2);
        for (long seed = 0; seed < 400 && !met.containsAll(wanted); seed++) {
            ToyMachine contested = new ToyMachine(2, 1024, new SeededSchedule(seed), true).with("spf-mm:B0");
            contest(contested);
            SpfMmTest.assertIdentity(contested);
            for (VmEvent event : wanted) {
                if (contested.kernel().events(event) > 0) {
                    met.add(event);
                }
            }
        }
        assertThat(met).containsExactlyInAnyOrderElementsOf(wanted);
    }

    /// One thread reads and copies pages of a file; another maps and unmaps elsewhere.
    private static void contest(ToyMachine contested) {
        Mm mm = contested.newMm();
        mm.get();
        DiskFile file = new DiskFile(contested.kernel(), PAGES);
        AtomicInteger ready = new AtomicInteger();
        contested.run(
                self -> {
                    self.use(mm);
                    cacheAll(file, contested.kernel());
                    mm.mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
                    FaultOutcome outcome = self.store(at(0), 1);
                    assertThat(outcome).isNull();
                    ready.set(1);
                    for (int page = 1; page < PAGES; page += 5) {
                        assertThat(self.store(at(page), page)).isNull();
                        assertThat(self.load(at(page + 2))).isEqualTo(page + 3);
                    }
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    while (ready.get() == 0) {
                        contested.schedule().spin();
                    }
                    for (int round = 0; round < 6; round++) {
                        mm.mmap(at(100), PAGE, RW, ANON, null, 0);
                        mm.munmap(at(100), PAGE);
                    }
                    mm.put();
                });
        file.pages().evict();
    }

    // Races, by seed: no page that has left its file is mapped, and no frame is lost.

    private static final int SEEDS = 60;

    private interface Seeded {
        void run(ToyThread self, Mm mm, DiskFile file);
    }

    /// One thread faults pages of a file from the end, half of them for a private store; another changes something
    /// meanwhile, the later the higher the seed.
    private static void race(Seeded changes, Seeded after) {
        long speculated = 0;
        long givenUp = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            ToyMachine machine = new ToyMachine(2, 1024, new SeededSchedule(seed), true)
                    .with("spf-mm:B0", Knobs.NONE.with("fixed=page-lost"));
            race(machine, 10 * seed, changes, after);
            SpfMmTest.assertIdentity(machine);
            speculated += machine.kernel().events(VmEvent.SPF_SUCCESS);
            givenUp += machine.kernel().events(VmEvent.SPF_ABORT);
        }
        assertThat(speculated).isPositive();
        assertThat(givenUp).isPositive();
    }

    private static void race(ToyMachine machine, long delay, Seeded changes, Seeded after) {
        Mm mm = machine.newMm();
        mm.get();
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger running = new AtomicInteger(2);
        ToyThread.Body[] bodies = new ToyThread.Body[2];
        for (int i = 0; i < 2; i++) {
            boolean first = i == 0;
            bodies[i] = self -> {
                self.use(mm);
                if (first) {
                    cacheAll(file, machine.kernel());
                    mm.mmap(at(0), (long) PAGES * PAGE, RW, PRIVATE, file, 0);
                    assertThat(self.store(at(0), 1)).isNull();
                    ready.set(1);
                }
                while (ready.get() == 0) {
                    machine.schedule().spin();
                }
                if (first) {
                    faultAll(self);
                } else {
                    for (long turn = 0; turn < delay; turn++) {
                        machine.schedule().spin();
                    }
                    changes.run(self, mm, file);
                }
                if (running.decrementAndGet() == 0) {
                    after.run(self, mm, file);
                    mm.put();
                    mm.put();
                }
            };
        }
        machine.run(bodies);
        machine.awaitRelease();
        assertThat(file.references()).isZero();
        file.pages().evict();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private static void faultAll(ToyThread self) {
        for (int page = PAGES - 1; page > 0; page--) {
            FaultOutcome _ = self.faultAt(at(page), page % 2 == 0);
        }
    }

    @Test
    void aFaultAgainstTruncationMapsNoPageThatHasLeftTheFile() {
        race((_, _, file) -> file.truncate(1), (self, mm, file) -> {
            // What the program has stored itself before is gone, too.
            assertThat(mm.rss()).isEqualTo(1);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(self.faultAt(at(1), false)).isEqualTo(Signal.busError(at(1)));
            assertThat(file.pages().pages()).isEqualTo(1);
        });
    }

    @Test
    void aFaultAgainstMunmapMapsNothingAfterwards() {
        race((_, mm, _) -> mm.munmap(at(0), (long) PAGES * PAGE), (self, mm, file) -> {
            assertThat(mm.rss()).isZero();
            assertThat(self.faultAt(at(1), false)).isInstanceOf(Signal.class);
        });
    }

    /// The VMA is another's the moment it is gone: what was found for the first must not be mapped in the second.
    @Test
    void aFaultAgainstAnotherMappingOfTheSamePlaceReadsTheRightFile() {
        race(
                (_, mm, file) -> {
                    mm.munmap(at(0), (long) PAGES * PAGE);
                    mm.mmap(at(0), (long) (PAGES - 1) * PAGE, RW, PRIVATE, file, PAGE);
                },
                (self, mm, file) -> {
                    for (int page = 0; page < PAGES - 1; page++) {
                        assertThat(self.load(at(page))).isEqualTo(page + 2);
                    }
                });
    }

    // The measurement: four threads read a file that is cached, each through a mapping of its own.

    private static final int THREADS = 4;
    private static final int ROUNDS = 16;
    private static final int MADV_DONTNEED = 4;

    /// How many pages a PTE table maps.
    private static final int TABLE = 512;

    /// Of a hundred read faults of a cached file, how many take no `mmap_lock`, with mappings so many pages apart.
    /// Between two rounds a thread has its pages forgotten, or with `again` maps the file anew, as a writer of the
    /// address space.
    private static double speculativeShare(int apart, boolean again) {
        ToyMachine machine = new ToyMachine(THREADS, 1024, new SeededSchedule(7), true).with("spf-mm:B0");
        Mm mm = machine.newMm();
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        long bytes = (long) PAGES * PAGE;
        for (int i = 0; i < THREADS; i++) {
            mm.mmap(at(i * apart), bytes, PROT_READ, SHARED, file, 0);
            // Keeps the table.
            mm.mmap(at(i * TABLE + TABLE - 2), PAGE, RW, ANON, null, 0);
        }
        AtomicInteger ready = new AtomicInteger();
        ToyThread.Body[] bodies = new ToyThread.Body[THREADS];
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            mm.get();
            bodies[i] = self -> {
                self.use(mm);
                cacheAll(file, machine.kernel());
                assertThat(self.store(at(number * TABLE + TABLE - 2), 1)).isNull();
                ready.incrementAndGet();
                while (ready.get() < THREADS) {
                    machine.schedule().spin();
                }
                for (int round = 0; round < ROUNDS; round++) {
                    readAll(self, at(number * apart));
                    if (again) {
                        mm.munmap(at(number * apart), bytes);
                        mm.mmap(at(number * apart), bytes, PROT_READ, SHARED, file, 0);
                    } else {
                        new AdviceCalls(mm).madvise(at(number * apart), bytes, MADV_DONTNEED);
                    }
                }
                mm.put();
            };
        }
        machine.run(bodies);
        machine.run(self -> {
            self.use(mm);
            mm.put();
        });
        machine.awaitRelease();
        file.pages().evict();
        SpfMmTest.assertIdentity(machine);
        KernelMemory kernel = machine.kernel();
        long left = kernel.events(VmEvent.SPF_ABORT) + kernel.events(VmEvent.SPF_SUCCESS);
        return 100.0 * kernel.events(VmEvent.SPF_SUCCESS) / left;
    }

    private static void readAll(ToyThread self, long va) {
        for (int page = 0; page < PAGES; page++) {
            assertThat(self.load(va + (long) page * PAGE)).isEqualTo(page + 1);
        }
    }

    /// The PTE lock is held for all pages around, and tried but once.
    @Test
    void readsOfACachedFileAreSpeculativeUnlessOthersHaveTheTableOrWrite() {
        assertThat(speculativeShare(TABLE, false)).isBetween(90.0, 99.9);
        assertThat(speculativeShare(TABLE, true)).isBetween(60.0, 85.0);
        assertThat(speculativeShare(PAGES, false)).isBetween(30.0, 55.0);
        assertThat(speculativeShare(PAGES, true)).isBetween(30.0, 55.0);
    }
}
