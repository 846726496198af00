package faultline.x86.insn;

import static java.nio.charset.StandardCharsets.US_ASCII;

import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Objdump;
import faultline.core.isa.survey.Survey;
import faultline.core.isa.survey.SurveyCorpus;
import faultline.core.isa.survey.SurveyPort;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.CpuModels;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// x86-64's decoder and disassembler against objdump. `src/test/native/survey-disassembly` runs it.
///
///     X86Survey RANDOM SEED [corpus FILE | strings FILE]
///
/// RANDOM strings of each kind that is not systematic. Written are either the corpus of
/// [DisassemblyCorpusTest], or all strings with our length and the finding, for `ask-host.c`.
final class X86Survey {

    private static final int OF_EACH_SHAPE = 3;
    private static final int VEX_MODRMS = 8;

    private X86Survey() {}

    static SurveyPort port() {
        Disassembler disassembler = new X86Architecture().disassembler(CpuModels.max());
        return new SurveyPort(
                new Objdump("objdump", List.of("-m", "i386:x86-64", "-M", "intel"), 32, (byte) 0x90),
                disassembler,
                new BinutilsJudge(disassembler),
                BinutilsSpellings.ALL,
                X86Survey::shape);
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

    public static void main(String[] arguments) throws IOException {
        SurveyPort port = port();
        long random = Long.parseLong(arguments[0]);
        Samples samples = new Samples(Long.parseLong(arguments[1]));
        switch (arguments.length > 2 ? arguments[2] : "") {
            case "corpus" -> {
                SurveyCorpus corpus = new SurveyCorpus(port, OF_EACH_SHAPE);
                run(new Survey(port, corpus), samples, random);
                corpus.write(Path.of(arguments[3]));
            }
            case "strings" -> {
                try (PrintStream to = new PrintStream(arguments[3], US_ASCII)) {
                    run(
                            new Survey(port, (bytes, theirs, ours, found) -> to.println(question(bytes, ours, found))),
                            samples,
                            random);
                }
            }
            default -> run(new Survey(port, (bytes, theirs, ours, finding) -> {}), samples, random);
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
                .forEach(survey::run);
        survey.report(System.out);
    }
}
