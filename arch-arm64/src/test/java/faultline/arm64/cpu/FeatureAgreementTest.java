package faultline.arm64.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What programs can ask agrees: ID registers, AT_HWCAP, AT_HWCAP2 and `/proc/cpuinfo` of every
/// model, by a list of Linux's capabilities that is written down here a second time.
class FeatureAgreementTest {

    private static final int PFR0 = 0x40;
    private static final int DFR0 = 0x50;
    private static final int ISAR0 = 0x60;
    private static final int ISAR1 = 0x61;
    private static final int MMFR0 = 0x70;

    /// A capability that a field of an ID register brings: the least value, signed where 15 is none.
    private record Capability(String name, int hwcap, int register, int shift, int least, boolean signed) {

        boolean isIn(CpuModel model) {
            int field = (int) (read(model, register) >>> shift) & 15;
            return (signed && field == 15 ? -1 : field) >= least;
        }
    }

    /// Documentation/arch/arm64/elf_hwcaps.rst.
    private static final List<Capability> LINUX = List.of(
            new Capability("fp", 0, PFR0, 16, 0, true),
            new Capability("asimd", 1, PFR0, 20, 0, true),
            new Capability("aes", 3, ISAR0, 4, 1, false),
            new Capability("pmull", 4, ISAR0, 4, 2, false),
            new Capability("sha1", 5, ISAR0, 8, 1, false),
            new Capability("sha2", 6, ISAR0, 12, 1, false),
            new Capability("crc32", 7, ISAR0, 16, 1, false),
            new Capability("atomics", 8, ISAR0, 20, 2, false),
            new Capability("fphp", 9, PFR0, 16, 1, true),
            new Capability("asimdhp", 10, PFR0, 20, 1, true),
            new Capability("asimdrdm", 12, ISAR0, 28, 1, false),
            new Capability("jscvt", 13, ISAR1, 12, 1, false),
            new Capability("fcma", 14, ISAR1, 16, 1, false),
            new Capability("lrcpc", 15, ISAR1, 20, 1, false),
            new Capability("dcpop", 16, ISAR1, 0, 1, false),
            new Capability("sha3", 17, ISAR0, 32, 1, false),
            new Capability("sm3", 18, ISAR0, 36, 1, false),
            new Capability("sm4", 19, ISAR0, 40, 1, false),
            new Capability("asimddp", 20, ISAR0, 44, 1, false),
            new Capability("sha512", 21, ISAR0, 12, 2, false),
            new Capability("sve", 22, PFR0, 32, 1, false),
            new Capability("asimdfhm", 23, ISAR0, 48, 1, false),
            new Capability("dit", 24, PFR0, 48, 1, false),
            new Capability("ilrcpc", 26, ISAR1, 20, 2, false),
            new Capability("flagm", 27, ISAR0, 52, 1, false),
            new Capability("sb", 29, ISAR1, 36, 1, false),
            new Capability("paca", 30, ISAR1, 4, 1, false),
            new Capability("pacg", 31, ISAR1, 24, 1, false),
            new Capability("dcpodp", 64, ISAR1, 0, 2, false),
            new Capability("flagm2", 71, ISAR0, 52, 2, false),
            new Capability("frint", 72, ISAR1, 32, 1, false),
            new Capability("i8mm", 77, ISAR1, 52, 1, false),
            new Capability("bf16", 78, ISAR1, 44, 1, false),
            new Capability("dgh", 79, ISAR1, 48, 1, false),
            new Capability("rng", 80, ISAR0, 60, 1, false));

    /// Bits 2 and 11 come from the kernel itself.
    private static final Set<String> OF_THE_KERNEL = Set.of("evtstrm", "cpuid");

    static List<CpuModel> models() {
        return CpuModels.all();
    }

    private static long read(CpuModel model, int register) {
        return CpuId.read(model, register >> 4, register & 15);
    }

    private static Set<String> printed(CpuModel model) {
        String line = CpuId.cpuinfo(model, 1)
                .lines()
                .filter(l -> l.startsWith("Features\t: "))
                .findFirst()
                .orElseThrow();
        return new TreeSet<>(
                Arrays.asList(line.substring(line.indexOf(": ") + 2).split(" ")));
    }

    @ParameterizedTest
    @MethodSource("models")
    void cpuinfoPrintsWhatTheIdRegistersSay(CpuModel model) {
        Set<String> expected = new TreeSet<>(OF_THE_KERNEL);
        LINUX.stream().filter(c -> c.isIn(model)).forEach(c -> expected.add(c.name()));
        assertThat(printed(model)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("models")
    void theAuxiliaryVectorSaysTheSame(CpuModel model) {
        long hwcap = 1 << 2 | 1 << 11;
        long hwcap2 = 0;
        for (Capability capability : LINUX) {
            if (printed(model).contains(capability.name())) {
                hwcap |= capability.hwcap() < 64 ? 1L << capability.hwcap() : 0;
                hwcap2 |= capability.hwcap() >= 64 ? 1L << capability.hwcap() : 0;
            }
        }
        assertThat(CpuId.hwcap(model)).isEqualTo(hwcap);
        assertThat(CpuId.hwcap2(model)).isEqualTo(hwcap2);
    }

    /// Beside the capabilities only what Linux puts there itself.
    @ParameterizedTest
    @MethodSource("models")
    void noOtherFieldSaysAnything(CpuModel model) {
        for (int register = 0x20; register < 0x78; register++) {
            long rest = read(model, register);
            for (Capability capability : LINUX) {
                if (capability.register() == register) {
                    rest &= ~(0xfL << capability.shift());
                }
            }
            long linux = switch (register) {
                case PFR0 -> 0x11;
                case DFR0 -> 6;
                case MMFR0 -> 0xff00_0000L;
                default -> 0;
            };
            assertThat(rest).as("CRm %d op2 %d", register >> 4, register & 15).isEqualTo(linux);
        }
    }

    @Test
    void theBaselineIsWhatEveryProcessorHas() {
        assertThat(printed(named("armv8.0"))).containsExactly("asimd", "cpuid", "crc32", "evtstrm", "fp");
    }

    @Test
    void accessFlagsAreTheHardwaresFromArmv81On() {
        assertThat(named("armv8.0").has(CpuModels.HARDWARE_ACCESS_FLAG)).isFalse();
        assertThat(CpuModels.all())
                .filteredOn(m -> !m.name().equals("armv8.0"))
                .isNotEmpty()
                .allMatch(m -> m.has(CpuModels.HARDWARE_ACCESS_FLAG));
    }

    @Test
    void everyProcessorHasAParagraph() {
        assertThat(CpuId.cpuinfo(named("armv8.0"), 2)).isEqualTo("""
                        processor\t: 0
                        BogoMIPS\t: 2000.00
                        Features\t: fp asimd evtstrm crc32 cpuid
                        CPU implementer\t: 0x00
                        CPU architecture: 8
                        CPU variant\t: 0x0
                        CPU part\t: 0x46c
                        CPU revision\t: 0

                        processor\t: 1
                        BogoMIPS\t: 2000.00
                        Features\t: fp asimd evtstrm crc32 cpuid
                        CPU implementer\t: 0x00
                        CPU architecture: 8
                        CPU variant\t: 0x0
                        CPU part\t: 0x46c
                        CPU revision\t: 0

                        """);
    }

    private static CpuModel named(String name) {
        return models().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
    }
}
