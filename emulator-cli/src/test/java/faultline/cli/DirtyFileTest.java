package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.VmEvent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The measurement of 2022 by the schedule's clock, on every architecture: a guest dirties a file no faster than the
/// disk writes it, another of its threads maps and unmaps.
@Timeout(300)
final class DirtyFileTest {

    private static final DiskTiming DISK = new DiskTiming(5_000_000, 1);
    private static final long PAGES = 256;

    /// With 64 pages that may be dirty, about 32 are one request, and 48 need not be written.
    private static final long LIMIT = 64;

    private static final long LEAST_NANOS = (PAGES - 48) / 33 * DISK.latency();

    @TempDir
    Path directory;

    /// What the guest has measured, and what the machine has counted.
    private record Measured(Map<String, Long> guest, long handled) {
        long of(String word) {
            return Objects.requireNonNull(guest.get(word), word);
        }
    }

    private Measured run(String architecture, String design, String completed) throws Exception {
        long[] handled = {0};
        GuestRun run = GuestRun.of(
                directory,
                Ports.named(architecture),
                "dirty-file",
                List.of(Long.toString(PAGES), Long.toString(LIMIT)),
                options -> options.withSchedule(new SeededSchedule(7), 7L)
                        .withDisk(DISK)
                        .withKnobs(Knobs.NONE.with("completed=" + completed))
                        .withFaultDesign(design, UnaryOperator.identity()),
                kernel -> {
                    KernelMemory memory = kernel.memory();
                    handled[0] = memory.events(VmEvent.PGFAULT);
                    assertThat(memory.stat(NodeStat.NR_DIRTY)).isZero();
                    assertThat(memory.stat(NodeStat.NR_DIRTIED)).isGreaterThanOrEqualTo(2 * PAGES);
                });
        assertThat(run.status()).as(run.output()).isZero();
        Map<String, Long> words = new HashMap<>();
        for (String word : run.output().strip().split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                words.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
            }
        }
        return new Measured(words, handled[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm64", "ppc64le", "ppc64"})
    void whoMapsIsNotHeldUpByWhoWaitsForTheDisk(String architecture) throws Exception {
        Measured classic = run(architecture, "classic", "on");
        Measured retry = run(architecture, "retry", "on");
        assertThat(classic.of("nanos")).isGreaterThanOrEqualTo(LEAST_NANOS);
        assertThat(retry.of("nanos")).isBetween(LEAST_NANOS, classic.of("nanos") * 11 / 10);
        assertThat(retry.of("maps")).isGreaterThan(50 * classic.of("maps"));
        assertThat(retry.of("major")).isZero();
        assertThat(retry.handled()).isLessThan(classic.handled() + PAGES / 4);
    }

    /// Each store is handled twice then, and counts as major.
    @ParameterizedTest
    @CsvSource({"x86, retry", "arm64, vma-lock", "ppc64le, retry", "ppc64, vma-lock"})
    void withoutCompletedEveryStoreStartsOver(String architecture, String design) throws Exception {
        Measured with = run(architecture, design, "on");
        Measured without = run(architecture, design, "off");
        assertThat(with.of("major")).isZero();
        assertThat(without.of("major")).isGreaterThanOrEqualTo(PAGES);
        assertThat(without.handled()).isGreaterThanOrEqualTo(with.handled() + PAGES * 9 / 10);
    }
}
