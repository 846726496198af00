package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.trace.TraceEvent;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tracepoints say what is counted, in ftrace's form.
@Timeout(120)
final class TraceTest {

    private static final Pattern LINE = Pattern.compile(" *\\S+-\\d+ +\\[\\d{3}] +\\d+\\.\\d{6}: (\\S+): (.*)");

    @TempDir
    Path directory;

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Map<VmEvent, Long> counts = new EnumMap<>(VmEvent.class);

    private void run(String design, Set<TraceEvent> events, String program, String... arguments) throws Exception {
        GuestRun.of(
                directory,
                Ports.named("x86"),
                program,
                List.of(arguments),
                options -> options.withFaultDesign(design, UnaryOperator.identity())
                        .withTrace(events, lines::add),
                kernel -> {
                    for (VmEvent event : VmEvent.values()) {
                        counts.put(event, kernel.memory().events(event));
                    }
                });
    }

    private long linesOf(TraceEvent event, String fields) {
        return lines.stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .filter(line -> line.group(1).equals(event.event()))
                .filter(line -> line.group(2).matches(fields))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spf-vma", "spf-mm", "vma-lock"})
    void everyReasonHasAsManyLinesAsItsCounter(String design) throws Exception {
        run(design, EnumSet.allOf(TraceEvent.class), "touch", "-q", "1", "2", "2");
        for (VmEvent event : VmEvent.values()) {
            TraceEvent tracepoint = event.tracepoint();
            if (tracepoint != null) {
                assertThat(linesOf(tracepoint, "ip:[0-9a-f]+ vma:[0-9a-f]+-[0-9a-f]+ address:[0-9a-f]+"))
                        .as(tracepoint.toString())
                        .isEqualTo(counts.get(event));
            }
        }
        assertThat(linesOf(TraceEvent.PAGE_FAULT_USER, "address=0x[0-9a-f]+ ip=0x[0-9a-f]+ error_code=0x[0-9a-f]+"))
                .isGreaterThan(512);
        assertThat(linesOf(TraceEvent.TLB_FLUSH, "pages:-?\\d+ reason:[a-z ]+ \\(\\d\\)"))
                .isEqualTo(counts.get(VmEvent.NR_TLB_REMOTE_FLUSH) + counts.get(VmEvent.NR_TLB_LOCAL_FLUSH_ONE));
    }

    @Test
    void everyLockThatIsGotIsReleased() throws Exception {
        run("classic", EnumSet.range(TraceEvent.MMAP_LOCK_START_LOCKING, TraceEvent.MMAP_LOCK_RELEASED), "cow");
        long got = linesOf(TraceEvent.MMAP_LOCK_ACQUIRE_RETURNED, "mm=\\d+ write=(true|false) success=true");
        long downgraded = got - linesOf(TraceEvent.MMAP_LOCK_RELEASED, "mm=\\d+ write=(true|false)");
        assertThat(got).isPositive();
        // A downgrade is told as having got the lock once more.
        assertThat(downgraded).isNotNegative().isLessThan(got / 2);
        assertThat(linesOf(TraceEvent.MMAP_LOCK_START_LOCKING, "mm=\\d+ write=(true|false)"))
                .isGreaterThanOrEqualTo(got - downgraded);
    }

    @Test
    void onlyWhatWasChosenIsTold() throws Exception {
        run("classic", Set.of(TraceEvent.PAGE_FAULT_KERNEL), "hello");
        assertThat(lines).isNotEmpty().allMatch(line -> line.contains(": page_fault_kernel: "));
    }
}
