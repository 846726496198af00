package faultline.ppc64.cpu;

import faultline.core.arch.CpuModel;

/// What Linux tells programs about a processor in AT_HWCAP and AT_HWCAP2 (`uapi/asm/cputable.h`), and
/// what a model needs for it.
///
/// Not told, because it is not there: transactional memory, event-based branches and performance
/// counters; decimal floating point; 32-bit programs; and threads that share a core.
enum CpuFeature {

    /// The instruction cache sees what is stored.
    ICACHE_SNOOP(0, 0x2000, CpuFeature.ALWAYS),

    TRUE_LE(0, 0x2, CpuFeature.ALWAYS),
    VSX(0, 0x80, CpuFeature.ALWAYS),
    ARCH_2_06(0, 0x100, CpuFeature.ALWAYS),
    MMU(0, 0x0400_0000, CpuFeature.ALWAYS),
    FPU(0, 0x0800_0000, CpuFeature.ALWAYS),
    ALTIVEC(0, 0x1000_0000, CpuFeature.ALWAYS),
    PPC64(0, 0x4000_0000, CpuFeature.ALWAYS),

    SCV(1, 0x10_0000, CpuModels.POWER9),
    DARN(1, 0x20_0000, CpuModels.POWER9),
    IEEE128(1, 0x40_0000, CpuModels.POWER9),
    ARCH_3_00(1, 0x80_0000, CpuModels.POWER9),
    VEC_CRYPTO(1, 0x0200_0000, CpuFeature.ALWAYS),
    TAR(1, 0x0400_0000, CpuFeature.ALWAYS),
    ISEL(1, 0x0800_0000, CpuFeature.ALWAYS),
    DSCR(1, 0x2000_0000, CpuFeature.ALWAYS),
    ARCH_2_07(1, 0x8000_0000L, CpuFeature.ALWAYS);

    /// Every model has it.
    private static final String ALWAYS = "";

    private final int word;
    private final long bit;
    private final String needs;

    CpuFeature(int word, long bit, String needs) {
        this.word = word;
        this.bit = bit;
        this.needs = needs;
    }

    boolean in(CpuModel model) {
        return needs.equals(ALWAYS) || model.has(needs);
    }

    /// AT_HWCAP (word 0) or AT_HWCAP2 (word 1).
    static long bits(CpuModel model, int word) {
        long bits = 0;
        for (CpuFeature feature : values()) {
            if (feature.word == word && feature.in(model)) {
                bits |= feature.bit;
            }
        }
        return bits;
    }
}
