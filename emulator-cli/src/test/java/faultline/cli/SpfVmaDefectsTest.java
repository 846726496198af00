package faultline.cli;

import static faultline.kernel.mm.page.VmEvent.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.kernel.mm.fault.Knobs;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What user space could see of Dufour's series as it was posted: M21 and M23 of the catalogue, in real
/// guests.
@Timeout(300)
final class SpfVmaDefectsTest {

    private static final String DESIGN = "spf-vma";

    @TempDir
    Path directory;

    private DesignRun run(String architecture, Knobs knobs, String program, String... arguments) throws Exception {
        return DesignRun.of(directory, Ports.named(architecture), DESIGN, knobs, program, arguments);
    }

    /// M21: a store beside another thread to memory that may only be read and has an AnonVma. x86 and arm64
    /// report what speculation refused as an address where nothing is mapped; powerpc asks again.
    @ParameterizedTest
    @CsvSource({"x86, SEGV_MAPERR", "arm64, SEGV_MAPERR", "ppc64le, SEGV_ACCERR", "ppc64, SEGV_ACCERR"})
    void aRefusedStoreIsReportedAsPosted(String architecture, String code) throws Exception {
        DesignRun run = run(architecture, Knobs.NONE, "fault-kinds", "beside", "accerr-write-touched");
        assertThat(run.output()).startsWith("accerr-write-touched: SIGSEGV " + code + " si_addr=target");
        assertThat(run.sum(SPF_VMA_ACCESS)).isOne();
    }

    /// M21 mended: the classic path decides.
    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm64", "ppc64le", "ppc64"})
    void aRefusedStoreIsReportedRightOnceMended(String architecture) throws Exception {
        DesignRun run =
                run(architecture, Knobs.NONE.with("fixed=si-code"), "fault-kinds", "beside", "accerr-write-touched");
        assertThat(run.output()).startsWith("accerr-write-touched: SIGSEGV SEGV_ACCERR si_addr=target");
        assertThat(run.sum(SPF_VMA_ACCESS)).isOne();
        assertThat(run.speculative()).isEqualTo(run.sum(SPECULATIVE_PGFAULT));
    }

    /// M23: without protection keys powerpc throws every result away and handles the fault again. The
    /// event stays 0, and the handler runs twice.
    @ParameterizedTest
    @ValueSource(strings = {"ppc64le", "ppc64"})
    void withoutKeysPowerpcDoesEverythingTwice(String architecture) throws Exception {
        DesignRun run = run(architecture, Knobs.NONE.with("mem-keys=off"), "perf-events", "spf");
        assertThat(run.output()).isEqualTo("spf is what was used: yes\nspf none\n");
        assertThat(run.speculative()).isZero();
        assertThat(run.sum(SPECULATIVE_PGFAULT)).isPositive().isEqualTo(run.sum(SPF_VMA_DISCARDED));
        assertThat(run.sum(PGFAULT)).isGreaterThanOrEqualTo(run.faults() + run.sum(SPF_VMA_DISCARDED));
    }

    /// M23 mended, and on the others, whose code does not ask for keys.
    @ParameterizedTest
    @CsvSource({"ppc64le, fixed=discard", "ppc64, fixed=discard", "x86, fixed=none", "arm64, fixed=none"})
    void resultsAreUsedWhereKeysDoNotMatter(String architecture, String fixed) throws Exception {
        Knobs knobs = Knobs.NONE.with("mem-keys=off").with(fixed);
        DesignRun run = run(architecture, knobs, "perf-events", "spf");
        assertThat(run.output()).isEqualTo("spf is what was used: yes\nspf some\n");
        assertThat(run.speculative()).isPositive().isEqualTo(run.sum(SPECULATIVE_PGFAULT));
        assertThat(run.sum(SPF_VMA_DISCARDED)).isZero();
        assertThat(run.sum(PGFAULT)).isLessThan(run.faults() + run.sum(SPECULATIVE_PGFAULT));
    }
}
