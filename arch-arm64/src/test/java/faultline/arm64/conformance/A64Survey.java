package faultline.arm64.conformance;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.CpuModels;
import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.SurveyPort;
import faultline.core.isa.table.InsnTable;
import faultline.core.testing.SampledWords;
import faultline.core.testing.SurveyCommand;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A64's decoder and disassembler against objdump. `src/test/native/survey-disassembly` runs it.
///
///     A64Survey WORDS SEED [FILE]
///
/// WORDS of each kind. Into the file goes the corpus of [DisassemblyCorpusTest].
final class A64Survey {

    private static final Pattern NUMBER =
            Pattern.compile("-?(?:0x[0-9a-f]+|\\b[0-9a-f]{4,}\\b|\\d+(?:\\.\\d+e[+-]\\d+)?)");

    private A64Survey() {}

    /// Any words, those of rows, and those that differ from them in a bit or two.
    static Stream<byte[]> words(long ofEach, long seed) {
        List<InsnTable.Row> rows = InsnTable.of(Arm64Architecture.class, "A64").rows();
        return new SampledWords(rows, A64Sampler.IGNORED, ByteOrder.LITTLE_ENDIAN, seed).ofEachKind(ofEach);
    }

    static SurveyPort port() {
        return new SurveyPort(
                new Objdump("aarch64-linux-gnu-objdump", List.of("-m", "aarch64"), 4, (byte) 0),
                new Arm64Architecture().disassembler(CpuModels.max()),
                new BinutilsJudge(),
                BinutilsSpellings.ALL,
                text -> SurveyCommand.shape(text, NUMBER));
    }

    public static void main(String[] arguments) throws IOException {
        SurveyCommand.run(port(), A64Survey::words, arguments);
    }
}
