package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MREMAP_FIXED;
import static faultline.kernel.mm.MmConstants.MREMAP_MAYMOVE;
import static faultline.kernel.mm.MmConstants.PROT_NONE;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.HugePageSettings.Enabled;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapArea;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Huge pages of anonymous memory: who makes them, what they are to everybody else, and what splits them.
@Timeout(120)
final class HugePageTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int PAGES = 512;
    private static final long HUGE = (long) PAGES * PAGE;
    private static final long RANGE = 1L << 32;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int MADV_PAGEOUT = 21;
    private static final int MADV_GUARD_REMOVE = 103;

    private static ToyMachine machine() {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().hugePages().setEnabled(Enabled.ALWAYS);
        return machine;
    }

    /// With a huge page at [#RANGE] and nothing behind it in the same mapping of two; each page has its number in
    /// it.
    private static ToyMachine run(ToyMachine machine, ToyThread.Body body) {
        machine.runShared(self -> {
            self.mm().mmap(RANGE, 2 * HUGE, RW, ANON, null, 0);
            for (int i = 0; i < PAGES; i++) {
                assertThat(self.store(RANGE + (long) i * PAGE, i)).isNull();
            }
            assertThat(isHuge(self.mm(), RANGE)).isTrue();
            body.run(self);
        });
        quiet(machine);
        return machine;
    }

    private static void quiet(ToyMachine machine) {
        machine.run(_ -> {
            machine.kernel().rcu().quiesce();
            machine.kernel().rcu().quiesce();
        });
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        assertThat(machine.kernel().stat(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES))
                .isZero();
    }

    private static boolean isHuge(Mm mm, long va) {
        return mm.pageTable().huge().find(va) != 0;
    }

    private static long pfn(Mm mm, long va) {
        return mm.kernel().format().pfn(mm.pageTable().look(va));
    }

    private static void expectNumbers(ToyThread self, long va, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo((byte) i);
        }
    }

    private static long events(ToyThread self, VmEvent event) {
        return self.mm().kernel().events(event);
    }

    @Test
    void oneFaultMakesAHugePage() {
        run(machine(), self -> {
            Mm mm = self.mm();
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(events(self, VmEvent.PGFAULT)).isEqualTo(1);
            assertThat(events(self, VmEvent.THP_FAULT_ALLOC)).isEqualTo(1);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(PAGES);
            assertThat(mm.kernel().stat(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES)).isEqualTo(1);
            assertThat(pfn(mm, RANGE) % PAGES).isZero();
            assertThat(pfn(mm, RANGE + 7 * PAGE)).isEqualTo(pfn(mm, RANGE) + 7);
            assertThat(self.load(RANGE + HUGE)).as("made by a load, too").isZero();
            assertThat(events(self, VmEvent.THP_FAULT_ALLOC)).isEqualTo(2);
            assertThat(events(self, VmEvent.THP_SPLIT_PMD)).isZero();
        });
    }

    @Test
    void whereIsWhatWasAskedFor() {
        ToyMachine machine = ToyMachine.small();
        machine.runShared(self -> {
            Mm mm = self.mm();
            AdviceCalls advice = new AdviceCalls(mm);
            HugePageSettings settings = mm.kernel().hugePages();
            mm.mmap(RANGE, 8 * HUGE, RW, ANON, null, 0);
            assertThat(settings.enabledText()).isEqualTo("always [madvise] never\n");
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE)).as("madvise, not advised").isFalse();
            advice.madvise(RANGE + HUGE, HUGE, MADV_HUGEPAGE);
            assertThat(self.store(RANGE + HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + HUGE)).as("madvise, advised").isTrue();
            settings.setEnabled("always\n");
            assertThat(self.store(RANGE + 2 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 2 * HUGE)).as("always").isTrue();
            advice.madvise(RANGE + 3 * HUGE, HUGE, MADV_NOHUGEPAGE);
            assertThat(self.store(RANGE + 3 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 3 * HUGE)).as("advised against").isFalse();
            mm.disableHuge(true);
            assertThat(self.store(RANGE + 4 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 4 * HUGE)).as("disabled").isFalse();
            mm.disableHuge(false);
            mm.munmap(RANGE + 6 * HUGE - PAGE, PAGE);
            assertThat(self.store(RANGE + 5 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 5 * HUGE)).as("no room").isFalse();
            settings.setEnabled("never");
            advice.madvise(RANGE + 6 * HUGE, HUGE, MADV_HUGEPAGE);
            assertThat(self.store(RANGE + 6 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 6 * HUGE)).as("never").isFalse();
            assertThatThrownBy(() -> settings.setEnabled("sometimes")).hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> settings.setDefrag("")).hasMessageContaining("EINVAL");
        });
        quiet(machine);
    }

    @Test
    void unmappingAPartSplits() {
        run(machine(), self -> {
            Mm mm = self.mm();
            long frame = pfn(mm, RANGE);
            long free = mm.kernel().allocator().freeFrames();
            mm.munmap(RANGE + 16 * PAGE, 16 * PAGE);
            assertThat(isHuge(mm, RANGE)).isFalse();
            assertThat(events(self, VmEvent.THP_SPLIT_PMD)).isEqualTo(1);
            assertThat(mm.kernel().stat(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES)).isZero();
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(PAGES - 16);
            assertThat(mm.kernel().allocator().freeFrames()).as("freed at once").isEqualTo(free + 16);
            assertThat(pfn(mm, RANGE + 40 * PAGE)).isEqualTo(frame + 40);
            expectNumbers(self, RANGE, 0, 16);
            expectNumbers(self, RANGE, 32, PAGES);
            assertThat(self.store(RANGE + 40 * PAGE, 3)).isNull();
            assertThat(self.load(RANGE + 40 * PAGE)).isEqualTo(3);
        });
    }

    @Test
    void whatIsGivenBackWholeIsARunAgain() {
        run(machine(), self -> {
            Mm mm = self.mm();
            long frame = pfn(mm, RANGE);
            long bytes = mm.pageTable().bytes();
            new AdviceCalls(mm).madvise(RANGE, HUGE, MADV_DONTNEED);
            assertThat(mm.rss()).isZero();
            assertThat(mm.pageTable().bytes()).as("the deposit goes too").isEqualTo(bytes - PAGE);
            assertThat(self.store(RANGE + PAGE, 9)).isNull();
            assertThat(isHuge(mm, RANGE)).isTrue();
            assertThat(pfn(mm, RANGE)).isEqualTo(frame);
            assertThat(self.load(RANGE)).as("zeroed").isZero();
            assertThat(self.load(RANGE + PAGE)).isEqualTo(9);
            new AdviceCalls(mm).madvise(RANGE, PAGE, MADV_DONTNEED);
            assertThat(isHuge(mm, RANGE)).isFalse();
            assertThat(self.load(RANGE)).isZero();
            assertThat(self.load(RANGE + PAGE)).isEqualTo(9);
            new AdviceCalls(mm).madvise(RANGE, HUGE, MADV_DONTNEED);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE)).as("a PTE table is there").isFalse();
        });
    }

    @EachDesign
    void aChildAndItsParentCopyPagesOnly(String design) {
        run(machine().with(design), self -> {
            Mm parent = self.mm();
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            assertThat(isHuge(child, RANGE)).isTrue();
            assertThat(child.rss(RssKind.MM_ANONPAGES)).isEqualTo(PAGES);
            assertThat(parent.kernel().stat(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES))
                    .as("mapped twice, there once")
                    .isEqualTo(1);
            assertThat(self.store(RANGE + 5 * PAGE, 100)).isNull();
            assertThat(isHuge(parent, RANGE)).as("split by the store").isFalse();
            assertThat(isHuge(child, RANGE)).isTrue();
            assertThat(pfn(parent, RANGE)).isEqualTo(pfn(child, RANGE));
            assertThat(pfn(parent, RANGE + 5 * PAGE)).isNotEqualTo(pfn(child, RANGE + 5 * PAGE));
            child.get();
            self.use(child);
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(self.store(RANGE + 6 * PAGE, 101)).isNull();
            assertThat(self.load(RANGE + 6 * PAGE)).isEqualTo(101);
            self.use(parent);
            assertThat(self.load(RANGE + 5 * PAGE)).isEqualTo(100);
            expectNumbers(self, RANGE, 6, PAGES);
            child.put();
            child.put();
        });
    }

    @Test
    void whoIsAloneAgainWritesWithoutACopy() {
        run(machine(), self -> {
            Mm parent = self.mm();
            long frame = pfn(parent, RANGE);
            parent.fork(ToyMachine.UNLIMITED).put();
            assertThat(self.store(RANGE + 5 * PAGE, 100)).isNull();
            assertThat(isHuge(parent, RANGE)).isTrue();
            assertThat(pfn(parent, RANGE)).isEqualTo(frame);
            assertThat(self.load(RANGE + 5 * PAGE)).isEqualTo(100);
        });
    }

    @Test
    void rightsOfAllChangeInPlaceAndOfAPartSplit() {
        run(machine(), self -> {
            Mm mm = self.mm();
            mm.mprotect(RANGE, HUGE, PROT_READ);
            assertThat(isHuge(mm, RANGE)).isTrue();
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(self.store(RANGE, 1)).isNotNull();
            mm.mprotect(RANGE, HUGE, PROT_NONE);
            assertThat(isHuge(mm, RANGE)).isTrue();
            assertThatThrownBy(() -> self.load(RANGE)).isInstanceOf(ToyThread.Faulted.class);
            mm.mprotect(RANGE, HUGE, RW);
            long faults = events(self, VmEvent.PGFAULT);
            assertThat(self.store(RANGE, 0)).isNull();
            assertThat(events(self, VmEvent.PGFAULT)).as("writable at once").isEqualTo(faults);
            assertThat(isHuge(mm, RANGE)).isTrue();
            mm.mprotect(RANGE + 8 * PAGE, PAGE, PROT_READ);
            assertThat(isHuge(mm, RANGE)).isFalse();
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(self.store(RANGE + 8 * PAGE, 1)).isNotNull();
            assertThat(self.store(RANGE + 9 * PAGE, 1)).isNull();
        });
    }

    /// A VMA never ends within a huge page, whatever is changed.
    @Test
    void aVmaThatEndsWithinSplits() {
        run(machine(), self -> {
            Mm mm = self.mm();
            new AdviceCalls(mm).madvise(RANGE + 8 * PAGE, 8 * PAGE, MADV_NOHUGEPAGE);
            assertThat(isHuge(mm, RANGE)).isFalse();
            expectNumbers(self, RANGE, 0, PAGES);
        });
    }

    @Test
    void pagesMoveWithTheirContents() {
        run(machine(), self -> {
            Mm mm = self.mm();
            long frame = pfn(mm, RANGE);
            long to = RANGE + 16 * HUGE;
            new RemapCalls(mm).mremap(RANGE, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
            expectNumbers(self, to, 0, PAGES);
            assertThat(isHuge(mm, to)).isTrue();
            assertThat(pfn(mm, to + 3 * PAGE)).isEqualTo(frame + 3);
            long odd = RANGE + 32 * HUGE + PAGE;
            new RemapCalls(mm).mremap(to, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, odd);
            expectNumbers(self, odd, 0, PAGES);
            assertThat(pfn(mm, odd + 3 * PAGE)).isEqualTo(frame + 3);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(PAGES);
        });
    }

    /// The huge page has gone to the new place, and for the page behind it there is no frame for a table.
    @Test
    void withoutAFrameForATableAHugePageIsWhereItWas() {
        run(machine(), self -> {
            Mm mm = self.mm();
            mm.kernel().hugePages().setEnabled(Enabled.NEVER);
            self.store(RANGE + HUGE, 6);
            Frames frames = Frames.takeAll(mm.kernel().allocator());
            int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
            assertThatThrownBy(() -> new RemapCalls(mm).mremap(RANGE, 2 * HUGE, 2 * HUGE, flags, RANGE + 16 * HUGE))
                    .hasMessageContaining("ENOMEM");
            frames.giveBack();
            assertThat(isHuge(mm, RANGE)).isTrue();
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(self.load(RANGE + HUGE)).isEqualTo(6);
        });
    }

    @Test
    void theKernelReachesOnePageWithoutSplitting() {
        ToyMachine machine = machine();
        run(machine, self -> {
            Mm mm = self.mm();
            Gup gup = new Gup(machine.handler());
            byte[] bytes = {42, 43};
            assertThat(gup.write(mm, RANGE + 9 * PAGE, bytes, 0, 2, false)).isEqualTo(2);
            assertThat(self.load(RANGE + 9 * PAGE + 1)).isEqualTo(43);
            byte[] read = new byte[1];
            assertThat(gup.read(mm, RANGE + 10 * PAGE, read, 0, 1, false)).isEqualTo(1);
            assertThat(read[0]).isEqualTo((byte) 10);
            assertThat(new AdviceCalls(mm).mincore(RANGE, PAGES + 1)[PAGES - 1]).isEqualTo((byte) 1);
            assertThat(new AdviceCalls(mm).mincore(RANGE, PAGES + 1)[PAGES]).isZero();
            assertThat(new Pagemap(mm, true).entries((RANGE >>> 12) + 4, 1)[0] & (1L << 55) - 1)
                    .isEqualTo(pfn(mm, RANGE) + 4);
            String smaps = new ProcText(mm).smaps();
            assertThat(smaps).contains("AnonHugePages:      2048 kB").contains("THPeligible:           1");
            assertThat(isHuge(mm, RANGE)).isTrue();
        });
    }

    @EachDesign
    void aChildGetsCopiesOfOneThatADeviceWorksOn(String design) {
        run(machine().with(design), self -> {
            Mm parent = self.mm();
            Gup gup = new Gup(self.machine().handler());
            try (PinnedPage pinned = Objects.requireNonNull(gup.pin(parent, self.cpu(), RANGE + 9 * PAGE, true))) {
                Mm child = parent.fork(ToyMachine.UNLIMITED);
                assertThat(self.store(RANGE + 9 * PAGE, 77)).isNull();
                assertThat(pfn(parent, RANGE + 9 * PAGE))
                        .isEqualTo(pinned.page().pfn());
                assertThat(pfn(child, RANGE + 9 * PAGE))
                        .isNotEqualTo(pinned.page().pfn());
                // The others are shared until somebody stores.
                assertThat(pfn(child, RANGE + 8 * PAGE)).isEqualTo(pfn(parent, RANGE + 8 * PAGE));
                self.use(child);
                expectNumbers(self, RANGE, 0, PAGES);
                self.use(parent);
                child.put();
            }
            self.store(RANGE + 9 * PAGE, 9);
            expectNumbers(self, RANGE, 0, PAGES);
        });
    }

    @EachDesign
    void aPageThatIsSwappedOutSplits(String design) {
        ToyMachine machine = machine().with(design);
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, 64);
        run(machine, self -> {
            Mm mm = self.mm();
            long frame = pfn(mm, RANGE);
            var page = mm.kernel().allocator().page(frame + 3);
            page.get();
            assertThat(mm.kernel().pageOut().writeOut(page)).isTrue();
            mm.kernel().allocator().put(page);
            assertThat(isHuge(mm, RANGE)).isFalse();
            assertThat(events(self, VmEvent.THP_SPLIT_PAGE)).isEqualTo(1);
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isEqualTo(1);
            expectNumbers(self, RANGE, 0, PAGES);
            new AdviceCalls(mm).madvise(RANGE, 8L * PAGE, MADV_PAGEOUT);
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isEqualTo(8);
            expectNumbers(self, RANGE, 0, PAGES);
        });
        assertThat(area.used()).isZero();
    }

    private static boolean wasUsed(Mm mm, long frame) {
        UnmapBatch flushes = new UnmapBatch();
        boolean used = mm.kernel().pageOut().wasUsed(mm.kernel().allocator().page(frame), flushes);
        flushes.flush();
        return used;
    }

    /// All pages of a huge page count as used until the last one was looked at.
    @Test
    void aUseIsOneOfAllPages() {
        run(machine(), self -> {
            Mm mm = self.mm();
            long frame = pfn(mm, RANGE);
            for (int i = 0; i < PAGES; i++) {
                assertThat(wasUsed(mm, frame + i)).isTrue();
            }
            assertThat(wasUsed(mm, frame)).isFalse();
            assertThat(isHuge(mm, RANGE)).isTrue();
            expectNumbers(self, RANGE, 0, PAGES);
            assertThat(wasUsed(mm, frame)).isTrue();
        });
    }

    /// Speculative faults leave a huge page to the path with `mmap_lock`, each series by its own word for it.
    @ParameterizedTest
    @CsvSource({"spf-vma, SPF_VMA_NOTSUP", "spf-mm, SPF_ABORT_PMD", "vma-lock, VMA_LOCK_SUCCESS"})
    void everyDesignHasItsRule(String design, VmEvent event) {
        run(machine().with(design), self -> {
            Mm mm = self.mm();
            long before = events(self, event);
            assertThat(self.faultAt(RANGE + PAGE, true)).isInstanceOf(FaultOutcome.Done.class);
            assertThat(events(self, event)).isEqualTo(before + 1);
            assertThat(self.faultAt(RANGE + HUGE, true)).isInstanceOf(FaultOutcome.Done.class);
            assertThat(events(self, event)).as("where one is to be made").isEqualTo(before + 2);
            assertThat(isHuge(mm, RANGE) && isHuge(mm, RANGE + HUGE)).isTrue();
            mm.pageTable().huge().split(RANGE);
            long split = events(self, event);
            assertThat(self.faultAt(RANGE + PAGE, true)).isInstanceOf(FaultOutcome.Done.class);
            assertThat(events(self, event))
                    .as("where it is split")
                    .isEqualTo(design.equals("vma-lock") ? split + 1 : split);
        });
    }

    @Test
    void memoryInPiecesHasSmallPages() {
        ToyMachine machine = machine();
        machine.runShared(self -> {
            Mm mm = self.mm();
            mm.kernel().hugePages().setEnabled(Enabled.NEVER);
            // One page in each run of frames stays: 8 runs, of which the first has the zero page.
            mm.mmap(RANGE, 7 * HUGE, RW, ANON, null, 0);
            for (long va = RANGE; va < RANGE + 7 * HUGE; va += PAGE) {
                assertThat(self.store(va, 1)).isNull();
            }
            for (long va = RANGE; va < RANGE + 7 * HUGE; va += PAGE) {
                if (pfn(mm, va) % PAGES != 8) {
                    new AdviceCalls(mm).madvise(va, PAGE, MADV_DONTNEED);
                }
            }
            mm.kernel().hugePages().setEnabled(Enabled.ALWAYS);
            mm.mmap(RANGE + 16 * HUGE, HUGE, RW, ANON, null, 0);
            new AdviceCalls(mm).madvise(RANGE + 16 * HUGE, HUGE, MADV_HUGEPAGE);
            assertThat(self.store(RANGE + 16 * HUGE, 1)).isNull();
            assertThat(isHuge(mm, RANGE + 16 * HUGE)).isFalse();
            assertThat(mm.kernel().events(VmEvent.THP_FAULT_FALLBACK)).isEqualTo(1);
            // With the last pages gone runs come together again.
            mm.munmap(RANGE, 7 * HUGE);
            // The vCPU's own frames are what the runs lack; it has just been asked for them in vain.
            for (int i = 0; i < 2; i++) {
                mm.mmap(RANGE + 18 * HUGE, HUGE, RW, ANON, null, 0);
                new AdviceCalls(mm).madvise(RANGE + 18 * HUGE, HUGE, MADV_HUGEPAGE);
                assertThat(self.store(RANGE + 18 * HUGE, 1)).isNull();
            }
            assertThat(isHuge(mm, RANGE + 18 * HUGE)).isTrue();
        });
        quiet(machine);
    }

    /// Who goes over page tables, and has no reason to split a huge page.
    private enum Look {
        KHUGEPAGED {
            @Override
            void at(Mm mm) {
                assertThat(new Collapse(mm, true, true).collapse(RANGE))
                        .isIn(Collapse.Result.PMD_NULL, Collapse.Result.PMD_MAPPED);
            }
        },
        SMAPS {
            @Override
            void at(Mm mm) {
                assertThat(new ProcText(mm).smaps()).contains("AnonHugePages:");
            }
        },
        PAGEMAP {
            @Override
            void at(Mm mm) {
                assertThat(new Pagemap(mm, true).entries(RANGE / PAGE, 1)).hasSize(1);
            }
        },
        GUARD_REMOVE {
            @Override
            void at(Mm mm) {
                new AdviceCalls(mm).madvise(RANGE, HUGE, MADV_GUARD_REMOVE);
            }
        };

        abstract void at(Mm mm);
    }

    /// The huge page may come when they have looked for one and not yet for a table.
    @ParameterizedTest
    @EnumSource
    void whatComesBesideALookStaysWhole(Look look) {
        for (long seed = 0; seed < 60; seed++) {
            ToyMachine machine = new ToyMachine(2, 4096, new SeededSchedule(seed), true);
            machine.kernel().hugePages().setEnabled(Enabled.ALWAYS);
            Mm mm = machine.newMm();
            mm.get();
            AtomicInteger turn = new AtomicInteger();
            machine.run(
                    self -> {
                        self.use(mm);
                        mm.mmap(RANGE, 2 * HUGE, RW, ANON, null, 0);
                        assertThat(self.store(RANGE + HUGE, 1)).isNull();
                        turn.set(1);
                        assertThat(self.store(RANGE, 1)).isNull();
                        turn.set(2);
                        mm.put();
                    },
                    self -> {
                        self.use(mm);
                        await(machine, turn, 1);
                        look.at(mm);
                        await(machine, turn, 2);
                        assertThat(isHuge(mm, RANGE)).isTrue();
                        mm.put();
                    });
            quiet(machine);
        }
    }

    /// Three threads load, store, discard, protect and split the same four huge pages; what each has stored it
    /// reads.
    @EachDesign
    void noStoreIsLost(String design) {
        for (long seed = 0; seed < 20; seed++) {
            contest(new SeededSchedule(seed), design, seed, 60);
        }
    }

    @EachDesign
    void noStoreIsLostOnHostThreads(String design) {
        contest(new ParallelSchedule(), design, 7, 600);
    }

    /// One thread splits what another has made: the table that was put by lies where the first has known another.
    @Test
    void whoSplitsNeedNotHaveMadeTheTable() {
        ToyMachine machine = new ToyMachine(2, 8192, new ParallelSchedule(), true);
        machine.kernel().hugePages().setEnabled(Enabled.MADVISE);
        Mm mm = machine.newMm();
        mm.get();
        AtomicInteger turn = new AtomicInteger();
        long small = RANGE + 8 * HUGE;
        int rounds = 40;
        machine.run(
                self -> {
                    self.use(mm);
                    mm.mmap(RANGE, HUGE, RW, ANON, null, 0);
                    new AdviceCalls(mm).madvise(RANGE, HUGE, MADV_HUGEPAGE);
                    for (int round = 0; round < rounds; round++) {
                        mm.mmap(small, HUGE, RW, ANON, null, 0);
                        assertThat(self.store(small, round)).isNull();
                        pass(machine, turn, 2 * round + 1);
                        mm.pageTable().huge().split(RANGE);
                        assertThat(self.load(RANGE)).isEqualTo((byte) round);
                        mm.munmap(RANGE, HUGE);
                        mm.mmap(RANGE, HUGE, RW, ANON, null, 0);
                        new AdviceCalls(mm).madvise(RANGE, HUGE, MADV_HUGEPAGE);
                    }
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    for (int round = 0; round < rounds; round++) {
                        await(machine, turn, 2 * round + 1);
                        mm.munmap(small, HUGE);
                        machine.kernel().rcu().quiesce();
                        assertThat(self.store(RANGE, round)).isNull();
                        assertThat(isHuge(mm, RANGE)).isTrue();
                        turn.incrementAndGet();
                    }
                    mm.put();
                });
        quiet(machine);
    }

    /// Gives the turn away and waits until it is back.
    private static void pass(ToyMachine machine, AtomicInteger turn, int to) {
        turn.set(to);
        await(machine, turn, to + 1);
    }

    private static void await(ToyMachine machine, AtomicInteger turn, int value) {
        while (turn.get() < value) {
            machine.schedule().spin();
        }
    }

    private static void contest(Schedule schedule, String design, long seed, int rounds) {
        ToyMachine machine = new ToyMachine(3, 8192, schedule, true, new KernelHeap(1L << 30), TableFreeing.RCU)
                .with(design, Knobs.NONE.with("fixed=all"));
        machine.kernel().hugePages().setEnabled(Enabled.ALWAYS);
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger next = new AtomicInteger();
        ToyThread.Body body = self -> {
            self.use(mm);
            int me = next.getAndIncrement();
            if (self.vcpu().id() == 0) {
                mm.mmap(RANGE, 4 * HUGE, RW, ANON, null, 0);
                ready.set(1);
            }
            while (ready.get() == 0) {
                machine.schedule().spin();
            }
            Random random = new Random(seed * 31 + me);
            AdviceCalls advice = new AdviceCalls(mm);
            for (int round = 0; round < rounds; round++) {
                long base = RANGE + random.nextInt(4) * HUGE;
                // Pages that are mine alone, but that all share their huge pages.
                long own = base + (3L * random.nextInt(100) + me) * PAGE;
                switch (random.nextInt(8)) {
                    case 0 -> advice.madvise(own, PAGE, MADV_DONTNEED);
                    case 1 -> {
                        mm.mprotect(own, PAGE, PROT_READ);
                        mm.mprotect(own, PAGE, RW);
                    }
                    case 2 -> mm.pageTable().huge().split(base);
                    case 3 -> {
                        Mm child = mm.fork(ToyMachine.UNLIMITED);
                        child.put();
                    }
                    case 4 -> advice.madvise(RANGE + 4 * HUGE - PAGE, PAGE, MADV_DONTNEED);
                    default -> {}
                }
                assertThat(self.store(own, round)).isNull();
                assertThat(self.load(own)).isEqualTo((byte) round);
            }
            mm.put();
        };
        machine.run(body, body, body);
        quiet(machine);
    }
}
