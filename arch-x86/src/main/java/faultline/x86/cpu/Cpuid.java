package faultline.x86.cpu;

import static java.nio.charset.StandardCharsets.US_ASCII;

import faultline.core.arch.CpuModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What the CPUID instruction answers (SDM Vol. 2A, CPUID), and what Linux tells programs from it.
public final class Cpuid {

    private static final int LAST_BASIC = 0xd;
    private static final int LAST_EXTENDED = 0x80000008;

    /// Whose manual is followed.
    private static final String VENDOR = "GenuineIntel";

    /// What leaf 0x40000000 answers: the hypervisor, in three registers.
    private static final String HYPERVISOR = "FaultlineX86";

    private static final String BRAND = "Faultline virtual CPU";

    private static final int FAMILY = 6;
    private static final int STEPPING = 1;

    /// CR4.OSXSAVE as leaf 1 shows it; `/proc/cpuinfo` does not.
    private static final int OSXSAVE = 1 << 27;

    /// MAXPHYADDR and the width of a linear address under 4-level paging.
    private static final int PHYSICAL_BITS = 46;

    private static final int VIRTUAL_BITS = 48;

    private static final int CACHE_LINE = 64;

    private Cpuid() {}

    /// EAX, EBX, ECX and EDX for a leaf and subleaf. A basic leaf beyond the last answers like the
    /// last one, as Intel's processors do.
    public static int[] query(CpuModel model, int leaf, int subleaf) {
        return switch (leaf) {
            case 0 -> vendor();
            case 1 -> versionAndFeatures(model);
            // One descriptor byte: "ask leaf 4".
            case 2 -> registers(0x0000_ff01, 0, 0, 0);
            case 4 -> cache(subleaf);
            case 7 -> structuredFeatures(model, subleaf);
            case 3, 5, 6, 8, 9, 0xa, 0xb, 0xc -> registers(0, 0, 0, 0);
            case 0x40000000 -> {
                int[] name = words(HYPERVISOR);
                yield registers(leaf, name[0], name[1], name[2]);
            }
            case 0x80000000 -> registers(LAST_EXTENDED, 0, 0, 0);
            case 0x80000001 ->
                registers(
                        0,
                        0,
                        CpuFeature.bits(model, CpuFeature.Word.EXTENDED_1_ECX),
                        CpuFeature.bits(model, CpuFeature.Word.EXTENDED_1_EDX));
            case 0x80000002, 0x80000003, 0x80000004 -> brand(leaf - 0x80000002);
            case 0x80000005 -> registers(0, 0, 0, 0);
            // The L2 cache: 256 KiB, 8-way, 64-byte lines.
            case 0x80000006 -> registers(0, 0, 256 << 16 | 6 << 12 | CACHE_LINE, 0);
            // Bit 8: the time-stamp counter never changes its pace.
            case 0x80000007 -> registers(0, 0, 0, 1 << 8);
            case 0x80000008 -> registers(VIRTUAL_BITS << 8 | PHYSICAL_BITS, 0, 0, 0);
            default -> extendedState(model, subleaf);
        };
    }

    /// AT_HWCAP.
    public static long hwcap(CpuModel model) {
        return Integer.toUnsignedLong(CpuFeature.bits(model, CpuFeature.Word.LEAF_1_EDX));
    }

    /// The value of XCR0: the state components an XSAVE image has.
    public static long xcr0(CpuModel model) {
        return ExtendedState.components(model);
    }

    /// `/proc/cpuinfo` for so many processors.
    public static String cpuinfo(CpuModel model, int cpus) {
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < cpus; cpu++) {
            appendProcessor(text, model, cpu, cpus);
        }
        return text.toString();
    }

    private static void appendProcessor(StringBuilder text, CpuModel model, int cpu, int cpus) {
        line(text, "processor\t", cpu);
        line(text, "vendor_id\t", VENDOR);
        line(text, "cpu family\t", FAMILY);
        line(text, "model\t\t", modelNumber(model));
        line(text, "model name\t", BRAND);
        line(text, "stepping\t", STEPPING);
        line(text, "cpu MHz\t\t", "1000.000");
        line(text, "cache size\t", "8192 KB");
        line(text, "physical id\t", 0);
        line(text, "siblings\t", cpus);
        line(text, "core id\t\t", cpu);
        line(text, "cpu cores\t", cpus);
        line(text, "apicid\t\t", cpu);
        line(text, "initial apicid\t", cpu);
        line(text, "fpu\t\t", "yes");
        line(text, "fpu_exception\t", "yes");
        line(text, "cpuid level\t", LAST_BASIC);
        line(text, "wp\t\t", "yes");
        line(text, "flags\t\t", CpuFeature.flagsLine(model));
        line(text, "bugs\t\t", "");
        line(text, "bogomips\t", "2000.00");
        line(text, "clflush size\t", CACHE_LINE);
        line(text, "cache_alignment\t", CACHE_LINE);
        line(text, "address sizes\t", PHYSICAL_BITS + " bits physical, " + VIRTUAL_BITS + " bits virtual");
        text.append("power management:\n\n");
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append(": ").append(value).append('\n');
    }

    private static int[] vendor() {
        int[] name = words(VENDOR);
        return registers(LAST_BASIC, name[0], name[2], name[1]);
    }

    private static int[] versionAndFeatures(CpuModel model) {
        int number = modelNumber(model);
        int version = number >>> 4 << 16 | FAMILY << 8 | (number & 0xf) << 4 | STEPPING;
        int ecx = CpuFeature.bits(model, CpuFeature.Word.LEAF_1_ECX);
        if (CpuFeature.XSAVE.in(model)) {
            ecx |= OSXSAVE;
        }
        return registers(
                version, 1 << 16 | CACHE_LINE / 8 << 8, ecx, CpuFeature.bits(model, CpuFeature.Word.LEAF_1_EDX));
    }

    /// A model of the family whose real owner has about these features, because libraries tune by
    /// it: Haswell, or Nehalem, of which they assume no AVX.
    private static int modelNumber(CpuModel model) {
        return CpuFeature.AVX2.in(model) ? 60 : 26;
    }

    private static int[] structuredFeatures(CpuModel model, int subleaf) {
        if (subleaf != 0) {
            return registers(0, 0, 0, 0);
        }
        return registers(
                0,
                CpuFeature.bits(model, CpuFeature.Word.LEAF_7_EBX),
                CpuFeature.bits(model, CpuFeature.Word.LEAF_7_ECX),
                0);
    }

    /// The deterministic cache parameters: sizes that make libraries choose sensible thresholds.
    private static int[] cache(int subleaf) {
        return switch (subleaf) {
            case 0 -> cache(1, 1, 8, 64);
            case 1 -> cache(2, 1, 8, 64);
            case 2 -> cache(3, 2, 8, 512);
            case 3 -> cache(3, 3, 16, 8192);
            default -> registers(0, 0, 0, 0);
        };
    }

    /// Types are 1 data, 2 instruction, 3 unified.
    private static int[] cache(int type, int level, int ways, int sets) {
        return registers(1 << 8 | level << 5 | type, ways - 1 << 22 | CACHE_LINE - 1, sets - 1, 0);
    }

    private static int[] extendedState(CpuModel model, int subleaf) {
        if (!CpuFeature.XSAVE.in(model)) {
            return registers(0, 0, 0, 0);
        }
        return switch (subleaf) {
            case 0 -> {
                int size = ExtendedState.bytes(model);
                yield registers((int) ExtendedState.components(model), size, size, 0);
            }
            case 1 -> registers(CpuFeature.bits(model, CpuFeature.Word.LEAF_D_1_EAX), 0, 0, 0);
            case ExtendedState.PKRU_COMPONENT ->
                CpuFeature.PKU.in(model)
                        ? registers(ExtendedState.PKRU_BYTES, ExtendedState.PKRU_OFFSET, 0, 0)
                        : registers(0, 0, 0, 0);
            default -> registers(0, 0, 0, 0);
        };
    }

    private static int[] brand(int part) {
        int[] words = words(BRAND + "\0".repeat(48 - BRAND.length()));
        return Arrays.copyOfRange(words, 4 * part, 4 * part + 4);
    }

    private static int[] words(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII)).order(ByteOrder.LITTLE_ENDIAN);
        int[] words = new int[bytes.capacity() / 4];
        bytes.asIntBuffer().get(words);
        return words;
    }

    private static int[] registers(int eax, int ebx, int ecx, int edx) {
        return new int[] {eax, ebx, ecx, edx};
    }
}
