package faultline.x86.cpu;

import faultline.core.arch.CpuModel;
import java.util.StringJoiner;

/// What a processor can have: the name instruction tables and a [CpuModel] know it by, the name
/// `/proc/cpuinfo` prints, and the CPUID bit that says so (SDM Vol. 2A, CPUID). In Linux's order:
/// word by word, bit by bit.
enum CpuFeature {
    FPU("fpu", Word.LEAF_1_EDX, 0),
    PSE("pse", Word.LEAF_1_EDX, 3),
    TSC("tsc", Word.LEAF_1_EDX, 4),
    PAE("pae", Word.LEAF_1_EDX, 6),
    CX8("cx8", Word.LEAF_1_EDX, 8),
    PGE("pge", Word.LEAF_1_EDX, 13),
    CMOV("cmov", Word.LEAF_1_EDX, 15),
    CLFLUSH("clflush", Word.LEAF_1_EDX, 19),
    MMX("mmx", Word.LEAF_1_EDX, 23),
    FXSR("fxsr", Word.LEAF_1_EDX, 24),
    SSE("sse", Word.LEAF_1_EDX, 25),
    SSE2("sse2", Word.LEAF_1_EDX, 26),

    SYSCALL("syscall", Word.EXTENDED_1_EDX, 11),
    NX("nx", Word.EXTENDED_1_EDX, 20),
    PDPE1GB("pdpe1gb", Word.EXTENDED_1_EDX, 26),
    RDTSCP("rdtscp", Word.EXTENDED_1_EDX, 27),
    LM("lm", Word.EXTENDED_1_EDX, 29),

    CONSTANT_TSC("constant_tsc", Word.LINUX, 0),
    REP_GOOD("rep_good", Word.LINUX, 0),
    NOPL("nopl", Word.LINUX, 0),
    NONSTOP_TSC("nonstop_tsc", Word.LINUX, 0),
    CPUID("cpuid", Word.LINUX, 0),

    SSE3("pni", Word.LEAF_1_ECX, 0),
    PCLMULQDQ("pclmulqdq", Word.LEAF_1_ECX, 1),
    SSSE3("ssse3", Word.LEAF_1_ECX, 9),
    FMA("fma", Word.LEAF_1_ECX, 12),
    CX16("cx16", Word.LEAF_1_ECX, 13),
    SSE4_1("sse4_1", Word.LEAF_1_ECX, 19),
    SSE4_2("sse4_2", Word.LEAF_1_ECX, 20),
    MOVBE("movbe", Word.LEAF_1_ECX, 22),
    POPCNT("popcnt", Word.LEAF_1_ECX, 23),
    AES("aes", Word.LEAF_1_ECX, 25),
    XSAVE("xsave", Word.LEAF_1_ECX, 26),
    AVX("avx", Word.LEAF_1_ECX, 28),
    F16C("f16c", Word.LEAF_1_ECX, 29),
    RDRAND("rdrand", Word.LEAF_1_ECX, 30),
    HYPERVISOR("hypervisor", Word.LEAF_1_ECX, 31),

    LAHF("lahf_lm", Word.EXTENDED_1_ECX, 0),
    LZCNT("abm", Word.EXTENDED_1_ECX, 5),
    PREFETCHW("3dnowprefetch", Word.EXTENDED_1_ECX, 8),

    FSGSBASE("fsgsbase", Word.LEAF_7_EBX, 0),
    BMI1("bmi1", Word.LEAF_7_EBX, 3),
    AVX2("avx2", Word.LEAF_7_EBX, 5),

    /// The x87 keeps an operand's address only when an exception is not masked. Linux does not
    /// print it.
    FDP_EXCEPTION_ONLY("", Word.LEAF_7_EBX, 6),

    BMI2("bmi2", Word.LEAF_7_EBX, 8),
    ERMS("erms", Word.LEAF_7_EBX, 9),

    /// The x87 does not keep the selectors of last addresses. Linux does not print it.
    ZERO_SELECTORS("", Word.LEAF_7_EBX, 13),

    RDSEED("rdseed", Word.LEAF_7_EBX, 18),
    ADX("adx", Word.LEAF_7_EBX, 19),
    CLFLUSHOPT("clflushopt", Word.LEAF_7_EBX, 23),
    CLWB("clwb", Word.LEAF_7_EBX, 24),

    XSAVEOPT("xsaveopt", Word.LEAF_D_1_EAX, 0),
    XSAVEC("xsavec", Word.LEAF_D_1_EAX, 1),
    XGETBV1("xgetbv1", Word.LEAF_D_1_EAX, 2),

    PKU("pku", Word.LEAF_7_ECX, 3),
    OSPKE("ospke", Word.LEAF_7_ECX, 4),
    RDPID("rdpid", Word.LEAF_7_ECX, 22);

    /// A register of a CPUID leaf, or what Linux adds of its own.
    enum Word {
        LEAF_1_EDX,
        EXTENDED_1_EDX,
        LINUX,
        LEAF_1_ECX,
        EXTENDED_1_ECX,
        LEAF_7_EBX,
        LEAF_D_1_EAX,
        LEAF_7_ECX
    }

    private final String linuxName;
    private final Word word;
    private final int bit;

    CpuFeature(String linuxName, Word word, int bit) {
        this.linuxName = linuxName;
        this.word = word;
        this.bit = bit;
    }

    boolean in(CpuModel model) {
        return model.has(name());
    }

    /// The register of CPUID that reports a word of the model's features.
    static int bits(CpuModel model, Word word) {
        int bits = 0;
        for (CpuFeature feature : values()) {
            if (feature.word == word && feature.in(model)) {
                bits |= 1 << feature.bit;
            }
        }
        return bits;
    }

    /// The `flags` line of `/proc/cpuinfo`.
    static String flagsLine(CpuModel model) {
        StringJoiner line = new StringJoiner(" ");
        for (CpuFeature feature : values()) {
            if (feature.in(model) && !feature.linuxName.isEmpty()) {
                line.add(feature.linuxName);
            }
        }
        return line.toString();
    }
}
