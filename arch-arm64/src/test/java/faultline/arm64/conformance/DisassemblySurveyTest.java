package faultline.arm64.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.isa.survey.Survey;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Decoder and disassembler against binutils, bounded. `src/test/native/survey-disassembly` does
/// more.
class DisassemblySurveyTest {

    private static final long SEED = 20;
    private static final int WORDS = 40_000;

    @Test
    void objdumpReadsSampledWordsAsWeDo() {
        assumeTrue(DisassemblySurvey.objdump().isPresent(), "objdump for arm64 is missing");
        SampledWords samples = DisassemblySurvey.samples(SEED);
        Survey survey = DisassemblySurvey.survey((bytes, theirs, ours, finding) -> {});

        Stream.of(samples.uniform(WORDS), samples.near(WORDS), samples.ofRows(WORDS))
                .forEach(words -> survey.run(words.iterator()));

        assertThat(survey.unexplained()).isEmpty();
        assertThat(survey.samples()).isGreaterThan(100_000);
    }
}
