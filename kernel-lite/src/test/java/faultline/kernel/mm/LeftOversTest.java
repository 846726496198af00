package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.testing.PlainFile;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an address space or a machine leaves behind is told of, free frames that are used, pages that
/// cannot be found, and counters that are left odd.
@Timeout(60)
final class LeftOversTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final long VA = 0x10000000;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private final ToyMachine machine = new ToyMachine(1, 1024, new ParallelSchedule(), true);

    /// Runs `body` in an address space with a page at [#VA], which ends then.
    private List<Violation> run(ToyMachine on, ToyThread.Body body) {
        on.kernel().oracle().keepOnly();
        on.run(self -> {
            Mm mm = on.newMm();
            self.use(mm);
            mm.mmap(VA, PAGE, RW, ANON, null, 0);
            assertThat(self.store(VA, 1)).isNull();
            body.run(self);
            mm.put();
        });
        on.kernel().checkLeftOver();
        return on.kernel().oracle().violations();
    }

    private static void expect(List<Violation> violations, Rule rule, String text) {
        assertThat(violations).isNotEmpty();
        assertThat(violations.getFirst().rule())
                .as(violations.getFirst().text())
                .isEqualTo(rule);
        assertThat(violations.getFirst().text()).contains(text);
    }

    private static Page pageAt(Mm mm, long va) {
        return mm.kernel()
                .allocator()
                .page(mm.kernel().format().pfn(mm.pageTable().peek(va)));
    }

    @Test
    void nothingIsLeftOfAnAddressSpaceThatEnds() {
        assertThat(run(machine, self -> {})).isEmpty();
    }

    /// A file that can be read and not mapped, like a pipe.
    private static final class NoPages implements PlainFile {
        private int references;

        @Override
        public PageCache pages() {
            throw Errno.ENODEV.exception();
        }

        @Override
        public String mapsName() {
            return "/pipe";
        }

        @Override
        public void get() {
            references++;
        }

        @Override
        public void put() {
            references--;
        }
    }

    @Test
    void nothingIsLeftOfAMappingThatIsRefused() {
        NoPages file = new NoPages();
        assertThat(run(machine, self -> {
                    long used = machine.kernel().heap().used();
                    assertThatThrownBy(() -> self.mm().mmap(VA, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0))
                            .isInstanceOfSatisfying(
                                    ErrnoException.class,
                                    refused -> assertThat(refused.errno()).isEqualTo(Errno.ENODEV));
                    assertThat(machine.kernel().heap().used()).isEqualTo(used);
                    assertThat(self.store(VA, 2)).as("what was there stays").isNull();
                }))
                .isEmpty();
        assertThat(file.references).isZero();
    }

    @Test
    void aPageThatStillCounts() {
        expect(
                run(machine, self -> self.mm().addRss(RssKind.MM_ANONPAGES, 1)),
                Rule.LEFT_OVER,
                "counts 1 pages of MM_ANONPAGES at its end");
    }

    @Test
    void aFrameThatNobodyHas() {
        expect(
                run(
                        machine,
                        self -> Objects.requireNonNull(
                                machine.kernel().allocator().alloc())),
                Rule.LEFT_OVER,
                "which no file has");
    }

    @Test
    void anAddressSpaceThatNobodyEnds() {
        expect(run(machine, self -> machine.newMm()), Rule.LEFT_OVER, "1 objects in use, among them mm 0x2");
    }

    @Test
    void aReferenceToAPageOfAFile() {
        DiskFile file = new DiskFile(machine.kernel(), 1);
        expect(
                run(machine, self -> Objects.requireNonNull(file.pages().get(0))),
                Rule.LEFT_OVER,
                "of which a file's cache has one reference");
    }

    // Frames.

    @Test
    void aStoreToAFreeFrame() {
        List<Violation> violations = run(machine, self -> {
            Page page = Objects.requireNonNull(machine.kernel().allocator().alloc());
            machine.kernel().allocator().put(page);
            machine.kernel().memory().store64(page.pa() + 8, 1);
            machine.kernel()
                    .allocator()
                    .put(Objects.requireNonNull(machine.kernel().allocator().alloc()));
        });
        expect(violations, Rule.FREED_FRAME, "was stored to at 0x");
        assertThat(violations.getFirst().freedBy()).isEqualTo("toy-0");
    }

    @Test
    void aFrameThatIsFreedWhileItIsMapped() {
        List<Violation> violations = run(machine, self -> {
            Page page = Objects.requireNonNull(machine.kernel().allocator().alloc());
            page.addMapping();
            machine.kernel().allocator().put(page);
        });
        expect(violations, Rule.FREED_FRAME, "toy-0 frees page 0x");
        assertThat(violations.getFirst().touchedBy()).isEqualTo("toy-0");
    }

    @Test
    void aFreeFrameThatIsMapped() {
        List<Violation> violations = run(machine, self -> {
            Page page = Objects.requireNonNull(machine.kernel().allocator().alloc());
            machine.kernel().allocator().put(page);
            long readable = machine.kernel().format().protection(true, false, false, 0);
            long ptePa = self.mm().pageTable().findOrMake(VA + PAGE);
            self.mm().pageTable().lockOf(ptePa).lock();
            self.mm().pageTable().store(ptePa, machine.kernel().format().leaf(page.pfn(), readable));
            self.mm().pageTable().store(ptePa, 0);
            self.mm().pageTable().lockOf(ptePa).unlock();
        });
        expect(violations, Rule.FREED_FRAME, "which is free, by toy-0 at");
        assertThat(violations.getFirst().touchedBy()).isEqualTo("toy-0");
        assertThat(violations.getFirst().freedBy()).isEqualTo("toy-0");
    }

    // Anonymous pages.

    /// As a move would leave it that changed the address and not the page offset.
    @Test
    void anAnonymousPageOfAnotherIndex() {
        List<Violation> violations = run(machine, self -> {
            Page page = pageAt(self.mm(), VA);
            page.setAnon(page.anonVma(), page.index() + 1);
        });
        expect(violations, Rule.ANON_INDEX, "it has index 0x10001 and should have 0x10000");
        assertThat(violations.getFirst().touchedBy()).isEqualTo("toy-0");
    }

    /// As a merge would leave it that did not take the AnonVmas over.
    @Test
    void anAnonymousPageOfAnotherAnonVma() {
        expect(
                run(machine, self -> {
                    int other = machine.kernel().anonVmas().make(null).id();
                    pageAt(self.mm(), VA).moveAnon(other);
                }),
                Rule.ANON_INDEX,
                "it names AnonVma 2, which the VMA is not in");
    }

    @Test
    void anAnonymousPageWhoseAnonVmaIsGone() {
        expect(run(machine, self -> pageAt(self.mm(), VA).moveAnon(77)), Rule.ANON_INDEX, "AnonVma 77, which is gone");
    }

    // Counters.

    /// M26: a bracket that an error path leaves open.
    @Test
    void aBracketThatIsLeftOpen() {
        List<Violation> violations = run(machine.with("spf-vma"), self -> {
            self.mm().mmapLock().writeLock();
            Objects.requireNonNull(self.mm().vmaAt(VA)).beginWrite();
            self.mm().mmapLock().writeUnlock();
        });
        assertThat(machine.kernel().oracle().deviations().getFirst().violation().text())
                .isEqualTo("sequence: toy-0 leaves vm_sequence of vma 0x10000000 odd at the end of the write section");
        assertThat(violations).isEmpty();
    }

    /// The same where the design is not known to do it.
    @Test
    void aBracketThatIsLeftOpenInADesignThatIsMended() {
        ToyMachine mended =
                new ToyMachine(1, 1024, new ParallelSchedule(), true).with("spf-vma", Knobs.NONE.with("fixed=all"));
        expect(
                run(mended, self -> {
                    self.mm().mmapLock().writeLock();
                    Objects.requireNonNull(self.mm().vmaAt(VA)).beginWrite();
                    self.mm().mmapLock().writeUnlock();
                }),
                Rule.SEQUENCE,
                "leaves vm_sequence of vma 0x10000000 odd at the end of the write section");
    }

    /// M27: a writer that moves the counter when it has given the lock back.
    @Test
    void aCounterThatIsMovedWithoutTheLock() {
        List<Violation> violations = run(machine, self -> {
            self.mm().mmapLock().sequence().beginWrite();
            self.mm().mmapLock().writeLock();
            self.mm().mmapLock().writeUnlock();
        });
        expect(violations, Rule.SEQUENCE, "toy-0 begins to write mmap_seq of mm 1 beside toy-0");
    }
}
