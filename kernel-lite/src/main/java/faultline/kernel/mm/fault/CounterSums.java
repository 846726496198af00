package faultline.kernel.mm.fault;

import static faultline.kernel.mm.page.VmEvent.*;

import faultline.kernel.mm.page.VmEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/// What the counters of a machine on which nothing runs any more must add up to, to the last fault.
///
/// @param counter each event's counter
/// @param userFaults faults of user mode that the design was given
/// @param speculative those whose speculative result the architecture took
public record CounterSums(ToLongFunction<VmEvent> counter, long userFaults, long speculative) {

    /// A line for each sum that is wrong after a run under a design; none when all are right.
    public List<String> wrong(String design) {
        List<String> wrong = new ArrayList<>();
        if (design.startsWith("spf-mm")) {
            ofSpfMm(wrong);
        } else if (design.startsWith("spf-vma")) {
            ofSpfVma(wrong);
        } else if (design.startsWith("vma-lock")) {
            same(
                    wrong,
                    "faults of user mode and what became of them under vma-lock",
                    userFaults,
                    sum(VMA_LOCK_SUCCESS, VMA_LOCK_ABORT, VMA_LOCK_RETRY, VMA_LOCK_ACCESS_ERROR));
        }
        ofReclaim(wrong);
        return wrong;
    }

    private void ofSpfMm(List<String> wrong) {
        long attempts = sum(SPF_ATTEMPT);
        same(wrong, "spf_attempt and its ends", attempts, sum(SPF_SUCCESS, SPF_ABORT, SPF_SIGNAL));
        // Whether a signal is pending is asked after the reason was counted.
        same(wrong, "spf_abort with spf_signal and the reasons", sum(SPF_ABORT, SPF_SIGNAL), sumOf("SPF_ABORT_"));
        long early = sum(
                SPF_ABORT_ODD,
                SPF_ABORT_UNMAPPED,
                SPF_ABORT_NO_SPECULATE,
                SPF_ABORT_VMA_COPY,
                SPF_ABORT_ACCESS_ERROR,
                SPF_ABORT_PUD,
                SPF_ABORT_PMD,
                SPF_ABORT_SWAP);
        same(
                wrong,
                "spf_attempt and its kinds",
                attempts,
                early + sum(SPF_ATTEMPT_ANON, SPF_ATTEMPT_FILE, SPF_ATTEMPT_SWAP, SPF_ATTEMPT_NUMA, SPF_ATTEMPT_PTE));
        most(wrong, "SPF_ATTEMPT_WP", sum(SPF_ATTEMPT_WP), sum(SPF_ATTEMPT_PTE, SPF_ATTEMPT_SWAP));
        most(wrong, "spf_attempt", attempts, userFaults);
        same(wrong, "speculative results and none", speculative, 0);
    }

    private void ofSpfVma(List<String> wrong) {
        long attempts = sum(SPF_VMA_ATTEMPT);
        same(wrong, "spf_vma_attempt and its ends", attempts, sum(SPECULATIVE_PGFAULT, SPF_VMA_RETRY));
        same(
                wrong,
                "spf_vma_retry and the reasons",
                sum(SPF_VMA_RETRY),
                sum(
                        SPF_VMA_NONE,
                        SPF_VMA_CHANGED,
                        SPF_VMA_NOANON,
                        SPF_VMA_NOTSUP,
                        SPF_PMD_CHANGED,
                        SPF_PTE_LOCK,
                        SPF_MMU_NOTIFIER));
        most(wrong, "spf_vma_attempt", attempts, userFaults);
        same(
                wrong,
                "speculative results and those not discarded",
                speculative,
                sum(SPECULATIVE_PGFAULT) - sum(SPF_VMA_DISCARDED));
    }

    private void ofReclaim(List<String> wrong) {
        same(
                wrong,
                "pages stolen by who and of what",
                sum(PGSTEAL_KSWAPD, PGSTEAL_DIRECT),
                sum(PGSTEAL_ANON, PGSTEAL_FILE));
        same(
                wrong,
                "pages scanned by who and of what",
                sum(PGSCAN_KSWAPD, PGSCAN_DIRECT),
                sum(PGSCAN_ANON, PGSCAN_FILE));
        most(wrong, "pgsteal", sum(PGSTEAL_ANON, PGSTEAL_FILE), sum(PGSCAN_ANON, PGSCAN_FILE));
        most(wrong, "pgfree", sum(PGFREE), sum(PGALLOC_NORMAL));
        most(wrong, "pglazyfreed", sum(PGLAZYFREED), sum(PGLAZYFREE));
    }

    private static void same(List<String> wrong, String what, long one, long other) {
        if (one != other) {
            wrong.add(what + ": " + one + " and " + other);
        }
    }

    private static void most(List<String> wrong, String what, long part, long whole) {
        if (part > whole) {
            wrong.add(what + " is " + part + " of " + whole);
        }
    }

    private long sum(VmEvent... events) {
        return Arrays.stream(events).mapToLong(counter).sum();
    }

    private long sumOf(String prefix) {
        return Arrays.stream(VmEvent.values())
                .filter(event -> event.name().startsWith(prefix))
                .mapToLong(counter)
                .sum();
    }
}
