package faultline.arm64.cpu;

import faultline.core.arch.CpuModel;
import java.util.List;
import java.util.Set;

/// The processors `--cpu` offers. A feature stands in a model only when every instruction it
/// promises is described: libraries pick their code by it.
public final class CpuModels {

    /// Hardware sets the access flag and the dirty state of translation table entries (FEAT_HAFDBS).
    public static final String HARDWARE_ACCESS_FLAG = "HAFDBS";

    private static final Set<String> V8_0 = CpuModel.features(Set.of(), "CRC32");

    private static final Set<String> V8_1 = CpuModel.features(V8_0, "LSE RDM LOR", HARDWARE_ACCESS_FLAG);

    private static final Set<String> V8_2 = CpuModel.features(V8_1, "FP16 DOTPROD LRCPC JSCVT FCMA DPB");

    private static final Set<String> MAX = CpuModel.features(V8_2, "FHM AES PMULL SHA1 SHA256 SB DPB2");

    private static final CpuModel EVERYTHING =
            new CpuModel("max", "all there is: armv8.2 and FHM, AES, PMULL, SHA1, SHA256, SB, DPB2", MAX);

    private static final List<CpuModel> ALL = List.of(
            new CpuModel("armv8.1", "Armv8.1: CRC32, LSE, RDM, hardware access flag and dirty state", V8_1),
            new CpuModel("armv8.0", "Armv8.0 and CRC32; access flag and dirty state are set by software", V8_0),
            new CpuModel("armv8.2", "Armv8.2 and FP16, DotProd, LRCPC, JSCVT, FCMA", V8_2),
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
