package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The guest `numa-nodes` on machines of two memory nodes, watched. What it prints is what Linux's manual pages say of
/// policies and moves; it was not recorded, for want of a host with two nodes.
class NumaRunTest {

    private static final long MEMORY = 256 << 20;

    private static final String EXPECTED = """
            mappings: bind 0: 16+0 bind 1: 0+16 preferred 1: 0+16 many: 0+16 interleave: 8+8 static: 0+16 \
            relative: 0+16 the zero page: 0
            task: bind 1: 0+16 interleave: 8+8 next is a node: 1
            anonymous: made: 16+0 strict: EIO mbind: 0 are: 0+16 migrate: 1 are: 16+0 move: 0 (0 1 0 1) are: 14+2 \
            intact: 1
            shared memory: made: 16+0 strict: EIO mbind: 0 are: 0+16 migrate: 1 are: 16+0 move: 0 (0 1 0 1) \
            are: 14+2 intact: 1
            without status: move: EFAULT are: 15+1 intact: 1
            shared with a child: move: 0 (EACCES) intact: 1
            reports: numa_maps: 1 1 1 online: 1 distance: 1 1 meminfo: 1 numastat: 1 getcpu: 1
            follows: made: 0+16 are: 16+0 intact: 1
            """;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> pagesAreWhereTheyAreToBe() {
        return DesignMatrix.of(
                List.of("classic", "retry", "spf-vma", "spf-mm:B1", "vma-lock:6.4", "vma-lock:6.15"), this::run);
    }

    private void run(KernelPort port, String design) throws Exception {
        AtomicLong moved = new AtomicLong();
        GuestRun run = GuestRun.of(
                directory,
                port,
                "numa-nodes",
                List.of("follows"),
                options -> options.withMachine(2, MEMORY)
                        .withNodes(2)
                        .withSchedule(new SeededSchedule(5), 5L)
                        .withChecks(true)
                        .withFaultDesign(design, UnaryOperator.identity()),
                kernel -> moved.set(kernel.memory().events(VmEvent.NUMA_PAGES_MIGRATED)));
        assertThat(run.output()).isEqualTo(EXPECTED);
        assertThat(moved.get()).isGreaterThanOrEqualTo(16);
    }
}
