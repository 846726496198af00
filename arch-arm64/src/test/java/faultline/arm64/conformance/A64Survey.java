package faultline.arm64.conformance;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.CpuModels;
import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.Survey;
import faultline.core.isa.survey.SurveyCorpus;
import faultline.core.isa.survey.SurveyPort;
import faultline.core.isa.table.InsnTable;
import faultline.core.testing.SampledWords;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A64's decoder and disassembler against objdump. `src/test/native/survey-disassembly` runs it.
///
///     A64Survey WORDS SEED [FILE]
///
/// WORDS of each kind. Into the file goes the corpus of [DisassemblyCorpusTest].
final class A64Survey {

    private static final int OF_EACH_SHAPE = 1;
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
                A64Survey::shape);
    }

    /// Numbers, behind the mnemonic, also name registers.
    private static String shape(String text) {
        int blank = text.indexOf(' ');
        return blank < 0
                ? text
                : text.substring(0, blank)
                        + NUMBER.matcher(text.substring(blank)).replaceAll("");
    }

    public static void main(String[] arguments) throws IOException {
        SurveyPort port = port();
        SurveyCorpus corpus = new SurveyCorpus(port, OF_EACH_SHAPE);
        Survey survey = new Survey(port, corpus);
        survey.run(words(Long.parseLong(arguments[0]), Long.parseLong(arguments[1])));
        survey.report(System.out);
        if (arguments.length > 2) {
            corpus.write(Path.of(arguments[2]));
        }
    }
}
