package faultline.core.isa.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InsnProcessorTest {

    private static final String PACKAGE = """
            @faultline.core.isa.OpcodeMap(
                    name = "T", cpu = TCpu.class, flags = TFlags.class, glue = TGlue.class,
                    conditions = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"},
                    keepsCarry = "inc", features = "EXTRA")
            package t;
            """;

    private static final String CPU = """
            package t;
            import faultline.core.cpu.*;
            final class TCpu extends Cpu {
                public final long[] r = new long[17];
                public final long[] v = new long[32];
                public int flagKind;
                public long flagA, flagB, flagResult;
                public void latchFault(faultline.core.mmu.Walk.Faulted fault) {}
                public void copyFrom(Cpu other) {}
                public Registers registers() { return null; }
            }
            """;

    private static final String FLAGS = """
            package t;
            final class TFlags {
                static final int ADD = 1, SUB = 2, INC = 3, SHL = 4;
                static boolean cf(TCpu cpu) { return false; }
                static boolean cond(TCpu cpu, int n) { return false; }
                static boolean b(TCpu cpu) { return false; }
                static long image(TCpu cpu) { return 0; }
                static void setImage(TCpu cpu, long image) {}
                static long sub(long a, long b) { return a - b; }
            }
            """;

    private static final String GLUE = """
            package t;
            final class TGlue {
                static final faultline.core.cpu.GuestTrap UNDEFINED = new faultline.core.cpu.GuestTrap("#UD", 6, 0);
                static final faultline.core.cpu.GuestTrap TOO_LONG = new faultline.core.cpu.GuestTrap("#GP", 13, 0);
                static long override(TCpu cpu, long ea, int special) { return ea; }
            }
            """;

    @TempDir
    private Path output;

    static Stream<Arguments> refused() {
        return Stream.of(
                row("03 /q | add Gv, Ev", "static long m(long a) { return a; }", "/q: unknown"),
                row("03 /r | add Gv, Ev | frob", "static long m(long a, long b) { return a; }", "frob: unknown"),
                row("03 /r | add Gv, Kv", "static long m(long a, long b) { return a; }", "Kv: no such kind"),
                row("03 /r | add Gv, Ev", "static long m(long a, long b, long x) { return a; }", "parameter x"),
                row("03 /r | add Gv, Ev", "static long m(long a, long c) { return a; }", "parameter c"),
                row("03 /r | add Gv, Ev", "static long m(int a, long b) { return a; }", "parameter a: is a long"),
                row("03 /r | add Gv, Ev | -> none", "static long m(long a) { return a; }", "neither read nor written"),
                row("C8+r | swap Zv | lock", "static long m(long a) { return a; }", "lock: the first operand"),
                row("03 /r | add Gv, Ev | -> a", "static void m(long a, long b) {}", "the method is void"),
                row("EB cb | jmp Jb", "static long m() { return 1; }", "boolean or void"),
                row("EB | jmp Jb", "static boolean m() { return true; }", "needs cb or cz"),
                row("04 | add AL, Ib", "static long m(long a, long b) { return a; }", "0 immediates, assembly 1"),
                row("90 | add Gv, Ev", "static long m(long a, long b) { return a; }", "has no /r"),
                row("03 /r ?MORE | add Gv, Ev", "static long m(long a, long b) { return a; }", "feature MORE"),
                row(
                        "66 0F 70 /r | shuf Vdq, Wdq",
                        "static long m(long bLo, long bHi) { return bLo; }",
                        "needs high=method"),
                row(
                        "66 0F 70 /r | shuf Vdq, Wdq",
                        "static long m(long a, long aLo, long b) { return a; }",
                        "whole or by halves"),
                row(
                        "03 /r | add Gv, Ev | rDX=two",
                        "static long m(faultline.core.mem.Mem mem, long b) { return b; }"
                                + " static long two(faultline.core.mem.Mem mem) { return 0; }",
                        "two methods take Mem"),
                row("0F A2 | id | add", "static void m(TCpu cpu) {}", "no effects"),
                row("0F A2 | id", "static void m(Object cpu) {}", "parameter cpu: is a t.TCpu"),
                row("03 /r | add Gv, Ev | rDX=gone", "static long m(long a, long b) { return a; }", "method gone"),
                row("03 /r | add Gv, Ev | add sub", "static long m(long a, long b) { return a; }", "flags once"),
                row("03 /r | add Gv, Ev", "static int m(long a, long b) { return 0; }", "a value is a long"),
                row("03 /r", "static long m(long a, long b) { return a; }", "encoding | assembly | effects"),
                row("VEX 0F 03 /r | andn Gy, By, Ey", "static long m(long b, long c) { return b; }", "one of NP, 66"),
                row("0F 03 /r | andn Gy, By, Ey", "static long m(long b, long c) { return b; }", "in a VEX prefix"),
                row("0F 03 /r | addsd Vq, Wq", "static long m(long b, int unit) { return b; }", "parameter unit: is a"),
                row(
                        "03 /r | add Gv, Ev\\n03 /r | also Gv, Ev",
                        "static long m(long a, long b) { return a; }",
                        "neither is more specific"),
                row(
                        "0F 58 /r | one Vdq, Wdq | unaligned\\n66 0F 58 /r | two Vdq, Wdq",
                        "static long m(long a, long b) { return a; }",
                        "say NP"));
    }

    private static Arguments row(String rows, String method, String message) {
        return Arguments.of(rows, method, message);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesAtTheLineOfTheMethod(String rows, String method, String message) {
        List<Diagnostic<? extends JavaFileObject>> errors = compile(
                "-proc:only",
                "package t;\nfinal class Chapter {\n@faultline.core.isa.Insn(\"" + rows + "\")\n" + method + "\n}\n");
        assertThat(errors).anySatisfy(error -> {
            assertThat(error.getMessage(Locale.ROOT)).startsWith("isa: ").contains(message);
            assertThat(error.getLineNumber()).isEqualTo(4);
        });
    }

    @Test
    void generatesWhatCompiles() {
        assertThat(compile("-proc:full", """
                        package t;
                        final class Chapter {
                            @faultline.core.isa.Insn(\"""
                                03 /r | add Gv, Ev | add
                                01 /r | add Ev, Gv | add lock
                                \""")
                            static long add(long a, long b) { return a + b; }

                            @faultline.core.isa.Insn("FF /0 | inc Ev | inc")
                            static long inc(long a) { return a + 1; }

                            @faultline.core.isa.Insn("72 cb | jb Jb | f64")
                            static boolean jb(boolean cf) { return cf; }
                        }
                        """)).isEmpty();
    }

    private List<Diagnostic<? extends JavaFileObject>> compile(String processing, String chapter) {
        return ProcessorRun.compile(
                output,
                processing,
                Map.of(
                        "t/package-info",
                        PACKAGE,
                        "t/TCpu",
                        CPU,
                        "t/TFlags",
                        FLAGS,
                        "t/TGlue",
                        GLUE,
                        "t/Chapter",
                        chapter));
    }
}
