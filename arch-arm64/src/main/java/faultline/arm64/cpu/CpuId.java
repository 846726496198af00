package faultline.arm64.cpu;

import faultline.core.arch.CpuModel;

/// What a processor says of itself to programs: ID registers, and what Linux makes of them.
public final class CpuId {

    /// The counter's frequency in Hz: it counts nanoseconds of the machine's clock.
    public static final long COUNTER_FREQUENCY = 1_000_000_000;

    /// CTR_EL0: lines of 64 bytes in both caches, which are kept coherent by instructions; 64 bytes
    /// for exclusives and write-backs.
    public static final long CACHE_TYPE = 0x8444_c004L;

    /// DCZID_EL0: DC ZVA works, on 2^4 words.
    public static final long ZERO_BLOCK = 4;

    /// The bytes of [#ZERO_BLOCK].
    public static final int ZERO_BLOCK_BYTES = 64;

    /// An implementer of software.
    private static final int IMPLEMENTER = 0;

    /// Architecture by the ID registers, not by this number.
    private static final int ARCHITECTURE = 0xf;

    private static final int VARIANT = 0;
    private static final int PART = 0x46c;
    private static final int REVISION = 0;

    /// What Linux shows instead of a processor's number: bit 31 is always 1.
    private static final long AFFINITY = 1L << 31;

    /// By how much Linux divides the counter's frequency for the figure that it calls BogoMIPS.
    private static final long CYCLES_PER_BOGUS = 500_000;

    private CpuId() {}

    /// MIDR_EL1.
    public static long mainId() {
        return (long) IMPLEMENTER << 24 | VARIANT << 20 | ARCHITECTURE << 16 | PART << 4 | REVISION;
    }

    /// Whether Linux reads the register `op0=3 op1=0 CRn=0 CRm op2` for a program (Linux:
    /// `is_emulated`, `emulate_id_reg`).
    public static boolean isReadable(int crm, int op2) {
        return switch (crm) {
            case 0 -> op2 == 0 || op2 == 5 || op2 == 6;
            case 2, 3, 4, 5, 6, 7 -> true;
            default -> false;
        };
    }

    /// What it reads; registers that are not assigned read as zero, and so do those of AArch32.
    public static long read(CpuModel model, int crm, int op2) {
        if (crm == 0) {
            return op2 == 0 ? mainId() : op2 == 5 ? AFFINITY : 0;
        }
        for (IdRegister register : IdRegister.values()) {
            if (register.crm == crm && register.op2 == op2) {
                return register.hidden | CpuFeature.fields(model, register);
            }
        }
        return 0;
    }

    /// AT_HWCAP.
    public static long hwcap(CpuModel model) {
        return CpuFeature.bits(model, 0);
    }

    /// AT_HWCAP2.
    public static long hwcap2(CpuModel model) {
        return CpuFeature.bits(model, 1);
    }

    /// `/proc/cpuinfo` for so many processors (Linux: `c_show`).
    public static String cpuinfo(CpuModel model, int cpus) {
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < cpus; cpu++) {
            line(text, "processor\t", cpu);
            line(
                    text,
                    "BogoMIPS\t",
                    "%d.%02d"
                            .formatted(
                                    COUNTER_FREQUENCY / CYCLES_PER_BOGUS,
                                    COUNTER_FREQUENCY / (CYCLES_PER_BOGUS / 100) % 100));
            line(text, "Features\t", CpuFeature.line(model));
            line(text, "CPU implementer\t", "0x%02x".formatted(IMPLEMENTER));
            line(text, "CPU architecture", 8);
            line(text, "CPU variant\t", "0x%x".formatted(VARIANT));
            line(text, "CPU part\t", "0x%03x".formatted(PART));
            line(text, "CPU revision\t", REVISION);
            text.append('\n');
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append(": ").append(value).append('\n');
    }
}
