package faultline.arm64.cpu;

import faultline.core.arch.CpuModel;
import java.util.List;
import java.util.Set;

/// The processors `--cpu` offers.
public final class CpuModels {

    private static final CpuModel EVERYTHING = new CpuModel("max", "all there is", Set.of("CRC32", "HAFDBS"));

    private CpuModels() {}

    /// All models, the default first.
    public static List<CpuModel> all() {
        return List.of(EVERYTHING);
    }

    /// The model that has every feature.
    public static CpuModel max() {
        return EVERYTHING;
    }
}
