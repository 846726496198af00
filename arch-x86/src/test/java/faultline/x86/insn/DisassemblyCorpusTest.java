package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Reading;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.CpuModels;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Decoder and disassembler against a corpus that objdump has read, written by [DisassemblySurvey].
class DisassemblyCorpusTest {

    private final Disassembler disassembler = new X86Architecture().disassembler(CpuModels.max());
    private final Judge judge = new BinutilsJudge(disassembler);

    @Test
    void lengthVerdictAndTextAreObjdumps() {
        List<String> differences = new ArrayList<>();
        List<String> lines = TestResources.lines("objdump.corpus");
        for (String line : lines) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t");
            byte[] bytes = HexFormat.of().parseHex(columns[0]);
            Reading theirs = new Reading(Long.parseLong(columns[1], 16), Integer.parseInt(columns[2]), columns[3]);
            Disassembler.Line ours = disassembler.disassemble(bytes, 0, bytes.length, theirs.pc());
            if (!(judge.compare(bytes, theirs, ours) instanceof Judge.Finding.Same)) {
                differences.add(line + ": ours " + ours);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(lines).hasSizeGreaterThan(2_000);
    }

    static List<BinutilsSpelling> spellings() {
        return BinutilsSpelling.ALL;
    }

    /// A spelling that is no longer needed is no longer listed.
    @ParameterizedTest
    @MethodSource("spellings")
    void everySpellingHasAnExampleThatNeedsIt(BinutilsSpelling spelling) {
        byte[] bytes = HexFormat.of().parseHex(spelling.example());
        Disassembler.Line ours = disassembler.disassemble(bytes, 0, bytes.length, 0);
        String text = ours.text().replaceAll("\\s+", " ");

        assertThat(ours.length()).isEqualTo(bytes.length);
        assertThat(BinutilsSpelling.ours(spelling.theirs())).isEqualTo(text);
        assertThat(spelling.matters(spelling.theirs())).isTrue();
    }
}
