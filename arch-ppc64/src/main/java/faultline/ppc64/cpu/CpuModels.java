package faultline.ppc64.cpu;

import faultline.core.arch.CpuModel;
import java.util.List;
import java.util.Set;

/// The processors `--cpu` offers. A feature stands in a model only when every instruction it
/// promises is described: libraries pick their code by it.
public final class CpuModels {

    /// Power ISA 3.0.
    public static final String POWER9 = "P9";

    private static final Set<String> ISA_2_07 = Set.of();

    private static final Set<String> ISA_3_0 = CpuModel.features(ISA_2_07, POWER9);

    private static final CpuModel NEWEST = new CpuModel("power9", "POWER9: Power ISA 3.0", ISA_3_0);

    private static final List<CpuModel> ALL =
            List.of(new CpuModel("power8", "POWER8: Power ISA 2.07", ISA_2_07), NEWEST);

    // Processor versions (Linux 6.1, arch/powerpc/kernel/cputable.c): POWER8 DD 2.0, POWER9 DD 2.2.
    private static final long POWER8_VERSION = 0x4d_0200;
    private static final long POWER9_VERSION = 0x4e_1202;

    private CpuModels() {}

    /// The processor version register of a model.
    public static long version(CpuModel model) {
        return model.has(POWER9) ? POWER9_VERSION : POWER8_VERSION;
    }

    /// All models, the default first.
    public static List<CpuModel> all() {
        return ALL;
    }

    /// The model that has every feature.
    public static CpuModel max() {
        return NEWEST;
    }
}
