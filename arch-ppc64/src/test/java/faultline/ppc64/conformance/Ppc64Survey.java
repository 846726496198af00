package faultline.ppc64.conformance;

import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.SurveyPort;
import faultline.core.isa.table.InsnTable;
import faultline.core.testing.SampledWords;
import faultline.core.testing.SurveyCommand;
import faultline.ppc64.Ppc64Architecture;
import faultline.ppc64.cpu.CpuModels;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// ppc64's decoder and disassembler against objdump. `src/test/native/survey-disassembly` runs it.
///
///     Ppc64Survey WORDS SEED [FILE]
///
/// WORDS of each kind. Into the file goes the corpus of [DisassemblyCorpusTest].
final class Ppc64Survey {

    private static final Pattern NUMBER = Pattern.compile("-?(?:0x[0-9a-f]+|\\b[0-9a-f]{4,}\\b|\\d+)");

    private Ppc64Survey() {}

    /// Any words, those of rows, and those that differ from them in a bit or two.
    static Stream<byte[]> words(long ofEach, long seed) {
        List<InsnTable.Row> rows =
                InsnTable.of(Ppc64Architecture.class, "Ppc64").rows();
        return new SampledWords(rows, PowerSampler.IGNORED, ByteOrder.BIG_ENDIAN, seed).ofEachKind(ofEach);
    }

    static SurveyPort port() {
        return new SurveyPort(
                new Objdump(
                        "powerpc64le-linux-gnu-objdump",
                        List.of("-m", "powerpc:common64", "-EB", "-M", "power9"),
                        4,
                        (byte) 0),
                new Ppc64Architecture.BigEndian().disassembler(CpuModels.max()),
                new BinutilsJudge(),
                BinutilsSpellings.ALL,
                text -> SurveyCommand.shape(text, NUMBER));
    }

    public static void main(String[] arguments) throws IOException {
        SurveyCommand.run(port(), Ppc64Survey::words, arguments);
    }
}
