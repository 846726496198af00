package faultline.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.isa.survey.Survey;
import faultline.core.isa.survey.SurveyPort;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Decoder and disassembler against the reference, bounded: the architecture's
/// `survey-disassembly` does more.
public abstract class DisassemblySurveyContract {

    private final SurveyPort port;

    protected DisassemblySurveyContract(SurveyPort port) {
        this.port = port;
    }

    /// More than 100,000 byte strings.
    protected abstract Stream<byte[]> samples();

    @Test
    void theReferenceReadsSampledStringsAsWeDo() {
        assumeTrue(port.reference().isPresent(), () -> port.reference().program() + " is missing");
        Survey survey = new Survey(port, (bytes, theirs, ours, finding) -> {});

        survey.run(samples());

        assertThat(survey.unexplained()).isEmpty();
        assertThat(survey.samples()).isGreaterThan(100_000);
    }
}
