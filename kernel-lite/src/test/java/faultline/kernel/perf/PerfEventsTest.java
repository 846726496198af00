package faultline.kernel.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Events on a clock of the test's: what counts when, and in whose time.
final class PerfEventsTest {

    private static final long DISABLED = 1;
    private static final long INHERIT = 2;
    private static final long EXCLUDE_USER = 16;
    private static final long EXCLUDE_KERNEL = 32;
    private static final long FORMAT_TIMES = 3;

    private final AtomicLong clock = new AtomicLong(1000);
    private final PerfEvents events = new PerfEvents(2, clock::get, false);
    private final PerfContext thread = events.newContext();

    private static PerfAttr attr(PerfCounter counter, long format, long flags) {
        ByteBuffer bytes = ByteBuffer.allocate(PerfAttr.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 1).putLong(8, counter.ordinal()).putLong(32, format).putLong(40, flags);
        return PerfAttr.parse(bytes.array(), ByteOrder.LITTLE_ENDIAN);
    }

    private PerfEvent open(PerfContext in, PerfCounter counter, int cpu, @Nullable PerfEvent leader, long flags) {
        return events.open(in, attr(counter, FORMAT_TIMES, flags), counter, cpu, leader, thread);
    }

    @Test
    void flagsAreFoundInBothByteOrders() {
        byte[] big = new byte[PerfAttr.SIZE];
        // `disabled` is the first bit of the first byte, `exclude_user` the fifth.
        big[40] = (byte) 0b1000_1000;
        PerfAttr attr = PerfAttr.parse(big, ByteOrder.BIG_ENDIAN);
        assertThat(attr.bits()).isEqualTo(DISABLED | EXCLUDE_USER);
        byte[] reserved = new byte[PerfAttr.SIZE];
        reserved[47] = 1;
        assertThatThrownBy(() -> PerfAttr.parse(reserved, ByteOrder.BIG_ENDIAN)).hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> attr(PerfCounter.DUMMY, 0, 1L << 63)).hasMessageContaining("EINVAL");
    }

    @Test
    void timeRunsOnlyOnAVcpu() {
        PerfEvent clocked = open(thread, PerfCounter.TASK_CLOCK, -1, null, 0);
        clock.addAndGet(10);
        thread.schedIn(0);
        clock.addAndGet(100);
        thread.schedOut();
        clock.addAndGet(1000);
        assertThat(events.read(clocked)).containsExactly(100, 100, 100);
    }

    @Test
    void anEventOfOneVcpuRunsThereOnlyButIsEnabledEverywhere() {
        PerfEvent here = open(thread, PerfCounter.PAGE_FAULTS, 1, null, 0);
        thread.schedIn(0);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        clock.addAndGet(7);
        thread.schedOut();
        thread.schedIn(1);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        clock.addAndGet(5);
        assertThat(events.read(here)).containsExactly(1, 12, 5);
    }

    @Test
    void switchesAndMovesAreTheKernels() {
        PerfEvent switches = open(thread, PerfCounter.CONTEXT_SWITCHES, -1, null, 0);
        PerfEvent moves = open(thread, PerfCounter.CPU_MIGRATIONS, -1, null, 0);
        PerfEvent userOnly = open(thread, PerfCounter.CONTEXT_SWITCHES, -1, null, EXCLUDE_KERNEL);
        for (int vcpu : new int[] {0, 0, 1}) {
            thread.schedIn(vcpu);
            thread.schedOut();
        }
        assertThat(events.read(switches)[0]).isEqualTo(3);
        assertThat(events.read(moves)[0]).isEqualTo(1);
        assertThat(events.read(userOnly)[0]).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChildsEventsAreAddedWhileItRunsAndAfter(boolean ended) {
        PerfEvent event = open(thread, PerfCounter.PAGE_FAULTS, -1, null, INHERIT);
        thread.schedIn(0);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        PerfContext child = events.newContext();
        events.inherit(thread, child, false);
        PerfContext grandchild = events.newContext();
        events.inherit(child, grandchild, false);
        child.schedIn(1);
        child.count(PerfCounter.PAGE_FAULTS, true);
        clock.addAndGet(3);
        child.schedOut();
        grandchild.schedIn(1);
        grandchild.count(PerfCounter.PAGE_FAULTS, true);
        if (ended) {
            events.exited(child);
            events.exited(grandchild);
        }
        assertThat(events.read(event)).containsExactly(3, 6, 6);
        // A reset is of the event alone and of those that live.
        events.change(event, false, PerfEvents.Change.RESET);
        assertThat(events.read(event)[0]).isEqualTo(ended ? 2 : 0);
    }

    @Test
    void aVcpuCountsWhoeverSitsThere() {
        PerfEvent ofCpu = open(events.cpuContext(1), PerfCounter.PAGE_FAULTS, 1, null, EXCLUDE_KERNEL);
        PerfContext other = events.newContext();
        thread.schedIn(0);
        other.schedIn(1);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        other.count(PerfCounter.PAGE_FAULTS, true);
        other.count(PerfCounter.PAGE_FAULTS, false);
        other.schedOut();
        thread.schedOut();
        thread.schedIn(1);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        clock.addAndGet(9);
        assertThat(events.read(ofCpu)).containsExactly(2, 9, 9);
    }

    @Test
    void whoIsLedCountsOnWhenItsLeaderIsClosed() {
        thread.schedIn(0);
        PerfEvent leader = open(thread, PerfCounter.DUMMY, -1, null, DISABLED);
        PerfEvent led = open(thread, PerfCounter.PAGE_FAULTS, -1, leader, 0);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        assertThat(events.read(led)[0]).isZero();
        events.close(leader, thread);
        thread.count(PerfCounter.PAGE_FAULTS, true);
        assertThat(events.read(led)[0]).isEqualTo(1);
        assertThatThrownBy(() -> events.counterOf(attr(PerfCounter.SPF, 0, 0))).hasMessageContaining("ENOENT");
    }
}
