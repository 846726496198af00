package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.*;
import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import org.junit.jupiter.api.Test;

/// Pages that are asked from where they are used, under every design.
class NumaScanTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 8;

    private interface Body {
        void run(ToyThread self, long va);
    }

    /// Eight pages with their numbers in them are on the node of `nodes`; the only vCPU is on the first.
    private static KernelMemory run(String design, long nodes, int policy, Body body) {
        ToyMachine machine = ToyMachine.withNodes(1, 2, new SeededSchedule(3)).with(design);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, ANON, null, 0);
            PolicyCalls calls = new PolicyCalls(self.mm());
            calls.mbind(va, PAGES * PAGE, MPOL_BIND, nodes, 0, true);
            for (int i = 0; i < PAGES; i++) {
                assertThat(self.store(va + (long) i * PAGE, i + 1)).isNull();
            }
            calls.mbind(va, PAGES * PAGE, policy, policy == MPOL_DEFAULT ? 0 : nodes, 0, true);
            body.run(self, va);
        });
        KernelMemory kernel = machine.kernel();
        assertThat(kernel.allocator().freeFrames()).isEqualTo(kernel.allocator().totalFrames() - 1);
        return kernel;
    }

    private static void expectNumbers(ToyThread self, long va) {
        for (int i = 0; i < PAGES; i++) {
            assertThat(self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo(i + 1);
        }
    }

    private static boolean isHint(ToyThread self, long va) {
        return self.mm().kernel().format().isProtNone(self.mm().pageTable().peek(va));
    }

    /// A huge page is asked as one, and gets its rights back where it is.
    @EachDesign
    void aHugePageIsAskedAsOne(String design) {
        ToyMachine machine = ToyMachine.withNodes(1, 2, new SeededSchedule(3)).with(design);
        KernelMemory kernel = machine.kernel();
        kernel.hugePages().setEnabled(HugePageSettings.Enabled.ALWAYS);
        machine.runShared(self -> {
            long huge = self.mm().pageTable().huge().bytes();
            long va = self.mm().mmap(1L << 32, huge, RW, ANON | MAP_FIXED, null, 0);
            PolicyCalls calls = new PolicyCalls(self.mm());
            calls.mbind(va, huge, MPOL_BIND, 0b10, 0, true);
            assertThat(self.store(va, 1)).isNull();
            calls.mbind(va, huge, MPOL_DEFAULT, 0, 0, true);
            assertThat(self.mm().pageTable().huge().find(va)).isNotZero();
            self.mm().numaScan().run();
            long before = self.completed;
            assertThat(self.store(va + PAGE, 2)).isNull();
            assertThat(self.load(va)).isEqualTo(1);
            assertThat(self.completed - before).as("one fault for all").isEqualTo(1);
            assertThat(self.mm().pageTable().huge().find(va)).isNotZero();
            assertThat(calls.nodeOf(va)).isEqualTo(1);
        });
        assertThat(kernel.events(VmEvent.NUMA_HUGE_PTE_UPDATES)).isEqualTo(1);
        assertThat(kernel.events(VmEvent.NUMA_PTE_UPDATES)).isEqualTo(512);
        assertThat(kernel.events(VmEvent.NUMA_HINT_FAULTS)).isEqualTo(1);
    }

    @EachDesign
    void pagesMoveToTheNodeWhereTheyAreUsed(String design) {
        KernelMemory kernel = run(design, 0b10, MPOL_DEFAULT, (self, va) -> {
            self.mm().numaScan().run();
            for (int i = 0; i < PAGES; i++) {
                assertThat(isHint(self, va + (long) i * PAGE)).as("page " + i).isTrue();
            }
            expectNumbers(self, va);
            PolicyCalls calls = new PolicyCalls(self.mm());
            for (int i = 0; i < PAGES; i++) {
                assertThat(calls.nodeOf(va + (long) i * PAGE)).as("page " + i).isZero();
            }
        });
        assertThat(kernel.events(VmEvent.NUMA_PTE_UPDATES)).isEqualTo(PAGES);
        assertThat(kernel.events(VmEvent.NUMA_HINT_FAULTS)).isEqualTo(PAGES);
        assertThat(kernel.events(VmEvent.NUMA_HINT_FAULTS_LOCAL)).isZero();
        assertThat(kernel.events(VmEvent.NUMA_PAGES_MIGRATED)).isEqualTo(PAGES);
        assertThat(kernel.events(VmEvent.PGMIGRATE_SUCCESS)).isEqualTo(PAGES);
        if (design.startsWith("spf-mm")) {
            assertThat(kernel.events(VmEvent.SPF_ATTEMPT_NUMA)).isEqualTo(PAGES);
        }
    }

    /// One fault gives a page that stays all its rights back.
    @EachDesign
    void aStoreToAPageThatStaysFaultsOnce(String design) {
        KernelMemory kernel = run(design, 0b01, MPOL_DEFAULT, (self, va) -> {
            self.mm().numaScan().run();
            long before = self.completed;
            for (int i = 0; i < PAGES; i++) {
                assertThat(self.store(va + (long) i * PAGE, 7)).isNull();
            }
            assertThat(self.completed - before).isEqualTo(PAGES);
        });
        assertThat(kernel.events(VmEvent.NUMA_HINT_FAULTS_LOCAL)).isEqualTo(PAGES);
        assertThat(kernel.events(VmEvent.NUMA_PAGES_MIGRATED)).isZero();
    }

    @EachDesign
    void whoMayNotUseAPageIsToldSo(String design) {
        KernelMemory kernel = run(design, 0b10, MPOL_DEFAULT, (self, va) -> {
            self.mm().numaScan().run();
            self.mm().mprotect(va, PAGE, PROT_NONE);
            assertThat(self.store(va, 1)).isInstanceOf(FaultOutcome.Signal.class);
        });
        assertThat(kernel.events(VmEvent.NUMA_HINT_FAULTS)).isZero();
    }

    @Test
    void pagesWithAPolicyAreNotAskedUnlessThatBalances() {
        KernelMemory bound = run(
                "classic", 0b10, MPOL_BIND, (self, _) -> self.mm().numaScan().run());
        assertThat(bound.events(VmEvent.NUMA_PTE_UPDATES)).isZero();
        KernelMemory balanced = run("classic", 0b10, MPOL_BIND | MPOL_F_NUMA_BALANCING, (self, va) -> {
            self.mm().numaScan().run();
            expectNumbers(self, va);
        });
        assertThat(balanced.events(VmEvent.NUMA_HINT_FAULTS)).isEqualTo(PAGES);
        assertThat(balanced.events(VmEvent.NUMA_PAGES_MIGRATED))
                .as("node 0 is none of the policy's")
                .isZero();
    }

    @Test
    void aScanIsDueOnceAPeriod() {
        run("classic", 0b10, MPOL_DEFAULT, (self, va) -> {
            self.mm().numaScan().runIfDue();
            assertThat(isHint(self, va)).as("the address space is new").isFalse();
            self.block(self.schedule().nanoTime() + 1_100_000_000L);
            self.mm().numaScan().runIfDue();
            assertThat(isHint(self, va)).isTrue();
            expectNumbers(self, va);
            self.mm().numaScan().runIfDue();
            assertThat(isHint(self, va)).isFalse();
        });
    }

    /// A page that threads of two nodes use in turns stays where it is.
    @Test
    void aPageMovesAfterTwoUsesFromThere() {
        ToyMachine machine = ToyMachine.withNodes(1, 2, new SeededSchedule(3));
        PageAllocator allocator = machine.kernel().allocator();
        machine.run(_ -> {
            Page page = allocator.alloc();
            assertThat(page).isNotNull();
            assertThat(allocator.noteHint(page.pfn(), 11, 0))
                    .as("the first use")
                    .isTrue();
            assertThat(allocator.noteHint(page.pfn(), 12, 1)).as("another's").isFalse();
            assertThat(allocator.noteHint(page.pfn(), 13, 1))
                    .as("the same node's")
                    .isTrue();
            assertThat(allocator.noteHint(page.pfn(), 13, 0))
                    .as("the same thread's")
                    .isTrue();
            assertThat(allocator.noteHint(page.pfn(), 11, 1)).isFalse();
            allocator.put(page);
        });
    }
}
