package faultline.x86.cpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import faultline.x86.abi.X86KernelPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What programs can ask agrees: CPUID, AT_HWCAP, AT_HWCAP2, XCR0 and `/proc/cpuinfo` of every
/// model, by a list of Linux's flags that is written down here a second time.
class FeatureAgreementTest {

    /// Flags that Linux derives, or sets of its own.
    private static final Set<String> WITHOUT_A_BIT = Set.of("constant_tsc", "rep_good", "nopl", "nonstop_tsc", "cpuid");

    private static final List<String> REGISTERS = List.of("eax", "ebx", "ecx", "edx");

    /// The psABI's levels (x86-64 supplement, table 3.1), by Linux's names.
    private static final Set<String> LEVEL_1 = Set.of("cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2");

    private static final Set<String> LEVEL_2 = Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3");

    /// What makes level 3 beyond BMI, LZCNT and MOVBE: no model has it yet.
    private static final Set<String> LEVEL_3 = Set.of("avx", "avx2", "fma", "f16c");

    /// A flag and its bit.
    private record Flag(String name, int leaf, int subleaf, int register, int bit) {

        static Flag parse(String line) {
            String[] parts = line.split(" ");
            return new Flag(
                    parts[0],
                    Integer.parseUnsignedInt(parts[1], 16),
                    Integer.parseInt(parts[2]),
                    REGISTERS.indexOf(parts[3]),
                    Integer.parseInt(parts[4]));
        }

        boolean isSet(CpuModel model) {
            return (Cpuid.query(model, leaf, subleaf)[register] >>> bit & 1) != 0;
        }

        boolean isPrinted() {
            return !name.startsWith("(");
        }
    }

    static List<CpuModel> models() {
        return CpuModels.all();
    }

    private static List<Flag> flags() {
        var in = Objects.requireNonNull(FeatureAgreementTest.class.getResourceAsStream("linux-flags.txt"));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Flag::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> printed(CpuModel model) {
        return Cpuid.cpuinfo(model, 1)
                .lines()
                .filter(line -> line.startsWith("flags"))
                .flatMap(line ->
                        Arrays.stream(line.substring(line.indexOf(": ") + 2).split(" ")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void cpuinfoPrintsTheFlagsOfCpuidAndNoOthers(CpuModel model) {
        Set<String> expected = new TreeSet<>();
        flags().stream()
                .filter(flag -> flag.isPrinted() && flag.isSet(model))
                .forEach(flag -> expected.add(flag.name()));

        List<String> found = new ArrayList<>(printed(model));
        found.removeAll(WITHOUT_A_BIT);

        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyFeatureBitOfCpuidIsListed(CpuModel model) {
        for (int[] word : new int[][] {
            {1, 0, 2}, {1, 0, 3}, {7, 0, 1}, {7, 0, 2}, {7, 0, 3}, {0xd, 1, 0}, {0x80000001, 0, 2}, {0x80000001, 0, 3}
        }) {
            int listed = 0;
            for (Flag flag : flags()) {
                boolean here = flag.leaf() == word[0] && flag.subleaf() == word[1] && flag.register() == word[2];
                listed |= here ? 1 << flag.bit() : 0;
            }
            assertThat(Cpuid.query(model, word[0], word[1])[word[2]] & ~listed)
                    .as("leaf %x register %s", word[0], REGISTERS.get(word[2]))
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theAuxiliaryVectorAgrees(CpuModel model) {
        X86KernelPort port = new X86KernelPort();
        boolean fsgsbase = printed(model).contains("fsgsbase");

        assertThat(port.hwcap(model)).isEqualTo(Integer.toUnsignedLong(Cpuid.query(model, 1, 0)[3]));
        assertThat(port.hwcap2(model)).isEqualTo(fsgsbase ? 2 : 0);
        assertThat(port.cpuinfo(model, 1)).isEqualTo(Cpuid.cpuinfo(model, 1));
    }

    /// OSXSAVE says that XGETBV works; XCR0 is what leaf 13 names.
    @ParameterizedTest
    @MethodSource("models")
    void stateComponentsAgree(CpuModel model) {
        boolean xsave = printed(model).contains("xsave");
        int[] leaf = Cpuid.query(model, 0xd, 0);

        assertThat(Cpuid.query(model, 1, 0)[2] >>> 27 & 1).isEqualTo(xsave ? 1 : 0);
        assertThat(Integer.toUnsignedLong(leaf[0])).isEqualTo(xsave ? Cpuid.xcr0(model) : 0);
        assertThat((leaf[0] & 0x200) != 0).isEqualTo(printed(model).contains("pku"));
    }

    @Test
    void theLevelsAreThePsabis() {
        assertThat(printed(named("x86-64-v1"))).containsAll(LEVEL_1).doesNotContainAnyElementsOf(LEVEL_2);
        assertThat(printed(named("x86-64-v2"))).containsAll(LEVEL_1).containsAll(LEVEL_2);
        for (CpuModel model : models()) {
            assertThat(printed(model)).doesNotContainAnyElementsOf(LEVEL_3);
        }
    }

    @Test
    void whatIsBeyondTheLevelsIsInTheModelOfEverything() {
        List<String> extras =
                List.of("movbe", "abm", "bmi1", "bmi2", "adx", "aes", "pclmulqdq", "rdrand", "rdseed", "clwb");

        assertThat(printed(named("max"))).containsAll(extras);
        assertThat(printed(named("x86-64-v2"))).doesNotContainAnyElementsOf(extras);
    }

    private static CpuModel named(String name) {
        return models().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
    }
}
