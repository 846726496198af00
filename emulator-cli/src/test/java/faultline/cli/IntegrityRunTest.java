package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Eight threads and their children fill three times the memory there is, private, shared and of a file, and read it
/// back; checked. One round: more are made by hand (`docs/swap.md`).
@Timeout(600)
final class IntegrityRunTest {

    private static final int THREADS = 8;

    /// Threads, their children and their tables need some, however large pages are.
    private static final int LEAST_PAGES = 768;

    private static final long LEAST_MEMORY = 12 << 20;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> threeTimesTheMemoryIsFoundAgain() {
        return DesignMatrix.ofEachKind(this::run);
    }

    private void run(KernelPort port, String design) throws Exception {
        int page = port.architecture().usualMmu().pages().bytes();
        long memory = Math.max(LEAST_MEMORY, (long) LEAST_PAGES * page);
        long ofThread = 3 * memory / page / THREADS;
        // What is written to the file has no place but memory; with it the rest is three times as much.
        long ofFile = Math.max(1, ofThread / 64);
        long shared = ofThread / 2 & -2;
        List<String> sizes = Stream.of(THREADS, ofThread - shared, shared, ofFile, 1L)
                .map(String::valueOf)
                .toList();
        GuestRun run = GuestRun.of(
                directory,
                port,
                "integrity",
                Stream.concat(Stream.of("-q"), sizes.stream()).toList(),
                options -> options.withMachine(2, memory)
                        .withSwap(memory * 10)
                        .withChecks(true)
                        .withFaultDesign(design, UnaryOperator.identity()),
                kernel -> {
                    assertThat(kernel.memory().swap().used())
                            .as("slots in use at the end")
                            .isZero();
                    assertThat(kernel.memory().stat(NodeStat.NR_SWAPCACHED)).isZero();
                    assertThat(kernel.memory().events(VmEvent.PSWPIN)).isPositive();
                });
        assertThat(run.output())
                .isEqualTo("integrity threads=8 pages=" + THREADS * (ofThread + ofFile) + " rounds=1\n");
    }
}
