package faultline.arm64.conformance;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.CpuModels;
import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.Reading;
import faultline.core.isa.survey.Survey;
import faultline.core.isa.table.InsnTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Compares decoder and disassembler with objdump over the encoding space, for the model that has
/// every feature. `src/test/native/survey-disassembly` runs it.
///
///     DisassemblySurvey WORDS SEED [FILE]
///
/// WORDS of each kind. Into the file goes some of what both read alike, which
/// [DisassemblyCorpusTest] compares where there is no objdump.
final class DisassemblySurvey {

    private DisassemblySurvey() {}

    static Objdump objdump() {
        return new Objdump("aarch64-linux-gnu-objdump", List.of("-m", "aarch64"), 4, (byte) 0);
    }

    static Survey survey(Survey.Observer observer) {
        Disassembler disassembler = new Arm64Architecture().disassembler(CpuModels.max());
        return new Survey(objdump(), disassembler, new BinutilsJudge(), observer);
    }

    static SampledWords samples(long seed) {
        return new SampledWords(InsnTable.of(Arm64Architecture.class, "A64").rows(), seed);
    }

    public static void main(String[] arguments) throws IOException {
        long words = Long.parseLong(arguments[0]);
        SampledWords samples = samples(Long.parseLong(arguments[1]));
        Corpus corpus = new Corpus();
        Survey survey = survey(corpus);
        Stream.of(samples.uniform(words), samples.near(words), samples.ofRows(words))
                .forEach(kind -> survey.run(kind.iterator()));
        survey.report(System.out);
        if (!survey.unexplained().isEmpty()) {
            throw new IllegalStateException("survey: differences without an explanation");
        }
        if (arguments.length > 2) {
            corpus.write(Path.of(arguments[2]));
        }
    }

    /// A few words of every mnemonic and shape of operands.
    private static final class Corpus implements Survey.Observer {

        private static final int OF_EACH = 2;
        private static final String HEADER = "# What objdump (GNU Binutils 2.40) says of words, written by"
                + " survey-disassembly: bytes, address, text.";

        private final Map<String, Integer> taken = new HashMap<>();
        private final TreeSet<String> lines = new TreeSet<>();

        @Override
        public void compared(byte[] bytes, Reading theirs, Disassembler.Line ours, Judge.Finding finding) {
            if (!(finding instanceof Judge.Finding.Same)) {
                return;
            }
            String shape = theirs.text().replaceAll("0x[0-9a-f]+|\\d+", "");
            if (taken.merge(shape, 1, Integer::sum) <= OF_EACH) {
                lines.add(
                        HexFormat.of().formatHex(bytes) + "\t" + Long.toHexString(theirs.pc()) + "\t" + theirs.text());
            }
        }

        void write(Path file) throws IOException {
            Files.write(file, Stream.concat(Stream.of(HEADER), lines.stream()).toList());
        }
    }
}
