package faultline.kernel.mm.page;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PageAllocatorTest {

    private static final int FRAMES = 4096;

    @Test
    void theFrameFreedLastIsHandedOutFirstAndIsZero() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.run(_ -> {
            Page first = allocator.allocZeroed();
            Page second = allocator.allocZeroed();
            allocator.memory().fill(first.pa(), PhysicalMemory.FRAME_BYTES, (byte) 7);
            allocator.put(second);
            allocator.put(first);
            Page again = allocator.allocZeroed();
            assertThat(again).isSameAs(first);
            for (long pa = again.pa(); pa < again.pa() + PhysicalMemory.FRAME_BYTES; pa += Long.BYTES) {
                assertThat(allocator.memory().load64(pa)).isZero();
            }
            allocator.put(again);
        });
    }

    /// What one vCPU keeps is no reason for another to run out of memory.
    @Test
    void framesOnTheListOfAnotherVcpuAreDrainedBeforeAnAllocationFails() {
        ToyMachine machine = new ToyMachine(2, FRAMES, new ParallelSchedule(), false);
        PageAllocator allocator = machine.kernel().allocator();
        AtomicBoolean freed = new AtomicBoolean();
        Set<Long> frames = new HashSet<>();
        ToyThread.Body keeper = _ -> {
            allocator.putAll(takeAll(allocator).toArray(Page[]::new), FRAMES - 1);
            freed.set(true);
        };
        ToyThread.Body taker = _ -> {
            while (!freed.get()) {
                machine.schedule().spin();
            }
            takeAll(allocator).forEach(page -> frames.add(page.pfn()));
        };
        machine.run(keeper, taker);
        assertThat(frames).hasSize(FRAMES - 1);
        assertThat(allocator.freeFrames()).isZero();
    }

    private static List<Page> takeAll(PageAllocator allocator) {
        List<Page> pages = new ArrayList<>();
        for (Page page = allocator.alloc(); page != null; page = allocator.alloc()) {
            pages.add(page);
        }
        assertThat(pages).hasSize(FRAMES - 1);
        return pages;
    }

    @Test
    void pagesThatOthersReferenceStayWhenABatchIsPut() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.run(_ -> {
            Page shared = allocator.alloc();
            Page own = allocator.alloc();
            shared.get();
            allocator.putAll(new Page[] {shared, own}, 2);
            assertThat(shared.refcount()).isEqualTo(1);
            assertThat(own.refcount()).isZero();
            allocator.put(shared);
        });
        assertThat(allocator.freeFrames()).isEqualTo(FRAMES - 1);
    }

    @Test
    void theListOfAVcpuKeepsItsOrderWhenItGrows() {
        PerCpuPages pages = new PerCpuPages(new Steps(new ParallelSchedule()), 0, 1000);
        for (int frame = 1; frame <= 500; frame++) {
            pages.push(frame);
            if (frame % 3 == 0) {
                pages.addOldest(-frame);
            }
        }
        assertThat(pages.removeOldest()).isEqualTo(-498);
        for (int frame = 500; frame >= 1; frame--) {
            assertThat(pages.pop()).isEqualTo(frame);
        }
        assertThat(pages.pop()).isEqualTo(-3);
        assertThat(pages.count()).isEqualTo(164);
    }

    // Runs.

    private static void expectRun(Page[] run, int length) {
        assertThat(run).hasSize(length);
        assertThat(run[0].pfn() % length).isZero();
        for (int i = 0; i < length; i++) {
            assertThat(run[i].pfn()).isEqualTo(run[0].pfn() + i);
            assertThat(run[i].refcount()).isEqualTo(1);
        }
    }

    @Test
    void aRunIsAlignedAndZeroAndComesBackAsOne() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.run(_ -> {
            long free = allocator.freeFrames();
            Page single = allocator.alloc();
            Page[] run = allocator.allocRun(16);
            expectRun(run, 16);
            allocator.memory().fill(run[3].pa(), 8, (byte) 7);
            allocator.putRun(run);
            Page[] again = allocator.allocRun(16);
            assertThat(again[0]).isSameAs(run[0]);
            assertThat(allocator.memory().load64(again[3].pa())).isZero();
            allocator.putRun(again);
            allocator.put(single);
            assertThat(allocator.freeFrames()).isEqualTo(free);
        });
    }

    @Test
    void framesOfAFreeRunServeAsSinglesWhenNoOthersAreLeft() {
        ToyMachine machine = new ToyMachine(1, FRAMES, new ParallelSchedule(), true);
        PageAllocator allocator = machine.kernel().allocator();
        machine.run(_ -> {
            allocator.putRun(allocator.allocRun(16));
            List<Page> all = takeAll(allocator);
            assertThat(allocator.allocRun(16)).as("nothing is left").isEmpty();
            allocator.putAll(all.toArray(Page[]::new), all.size());
            Page[] gathered = allocator.allocRun(16);
            expectRun(gathered, 16);
            allocator.putRun(gathered);
        });
        assertThat(allocator.freeFrames()).isEqualTo(FRAMES - 1);
    }
}
