package faultline.x86.cpu;

import faultline.core.arch.CpuModel;
import java.util.List;
import java.util.Set;

/// The processors `--cpu` offers. A feature stands in a model only when every instruction it
/// promises is described: libraries pick their code by it.
///
/// The levels are those of the System V psABI, x86-64 supplement, 3.1.1. The first is the bare
/// baseline; from the second on, processors also have what Linux itself uses and no level asks for:
/// XSAVE, protection keys, segment bases.
public final class CpuModels {

    private static final Set<String> V1 = CpuModel.features(
            Set.of(),
            "FPU MMX TSC CX8 CMOV FXSR SSE SSE2 CLFLUSH SYSCALL LM",
            "PSE PAE PGE NX PDPE1GB",
            "CONSTANT_TSC REP_GOOD NOPL NONSTOP_TSC CPUID HYPERVISOR FDP_EXCEPTION_ONLY ZERO_SELECTORS");

    private static final Set<String> V2 =
            CpuModel.features(V1, "CX16 LAHF POPCNT SSE3 SSSE3 SSE4_1 SSE4_2", "RDTSCP FSGSBASE XSAVE PKU OSPKE");

    private static final Set<String> MAX = CpuModel.features(
            V2, "MOVBE LZCNT BMI1 BMI2 ADX CLFLUSHOPT CLWB RDPID", "RDRAND RDSEED AES PCLMULQDQ PREFETCHW");

    private static final CpuModel EVERYTHING = new CpuModel(
            "max",
            "all there is: level 2 and BMI, LZCNT, MOVBE, ADX, AES, PCLMULQDQ, RDRAND, RDSEED, CLWB, RDPID",
            MAX);

    private static final List<CpuModel> ALL = List.of(
            new CpuModel(
                    "x86-64-v2",
                    "psABI level 2: SSE4.2, POPCNT, CMPXCHG16B; and XSAVE, RDTSCP, FSGSBASE, protection keys",
                    V2),
            new CpuModel("x86-64-v1", "psABI level 1, the baseline: SSE2", V1),
            EVERYTHING);

    private CpuModels() {}

    /// All models, the default first.
    public static List<CpuModel> all() {
        return ALL;
    }

    /// The model that has every feature.
    public static CpuModel max() {
        return EVERYTHING;
    }
}
