package faultline.kernel.mm;

import static faultline.kernel.mm.MemPolicy.*;
import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.page.NumaStat;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where the pages of VMAs with a policy are, and how they get elsewhere, the same under every design.
class PlacementTest {

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final int SHARED = MAP_SHARED | MAP_ANONYMOUS;
    private static final int PAGE = ToyMachine.PAGE;
    private static final int PAGES = 12;
    private static final int ALL = 0b111;
    private static final int MADV_DONTNEED = 4;

    private interface Body {
        void run(ToyThread self, PolicyCalls calls, long va);
    }

    /// Three nodes; the only vCPU is on the first.
    private static ToyMachine run(String design, int flags, Body body) {
        ToyMachine machine = ToyMachine.withNodes(1, 3, new SeededSchedule(3)).with(design);
        machine.runShared(self -> {
            long va = self.mm().mmap(0, PAGES * PAGE, RW, flags, null, 0);
            body.run(self, new PolicyCalls(self.mm()), va);
        });
        machine.awaitRelease();
        PageAllocator allocator = machine.kernel().allocator();
        assertThat(allocator.freeFrames()).isEqualTo(allocator.totalFrames() - 1);
        return machine;
    }

    private static void fill(ToyThread self, long va) {
        for (int i = 0; i < PAGES; i++) {
            assertThat(self.store(va + (long) i * PAGE, i + 1)).isNull();
        }
    }

    private static void expectNumbers(ToyThread self, long va) {
        for (int i = 0; i < PAGES; i++) {
            assertThat(self.load(va + (long) i * PAGE)).as("page " + i).isEqualTo(i + 1);
        }
    }

    private static List<Long> nodes(PolicyCalls calls, long va) {
        List<Long> nodes = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            nodes.add(calls.nodeOf(va + (long) i * PAGE));
        }
        return nodes;
    }

    private static void bind(PolicyCalls calls, long va, int mode, long nodes, int flags) {
        calls.mbind(va, PAGES * PAGE, mode, nodes, flags, true);
    }

    @EachDesign
    void pagesAreMadeWhereTheTaskRuns(String design) {
        run(design, ANON, (self, calls, va) -> {
            fill(self, va);
            assertThat(nodes(calls, va)).containsOnly(0L);
        });
    }

    @EachDesign
    void pagesAreMadeWhereThePolicySays(String design) {
        run(design, ANON, (self, calls, va) -> {
            bind(calls, va, MPOL_BIND, 0b110, 0);
            fill(self, va);
            assertThat(nodes(calls, va)).as("the first one behind node 0").containsOnly(1L);
        });
        run(design, ANON, (self, calls, va) -> {
            bind(calls, va, MPOL_PREFERRED, 0b100, 0);
            fill(self, va);
            assertThat(nodes(calls, va)).containsOnly(2L);
        });
        run(design, ANON, (self, calls, va) -> {
            bind(calls, va, MPOL_PREFERRED_MANY, 0b110, 0);
            calls.setHomeNode(va, PAGES * PAGE, 2, 0);
            fill(self, va);
            assertThat(nodes(calls, va)).containsOnly(2L);
        });
    }

    @EachDesign
    void pagesTakeTurnsByTheirOffset(String design) {
        ToyMachine machine = run(design, ANON, (self, calls, va) -> {
            bind(calls, va, MPOL_INTERLEAVE, ALL, 0);
            long first = va >>> 12;
            // From the end, to show that it is not the order of the faults.
            for (int i = PAGES - 1; i >= 0; i--) {
                self.store(va + (long) i * PAGE, 1);
            }
            for (int i = 0; i < PAGES; i++) {
                assertThat(calls.nodeOf(va + (long) i * PAGE)).isEqualTo((first + i) % 3);
            }
        });
        PageAllocator allocator = machine.kernel().allocator();
        for (int node = 0; node < 3; node++) {
            assertThat(allocator.numaStat(node, NumaStat.INTERLEAVE_HIT)).isEqualTo(PAGES / 3);
        }
    }

    @EachDesign
    void pagesAreSpreadByWeight(String design) {
        run(design, ANON, (self, calls, va) -> {
            self.mm().kernel().allocator().interleaveWeights().set(1, 4);
            bind(calls, va, MPOL_WEIGHTED_INTERLEAVE, 0b011 | 0b100, 0);
            fill(self, va);
            List<Long> nodes = nodes(calls, va);
            assertThat(nodes).filteredOn(node -> node == 0).hasSize(2);
            assertThat(nodes).filteredOn(node -> node == 1).hasSize(8);
            assertThat(nodes).filteredOn(node -> node == 2).hasSize(2);
        });
    }

    @EachDesign
    void mbindMovesWhatIsElsewhere(String design) {
        ToyMachine machine = run(design, ANON, (self, calls, va) -> {
            fill(self, va);
            bind(calls, va, MPOL_BIND, 0b100, MPOL_MF_MOVE | MPOL_MF_STRICT);
            assertThat(nodes(calls, va)).containsOnly(2L);
            expectNumbers(self, va);
            fill(self, va);
            expectNumbers(self, va);
        });
        assertThat(machine.kernel().events(VmEvent.PGMIGRATE_SUCCESS)).isEqualTo(PAGES);
    }

    @EachDesign
    void pagesOfSharedMemoryMoveToo(String design) {
        ToyMachine machine = run(design, SHARED, (self, calls, va) -> {
            fill(self, va);
            bind(calls, va, MPOL_BIND, 0b010, MPOL_MF_MOVE | MPOL_MF_STRICT);
            expectNumbers(self, va);
            assertThat(nodes(calls, va)).containsOnly(1L);
            fill(self, va);
            expectNumbers(self, va);
        });
        assertThat(machine.kernel().events(VmEvent.PGMIGRATE_SUCCESS)).isEqualTo(PAGES);
    }

    @Test
    void strictWithoutMovingIsAnErrorWherePagesAreElsewhere() {
        run("classic", ANON, (self, calls, va) -> {
            self.store(va, 1);
            assertThatThrownBy(() -> bind(calls, va, MPOL_BIND, 0b010, MPOL_MF_STRICT))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
            bind(calls, va, MPOL_BIND, 0b001, MPOL_MF_STRICT);
        });
    }

    @Test
    void migratePagesTakesTheNthNodeForTheNth() {
        run("classic", ANON, (self, calls, va) -> {
            bind(calls, va, MPOL_INTERLEAVE, 0b011, 0);
            fill(self, va);
            List<Long> before = nodes(calls, va);
            assertThat(calls.migrate(0b011, 0b110, false)).isZero();
            assertThat(nodes(calls, va))
                    .containsExactlyElementsOf(
                            before.stream().map(node -> node + 1).toList());
            expectNumbers(self, va);
        });
    }

    @Test
    void movePagesTellsOfEachPage() {
        run("classic", ANON, (self, calls, va) -> {
            fill(self, va);
            drop(self, va + 3 * PAGE);
            int[] status = new int[5];
            PolicyCalls.Asked asked = new PolicyCalls.Asked() {
                @Override
                public long address(long index) {
                    return index == 4 ? 8 : va + index * PAGE;
                }

                @Override
                public int node(long index) {
                    return index == 1 ? 0 : 2;
                }
            };
            assertThat(calls.movePages(asked, 5, false, (i, value) -> status[(int) i] = value))
                    .isZero();
            assertThat(status).containsExactly(2, 0, 2, (int) Errno.ENOENT.result(), (int) Errno.EFAULT.result());
            assertThat(nodes(calls, va).subList(0, 5)).containsExactly(2L, 0L, 2L, Errno.ENOENT.result(), 0L);
        });
    }

    /// What stands before a page whose status cannot be told is moved, and no reference is kept.
    @Test
    void movePagesMovesWhatItHasFoundThoughItCannotTell() {
        run("classic", ANON, (self, calls, va) -> {
            fill(self, va);
            PolicyCalls.Asked asked = new PolicyCalls.Asked() {
                @Override
                public long address(long index) {
                    return index == 2 ? 8 : va + index * PAGE;
                }

                @Override
                public int node(long index) {
                    return 2;
                }
            };
            assertThatThrownBy(() -> calls.movePages(asked, 3, false, (_, _) -> {
                        throw Errno.EFAULT.exception();
                    }))
                    .isInstanceOf(ErrnoException.class);
            assertThat(nodes(calls, va).subList(0, 3)).containsExactly(2L, 2L, 0L);
        });
    }

    private static void drop(ToyThread self, long va) {
        new AdviceCalls(self.mm()).madvise(va, PAGE, MADV_DONTNEED);
    }

    /// What else there is of memory is not touched for a policy that does not name it.
    @Test
    void aBoundMappingIsOutOfMemoryThoughOtherNodesAreFree() {
        run("classic", ANON, (self, calls, _) -> {
            int frames = self.mm().kernel().allocator().framesOf(1);
            long large = self.mm().mmap(0, (long) (frames + 1) * PAGE, RW, ANON | MAP_NORESERVE, null, 0);
            calls.mbind(large, (long) (frames + 1) * PAGE, MPOL_BIND, 0b010, 0, true);
            for (int i = 0; i < frames; i++) {
                assertThat(self.store(large + (long) i * PAGE, 1))
                        .as("page " + i)
                        .isNull();
            }
            assertThat(self.store(large + (long) frames * PAGE, 1)).isNotNull();
            assertThat(self.mm().kernel().allocator().freeFramesOf(2)).isPositive();
        });
    }
}
