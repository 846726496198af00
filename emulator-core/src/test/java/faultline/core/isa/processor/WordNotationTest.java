package faultline.core.isa.processor;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The fixed-width notation on two architectures of forty instructions each, which lie in the test
/// resources; `words.txt` is what objdump makes of words.
class WordNotationTest {

    @TempDir
    private Path output;

    static Stream<Arguments> refused() {
        return Stream.of(
                row("000000 rd:5 | one rd", "static long m() { return 1; }", "has 11 bits, not 32"),
                row("000000 rd:5 rn:30 | one rd, rn", "static long m(long rn) { return 1; }", "wider than 32"),
                row("REST:x rd:5 | one rd", "static long m() { return 1; }", "REST:x: unknown"),
                row("rd:5 rd:5 REST22 | one rd", "static long m() { return 1; }", "field rd: is there twice"),
                row("rd:5 imm:27*3 | one rd, #imm", "static long m(long imm) { return 1; }", "no power of two"),
                row("rd:5 imm:27 imm==x | one rd, #imm", "static long m(long imm) { return 1; }", "field x"),
                row("rd:5 one:2 REST25 one==4 | one rd", "static long m(int one) { return 1; }", "has 2 bits, not 4"),
                row("rd:5 REST27 two==1 | one rd", "static long m() { return 1; }", "condition on two"),
                row("rd:5 imm:27 v=gone(imm) | one rd, #v", "static long m(long v) { return v; }", "function gone"),
                row("rd:5 imm:27 v=id(imm,imm) | one rd, #v", "static long m(long v) { return v; }", "has 1 param"),
                row("rd:5 imm:27 id(imm) | one rd, #imm", "static long m(long imm) { return 1; }", "gives a boolean"),
                row("rd:5 rn:5 REST22 | one rd, rn", "static long m() { return 1; }", "rn: neither read nor written"),
                row("rd:5 un:5 REST22 | one rd", "static long m() { return 1; }", "field un: nothing takes it"),
                row("rd:5 REST27 | one rd, <cc>", "static long m() { return 1; }", "<cc>: no such field"),
                row("rd:5 REST27 | one rd|pc", "static long m() { return 1; }", "no register file has this suffix"),
                row("rd:5 REST27 | one rd{, lsl}", "static long m() { return 1; }", "no field in {}"),
                row("rd:5 REST27 | one rd | frob", "static long m() { return 1; }", "effect frob: unknown"),
                row("rd:5 REST27 | one rd", "static long m(long xx) { return 1; }", "parameter xx"),
                row("rd:5 rn:5 REST22 | one rd, rn", "static long m(short rn) { return 1; }", "is a long or an int"),
                row("rd:5 REST27 | one rd", "static long m(long cf) { return 1; }", "parameter cf: is a boolean"),
                row("rd:5 REST27 | one rd", "static long m(Object cpu) { return 1; }", "parameter cpu: is a w.WCpu"),
                row("rd:5 REST27 | one rd", "static int m() { return 1; }", "a value is a long"),
                row("rd:5 REST27 | one rd | -> rd", "static void m() {}", "the method is void"),
                row("imm:5 REST27 | one #imm", "static long m(int imm) { return 1; }", "result goes nowhere"),
                row("rd:5 REST27 | one rd | vv=gone", "static long m() { return 1; }", "method gone"),
                row("rd:5 REST27 | one rd | lr=id", "static long m() { return 1; }", "parameter imm"),
                row("rd:5 REST27 | one rd | xx=next", "static long m() { return 1; }", "has no setXx"),
                row("rd:5 REST27 | one rd | rn:=gone", "static long m(long rn) { return 1; }", "rn:=gone"),
                row("rd:5 REST27 | one rd | sub?", "static long m() { return 1; }", "effect sub?"),
                row(
                        "rd:5 REST27 | one rd",
                        "static long m(faultline.core.mem.Mem mem, long ea) { return 1; }",
                        "no memory"),
                row("rd:5 rn:5 REST22 | one rd, [rn|sb]", "static long m(long ea) { return ea; }", "base gone"),
                row("vd:5 vn:5 REST22 | one vd, vn", "static long m(long vnLo) { return 1; }", "needs high=method"),
                row(
                        "rd:5 vd:5 vn:5 REST17 | one rd, vd, vn | vd=part",
                        "static long m() { return 1; } static long part(long vnLo) { return 1; }",
                        "it takes no half"),
                row(
                        "rd:5 rn:5 REST22 | one rd, rn | all",
                        "static long m(long rn) { return rn; }",
                        "effect all: takes"),
                row("target:27+pc 00000 | b target", "static long m() { return 1; }", "boolean or void method"),
                row("rd:5 REST27 | one rd", "static boolean m() { return true; }", "that of a branch"),
                row("rd:5 REST27 | one rd | ends", "static long m() { return 1; }", "only a method that takes the CPU"),
                row("rd:5 REST27 | one rd | sub", "static void m(WCpu cpu) {}", "no effects"),
                row("rd:5 REST27 ?MORE | one rd", "static long m() { return 1; }", "feature MORE"),
                row("rd:5 REST27", "static long m() { return 1; }", "encoding | assembly | effects"),
                row(
                        "vd:5 vn:5 REST22 | one vd, vn",
                        "static long m(long vnLo, long vnHi) { return 1; }",
                        "needs high=method"),
                row(
                        "00 rd:5 rn:5 0000000000 imm:10 | one rd, rn, #imm\\n"
                                + "00 rd:5 rn:5 imm:10 0000000000 | two rd, rn, #imm",
                        "static long m(long rn, int imm) { return 1; }",
                        "neither is more specific"));
    }

    private static Arguments row(String rows, String method, String message) {
        return Arguments.of(
                rows.replace("REST27", "0".repeat(27))
                        .replace("REST25", "0".repeat(25))
                        .replace("REST22", "0".repeat(22))
                        .replace("REST17", "0".repeat(17)),
                method,
                message);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesAtTheLineOfTheMethod(String rows, String method, String message) {
        Map<String, String> sources = new TreeMap<>(ProcessorRun.resources("w"));
        sources.put(
                "w/Chapter",
                "package w;\nfinal class Chapter {\n@faultline.core.isa.Insn(\"" + rows + "\")\n" + method + "\n}\n");
        List<Diagnostic<? extends JavaFileObject>> errors = ProcessorRun.compile(output, "-proc:only", sources);
        assertThat(errors).anySatisfy(error -> {
            assertThat(error.getMessage(Locale.ROOT)).startsWith("isa: ").contains(message);
            assertThat(error.getLineNumber()).isEqualTo(4);
        });
    }

    /// A row between two that overlap says which words are meant by whom.
    @Test
    void acceptsOverlapsThatAThirdRowSettles() {
        Map<String, String> sources = new TreeMap<>(ProcessorRun.resources("w"));
        sources.put("w/Chapter", """
                package w;
                final class Chapter {
                    @faultline.core.isa.Insn(\"""
                        00 rd:5 rn:5 0000000000 imm:10               | one rd, rn, #imm
                        00 rd:5 rn:5 imm:10 0000000000               | two rd, rn, #imm
                        00 rd:5 rn:5 0000000000 imm:10 imm==0        | three rd, rn
                        \""")
                    static long m(long rn, int imm) { return rn; }
                }
                """);
        assertThat(ProcessorRun.compile(output, "-proc:full", sources)).isEmpty();
    }

    @Test
    void theDisplacementBeforeABaseIsPartOfTheAddress() throws Exception {
        Map<String, String> sources = new TreeMap<>(ProcessorRun.resources("w"));
        sources.put("w/Chapter", """
                package w;
                final class Chapter {
                    @faultline.core.isa.Insn("rd:5 rn:5 imm:s22 | one rd, imm(rn)")
                    static long m(long ea) { return ea; }
                }
                """);
        assertThat(ProcessorRun.compile(output, "-proc:full", sources)).isEmpty();
        assertThat(Files.readString(output.resolve("w/MNodes.java"))).contains("long ea = imm + cpu.r[regRn];");
    }

    /// An effect may look at both halves of a result.
    @Test
    void givesBothHalvesOfAResultToAnEffect() {
        Map<String, String> sources = new TreeMap<>(ProcessorRun.resources("w"));
        sources.put("w/Chapter", """
                package w;
                final class Chapter {
                    @faultline.core.isa.Insn("vd:5 vn:5 0000000000000000000000 | one vd, vn | all")
                    static long m(long vn) { return ~vn; }
                }
                """);
        assertThat(ProcessorRun.compile(output, "-proc:full", sources)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"arm, Arm, false", "power, Power, true"})
    void disassemblesAsObjdumpDoes(String name, String start, boolean bigEndian) throws Exception {
        Architecture architecture = compiled(name, start);
        Disassembler disassembler =
                architecture.disassembler(architecture.models().getLast());
        List<String> words = Files.readAllLines(ProcessorRun.directory(name).resolve("words.txt"));
        assertThat(words).hasSizeGreaterThan(50);
        assertThat(words).allSatisfy(line -> {
            String[] columns = line.split(" ", 3);
            byte[] bytes = HexFormat.of().parseHex(columns[1]);
            byte[] word = bigEndian ? bytes : new byte[] {bytes[3], bytes[2], bytes[1], bytes[0]};
            long pc = Long.parseLong(columns[0], 16);
            assertThat(disassembler.disassemble(word, 0, 4, pc).text().replaceAll(" +", " "))
                    .isEqualTo(columns[2]);
        });
    }

    @Test
    void knowsAnInstructionOnlyIfTheModelHasIt() throws Exception {
        Architecture arm = compiled("arm", "Arm");
        byte[] ldadd = HexFormat.of().parseHex("620021f8");
        CpuModel base = arm.models().getFirst();
        CpuModel max = arm.models().getLast();
        assertThat(arm.disassembler(base).disassemble(ldadd, 0, 4, 0).mnemonic())
                .isEqualTo(".inst");
        assertThat(arm.disassembler(max).disassemble(ldadd, 0, 4, 0).mnemonic()).isEqualTo("ldadd");
    }

    private Architecture compiled(String name, String start) throws Exception {
        assertThat(ProcessorRun.compile(output, "-proc:full", ProcessorRun.resources(name)))
                .isEmpty();
        ClassLoader loader = new URLClassLoader(
                new URL[] {output.toUri().toURL()}, getClass().getClassLoader());
        return loader.loadClass(name + "." + start + "Architecture")
                .asSubclass(Architecture.class)
                .getDeclaredConstructor()
                .newInstance();
    }
}
