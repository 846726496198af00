package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.isa.survey.Survey;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Decoder and disassembler against binutils, bounded: every seventeenth of the systematic strings,
/// and random ones. `src/test/native/survey-disassembly` does more.
class DisassemblySurveyTest {

    private static final long SEED = 20;
    private static final int STRIDE = 17;
    private static final int RANDOM = 20_000;

    @Test
    void objdumpReadsSampledStringsAsWeDo() {
        assumeTrue(DisassemblySurvey.objdump().isPresent(), "objdump is missing");
        Samples samples = new Samples(SEED);
        Survey survey = DisassemblySurvey.survey((bytes, theirs, ours, finding) -> {});

        Stream.of(
                        samples.systematic().filter(everyNth()),
                        samples.systematicVex(1),
                        samples.structured(RANDOM),
                        samples.uniform(RANDOM))
                .map(Stream::iterator)
                .forEach((Iterator<byte[]> strings) -> survey.run(strings));

        assertThat(survey.unexplained()).isEmpty();
        assertThat(survey.samples()).isGreaterThan(100_000);
    }

    private static java.util.function.Predicate<byte[]> everyNth() {
        int[] count = new int[1];
        return bytes -> count[0]++ % STRIDE == 0;
    }
}
