package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Threads and their children that have more than the machine has memory for, and find it all again; checked.
@Timeout(300)
final class SwapRunTest {

    private static final long MEMORY = 16 << 20;
    private static final int THREADS = 3;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> whatIsMoreThanMemoryIsFoundAgain() {
        return DesignMatrix.ofEachKind(this::fill);
    }

    private void fill(KernelPort port, String design) throws Exception {
        int page = port.architecture().usualMmu().pages().bytes();
        // Once and a half of memory, and once more for the child.
        long pages = MEMORY * 3 / 2 / page / THREADS;
        AtomicLong stolen = new AtomicLong();
        GuestRun run = GuestRun.of(
                directory,
                port,
                "swap-fill",
                List.of("-q", Integer.toString(THREADS), Long.toString(pages), "2"),
                options -> options.withMachine(2, MEMORY)
                        .withSwap(MEMORY * 6)
                        .withChecks(true)
                        .withFaultDesign(design, UnaryOperator.identity()),
                kernel -> {
                    stolen.set(kernel.memory().events(VmEvent.PGSTEAL_ANON));
                    assertThat(kernel.memory().swap().used())
                            .as("slots in use at the end")
                            .isZero();
                });
        assertThat(run)
                .isEqualTo(new GuestRun(
                        0, "swap-fill threads=" + THREADS + " pages=" + pages * THREADS * 2 + " rounds=2\n"));
        assertThat(stolen.get()).isPositive();
    }
}
