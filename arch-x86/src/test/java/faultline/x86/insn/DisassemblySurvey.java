package faultline.x86.insn;

import static java.nio.charset.StandardCharsets.US_ASCII;

import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.Reading;
import faultline.core.isa.survey.Survey;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.CpuModels;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Compares decoder and disassembler with objdump over the encoding space, for the model that has
/// every feature. `src/test/native/survey-disassembly` runs it.
///
///     DisassemblySurvey RANDOM SEED [corpus FILE | strings FILE]
///
/// RANDOM strings of each kind that is not systematic. Written are either some of what both read
/// alike, which [DisassemblyCorpusTest] compares where there is no objdump, or all strings with our
/// length and the finding, for `ask-host.c`.
final class DisassemblySurvey {

    private static final int VEX_MODRMS = 8;

    private DisassemblySurvey() {}

    static Objdump objdump() {
        return new Objdump("objdump", List.of("-m", "i386:x86-64", "-M", "intel"), 32, (byte) 0x90);
    }

    static Survey survey(Survey.Observer observer) {
        CpuModel model = CpuModels.max();
        Disassembler disassembler = new X86Architecture().disassembler(model);
        return new Survey(objdump(), disassembler, new BinutilsJudge(disassembler), observer);
    }

    public static void main(String[] arguments) throws IOException {
        long random = Long.parseLong(arguments[0]);
        Samples samples = new Samples(Long.parseLong(arguments[1]));
        switch (arguments.length > 2 ? arguments[2] : "") {
            case "corpus" -> {
                Corpus corpus = new Corpus();
                run(survey(corpus), samples, random);
                corpus.write(Path.of(arguments[3]));
            }
            case "strings" -> {
                try (PrintStream to = new PrintStream(arguments[3], US_ASCII)) {
                    run(
                            survey((bytes, theirs, ours, found) -> to.println(question(bytes, ours, found))),
                            samples,
                            random);
                }
            }
            default -> run(survey((bytes, theirs, ours, finding) -> {}), samples, random);
        }
    }

    /// A string, the length we see or `undefined`, and the listed class that binutils' reading is of.
    private static String question(byte[] bytes, Disassembler.Line ours, Judge.Finding found) {
        boolean undefined = ours.mnemonic().matches("\\.byte|ud[012]");
        String length = undefined ? "undefined" : String.valueOf(ours.length());
        String listed = found instanceof Judge.Finding.Listed(String name) ? name : "-";
        return HexFormat.of().formatHex(bytes) + " " + length + " " + listed;
    }

    private static void run(Survey survey, Samples samples, long random) {
        Stream.of(
                        samples.structured(random),
                        samples.uniform(random),
                        samples.systematicVex(VEX_MODRMS),
                        samples.systematic())
                .forEach(strings -> survey.run(strings.iterator()));
        survey.report(System.out);
        if (!survey.unexplained().isEmpty()) {
            throw new IllegalStateException("survey: differences without an explanation");
        }
    }

    /// A few strings of every mnemonic and shape of operands.
    private static final class Corpus implements Survey.Observer {

        private static final int OF_EACH = 3;
        private static final String HEADER = "# What objdump (GNU Binutils 2.40) says of byte strings, written by"
                + " survey-disassembly: bytes, address, length, text.";

        private final Map<String, Integer> taken = new HashMap<>();
        private final TreeSet<String> lines = new TreeSet<>();

        @Override
        public void compared(byte[] bytes, Reading theirs, Disassembler.Line ours, Judge.Finding finding) {
            if (!(finding instanceof Judge.Finding.Same)) {
                return;
            }
            String shape = shape(BinutilsSpelling.ours(theirs.text()));
            if (taken.merge(shape, 1, Integer::sum) <= OF_EACH) {
                boolean refused = theirs.text().contains("(bad)");
                byte[] shown = refused ? bytes : Arrays.copyOf(bytes, theirs.length());
                lines.add(HexFormat.of().formatHex(shown) + "\t" + Long.toHexString(theirs.pc()) + "\t"
                        + theirs.length() + "\t" + theirs.text());
            }
        }

        /// The mnemonic and the kinds of operands.
        private static String shape(String text) {
            int blank = text.lastIndexOf(' ', text.indexOf(',') < 0 ? text.length() : text.indexOf(','));
            String operands = Stream.of(text.substring(blank + 1).split(","))
                    .map(operand -> operand.replaceAll("^(?:0x)?[0-9a-f]+$", "N")
                            .replaceAll(".*[\\[:].*", "M")
                            .replaceAll("^(?:r[a-z]+|r\\d+)$", "Rq")
                            .replaceAll("^(?:e[a-z]+|r\\d+d)$", "Rd")
                            .replaceAll("^[a-z]{2,3}$|^r\\d+[bw]$", "R")
                            .replaceAll("\\d+", ""))
                    .collect(Collectors.joining(","));
            return text.substring(0, blank + 1) + operands;
        }

        void write(Path file) throws IOException {
            Files.write(file, Stream.concat(Stream.of(HEADER), lines.stream()).toList());
        }
    }
}
