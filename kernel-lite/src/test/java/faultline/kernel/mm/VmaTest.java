package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class VmaTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;

    private interface Body {
        void run(ToyThread self, Mm mm, VmaPicture picture);
    }

    private void with(Body body) {
        with(ToyMachine.UNLIMITED, body);
    }

    private void with(MmLimits limits, Body body) {
        ToyMachine machine = ToyMachine.small();
        machine.run(self -> {
            Mm mm = machine.newMm(limits);
            self.use(mm);
            body.run(self, mm, new VmaPicture(mm));
            mm.put();
        });
    }

    private static void fails(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void mappingAHoleLikeItsNeighboursMakesOneVma() {
        with((self, mm, picture) -> {
            picture.given("AA..BB".replace('B', 'A'));
            picture.expect("AA..AA");
            picture.map(2, "AA");
            picture.expect("AAAAAA");
            assertThat(mm.mapCount()).isEqualTo(1);
        });
    }

    @Test
    void mappingAHoleLikeItsLeftNeighbourLeavesTheRightOneAlone() {
        with((self, mm, picture) -> {
            picture.given("AA..RR");
            picture.map(2, "AA");
            picture.expect("AAAARR");
            assertThat(mm.mapCount()).isEqualTo(2);
        });
    }

    @Test
    void filesMergeOnlyWhereTheirOffsetsContinue() {
        with((self, mm, picture) -> {
            picture.given("FF..FF");
            picture.map(2, "FF");
            picture.expect("FFFFFF");
            assertThat(mm.mapCount()).isEqualTo(1);
            mm.mmap(at(6), PAGE, RW, MAP_PRIVATE | MAP_FIXED, picture.file('F'), 9 * PAGE);
            picture.expect("FFFFFF|F");
            picture.map(7, "G");
            picture.expect("FFFFFF|FG");
        });
    }

    @Test
    void everyVmaOfAFileHoldsOneReferenceToIt() {
        with((self, mm, picture) -> {
            picture.given("FFFF");
            assertThat(picture.file('F').references).isEqualTo(1);
            mm.munmap(at(1), PAGE);
            picture.expect("F.FF");
            assertThat(picture.file('F').references).isEqualTo(2);
            picture.map(1, "F");
            picture.expect("FFFF");
            assertThat(picture.file('F').references).isEqualTo(1);
            mm.munmap(at(0), 4 * PAGE);
            assertThat(picture.file('F').references).isZero();
        });
    }

    @Test
    void munmapSplitsWhatItCutsThrough() {
        with((self, mm, picture) -> {
            picture.given("AAAAAA");
            mm.munmap(at(2), 2 * PAGE);
            picture.expect("AA..AA");
            mm.munmap(at(0), 6 * PAGE);
            picture.expect("......");
            assertThat(mm.totalVm()).isZero();
        });
    }

    @Test
    void munmapChecksItsArguments() {
        with((self, mm, picture) -> {
            fails(Errno.EINVAL, () -> mm.munmap(at(0) + 1, PAGE));
            fails(Errno.EINVAL, () -> mm.munmap(at(0), 0));
            fails(Errno.EINVAL, () -> mm.munmap(1L << 39, PAGE));
            mm.munmap(at(0), PAGE);
        });
    }

    @Test
    void mprotectSplitsAndMergesBack() {
        with((self, mm, picture) -> {
            picture.given("AAAAAA");
            mm.mprotect(at(2), 2 * PAGE, PROT_READ);
            picture.expect("AARRAA");
            mm.mprotect(at(0), 2 * PAGE, PROT_READ);
            picture.expect("RRRRAA");
            assertThat(mm.mapCount()).isEqualTo(2);
            mm.mprotect(at(0), 4 * PAGE, RW);
            picture.expect("AAAAAA");
            assertThat(mm.mapCount()).isEqualTo(1);
        });
    }

    @Test
    void mprotectMovesTheBorderBetweenNeighbours() {
        with((self, mm, picture) -> {
            picture.given("AAAAAA");
            mm.mprotect(at(3), 3 * PAGE, PROT_READ);
            picture.expect("AAARRR");
            mm.mprotect(at(2), PAGE, PROT_READ);
            picture.expect("AARRRR");
            mm.mprotect(at(2), 2 * PAGE, RW);
            picture.expect("AAAARR");
            assertThat(mm.mapCount()).isEqualTo(2);
        });
    }

    /// Memory that was writable once is accounted (VM_ACCOUNT) and stays so, which keeps it apart
    /// on Linux too.
    @Test
    void memoryThatWasStoredToDoesNotMergeWithMemoryThatNeverWasWritable() {
        with((self, mm, picture) -> {
            picture.given("AAARRR");
            self.store(at(2), 1);
            mm.mprotect(at(2), PAGE, PROT_READ);
            picture.expect("AAR|RRR");
        });
    }

    /// It counts as promised no longer: since Linux 6.5.
    @Test
    void memoryThatWasWritableAndNotUsedDoes() {
        with((self, mm, picture) -> {
            picture.given("AAARRR");
            mm.mprotect(at(2), PAGE, PROT_READ);
            picture.expect("AARRRR");
        });
    }

    @Test
    void mprotectStopsAtAHoleAfterChangingWhatWasBefore() {
        with((self, mm, picture) -> {
            picture.given("AA.AA");
            fails(Errno.ENOMEM, () -> mm.mprotect(at(0), 5 * PAGE, PROT_READ));
            picture.expect("RR.AA");
        });
    }

    @Test
    void mprotectKeepsStoresOutOfAReadOnlySharedFile() {
        with((self, mm, picture) -> {
            VmaPicture.TestFile file = picture.file('F');
            MappedFile readOnly = new ReadOnlyView(file);
            mm.mmap(at(0), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, readOnly, 0);
            fails(Errno.EACCES, () -> mm.mprotect(at(0), PAGE, RW));
            fails(Errno.EACCES, () -> mm.mmap(0, PAGE, RW, MAP_SHARED, readOnly, 0));
        });
    }

    @Test
    void pagesFromBeforeAForkDoNotMergeInTheChild() {
        with((self, mm, picture) -> {
            picture.given("AA");
            self.store(at(0), 1);
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            self.use(child);
            new VmaPicture(child).map(2, "AA");
            new VmaPicture(child).expect("AA|AA");
            self.use(mm);
            picture.map(2, "AA");
            picture.expect("AAAA");
            child.put();
        });
    }

    @Test
    void mmapWithoutHintGoesTopDownAndFillsHoles() {
        with((self, mm, picture) -> {
            long first = mm.mmap(0, PAGE, RW, ANON, null, 0);
            assertThat(first).isEqualTo(ToyMachine.MMAP_BASE - PAGE);
            long second = mm.mmap(0, 2 * PAGE, PROT_READ, ANON, null, 0);
            assertThat(second).isEqualTo(first - 2 * PAGE);
            long third = mm.mmap(0, PAGE, RW, ANON, null, 0);
            assertThat(third).isEqualTo(second - PAGE);
            mm.munmap(second, 2 * PAGE);
            assertThat(mm.mmap(0, 2 * PAGE, RW, ANON, null, 0)).isEqualTo(second);
        });
    }

    @Test
    void hintsAreTakenWhenFree() {
        with((self, mm, picture) -> {
            picture.given("A");
            assertThat(mm.mmap(at(5) + 17, PAGE, RW, ANON, null, 0)).isEqualTo(at(5));
            assertThat(mm.mmap(at(0), PAGE, RW, ANON, null, 0)).isEqualTo(ToyMachine.MMAP_BASE - PAGE);
        });
    }

    @Test
    void fixedReplacesAndNoReplaceRefuses() {
        with((self, mm, picture) -> {
            picture.given("AAAA");
            picture.map(1, "RR");
            picture.expect("ARRA");
            fails(Errno.EEXIST, () -> mm.mmap(at(3), 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, null, 0));
            assertThat(mm.mmap(at(4), PAGE, RW, ANON | MAP_FIXED_NOREPLACE, null, 0))
                    .isEqualTo(at(4));
        });
    }

    @Test
    void mmapChecksItsArguments() {
        with((self, mm, picture) -> {
            fails(Errno.EINVAL, () -> mm.mmap(0, 0, RW, ANON, null, 0));
            fails(Errno.EINVAL, () -> mm.mmap(0, PAGE, RW, MAP_ANONYMOUS, null, 0));
            fails(Errno.EINVAL, () -> mm.mmap(at(0) + 1, PAGE, RW, ANON | MAP_FIXED, null, 0));
            fails(Errno.ENOMEM, () -> mm.mmap(0, -1L, RW, ANON, null, 0));
            fails(Errno.ENOMEM, () -> mm.mmap(0, 1L << 40, RW, ANON, null, 0));
            fails(Errno.EPERM, () -> mm.mmap(PAGE, PAGE, RW, ANON | MAP_FIXED, null, 0));
            fails(Errno.EOVERFLOW, () -> mm.mmap(0, PAGE, RW, MAP_PRIVATE, picture.file('F'), -PAGE));
        });
    }

    @Test
    void addressSpaceLimitCountsWhatIsMapped() {
        ToyMachine.ToyLimits limits = new ToyMachine.ToyLimits();
        limits.addressSpace = 4 * PAGE;
        with(limits, (self, mm, picture) -> {
            picture.given("AAA");
            fails(Errno.ENOMEM, () -> mm.mmap(0, 2 * PAGE, RW, ANON, null, 0));
            // Replacing costs nothing.
            picture.map(0, "RRR");
            picture.map(3, "A");
            fails(Errno.ENOMEM, () -> mm.mmap(0, PAGE, RW, ANON, null, 0));
        });
    }

    @Test
    void dataLimitCountsPrivateWritableMemory() {
        ToyMachine.ToyLimits limits = new ToyMachine.ToyLimits();
        limits.data = 2 * PAGE;
        with(limits, (self, mm, picture) -> {
            picture.given("AARRSS");
            fails(Errno.ENOMEM, () -> mm.mmap(0, PAGE, RW, ANON, null, 0));
            fails(Errno.ENOMEM, () -> mm.mprotect(at(2), PAGE, RW));
        });
    }

    @Test
    void brkGrowsOneVmaAndShrinksIt() {
        with((self, mm, picture) -> {
            mm.setHeap(at(0));
            assertThat(mm.brk(0)).isEqualTo(at(0));
            assertThat(mm.brk(at(2) + 5)).isEqualTo(at(2) + 5);
            picture.expect("AAA.");
            assertThat(mm.brk(at(4))).isEqualTo(at(4));
            picture.expect("AAAA");
            assertThat(mm.mapCount()).isEqualTo(1);
            self.store(at(3), 1);
            assertThat(mm.brk(at(1))).isEqualTo(at(1));
            picture.expect("A...");
            assertThat(mm.rss()).isZero();
            picture.map(3, "R");
            // A page stays free between the heap and what is above.
            assertThat(mm.brk(at(3))).isEqualTo(at(1));
            assertThat(mm.brk(at(2))).isEqualTo(at(2));
        });
    }

    @Test
    void stackGrowsDownToItsLimit() {
        ToyMachine.ToyLimits limits = new ToyMachine.ToyLimits();
        limits.stack = 40 * PAGE;
        with(limits, (self, mm, picture) -> {
            long top = at(1000);
            long bottom = mm.createStack(top, PAGE, false);
            assertThat(top - bottom).isEqualTo(33 * PAGE);
            assertThat(self.store(top - 40 * PAGE, 1)).isNull();
            assertThat(self.store(top - 41 * PAGE, 1)).isNotNull();
            assertThat(mm.findVma(0).pages()).isEqualTo(40);
        });
    }

    @Test
    void stackKeepsItsGuardGap() {
        with((self, mm, picture) -> {
            long top = at(1000);
            long bottom = mm.createStack(top, PAGE, false);
            long gap = 256L * PAGE;
            mm.mmap(bottom - gap - 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, null, 0);
            assertThat(self.store(bottom - PAGE, 1)).isNull();
            // One page more would leave 255 pages.
            assertThat(self.store(bottom - 2 * PAGE, 1)).isNotNull();
            // Nobody is put into the gap unasked.
            long hinted = mm.mmap(bottom - 20 * PAGE, PAGE, RW, ANON, null, 0);
            assertThat(hinted).isEqualTo(ToyMachine.MMAP_BASE - PAGE);
        });
    }

    @Test
    void mremapGrowsInPlaceShrinksAndMoves() {
        with((self, mm, picture) -> {
            RemapCalls remap = new RemapCalls(mm);
            picture.given("AA..RR");
            self.store(at(0), 7);
            assertThat(remap.mremap(at(0), 2 * PAGE, 4 * PAGE, 0, 0)).isEqualTo(at(0));
            picture.expect("AAAARR");
            fails(Errno.ENOMEM, () -> remap.mremap(at(0), 4 * PAGE, 5 * PAGE, 0, 0));
            long moved = remap.mremap(at(0), 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE, 0);
            picture.expect("....RR");
            assertThat(self.load(moved)).isEqualTo(7);
            assertThat(remap.mremap(moved, 5 * PAGE, PAGE, 0, 0)).isEqualTo(moved);
            assertThat(mm.totalVm()).isEqualTo(3);
            assertThat(mm.rss()).isEqualTo(1);
        });
    }

    @Test
    void mremapFixedReplacesAndDontUnmapLeavesAnEmptyVma() {
        with((self, mm, picture) -> {
            RemapCalls remap = new RemapCalls(mm);
            picture.given("AA..RR");
            self.store(at(1), 9);
            int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
            assertThat(remap.mremap(at(0), 2 * PAGE, 2 * PAGE, flags, at(4))).isEqualTo(at(4));
            picture.expect("....AA");
            assertThat(self.load(at(5))).isEqualTo(9);
            remap.mremap(at(4), 2 * PAGE, 2 * PAGE, flags | MREMAP_DONTUNMAP, at(0));
            picture.expect("AA..AA");
            assertThat(self.load(at(1))).isEqualTo(9);
            assertThat(self.load(at(5))).isZero();
        });
    }

    @Test
    void sharedMemoryThatIsThereTwiceStaysOneVma() {
        with((self, mm, picture) -> {
            picture.given("SSS");
            new RemapCalls(mm).mremap(at(1), 0, PAGE, MREMAP_MAYMOVE, 0);
            picture.expect("SSS");
        });
    }

    @Test
    void whatIsKeptOfLockedMemoryIsNotLocked() {
        with((self, mm, picture) -> {
            picture.given("AA");
            new LockCalls(mm).mlock(at(0), 2 * PAGE, MLOCK_ONFAULT);
            int kept = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
            new RemapCalls(mm).mremap(at(0), 2 * PAGE, 2 * PAGE, kept, 0);
            picture.expect("AA");
        });
    }

    @Test
    void ofARangeThatEndsAboveAllMemoryWhatIsMappedIsDone() {
        with((self, mm, picture) -> {
            long far = 1L << 63;
            picture.given("AA.A");
            self.store(at(0), 1);
            self.store(at(3), 1);
            fails(Errno.ENOMEM, () -> new AdviceCalls(mm).madvise(at(0), far, 4));
            assertThat(mm.rss()).as("advice goes on behind holes").isZero();
            fails(Errno.ENOMEM, () -> new LockCalls(mm).mlock(at(0), far, 0));
            picture.expect("LL.A");
            fails(Errno.ENOMEM, () -> new LockCalls(mm).munlock(at(0), far));
            picture.expect("AA.A");
            fails(Errno.ENOMEM, () -> mm.mprotect(at(0), far, PROT_READ));
            picture.expect("RR.A");
            fails(Errno.ENOMEM, () -> new AdviceCalls(mm).msync(at(0), far, MS_SYNC));
        });
    }

    @Test
    void mremapChecksItsArguments() {
        with((self, mm, picture) -> {
            RemapCalls remap = new RemapCalls(mm);
            picture.given("AA");
            fails(Errno.EINVAL, () -> remap.mremap(at(0) + 1, PAGE, PAGE, 0, 0));
            fails(Errno.EINVAL, () -> remap.mremap(at(0), PAGE, 0, 0, 0));
            fails(Errno.EINVAL, () -> remap.mremap(at(0), PAGE, PAGE, MREMAP_FIXED, at(9)));
            fails(Errno.EINVAL, () -> remap.mremap(at(0), 0, PAGE, MREMAP_MAYMOVE, 0));
            fails(Errno.EINVAL, () -> remap.mremap(at(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(1)));
            fails(Errno.EFAULT, () -> remap.mremap(at(9), PAGE, 2 * PAGE, 0, 0));
            fails(Errno.EFAULT, () -> remap.mremap(at(0), 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE, 0));
        });
    }

    @Test
    void madviseDontneedGivesZerosBack() {
        with((self, mm, picture) -> {
            AdviceCalls advice = new AdviceCalls(mm);
            picture.given("AA");
            self.store(at(0), 3);
            advice.madvise(at(0), PAGE, 4);
            assertThat(mm.rss()).isZero();
            assertThat(self.load(at(0))).isZero();
            fails(Errno.ENOMEM, () -> advice.madvise(at(0), 3 * PAGE, 4));
            fails(Errno.EINVAL, () -> advice.madvise(at(0), PAGE, 99));
            fails(Errno.EINVAL, () -> advice.madvise(at(0) + 1, PAGE, 4));
            advice.madvise(at(0), 0, 4);
        });
    }

    @Test
    void wipeOnForkAndDontforkChangeWhatTheChildGets() {
        with((self, mm, picture) -> {
            AdviceCalls advice = new AdviceCalls(mm);
            picture.given("AAA");
            for (int page = 0; page < 3; page++) {
                self.store(at(page), 5);
            }
            advice.madvise(at(0), PAGE, 18);
            advice.madvise(at(2), PAGE, 10);
            picture.expect("A|A|A");
            Mm child = mm.fork(ToyMachine.UNLIMITED);
            self.use(child);
            assertThat(self.load(at(0))).isZero();
            assertThat(self.load(at(1))).isEqualTo(5);
            assertThat(self.store(at(2), 1)).isNotNull();
            self.use(mm);
            child.put();
        });
    }

    @Test
    void mlockIsCountedAndLimited() {
        ToyMachine.ToyLimits limits = new ToyMachine.ToyLimits();
        limits.locked = 2 * PAGE;
        with(limits, (self, mm, picture) -> {
            LockCalls lock = new LockCalls(mm);
            picture.given("AAAA");
            lock.mlock(at(1), 2 * PAGE, 0);
            picture.expect("ALLA");
            fails(Errno.ENOMEM, () -> lock.mlock(at(0), PAGE, 0));
            // Locking again what is locked costs nothing.
            lock.mlock(at(1) + 5, PAGE, 0);
            lock.munlock(at(1), 2 * PAGE);
            picture.expect("AAAA");
            assertThat(mm.mapCount()).isEqualTo(1);
            fails(Errno.ENOMEM, () -> lock.munlock(at(3), 2 * PAGE));
        });
    }

    @Test
    void mincoreSeesPagesAndHoles() {
        with((self, mm, picture) -> {
            AdviceCalls advice = new AdviceCalls(mm);
            picture.given("AAFF");
            self.store(at(1), 1);
            assertThat(advice.mincore(at(0), 4)).containsExactly(0, 1);
            assertThat(advice.mincore(at(2), 2)).containsExactly(0, 0);
            self.load(at(2));
            assertThat(advice.mincore(at(2), 2)).startsWith(1);
            // One VMA at a time: what lies before a hole is told.
            assertThat(advice.mincore(at(3), 2)).hasSize(1);
            fails(Errno.ENOMEM, () -> advice.mincore(at(4), 1));
        });
    }

    @Test
    void mapsPrintsLinuxsColumns() {
        with((self, mm, picture) -> {
            picture.given("FAS");
            mm.setHeap(at(1));
            mm.brk(at(2));
            assertThat(new ProcText(mm).maps().lines())
                    .containsExactly(
                            "10000000-10001000 rw-p 00000000 08:01 70                                 /tmp/F",
                            "10001000-10002000 rw-p 00000000 00:00 0 ",
                            "10002000-10003000 rw-s 00000000 00:01 1025                               /dev/zero (deleted)");
        });
    }

    /// The model: a letter a page in an array. The same random calls must leave the same picture.
    @Test
    void randomCallsLeaveWhatAnArrayOfPagesWouldHold() {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            with((self, mm, picture) -> {
                char[] model = ".".repeat(48).toCharArray();
                for (int step = 0; step < 150; step++) {
                    int page = random.nextInt(48);
                    int pages = 1 + random.nextInt(48 - page);
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            char kind = "ARXN".charAt(random.nextInt(4));
                            picture.map(page, String.valueOf(kind).repeat(pages));
                            java.util.Arrays.fill(model, page, page + pages, kind);
                        }
                        case 1 -> {
                            mm.munmap(at(page), (long) pages * PAGE);
                            java.util.Arrays.fill(model, page, page + pages, '.');
                        }
                        case 2 -> protectInModel(mm, model, page, pages, random);
                        default -> {
                            if (model[page] == 'A') {
                                self.store(at(page), step);
                            }
                        }
                    }
                    String expected = new String(model);
                    StringBuilder seen = new StringBuilder();
                    for (int i = 0; i < model.length; i++) {
                        seen.append(mm.vmaAt(at(i)) == null ? '.' : model[i]);
                    }
                    assertThat(seen).hasToString(expected);
                    assertThat(mm.totalVm())
                            .isEqualTo(expected.chars().filter(c -> c != '.').count());
                }
                picture.expectLetters(new String(model));
            });
        }
    }

    @Test
    void aLowAddressIsInTheSecondGigabyteOrNowhere() {
        with((self, mm, picture) -> {
            int low = ANON | MAP_32BIT;
            long gigabyte = 1L << 30;
            long first = mm.mmap(0, PAGE, RW, low, null, 0);
            assertThat(first).isEqualTo(gigabyte);
            assertThat(mm.mmap(0, PAGE, RW, low, null, 0)).isEqualTo(gigabyte + PAGE);
            assertThat(mm.mmap(4 * gigabyte, PAGE, RW, low, null, 0))
                    .as("a hint that is not low")
                    .isEqualTo(gigabyte + 2 * PAGE);
            assertThat(mm.mmap(gigabyte / 2, PAGE, RW, low, null, 0))
                    .as("a hint below the place it would choose")
                    .isEqualTo(gigabyte / 2);
            fails(Errno.ENOMEM, () -> mm.mmap(0, gigabyte, RW, low | MAP_NORESERVE, null, 0));
        });
    }

    private static void protectInModel(Mm mm, char[] model, int page, int pages, Random random) {
        char kind = "ARXN".charAt(random.nextInt(4));
        int prot = switch (kind) {
            case 'A' -> RW;
            case 'R' -> PROT_READ;
            case 'X' -> PROT_READ | PROT_EXEC;
            default -> PROT_NONE;
        };
        try {
            mm.mprotect(at(page), (long) pages * PAGE, prot);
        } catch (ErrnoException _) {
            // A hole: what lies before it has changed.
        }
        for (int i = page; i < page + pages && model[i] != '.'; i++) {
            model[i] = kind;
        }
    }
}
