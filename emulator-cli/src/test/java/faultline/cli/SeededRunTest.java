package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A seed names one interleaving: of every lock, table access, interrupt and switch, not only of
/// the output.
@Timeout(600)
final class SeededRunTest {

    private static final int RUNS = 100;
    private static final String PROGRAM = "four-threads";
    private static final List<String> ORDER = List.of("order");

    @TempDir
    Path directory;

    /// What a run passed through, in order, and what the guest printed of it.
    private record Trace(long hash, long events, String output) {}

    @Test
    void theSameSeedRepeatsEveryStep() throws Exception {
        Trace first = trace(1);
        assertThat(first.events()).isGreaterThan(1000);
        for (int i = 1; i < RUNS; i++) {
            assertThat(trace(1)).as("run %d", i).isEqualTo(first);
        }
    }

    @Test
    void differentSeedsGiveDifferentOrders() throws Exception {
        Set<Long> hashes = new HashSet<>();
        Set<String> outputs = new HashSet<>();
        for (long seed = 1; seed <= 8; seed++) {
            Trace trace = trace(seed);
            hashes.add(trace.hash());
            outputs.add(trace.output());
        }
        assertThat(hashes).hasSize(8);
        assertThat(outputs).hasSizeGreaterThan(1);
    }

    /// What a guest can read of time, chance and numbering comes from the seed: time-stamp counter,
    /// clocks, CPU time, random numbers, ids, inode numbers and their times.
    @Test
    void nothingTheGuestReadsComesFromTheHost() throws Exception {
        String first = readings(7);
        assertThat(first).contains("cycles ", "clock 1: ", "AT_RANDOM ", "urandom ", "/proc/uptime: ");
        assertThat(readings(7)).isEqualTo(first);
        assertThat(readings(8)).isNotEqualTo(first);
    }

    private String readings(long seed) throws Exception {
        GuestRun run = GuestRun.of(directory, "clocks", List.of("raw"), new SeededSchedule(seed), seed);
        assertThat(run.status()).isZero();
        return run.output();
    }

    private Trace trace(long seed) throws Exception {
        SeededSchedule schedule = new SeededSchedule(seed);
        GuestRun run = GuestRun.of(directory, PROGRAM, ORDER, schedule, seed);
        assertThat(run.status()).isZero();
        return new Trace(schedule.eventHash(), schedule.events(), run.output());
    }
}
