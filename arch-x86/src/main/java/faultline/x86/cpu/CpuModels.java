package faultline.x86.cpu;

import faultline.core.arch.CpuModel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The processors `--cpu` offers. A feature stands in a model only when every instruction it
/// promises is described: libraries pick their code by it.
public final class CpuModels {

    /// The psABI's baseline, and what belongs to the machine rather than to an instruction set.
    private static final Set<String> BASELINE = features(
            Set.of(),
            "FPU TSC CX8 CMOV FXSR SSE SSE2 CLFLUSH SYSCALL LM",
            "PSE PAE PGE NX PDPE1GB",
            "CONSTANT_TSC REP_GOOD NOPL NONSTOP_TSC CPUID HYPERVISOR");

    private static final Set<String> MAX = features(
            BASELINE, "SSE3 CX16 POPCNT LAHF MOVBE LZCNT ADX CLFLUSHOPT CLWB RDTSCP RDPID FSGSBASE", "XSAVE PKU OSPKE");

    private static final List<CpuModel> ALL = List.of(
            new CpuModel("max", "everything that is implemented", MAX),
            new CpuModel("x86-64", "the baseline of the System V psABI", BASELINE));

    private CpuModels() {}

    /// All models, the default first.
    public static List<CpuModel> all() {
        return ALL;
    }

    private static Set<String> features(Set<String> inherited, String... added) {
        Set<String> features = new HashSet<>(inherited);
        for (String names : added) {
            features.addAll(Arrays.asList(names.split(" ")));
        }
        return features;
    }
}
