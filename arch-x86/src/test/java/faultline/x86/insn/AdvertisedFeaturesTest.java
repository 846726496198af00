package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.x86.X86Architecture;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A model advertises exactly what it executes: libraries pick their code by it.
class AdvertisedFeaturesTest {

    /// An instruction of each feature and its mnemonic.
    private static final Map<String, String> SAMPLES = samples();

    /// Features that bring no instruction of their own: paging, the counter's pace, what Linux
    /// derives.
    private static final Set<String> WITHOUT_INSTRUCTIONS = Set.of(
            "PSE",
            "PAE",
            "PGE",
            "NX",
            "PDPE1GB",
            "LM",
            "CONSTANT_TSC",
            "REP_GOOD",
            "NONSTOP_TSC",
            "HYPERVISOR",
            "OSPKE",
            "FDP_EXCEPTION_ONLY",
            "ZERO_SELECTORS");

    private static Map<String, String> samples() {
        Map<String, String> samples = new HashMap<>();
        samples.put("FPU", "d9e8 fld1");
        samples.put("TSC", "0f31 rdtsc");
        samples.put("CX8", "0fc70e cmpxchg8b");
        samples.put("CMOV", "0f44c1 cmove");
        samples.put("MMX", "0fefc0 pxor");
        samples.put("FXSR", "0fae06 fxsave");
        samples.put("SSE", "0f58c1 addps");
        samples.put("SSE2", "660f58c1 addpd");
        samples.put("SSE3", "f20f7cc1 haddps");
        samples.put("SSSE3", "660f3800c1 pshufb");
        samples.put("SSE4_1", "660f3810c1 pblendvb");
        samples.put("SSE4_2", "f20f38f1c1 crc32");
        samples.put("CLFLUSH", "0fae3e clflush");
        samples.put("SYSCALL", "0f05 syscall");
        samples.put("NOPL", "0f1f00 nop");
        samples.put("CPUID", "0fa2 cpuid");
        samples.put("CX16", "480fc70e cmpxchg16b");
        samples.put("POPCNT", "f30fb8c1 popcnt");
        samples.put("LAHF", "9f lahf");
        samples.put("MOVBE", "0f38f006 movbe");
        samples.put("LZCNT", "f30fbdc1 lzcnt");
        samples.put("BMI1", "c4e270f3d1 blsmsk");
        samples.put("BMI2", "c4e268f5c9 bzhi");
        samples.put("ADX", "f30f38f6c1 adox");
        samples.put("CLFLUSHOPT", "660fae3e clflushopt");
        samples.put("PREFETCHW", "0f0d0e prefetchw");
        samples.put("CLWB", "660fae36 clwb");
        samples.put("RDTSCP", "0f01f9 rdtscp");
        samples.put("RDPID", "f30fc7f8 rdpid");
        samples.put("FSGSBASE", "f30faec0 rdfsbase");
        samples.put("XSAVE", "0fae26 xsave");
        samples.put("XSAVEC", "0fc726 xsavec");
        samples.put("XSAVEOPT", "0fae36 xsaveopt");
        samples.put("PKU", "0f01ef wrpkru");
        samples.put("AES", "660f38dcc1 aesenc");
        samples.put("PCLMULQDQ", "660f3a44c100 pclmulqdq");
        samples.put("RDRAND", "0fc7f0 rdrand");
        samples.put("RDSEED", "0fc7f8 rdseed");
        samples.put("AVX", "c5f058c1 vaddps");
        return samples;
    }

    @Test
    void everyAdvertisedFeatureHasItsInstructionsAndNoOtherHas() {
        X86Architecture architecture = new X86Architecture();
        for (CpuModel model : architecture.models()) {
            Disassembler disassembler = architecture.disassembler(model);
            SAMPLES.forEach((feature, sample) -> {
                String[] parts = sample.split(" ");
                byte[] bytes = HexFormat.of().parseHex(parts[0]);
                boolean executes = disassembler
                        .disassemble(bytes, 0, bytes.length, 0)
                        .mnemonic()
                        .equals(parts[1]);
                assertThat(executes).as("%s of model %s", feature, model.name()).isEqualTo(model.has(feature));
            });
        }
    }

    @Test
    void everyAdvertisedFeatureIsKnownHere() {
        for (CpuModel model : new X86Architecture().models()) {
            assertThat(model.features())
                    .as(model.name())
                    .allMatch(feature -> SAMPLES.containsKey(feature) || WITHOUT_INSTRUCTIONS.contains(feature));
        }
    }
}
