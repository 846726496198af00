package faultline.kernel.mm.page;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.KernelHeap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTreeTest {

    private static final long LAST = (1L << 51) - 1;

    private final KernelHeap heap = new KernelHeap(60_000);
    private final PageTree tree = new PageTree(heap);

    private static Page page() {
        return new Page(1, PageGeometry.KIB_4);
    }

    private List<Page> visited(long first, long end) {
        List<Page> visited = new ArrayList<>();
        tree.visit(first, end, (_, page) -> visited.add(page));
        return visited;
    }

    @Test
    void findsWhatIsInItWhereverThatIs() {
        Page first = page();
        Page last = page();
        assertThat(tree.insert(0, first)).isTrue();
        assertThat(tree.insert(LAST, last)).isTrue();
        assertThat(tree.find(0)).isSameAs(first);
        assertThat(tree.find(LAST)).isSameAs(last);
        assertThat(tree.find(1)).isNull();
        assertThat(visited(0, Long.MAX_VALUE)).containsExactly(first, last);
        assertThat(visited(1, LAST)).isEmpty();
        assertThat(visited(LAST, Long.MAX_VALUE)).containsExactly(last);
    }

    @Test
    void nodesGoWithTheirLastPage() {
        for (long index = 7; index < LAST; index = index * 512 + 3) {
            assertThat(tree.insert(index, page())).isTrue();
            assertThat(heap.used()).isPositive();
            tree.remove(index);
            assertThat(heap.used()).isZero();
            assertThat(tree.find(index)).isNull();
        }
    }

    @Test
    void whatHasNoRoomChangesNothing() {
        Page near = page();
        assertThat(tree.insert(5, near)).isTrue();
        long before = heap.used();
        long far = 1L << 40;
        while (tree.insert(far, page())) {
            far += 1L << 40;
        }
        assertThat(tree.find(far)).isNull();
        assertThat(tree.find(5)).isSameAs(near);
        while (far > 1L << 40) {
            far -= 1L << 40;
            tree.remove(far);
        }
        tree.remove(5);
        assertThat(before).isPositive();
        assertThat(heap.used()).isZero();
    }
}
