package faultline.core.mem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Translations of several address spaces in one soft TLB.
final class SelectedTranslationsTest {

    private static final long VA = 0x40_0000;
    private static final int PARKED = 7;

    private final SoftTlb tlb = new SoftTlb(-1);

    private void fill(int asid, long va, long pfn) {
        tlb.select(asid);
        tlb.fill(va, pfn << 12, true, true, false);
    }

    private long frame(int asid, long va) {
        tlb.select(asid);
        return tlb.peek(va, SoftTlb.READ);
    }

    @Test
    void anAddressSpaceHasItsOwnFrameAndFindsItAgain() {
        fill(1, VA, 10);
        fill(2, VA, 20);
        fill(2, VA + 0x1000, 21);
        assertThat(frame(1, VA)).isEqualTo(10);
        assertThat(frame(1, VA + 0x1000)).isEqualTo(-1);
        assertThat(frame(2, VA)).isEqualTo(20);
        assertThat(frame(2, VA + 0x1000)).isEqualTo(21);
        assertThat(frame(3, VA)).as("one that was never here").isEqualTo(-1);
    }

    @Test
    void whatIsFlushedWhileSelectedStaysFlushed() {
        fill(1, VA, 10);
        fill(2, VA, 20);
        tlb.flushRange(VA, VA + 0x1000);
        assertThat(frame(1, VA)).isEqualTo(10);
        assertThat(frame(2, VA)).isEqualTo(-1);
        tlb.select(1);
        tlb.flushSelected();
        tlb.select(2);
        assertThat(frame(1, VA)).isEqualTo(-1);
    }

    @Test
    void aFlushOfAllReachesThoseThatDoNotRun() {
        fill(1, VA, 10);
        fill(2, VA, 20);
        tlb.flush();
        assertThat(frame(1, VA)).isEqualTo(-1);
        assertThat(frame(2, VA)).isEqualTo(-1);
    }

    /// The frame's bytes were decoded: no store may pass unseen, whoever makes it.
    @Test
    void aProtectedFrameLosesItsWriteTagEverywhere() {
        fill(1, VA, 10);
        fill(2, VA, 20);
        tlb.protectFrame(10);
        tlb.select(1);
        assertThat(tlb.peek(VA, SoftTlb.WRITE)).isEqualTo(-1);
        assertThat(tlb.peek(VA, SoftTlb.READ)).isEqualTo(10);
        tlb.select(2);
        assertThat(tlb.peek(VA, SoftTlb.WRITE)).isEqualTo(20);
    }

    @Test
    void theOneParkedLongestAgoIsLostFirst() {
        for (int asid = 1; asid <= PARKED + 1; asid++) {
            fill(asid, VA, asid);
        }
        // All parked but the last: every place is taken, and 1 has come back last.
        assertThat(frame(1, VA)).isEqualTo(1);
        fill(100, VA, 100);
        assertThat(frame(1, VA)).isEqualTo(1);
        assertThat(frame(3, VA)).isEqualTo(3);
        assertThat(frame(2, VA)).as("parked longest ago").isEqualTo(-1);
    }

    @Test
    void theStampComesBackWithTheTranslations() {
        fill(1, VA, 10);
        tlb.setStamp(41);
        fill(2, VA, 20);
        assertThat(tlb.stamp()).as("of one that was never here").isEqualTo(-1);
        tlb.setStamp(5);
        tlb.select(1);
        assertThat(tlb.stamp()).isEqualTo(41);
        tlb.select(2);
        tlb.flush();
        tlb.select(1);
        assertThat(tlb.stamp()).as("after its translations were lost").isEqualTo(-1);
    }
}
