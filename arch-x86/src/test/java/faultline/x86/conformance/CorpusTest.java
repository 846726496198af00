package faultline.x86.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.ConformanceReport;
import faultline.core.conformance.ConformanceReport.Failure;
import faultline.core.conformance.Corpus;
import faultline.core.conformance.CorpusRun;
import faultline.core.conformance.Selection;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.VectorMachine;
import faultline.core.conformance.VectorText;
import faultline.core.testing.CorpusContract;
import org.junit.jupiter.api.Test;

class CorpusTest extends CorpusContract {

    private final X86Conformance port = new X86Conformance();

    CorpusTest() {
        super(new X86Conformance());
    }

    @Test
    void filesHoldFaultsOfEveryKind() {
        // #DE, #BP, #OF, #UD, #SS, #GP, #PF, #MF, #AC, #XM; 0 is also no trap at all.
        assertThat(outcomes("trap")).contains(0L, 3L, 4L, 6L, 12L, 13L, 14L, 16L, 17L, 19L);
        assertThat(outcomes("sig")).contains(0L, 4L, 5L, 7L, 8L, 11L);
    }

    @Test
    void aBrokenMeaningIsReportedWithALineThatShowsItAgain() {
        BrokenPort broken = new BrokenPort(port);
        ConformanceReport report = new CorpusRun(broken, new Selection(null, null), (_, _, _) -> {}).run();

        assertThat(report.failures()).extracting(Failure::subject).contains("F7 /3 | neg Ev");
        assertThat(report.failures())
                .filteredOn(failure -> !failure.subject().equals(Corpus.RANDOM_BYTES))
                .allMatch(failure -> failure.subject().startsWith("F7 /"));
        String line = report.failures().getFirst().vector();
        TestVector again = new VectorText(broken.layout()).parse(line);
        assertThat(new VectorMachine(broken).differences(again)).isNotEmpty();
        assertThat(new VectorMachine(port).differences(again)).isEmpty();
    }
}
