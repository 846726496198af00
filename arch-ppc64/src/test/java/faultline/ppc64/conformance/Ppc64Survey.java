package faultline.ppc64.conformance;

import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.Survey;
import faultline.core.isa.survey.SurveyCorpus;
import faultline.core.isa.survey.SurveyPort;
import faultline.core.isa.table.InsnTable;
import faultline.core.testing.SampledWords;
import faultline.ppc64.Ppc64Architecture;
import faultline.ppc64.cpu.CpuModels;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// ppc64's decoder and disassembler against objdump. `src/test/native/survey-disassembly` runs it.
///
///     Ppc64Survey WORDS SEED [FILE]
///
/// WORDS of each kind. Into the file goes the corpus of [DisassemblyCorpusTest].
final class Ppc64Survey {

    private static final int OF_EACH_SHAPE = 1;
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
                Ppc64Survey::shape);
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
