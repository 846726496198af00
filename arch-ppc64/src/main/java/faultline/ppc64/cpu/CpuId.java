package faultline.ppc64.cpu;

import faultline.core.arch.CpuModel;

/// What a processor says of itself to programs, and what Linux makes of it.
public final class CpuId {

    private CpuId() {}

    /// AT_HWCAP.
    public static long hwcap(CpuModel model) {
        return CpuFeature.bits(model, 0);
    }

    /// AT_HWCAP2.
    public static long hwcap2(CpuModel model) {
        return CpuFeature.bits(model, 1);
    }

    /// AT_PLATFORM and AT_BASE_PLATFORM, by which dynamic loaders find libraries.
    public static String platform(CpuModel model) {
        return isPower9(model) ? "power9" : "power8";
    }

    public static Caches caches(CpuModel model) {
        return isPower9(model) ? Caches.POWER9 : Caches.POWER8;
    }

    private static boolean isPower9(CpuModel model) {
        return model.has(CpuModels.POWER9);
    }

    /// `/proc/cpuinfo` for so many processors (Linux: `show_cpuinfo`), on a machine without a clock
    /// rate worth telling.
    public static String cpuinfo(CpuModel model, int cpus) {
        StringBuilder text = new StringBuilder();
        int version = (int) CpuModels.version(model);
        for (int cpu = 0; cpu < cpus; cpu++) {
            line(text, "processor\t", cpu);
            line(text, "cpu\t\t", (isPower9(model) ? "POWER9" : "POWER8") + " (raw), altivec supported");
            line(
                    text,
                    "revision\t",
                    "%d.%d (pvr %04x %04x)"
                            .formatted(version >> 8 & 0xf, version & 0xff, version >>> 16, version & 0xffff));
            text.append('\n');
        }
        line(text, "timebase\t", TimeBase.FREQUENCY);
        line(text, "platform\t", "Faultline");
        return text.toString();
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append(": ").append(value).append('\n');
    }
}
