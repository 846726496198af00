package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.mm.VmaPicture.TestFile;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/// Two or three threads in one address space, switched at every named step in an order drawn from a
/// seed, under every fault design. Freed frames are poisoned, and none may be missing at the end.
class RaceTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int SEEDS = 40;

    /// One race: bodies that share an address space, and what must hold afterwards.
    private abstract static class Race {
        final ToyMachine machine;
        final Mm mm;
        final AtomicInteger running;

        Race(String design, long seed, int threads) {
            // The address space is made before the threads are: by a machine thread of its own would be a fourth one.
            machine = new ToyMachine(threads, 1024, new SeededSchedule(seed), true).with(design);
            mm = machine.newMm();
            // Two users, or nobody speculates.
            mm.get();
            running = new AtomicInteger(threads);
        }

        /// Thread 0 prepares, then all run, and the last one takes the address space down.
        final void run(ToyThread.Body prepare, ToyThread.Body... bodies) {
            AtomicBoolean ready = new AtomicBoolean();
            ToyThread.Body[] wrapped = new ToyThread.Body[bodies.length];
            for (int i = 0; i < bodies.length; i++) {
                int self = i;
                wrapped[i] = thread -> {
                    thread.use(mm);
                    if (self == 0) {
                        prepare.run(thread);
                        ready.set(true);
                    }
                    while (!ready.get()) {
                        machine.schedule().spin();
                    }
                    bodies[self].run(thread);
                    if (running.decrementAndGet() == 0) {
                        after(thread);
                        mm.put();
                        mm.put();
                    }
                };
            }
            machine.run(wrapped);
            assertThat(machine.kernel().allocator().freeFrames())
                    .isEqualTo(machine.kernel().allocator().totalFrames() - 1 - left());
        }

        abstract void after(ToyThread self);

        /// Frames that outlive the address space: a file's cache.
        long left() {
            return 0;
        }

        abstract void go();
    }

    private static void forEverySeed(LongFunction<Race> race) {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                race.apply(seed).go();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @EachDesign
    void twoStoresToOneEmptyPageInstallOnePage(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            @Override
            void go() {
                run(
                        self -> mm.mmap(at(0), PAGE, RW, ANON, null, 0),
                        self -> assertThat(self.store(at(0), 1)).isNull(),
                        self -> assertThat(self.store(at(0) + 1, 2)).isNull());
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.load(at(0))).isEqualTo(1);
                assertThat(self.load(at(0) + 1)).isEqualTo(2);
                assertThat(mm.rss()).isEqualTo(1);
            }
        });
    }

    @EachDesign
    void aStoreAgainstMunmapLandsOrFaultsAndLeaksNothing(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), 3 * PAGE, RW, ANON, null, 0);
                            self.store(at(1), 1);
                        },
                        self -> mm.munmap(at(0), 3 * PAGE),
                        self -> {
                            for (int page = 0; page < 3; page++) {
                                FaultOutcome outcome = self.store(at(page), 1);
                                assertThat(outcome == null || outcome instanceof Signal)
                                        .isTrue();
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(mm.rss()).isZero();
                assertThat(self.store(at(1), 1)).isInstanceOf(Signal.class);
            }
        });
    }

    /// I2: what another thread maps into the same frames afterwards is never written by a late
    /// store.
    @EachDesign
    void aStoreThroughAnOldTranslationNeverReachesAReusedFrame(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            @Override
            void go() {
                run(
                        self -> mm.mmap(at(0), 2 * PAGE, RW, ANON, null, 0),
                        self -> {
                            mm.munmap(at(0), 2 * PAGE);
                            mm.mmap(at(8), 2 * PAGE, RW, ANON, null, 0);
                            for (int page = 8; page < 10; page++) {
                                self.store(at(page), 5);
                                machine.schedule().spin();
                                assertThat(self.load(at(page) + 7)).isZero();
                            }
                        },
                        self -> {
                            int stored = 0;
                            while (stored < 40 && self.store(at(stored & 1) + 7, 66) == null) {
                                machine.schedule().spin();
                                stored++;
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.load(at(8) + 7)).isZero();
                assertThat(self.load(at(9) + 7)).isZero();
            }
        });
    }

    /// I6: the child sees both pages as they were at one moment, and no store of the parent is
    /// lost.
    @EachDesign
    void forkTakesAPictureOfOneMoment(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            private static final int STORES = 30;

            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), 2 * PAGE, RW, ANON, null, 0);
                            self.store(at(0), 0);
                            self.store(at(1), 0);
                        },
                        self -> {
                            Mm child = mm.fork(ToyMachine.UNLIMITED);
                            self.use(child);
                            int first = self.load(at(0));
                            int second = self.load(at(1));
                            assertThat(first - second).isBetween(0, 1);
                            for (int i = 0; i < 5; i++) {
                                machine.schedule().spin();
                                assertThat(self.load(at(0))).isEqualTo(first);
                            }
                            self.use(mm);
                            child.put();
                        },
                        self -> {
                            for (int i = 1; i <= STORES; i++) {
                                assertThat(self.store(at(0), i)).isNull();
                                assertThat(self.store(at(1), i)).isNull();
                                machine.schedule().spin();
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.load(at(0))).isEqualTo(STORES);
                assertThat(self.load(at(1))).isEqualTo(STORES);
            }
        });
    }

    /// The COW order: once one thread has written the copy, no other reads the old page.
    @EachDesign
    void twoThreadsThatCopyOnePageEndUpWithOneCopy(String design) {
        forEverySeed(seed -> new Race(design, seed, 3) {
            private volatile Mm child;
            private final AtomicBoolean stored = new AtomicBoolean();

            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), PAGE, RW, ANON, null, 0);
                            self.store(at(0), 1);
                            child = mm.fork(ToyMachine.UNLIMITED);
                        },
                        self -> {
                            assertThat(self.store(at(0) + 1, 2)).isNull();
                            stored.set(true);
                        },
                        self -> assertThat(self.store(at(0) + 2, 3)).isNull(),
                        self -> {
                            for (int i = 0; i < 20; i++) {
                                machine.schedule().spin();
                                int expected = stored.get() ? 2 : 0;
                                assertThat(self.load(at(0) + 1)).isGreaterThanOrEqualTo(expected);
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.load(at(0) + 1)).isEqualTo(2);
                assertThat(self.load(at(0) + 2)).isEqualTo(3);
                assertThat(mm.rss()).isEqualTo(1);
                self.use(child);
                assertThat(self.load(at(0) + 1)).isZero();
                assertThat(self.load(at(0) + 2)).isZero();
                self.use(mm);
                child.put();
            }
        });
    }

    @EachDesign
    void noStoreSucceedsOnceMprotectHasReturned(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            private final AtomicBoolean forbidden = new AtomicBoolean();

            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), PAGE, RW, ANON, null, 0);
                            self.store(at(0), 1);
                        },
                        self -> {
                            mm.mprotect(at(0), PAGE, PROT_READ);
                            forbidden.set(true);
                        },
                        self -> {
                            for (int i = 0; i < 20; i++) {
                                machine.schedule().spin();
                                boolean late = forbidden.get();
                                FaultOutcome outcome = self.store(at(0), 2);
                                assertThat(!late || outcome instanceof Signal).isTrue();
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.store(at(0), 1)).isInstanceOf(Signal.class);
            }
        });
    }

    @EachDesign
    void aFaultAgainstTruncationMapsNoPageThatHasLeftTheFile(String design) {
        truncate(design, 16, 1);
        truncate(design, 1, 0);
    }

    private static void truncate(String design, int pages, int kept) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            private final TestFile file = new TestFile(machine.kernel(), (long) pages * PAGE, 'F');

            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), (long) pages * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
                            // All cached, so that faults and truncation meet at page locks and not at reads.
                            file.pages().read(0, new byte[pages * PAGE], 0, pages * PAGE);
                        },
                        self -> {
                            file.size = (long) kept * PAGE;
                            file.pages().truncate(file.size);
                        },
                        self -> {
                            for (int page = pages - 1; page >= 0; page--) {
                                self.store(at(page), 7);
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(mm.rss()).isEqualTo(kept);
                assertThat(self.store(at(kept), 1)).isInstanceOf(Signal.class);
                assertThat(file.pages().pages()).isEqualTo(kept);
            }

            @Override
            long left() {
                return kept;
            }
        });
    }

    /// Every store made before msync began is in the file when it returns.
    @EachDesign
    void msyncWritesBackWhatWasStoredBefore(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            private final TestFile file = new TestFile(machine.kernel(), PAGE, 'F');
            private final AtomicInteger stored = new AtomicInteger();

            @Override
            void go() {
                AdviceCalls calls = new AdviceCalls(mm);
                run(
                        self -> mm.mmap(at(0), PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0),
                        self -> {
                            for (int i = 0; i < 4; i++) {
                                int before = stored.get();
                                calls.msync(at(0), PAGE, MS_SYNC);
                                assertThat((int) file.bytes[0]).isGreaterThanOrEqualTo(before);
                            }
                        },
                        self -> {
                            for (int i = 2; i < 20; i++) {
                                self.store(at(0), i);
                                stored.set(i);
                                machine.schedule().spin();
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                new AdviceCalls(mm).msync(at(0), PAGE, MS_SYNC);
                assertThat(file.bytes[0]).isEqualTo((byte) 19);
            }

            @Override
            long left() {
                return 1;
            }
        });
    }

    /// A vCPU that nobody ran on is not interrupted; it must still not use what it knew before.
    @EachDesign
    void aThreadThatWasAwayMissesNoFlush(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            private final AtomicInteger mapped = new AtomicInteger();

            @Override
            void go() {
                run(
                        self -> mm.mmap(at(0), PAGE, RW, ANON, null, 0),
                        self -> {
                            for (int i = 1; i < 6; i++) {
                                // The old page is gone, a new one of zeros is there.
                                mm.mmap(at(0), PAGE, RW, ANON, null, 0);
                                mapped.set(i);
                                self.store(at(0), i);
                            }
                        },
                        self -> {
                            for (int i = 0; i < 10; i++) {
                                int least = mapped.get();
                                int seen = self.load(at(0));
                                assertThat(seen == 0 || seen >= least).isTrue();
                                self.block(machine.schedule().nanoTime() + 1000);
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(self.load(at(0))).isEqualTo(5);
            }
        });
    }

    @EachDesign
    void mremapAgainstStoresLosesNone(String design) {
        forEverySeed(seed -> new Race(design, seed, 2) {
            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), 2 * PAGE, RW, ANON, null, 0);
                            self.store(at(0), 1);
                        },
                        self -> new RemapCalls(mm)
                                .mremap(at(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(8)),
                        self -> {
                            int i = 1;
                            while (i < 60 && self.store(at(0), i + 1) == null) {
                                machine.schedule().spin();
                                i++;
                            }
                            // The last store that went well is the byte at the new place.
                            if (i < 60) {
                                assertThat(self.load(at(8))).isEqualTo(i);
                            }
                        });
            }

            @Override
            void after(ToyThread self) {
                assertThat(mm.rss()).isEqualTo(1);
            }
        });
    }

    @EachDesign
    void theSameSeedGivesTheSameSteps(String design) {
        long[] hashes = new long[2];
        for (int i = 0; i < 2; i++) {
            SeededSchedule schedule = new SeededSchedule(99);
            ToyMachine machine = new ToyMachine(2, 1024, schedule, true);
            Mm mm = machine.newMm();
            machine.run(
                    self -> {
                        self.use(mm);
                        mm.mmap(at(0), 8 * PAGE, RW, ANON, null, 0);
                        mm.munmap(at(0), 8 * PAGE);
                    },
                    self -> {
                        self.use(mm);
                        for (int page = 0; page < 8; page++) {
                            self.store(at(page), 1);
                        }
                    });
            hashes[i] = schedule.eventHash();
        }
        assertThat(hashes[0]).isEqualTo(hashes[1]);
    }

    /// What is stored to a page while it goes from frame to frame is stored to it, by whoever.
    @EachDesign
    void noStoreIsLostToAPageThatIsMoved(String design) {
        forEverySeed(seed -> new Race(design, seed, 3) {
            private static final int STORES = 6;
            private static final int PAGES = 2;

            @Override
            void go() {
                run(
                        self -> {
                            mm.mmap(at(0), PAGES * PAGE, RW, ANON, null, 0);
                            self.store(at(0), 0);
                        },
                        self -> stores(self, 0),
                        self -> stores(self, 1),
                        self -> {
                            for (int i = 0; i < STORES; i++) {
                                toAnotherFrame(mm, at(i % PAGES));
                            }
                        });
            }

            private void stores(ToyThread self, int which) {
                for (int i = 1; i <= STORES; i++) {
                    long va = at(i % PAGES) + which;
                    assertThat(self.store(va, i)).isNull();
                    assertThat(self.load(va)).isEqualTo(i);
                }
            }

            @Override
            void after(ToyThread self) {
                for (int which = 0; which < 2; which++) {
                    assertThat(self.load(at(STORES % PAGES) + which)).isEqualTo(STORES);
                    assertThat(self.load(at((STORES - 1) % PAGES) + which)).isEqualTo(STORES - 1);
                }
                assertThat(mm.rss()).isEqualTo(PAGES);
            }
        });
    }

    /// Two move one page between two places, a third moves it from frame to frame: it is at one of the places
    /// in the end, whole, and nobody waits for ever.
    @EachDesign
    void aPageThatIsMovedToAndFroIsInOnePlace(String design) {
        forEverySeed(seed -> new Race(design, seed, 3) {
            private static final int MOVES = 5;
            private static final int VALUE = 42;

            // In tables of their own.
            private final long low = at(0);

            private final long high = at(0) + (8L << 20);

            private final Userfaultfd handler = Userfaultfd.create(mm, false);

            @Override
            void go() {
                assertThat(handler.initialize(Userfaultfd.FEATURE_MOVE)).isTrue();
                run(
                        self -> {
                            mm.mmap(low, PAGE, RW, ANON, null, 0);
                            mm.mmap(high, PAGE, RW, ANON, null, 0);
                            self.store(low, VALUE);
                            new UserfaultRanges(handler).register(low, PAGE, Vma.VM_UFFD_MISSING);
                            new UserfaultRanges(handler).register(high, PAGE, Vma.VM_UFFD_MISSING);
                        },
                        self -> moves(low, high),
                        self -> moves(high, low),
                        self -> {
                            for (int i = 0; i < MOVES; i++) {
                                toAnotherFrame(mm, i % 2 == 0 ? low : high);
                            }
                        });
            }

            private void moves(long to, long from) {
                for (int i = 0; i < MOVES; i++) {
                    long moved = new UserfaultMove(handler, true).move(to, from, PAGE);
                    assertThat(moved).isIn((long) PAGE, Errno.EEXIST.result(), Errno.EBUSY.result());
                }
            }

            @Override
            void after(ToyThread self) {
                handler.release();
                boolean isLow = isThere(low);
                assertThat(isThere(high)).isNotEqualTo(isLow);
                assertThat(self.load(isLow ? low : high)).isEqualTo(VALUE);
                assertThat(mm.rss()).isEqualTo(1);
            }

            private boolean isThere(long va) {
                return machine.kernel().format().isPresent(mm.pageTable().peek(va));
            }
        });
    }

    // Moves what is at an address to another frame, if something is.
    private static void toAnotherFrame(Mm mm, long va) {
        PageAllocator allocator = mm.kernel().allocator();
        PageTableFormat format = mm.kernel().format();
        mm.mmapLock().readLock();
        long pte = mm.pageTable().peek(va);
        Page page = format.hasPage(pte) ? allocator.page(format.pfn(pte)) : null;
        boolean taken = page != null && page.tryGet();
        mm.mmapLock().readUnlock();
        if (page == null || !taken) {
            return;
        }
        Page to = allocator.alloc();
        assertThat(to).isNotNull();
        boolean _ = new Migration(mm.kernel()).move(page, to);
        allocator.put(page);
        allocator.put(to);
    }
}
