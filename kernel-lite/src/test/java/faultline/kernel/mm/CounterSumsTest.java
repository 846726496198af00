package faultline.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.fault.CounterSums;
import faultline.kernel.mm.page.VmEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Sums of counters that are one off are told, each in a line.
final class CounterSumsTest {

    private static List<String> wrong(String design, Map<VmEvent, Long> counts, long userFaults, long speculative) {
        return new CounterSums(event -> counts.getOrDefault(event, 0L), userFaults, speculative).wrong(design);
    }

    @Test
    void nothingIsWrongWithNothing() {
        for (String design : List.of("classic", "retry", "spf-vma:v12", "spf-mm:B2", "vma-lock:6.15")) {
            assertThat(wrong(design, Map.of(), 0, 0)).isEmpty();
        }
    }

    @Test
    void aFaultThatNobodyEnded() {
        assertThat(wrong("spf-mm:B2", Map.of(VmEvent.SPF_ATTEMPT, 1L, VmEvent.SPF_ATTEMPT_ANON, 1L), 1, 0))
                .containsExactly("spf_attempt and its ends: 1 and 0");
        assertThat(wrong("spf-vma:v12", Map.of(VmEvent.SPF_VMA_ATTEMPT, 1L), 1, 0))
                .containsExactly("spf_vma_attempt and its ends: 1 and 0");
        assertThat(wrong("vma-lock:6.4", Map.of(VmEvent.VMA_LOCK_SUCCESS, 2L), 3, 0))
                .containsExactly("faults of user mode and what became of them under vma-lock: 3 and 2");
    }

    @Test
    void aReasonWithoutItsFault() {
        assertThat(wrong("spf-mm:B2", Map.of(VmEvent.SPF_ABORT_ODD, 1L), 1, 0))
                .containsExactly(
                        "spf_abort with spf_signal and the reasons: 0 and 1", "spf_attempt and its kinds: 0 and 1");
        assertThat(wrong("spf-vma:v12", Map.of(VmEvent.SPF_VMA_CHANGED, 1L), 1, 0))
                .containsExactly("spf_vma_retry and the reasons: 0 and 1");
    }

    @Test
    void aResultThatWasTakenAndNotCounted() {
        assertThat(wrong("spf-vma:v12", Map.of(), 1, 1))
                .containsExactly("speculative results and those not discarded: 1 and 0");
    }

    @Test
    void aPageThatWasFreedAndNeverThere() {
        assertThat(wrong("classic", Map.of(VmEvent.PGFREE, 2L, VmEvent.PGALLOC_NORMAL, 1L), 0, 0))
                .containsExactly("pgfree is 2 of 1");
        assertThat(wrong(
                        "classic",
                        Map.of(VmEvent.PGSTEAL_ANON, 1L, VmEvent.PGSCAN_ANON, 1L, VmEvent.PGSCAN_KSWAPD, 1L),
                        0,
                        0))
                .containsExactly("pages stolen by who and of what: 0 and 1");
    }
}
