package faultline.kernel.mm.page;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.ToyMachine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Frames of machines with several memory nodes.
class NodePoolTest {

    private static final int NODES = 3;
    private static final int FRAMES = 1024;

    private final ToyMachine machine = ToyMachine.withNodes(NODES, NODES, new SeededSchedule(7));
    private final PageAllocator allocator = machine.kernel().allocator();

    private List<Page> take(int count) {
        List<Page> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Page page = allocator.alloc();
            assertThat(page).isNotNull();
            taken.add(page);
        }
        return taken;
    }

    private static int nodeOf(PageAllocator allocator, Page page) {
        return allocator.nodeOf(page.pfn());
    }

    @Test
    void vcpusAndFramesAreSplitEvenly() {
        assertThat(List.of(allocator.nodeOfCpu(0), allocator.nodeOfCpu(1), allocator.nodeOfCpu(2)))
                .containsExactly(0, 1, 2);
        assertThat(allocator.framesOf(0) + allocator.framesOf(1) + allocator.framesOf(2))
                .isEqualTo(NODES * FRAMES);
        assertThat(allocator.framesOf(1)).isEqualTo(FRAMES);
    }

    @Test
    void eachVcpuGetsFramesOfItsNode() {
        machine.run(_ -> expectLocal(), _ -> expectLocal(), _ -> expectLocal());
        for (int node = 0; node < NODES; node++) {
            assertThat(allocator.numaStat(node, NumaStat.NUMA_HIT)).isEqualTo(100);
            assertThat(allocator.numaStat(node, NumaStat.LOCAL_NODE)).isEqualTo(100);
            assertThat(allocator.numaStat(node, NumaStat.NUMA_MISS)).isZero();
        }
    }

    private void expectLocal() {
        List<Page> taken = take(100);
        assertThat(taken).allMatch(page -> nodeOf(allocator, page) == allocator.localNode());
        allocator.putAll(taken.toArray(Page[]::new), taken.size());
    }

    @Test
    void whoseNodeIsFullGetsFramesOfTheNextOne() {
        machine.run(_ -> {}, _ -> {
            List<Page> taken = take(2 * FRAMES);
            assertThat(taken.subList(0, FRAMES)).allMatch(page -> nodeOf(allocator, page) == 1);
            assertThat(taken.subList(FRAMES, 2 * FRAMES)).allMatch(page -> nodeOf(allocator, page) == 2);
            assertThat(allocator.numaStat(2, NumaStat.NUMA_MISS)).isEqualTo(FRAMES);
            assertThat(allocator.numaStat(2, NumaStat.OTHER_NODE)).isEqualTo(FRAMES);
            assertThat(allocator.numaStat(1, NumaStat.NUMA_FOREIGN)).isEqualTo(FRAMES);
            assertThat(allocator.allocOn(1, 1 << 1, false)).as("nowhere else").isNull();
            allocator.putAll(taken.toArray(Page[]::new), taken.size());
        });
        assertThat(allocator.freeFramesOf(1)).isEqualTo(FRAMES);
        assertThat(allocator.freeFramesOf(2)).isEqualTo(FRAMES);
    }

    /// Whoever frees a frame, it goes to the node that it is of.
    @Test
    void aFrameFreedElsewhereIsOfItsNodeStill() {
        machine.run(_ -> {
            Page far = allocator.allocOn(2, 1 << 2, false);
            assertThat(far).isNotNull();
            allocator.put(far);
            assertThat(take(50)).allMatch(page -> nodeOf(allocator, page) == 0);
            assertThat(allocator.freeFramesOf(2)).isEqualTo(FRAMES);
        });
    }

    @Test
    void aRunForAHugePageIsOfTheNodeThatWasAskedFor() {
        machine.run(_ -> {
            Page head = allocator.allocHuge(64, true, 1, 1 << 1);
            assertThat(head).isNotNull();
            assertThat(nodeOf(allocator, head)).isEqualTo(1);
            assertThat(head.pfn() % 64).isZero();
            allocator.putHuge(head, 64);
            assertThat(allocator.freeFramesOf(1)).isEqualTo(FRAMES);
        });
    }
}
