package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.KsmCounters.Counter;
import faultline.kernel.mm.KsmSettings.Setting;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapArea;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is merged and what is not, and what everybody else does with a page that is shared for its contents.
/// The thread's work is done by who tests.
@Timeout(120)
final class KsmTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final int MADV_FREE = 8;
    private static final int MADV_MERGEABLE = 12;
    private static final int MADV_UNMERGEABLE = 13;
    private static final int MADV_PAGEOUT = 21;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MREMAP_FIXED = 2;

    /// Stores to shared pages, of a run that goes on until there were so many.
    private static final int ENOUGH = 100;

    private static final long LONGEST_NANOS = 20_000_000_000L;

    private static final long RANGE = 1L << 32;
    private static final long ELSEWHERE = 5L << 32;

    private static ToyMachine machine() {
        ToyMachine machine = ToyMachine.small();
        machine.kernel().ksm().mergeIn(Ksm.Where.MADVISE);
        return machine;
    }

    /// So many pages that may be merged, and are full of `value` each.
    private static void map(ToyThread self, long at, int pages, int value) {
        self.mm().mmap(at, (long) pages * PAGE, RW, ANON, null, 0);
        advise(self.mm(), at, pages, MADV_MERGEABLE);
        fill(self, at, pages, value);
    }

    private static void fill(ToyThread self, long at, int pages, int value) {
        for (int i = 0; i < pages; i++) {
            for (int offset = 0; offset < PAGE; offset += 512) {
                assertThat(self.store(at + (long) i * PAGE + offset, value)).isNull();
            }
        }
    }

    private static void advise(Mm mm, long at, int pages, int advice) {
        new AdviceCalls(mm).madvise(at, (long) pages * PAGE, advice);
    }

    private static Ksm ksm(ToyThread self) {
        return self.mm().kernel().ksm();
    }

    /// Once for the checksums, once for those that wait for another, once for the others.
    private static void scan(ToyThread self) {
        for (int i = 0; i < 3; i++) {
            ksm(self).scanAll();
        }
    }

    private static Page pageAt(Mm mm, long va) {
        return mm.kernel().allocator().page(mm.kernel().format().pfn(pteAt(mm, va)));
    }

    private static long pteAt(Mm mm, long va) {
        return mm.pageTable().look(va);
    }

    private static void expectCounts(ToyThread self, long shared, long sharing) {
        assertThat(ksm(self).counters().get(Counter.PAGES_SHARED))
                .as("pages_shared")
                .isEqualTo(shared);
        assertThat(ksm(self).counters().get(Counter.PAGES_SHARING))
                .as("pages_sharing")
                .isEqualTo(sharing);
        assertThat(ksm(self).counters().merging(self.mm())).isEqualTo(shared + sharing);
    }

    private static void expectError(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void pagesOfTheSameContentsBecomeOne() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            long free = mm.kernel().allocator().freeFrames();
            map(self, RANGE, 8, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            assertThat(shared.isKsm()).isTrue();
            assertThat(shared.mapcount()).isEqualTo(8);
            assertThat(shared.refcount()).isEqualTo(8);
            for (int i = 0; i < 8; i++) {
                assertThat(pageAt(mm, RANGE + (long) i * PAGE)).isSameAs(shared);
                assertThat(self.load(RANGE + (long) i * PAGE)).isEqualTo(7);
            }
            expectCounts(self, 1, 7);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(8);
            assertThat(new ProcText(mm).smaps())
                    .contains("KSM:                  32 kB")
                    .contains(" mg ");
            assertThat(ksm(self).counters().text(mm))
                    .contains("ksm_merging_pages 8\n")
                    .contains("ksm_mergeable: yes\n");
            // Gone with the last PTE, as any other.
            mm.munmap(RANGE, 8L * PAGE);
            assertThat(shared.refcount()).isZero();
            ksm(self).scanAll();
            expectCounts(self, 0, 0);
            assertThat(mm.kernel().allocator().freeFrames()).isGreaterThan(free - 8);
        });
    }

    @Test
    void onlyWhatHasNotChangedIsMerged() {
        machine().runShared(self -> {
            map(self, RANGE, 2, 1);
            ksm(self).scanAll();
            fill(self, RANGE, 2, 2);
            ksm(self).scanAll();
            expectCounts(self, 0, 0);
            assertThat(ksm(self).counters().get(Counter.PAGES_VOLATILE)).isEqualTo(2);
            ksm(self).scanAll();
            expectCounts(self, 1, 1);
        });
    }

    @Test
    void aPageAloneWaits() {
        machine().runShared(self -> {
            map(self, RANGE, 1, 1);
            scan(self);
            assertThat(ksm(self).counters().get(Counter.PAGES_UNSHARED)).isEqualTo(1);
            assertThat(pageAt(self.mm(), RANGE).isKsm()).isFalse();
            assertThat(self.store(RANGE, 5)).isNull();
        });
    }

    @EachDesign
    void aStoreCopies(String design) {
        ToyMachine machine = machine().with(design, Knobs.NONE);
        machine.runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 3, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            assertThat(self.store(RANGE, 9)).isNull();
            assertThat(pageAt(mm, RANGE)).isNotSameAs(shared);
            assertThat(self.load(RANGE + PAGE)).isEqualTo(7);
            assertThat(self.store(RANGE + PAGE, 10)).isNull();
            // The last one is the only one that has it, and copies as well.
            assertThat(shared.refcount()).isEqualTo(1);
            assertThat(self.store(RANGE + 2 * PAGE, 11)).isNull();
            assertThat(shared.refcount()).isZero();
            assertThat(mm.kernel().events(VmEvent.COW_KSM)).isEqualTo(3);
            assertThat(self.load(RANGE)).isEqualTo(9);
            assertThat(self.load(RANGE + 512)).isEqualTo(7);
        });
    }

    /// mprotect gives the right to store to who has a page alone; not to a shared one.
    @Test
    void mprotectDoesNotLetItBeStoredTo() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 2, 7);
            scan(self);
            assertThat(self.store(RANGE, 1)).isNull();
            Page shared = pageAt(mm, RANGE + PAGE);
            mm.mprotect(RANGE, 2L * PAGE, PROT_READ);
            mm.mprotect(RANGE, 2L * PAGE, RW);
            assertThat(shared.refcount()).isEqualTo(1);
            assertThat(mm.kernel().format().isWritable(pteAt(mm, RANGE + PAGE))).isFalse();
            assertThat(self.store(RANGE + PAGE, 2)).isNull();
            assertThat(pageAt(mm, RANGE + PAGE)).isNotSameAs(shared);
        });
    }

    @Test
    void whatMayNotBeMergedIsNot() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            mm.mmap(RANGE, 2L * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            advise(mm, RANGE, 2, MADV_MERGEABLE);
            assertThat(Objects.requireNonNull(mm.vmaAt(RANGE)).has(Vma.VM_MERGEABLE))
                    .isFalse();
            assertThat(ksm(self).hasWork()).isFalse();
            // Somebody has a reference: a device that stores to it, for all that is known.
            map(self, ELSEWHERE, 2, 7);
            Page pinned = pageAt(mm, ELSEWHERE);
            pinned.get();
            scan(self);
            expectCounts(self, 0, 0);
            assertThat(mm.kernel().format().isWritable(pteAt(mm, ELSEWHERE))).isTrue();
            mm.kernel().allocator().put(pinned);
            scan(self);
            expectCounts(self, 1, 1);
        });
    }

    /// A device that reads from memory has a page of the program's own, and nobody merges that meanwhile.
    @Test
    void whoPinsItHasItUnshared() {
        ToyMachine machine = machine();
        machine.runShared(self -> {
            Mm mm = self.mm();
            ksm(self).set(Setting.SMART_SCAN, 0);
            map(self, RANGE, 3, 7);
            scan(self);
            try (PinnedPage pinned =
                    Objects.requireNonNull(new Gup(machine.handler()).pin(mm, self.cpu(), RANGE + 9, false))) {
                assertThat(pageAt(mm, RANGE).isKsm()).isFalse();
                assertThat(pageAt(mm, RANGE).refcount()).isEqualTo(2);
                byte[] read = new byte[1];
                pinned.read(read, 0, 1);
                scan(self);
                expectCounts(self, 1, 1);
            }
            scan(self);
            expectCounts(self, 1, 2);
        });
    }

    @Test
    void unmergeableGivesPagesOfTheirOwn() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 4, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            advise(mm, RANGE, 2, MADV_UNMERGEABLE);
            assertThat(shared.mapcount()).isEqualTo(2);
            assertThat(pageAt(mm, RANGE).isKsm()).isFalse();
            assertThat(self.load(RANGE + PAGE + 512)).isEqualTo(7);
            long copies = mm.kernel().events(VmEvent.COW_KSM);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(mm.kernel().events(VmEvent.COW_KSM)).isEqualTo(copies);
            ksm(self).scanAll();
            expectCounts(self, 1, 1);
            assertThat(Objects.requireNonNull(mm.vmaAt(RANGE)).has(Vma.VM_MERGEABLE))
                    .isFalse();
        });
    }

    /// From the fourth time on a page that could not be merged is passed by every second scan, and then less
    /// often.
    @Test
    void whatWasLookedAtInVainIsPassedBy() {
        machine().runShared(self -> {
            map(self, RANGE, 1, 7);
            for (int i = 0; i < 4; i++) {
                ksm(self).scanAll();
            }
            assertThat(ksm(self).counters().get(Counter.PAGES_SKIPPED)).isZero();
            ksm(self).scanAll();
            assertThat(ksm(self).counters().get(Counter.PAGES_SKIPPED)).isEqualTo(1);
            assertThat(ksm(self).counters().get(Counter.PAGES_UNSHARED)).isZero();
            ksm(self).scanAll();
            assertThat(ksm(self).counters().get(Counter.PAGES_SKIPPED)).isEqualTo(1);
            assertThat(ksm(self).counters().get(Counter.PAGES_SCANNED)).isEqualTo(6);
        });
    }

    @Test
    void runSaysWhatIsDone() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            Ksm ksm = ksm(self);
            map(self, RANGE, 4, 7);
            ksm.setRun(0);
            scan(self);
            expectCounts(self, 0, 0);
            ksm.setRun(1);
            scan(self);
            expectCounts(self, 1, 3);
            ksm.setRun(0);
            expectCounts(self, 1, 3);
            ksm.setRun(2);
            expectCounts(self, 0, 0);
            assertThat(pageAt(mm, RANGE).isKsm()).isFalse();
            assertThat(pageAt(mm, RANGE)).isNotSameAs(pageAt(mm, RANGE + PAGE));
            assertThat(self.load(RANGE + 3 * PAGE)).isEqualTo(7);
            expectError(Errno.EINVAL, () -> ksm.setRun(3));
        });
    }

    @Test
    void settingsThatMatterToWhatIsSharedAreFixedMeanwhile() {
        machine().runShared(self -> {
            Ksm ksm = ksm(self);
            expectError(Errno.EINVAL, () -> ksm.set(Setting.MAX_PAGE_SHARING, 1));
            ksm.set(Setting.MAX_PAGE_SHARING, 3);
            map(self, RANGE, 8, 7);
            scan(self);
            // Three, three and two have the same contents.
            expectCounts(self, 3, 5);
            assertThat(ksm.counters().get(Counter.STABLE_NODE_CHAINS)).isEqualTo(1);
            assertThat(ksm.counters().get(Counter.STABLE_NODE_DUPS)).isEqualTo(3);
            expectError(Errno.EBUSY, () -> ksm.set(Setting.MAX_PAGE_SHARING, 256));
            ksm.setRun(2);
            ksm.set(Setting.MAX_PAGE_SHARING, 256);
            ksm.setRun(1);
            scan(self);
            expectCounts(self, 1, 7);
        });
    }

    @Test
    void pagesOfZeroesBecomeTheZeroPageWhereThatIsAskedFor() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            Ksm ksm = ksm(self);
            ksm.set(Setting.USE_ZERO_PAGES, 1);
            map(self, RANGE, 4, 0);
            scan(self);
            assertThat(ksm.counters().get(Counter.KSM_ZERO_PAGES)).isEqualTo(4);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isZero();
            assertThat(ksm.counters().text(mm)).contains("ksm_zero_pages 4\n");
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(ksm.counters().get(Counter.KSM_ZERO_PAGES)).isEqualTo(8);
            assertThat(self.store(RANGE, 3)).isNull();
            assertThat(self.load(RANGE + 512)).isZero();
            mm.munmap(RANGE + 3 * PAGE, PAGE);
            assertThat(ksm.counters().get(Counter.KSM_ZERO_PAGES)).isEqualTo(6);
            advise(mm, RANGE, 3, MADV_UNMERGEABLE);
            assertThat(ksm.counters().get(Counter.KSM_ZERO_PAGES)).isEqualTo(4);
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(3);
            child.put();
            assertThat(ksm.counters().get(Counter.KSM_ZERO_PAGES)).isZero();
        });
    }

    @Test
    void forkSharesItAndTheChildIsGoneOverToo() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 3, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(shared.mapcount()).isEqualTo(6);
            scan(self);
            assertThat(ksm(self).counters().get(Counter.PAGES_SHARING)).isEqualTo(5);
            assertThat(ksm(self).counters().merging(child)).isEqualTo(3);
            child.get();
            self.use(child);
            assertThat(self.store(RANGE, 1)).isNull();
            self.use(mm);
            assertThat(self.load(RANGE)).isEqualTo(7);
            child.put();
            child.put();
            assertThat(shared.mapcount()).isEqualTo(3);
            expectCounts(self, 1, 2);
        });
    }

    /// A page that relatives share by fork, and that becomes a shared one by one of them, is one to all.
    @Test
    void aPageOfRelativesIsMergedForAll() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 2, 7);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            scan(self);
            assertThat(pageAt(child, RANGE)).isSameAs(pageAt(child, RANGE + PAGE));
            assertThat(pageAt(mm, RANGE)).isSameAs(pageAt(child, RANGE));
            assertThat(ksm(self).counters().get(Counter.PAGES_SHARING)).isEqualTo(3);
            assertThat(self.store(RANGE, 1)).isNull();
            child.get();
            self.use(child);
            assertThat(self.load(RANGE)).isEqualTo(7);
            self.use(mm);
            child.put();
            child.put();
        });
    }

    @Test
    void mremapTakesPagesOfTheirOwnAlong() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 4, 7);
            scan(self);
            long _ = new RemapCalls(mm).mremap(RANGE, 2L * PAGE, 2L * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, ELSEWHERE);
            assertThat(pageAt(mm, ELSEWHERE).isKsm()).isFalse();
            assertThat(self.load(ELSEWHERE + PAGE)).isEqualTo(7);
            scan(self);
            expectCounts(self, 1, 3);
            assertThat(pageAt(mm, ELSEWHERE)).isSameAs(pageAt(mm, RANGE + 2 * PAGE));
        });
    }

    @Test
    void itIsSwappedOutEverywhereAndComesBackToEach() {
        ToyMachine machine = machine();
        machine.kernel().swap().on("/swap", true, -1, 64);
        machine.runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 4, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            shared.get();
            assertThat(mm.kernel().pageOut().writeOut(shared)).isTrue();
            mm.kernel().allocator().put(shared);
            assertThat(shared.refcount()).isZero();
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isEqualTo(4);
            PageTableFormat format = mm.kernel().format();
            for (int i = 0; i < 4; i++) {
                assertThat(format.isSwapExclusive(pteAt(mm, RANGE + (long) i * PAGE)))
                        .isFalse();
            }
            // The first has what was read for its own, the others copy it.
            for (int i = 0; i < 4; i++) {
                assertThat(self.load(RANGE + (long) i * PAGE)).isEqualTo(7);
            }
            assertThat(mm.kernel().events(VmEvent.KSM_SWPIN_COPY)).isEqualTo(3);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(self.load(RANGE + PAGE)).isEqualTo(7);
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isZero();
            assertThat(mm.kernel().swap().used()).isZero();
            fill(self, RANGE, 1, 7);
            scan(self);
            expectCounts(self, 1, 3);
        });
    }

    @Test
    void swapoffBringsItBackToEach() {
        ToyMachine machine = machine();
        SwapArea area = machine.kernel().swap().on("/swap", true, -1, 64);
        machine.runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 3, 7);
            scan(self);
            Page shared = pageAt(mm, RANGE);
            shared.get();
            assertThat(mm.kernel().pageOut().writeOut(shared)).isTrue();
            mm.kernel().allocator().put(shared);
            new SwapOff(mm.kernel(), area).run();
            assertThat(mm.rss(RssKind.MM_ANONPAGES)).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(self.load(RANGE + (long) i * PAGE)).isEqualTo(7);
                assertThat(self.store(RANGE + (long) i * PAGE, i)).isNull();
            }
            assertThat(mm.kernel().events(VmEvent.KSM_SWPIN_COPY)).isEqualTo(2);
        });
    }

    /// MADV_PAGEOUT and MADV_FREE leave alone what others have too.
    @Test
    void adviceAboutOnesOwnPagesPassesItBy() {
        ToyMachine machine = machine();
        machine.kernel().swap().on("/swap", true, -1, 64);
        machine.runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 2, 7);
            scan(self);
            advise(mm, RANGE, 2, MADV_PAGEOUT);
            advise(mm, RANGE, 2, MADV_FREE);
            assertThat(mm.rss(RssKind.MM_SWAPENTS)).isZero();
            assertThat(pageAt(mm, RANGE).isLazyFree()).isFalse();
        });
    }

    @Test
    void itMovesToAnotherFrameWithAllItsPlaces() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            map(self, RANGE, 3, 7);
            scan(self);
            Page page = pageAt(mm, RANGE);
            Page to = Objects.requireNonNull(mm.kernel().allocator().alloc());
            page.get();
            assertThat(new Migration(mm.kernel()).move(page, to)).isTrue();
            mm.kernel().allocator().put(page);
            mm.kernel().allocator().put(to);
            assertThat(page.refcount()).isZero();
            assertThat(pageAt(mm, RANGE)).isSameAs(to);
            assertThat(pageAt(mm, RANGE + 2 * PAGE)).isSameAs(to);
            assertThat(to.isKsm()).isTrue();
            expectCounts(self, 1, 2);
            map(self, ELSEWHERE, 1, 7);
            scan(self);
            assertThat(pageAt(mm, ELSEWHERE)).isSameAs(to);
            assertThat(self.store(RANGE, 1)).isNull();
            assertThat(self.load(RANGE + PAGE)).isEqualTo(7);
        });
    }

    /// A huge page is split where a part of it is merged.
    @Test
    void partsOfAHugePageAreMerged() {
        ToyMachine machine = machine();
        machine.kernel().hugePages().setEnabled(HugePageSettings.Enabled.ALWAYS);
        machine.runShared(self -> {
            Mm mm = self.mm();
            long bytes = mm.pageTable().huge().bytes();
            mm.mmap(RANGE, bytes, RW, ANON, null, 0);
            for (int i = 0; i < bytes / PAGE; i++) {
                assertThat(self.store(RANGE + (long) i * PAGE, i < 10 ? 7 : 1)).isNull();
                assertThat(self.store(RANGE + (long) i * PAGE + 1, i < 10 ? 7 : i))
                        .isNull();
                assertThat(self.store(RANGE + (long) i * PAGE + 2, i < 10 ? 7 : i >> 8))
                        .isNull();
            }
            assertThat(mm.pageTable().huge().find(RANGE)).isNotZero();
            advise(mm, RANGE, (int) (bytes / PAGE), MADV_MERGEABLE);
            ksm(self).scanAll();
            assertThat(mm.pageTable().huge().find(RANGE)).as("looked at").isNotZero();
            ksm(self).scanAll();
            ksm(self).scanAll();
            assertThat(mm.pageTable().huge().find(RANGE)).isZero();
            expectCounts(self, 1, 9);
            for (int i = 0; i < 10; i++) {
                assertThat(self.load(RANGE + (long) i * PAGE + 1)).isEqualTo(7);
            }
        });
    }

    @Test
    void whoEndsIsForgotten() {
        ToyMachine machine = machine();
        machine.runShared(self -> {
            map(self, RANGE, 4, 7);
            scan(self);
            expectCounts(self, 1, 3);
        });
        Ksm ksm = machine.kernel().ksm();
        assertThat(ksm.counters().get(Counter.PAGES_SHARED)).isZero();
        assertThat(ksm.counters().get(Counter.PAGES_SHARING)).isZero();
        assertThat(ksm.hasWork()).isFalse();
        machine.run(_ -> machine.kernel().checkLeftOver());
        assertThat(machine.kernel().oracle().violations()).isEmpty();
    }

    @Test
    void aProcessHasAllItsPagesMerged() {
        machine().runShared(self -> {
            Mm mm = self.mm();
            MergeCalls calls = new MergeCalls(mm);
            mm.mmap(RANGE, 2L * PAGE, RW, ANON, null, 0);
            calls.enable();
            assertThat(mm.mergesAny()).isTrue();
            mm.mmap(ELSEWHERE, 2L * PAGE, RW, ANON, null, 0);
            fill(self, RANGE, 2, 7);
            fill(self, ELSEWHERE, 2, 7);
            scan(self);
            expectCounts(self, 1, 3);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            assertThat(child.mergesAny()).isTrue();
            child.put();
            calls.disable();
            assertThat(pageAt(mm, RANGE).isKsm()).isFalse();
            assertThat(pageAt(mm, ELSEWHERE).isKsm()).isFalse();
            ksm(self).scanAll();
            expectCounts(self, 0, 0);
        });
    }

    /// Every byte that was stored is read again, whatever is merged in between.
    @EachDesign
    void noStoreIsLost(String design) {
        long copies = 0;
        for (long seed = 0; seed < 10; seed++) {
            copies += contest(contested(new SeededSchedule(seed), design), 600, 300);
        }
        assertThat(copies).as("stores to shared pages").isPositive();
    }

    @EachDesign
    void noStoreIsLostOnHostThreads(String design) {
        assertThat(contest(contested(new ParallelSchedule(), design), Integer.MAX_VALUE, 1_000))
                .isGreaterThanOrEqualTo(ENOUGH);
    }

    private static ToyMachine contested(Schedule schedule, String design) {
        ToyMachine machine = new ToyMachine(3, 4096, schedule, true, new KernelHeap(1L << 30), TableFreeing.RCU)
                .with(design, Knobs.NONE.with("fixed=all"));
        machine.kernel().ksm().mergeIn(Ksm.Where.MADVISE);
        SwapArea _ = machine.kernel().swap().on("/swap", true, -1, 64);
        return machine;
    }

    /// Two store to pages of their own, mostly the same, and other contents after `hold` rounds; the third
    /// merges, swaps out, moves and gives pages back now and then, until enough stores have met a shared
    /// page. Returns how many.
    private static long contest(ToyMachine machine, int rounds, int hold) {
        int pages = 6;
        Mm mm = machine.newMm();
        mm.get();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger working = new AtomicInteger(2);
        ToyThread.Body merges = self -> {
            self.use(mm);
            mm.mmap(RANGE, 2L * pages * PAGE, RW, ANON, null, 0);
            advise(mm, RANGE, 2 * pages, MADV_MERGEABLE);
            mm.kernel().ksm().set(Setting.SMART_SCAN, 0);
            ready.set(1);
            long end = System.nanoTime() + LONGEST_NANOS;
            for (int i = 0; working.get() > 0; i++) {
                mm.kernel().ksm().scanAll();
                if (mm.kernel().events(VmEvent.COW_KSM) >= ENOUGH || System.nanoTime() > end) {
                    ready.set(2);
                }
                long va = RANGE + (long) (i % (2 * pages)) * PAGE;
                switch (i % 7) {
                    case 3 -> pageOut(mm, va);
                    case 5 -> migrate(mm, va);
                    case 6 -> {
                        mm.kernel().ksm().setRun(2);
                        mm.kernel().ksm().setRun(1);
                    }
                    default -> {}
                }
            }
            mm.put();
        };
        machine.run(
                merges,
                self -> storeAndCheck(machine, self, mm, RANGE, pages, rounds, hold, ready, working),
                self -> storeAndCheck(
                        machine, self, mm, RANGE + (long) pages * PAGE, pages, rounds, hold, ready, working));
        machine.run(_ -> machine.kernel().checkLeftOver());
        assertThat(machine.kernel().oracle().violations()).isEmpty();
        return machine.kernel().events(VmEvent.COW_KSM);
    }

    private static @Nullable Page referencedAt(Mm mm, long va) {
        mm.mmapLock().readLock();
        Vma vma = Objects.requireNonNull(mm.vmaAt(va));
        Page page = new KsmMerge(mm.kernel(), new KsmContents(mm.kernel().memory(), PAGE)).pageAt(vma, va);
        mm.mmapLock().readUnlock();
        return page;
    }

    private static void pageOut(Mm mm, long va) {
        Page page = referencedAt(mm, va);
        if (page != null) {
            boolean _ = mm.kernel().pageOut().writeOut(page);
            mm.kernel().allocator().put(page);
        }
    }

    private static void migrate(Mm mm, long va) {
        Page page = referencedAt(mm, va);
        if (page != null) {
            Page to = Objects.requireNonNull(mm.kernel().allocator().alloc());
            boolean _ = new Migration(mm.kernel()).move(page, to);
            mm.kernel().allocator().put(to);
            mm.kernel().allocator().put(page);
        }
    }

    private static void storeAndCheck(
            ToyMachine machine,
            ToyThread self,
            Mm mm,
            long at,
            int pages,
            int rounds,
            int hold,
            AtomicInteger ready,
            AtomicInteger working) {
        self.use(mm);
        while (ready.get() == 0) {
            machine.schedule().spin();
        }
        try {
            for (int round = 0; round < rounds && ready.get() == 1; round++) {
                storeAndCheck(self, at, pages, round / hold);
                // Without faults it takes no step.
                machine.schedule().spin();
            }
        } finally {
            working.decrementAndGet();
        }
        mm.put();
    }

    /// All pages but one have the same contents.
    private static void storeAndCheck(ToyThread self, long at, int pages, int phase) {
        for (int i = 0; i < pages; i++) {
            assertThat(self.store(at + (long) i * PAGE + 8, phase)).isNull();
            assertThat(self.store(at + (long) i * PAGE + 9, ownByte(phase, i, pages)))
                    .isNull();
        }
        for (int i = 0; i < pages; i++) {
            long page = at + (long) i * PAGE;
            if (self.load(page + 8) != (byte) phase || self.load(page + 9) != (byte) ownByte(phase, i, pages)) {
                throw new AssertionError("page " + i + " has lost a store in phase " + phase);
            }
        }
    }

    private static int ownByte(int phase, int page, int pages) {
        return page == phase % pages ? phase : 0;
    }
}
