package faultline.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Spelling;
import faultline.core.isa.survey.SurveyCorpus;
import faultline.core.isa.survey.SurveyPort;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Decoder and disassembler against a corpus that the reference has read, written by the
/// architecture's `survey-disassembly`.
public abstract class DisassemblyCorpusContract {

    private final SurveyPort port;
    private final List<String> lines;

    protected DisassemblyCorpusContract(SurveyPort port, List<String> lines) {
        this.port = port;
        this.lines = lines;
    }

    @Test
    void lengthVerdictAndTextAreTheReferences() {
        assertThat(SurveyCorpus.differences(port, lines)).isEmpty();
        assertThat(lines).hasSizeGreaterThan(2_000);
    }

    /// A spelling that is no longer needed is no longer listed.
    @TestFactory
    Stream<DynamicTest> everySpellingHasAnExampleThatNeedsIt() {
        return port.spellings().all().stream()
                .map(spelling -> DynamicTest.dynamicTest(spelling.name(), () -> isNeeded(spelling)));
    }

    private void isNeeded(Spelling spelling) {
        byte[] bytes = HexFormat.of().parseHex(spelling.example());
        Disassembler.Line ours = port.disassembler().disassemble(bytes, 0, bytes.length, 0);

        assertThat(ours.length()).isEqualTo(bytes.length);
        assertThat(port.spellings().ours(spelling.theirs()))
                .isEqualTo(ours.text().replaceAll("\\s+", " "));
        assertThat(port.spellings().isNeeded(spelling)).isTrue();
    }
}
