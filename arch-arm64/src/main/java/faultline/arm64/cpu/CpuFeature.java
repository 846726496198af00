package faultline.arm64.cpu;

import faultline.core.arch.CpuModel;
import java.util.StringJoiner;

/// What Linux tells programs about a processor: the name in `/proc/cpuinfo`, the bit in AT_HWCAP or
/// AT_HWCAP2, and the field of an ID register that it comes from (Linux: `arm64_elf_hwcaps`; Arm ARM
/// D23.2). In the order of the bits, which is the order of the line.
///
/// One table, from which all three are made, so that they cannot disagree.
enum CpuFeature {
    FP("fp", 0, IdRegister.PFR0, 16, 0, CpuFeature.ALWAYS),
    ASIMD("asimd", 1, IdRegister.PFR0, 20, 0, CpuFeature.ALWAYS),

    /// Wait-for-event instructions do not wait longer than the event stream has them wait.
    EVTSTRM("evtstrm", 2, IdRegister.NONE, 0, 0, CpuFeature.ALWAYS),

    AES("aes", 3, IdRegister.ISAR0, 4, 1, "AES"),
    PMULL("pmull", 4, IdRegister.ISAR0, 4, 2, "PMULL"),
    SHA1("sha1", 5, IdRegister.ISAR0, 8, 1, "SHA1"),
    SHA2("sha2", 6, IdRegister.ISAR0, 12, 1, "SHA256"),
    CRC32("crc32", 7, IdRegister.ISAR0, 16, 1, "CRC32"),
    ATOMICS("atomics", 8, IdRegister.ISAR0, 20, 2, "LSE"),
    FPHP("fphp", 9, IdRegister.PFR0, 16, 1, "FP16"),
    ASIMDHP("asimdhp", 10, IdRegister.PFR0, 20, 1, "FP16"),

    /// ID registers can be read.
    CPUID("cpuid", 11, IdRegister.NONE, 0, 0, CpuFeature.ALWAYS),

    ASIMDRDM("asimdrdm", 12, IdRegister.ISAR0, 28, 1, "RDM"),
    JSCVT("jscvt", 13, IdRegister.ISAR1, 12, 1, "JSCVT"),
    FCMA("fcma", 14, IdRegister.ISAR1, 16, 1, "FCMA"),
    LRCPC("lrcpc", 15, IdRegister.ISAR1, 20, 1, "LRCPC"),
    DCPOP("dcpop", 16, IdRegister.ISAR1, 0, 1, "DPB"),
    ASIMDDP("asimddp", 20, IdRegister.ISAR0, 44, 1, "DOTPROD"),
    ASIMDFHM("asimdfhm", 23, IdRegister.ISAR0, 48, 1, "FHM"),
    SB("sb", 29, IdRegister.ISAR1, 36, 1, "SB"),
    DCPODP("dcpodp", 64, IdRegister.ISAR1, 0, 2, "DPB2");

    /// Every model has it.
    private static final String ALWAYS = "";

    private final String linuxName;
    private final int bit;
    private final IdRegister register;
    private final int shift;
    private final long value;
    private final String needs;

    /// `bit` counts from AT_HWCAP's lowest on, AT_HWCAP2 from 64 on; `value` is what the field from
    /// bit `shift` on says at least; `needs` is the model's name for it.
    CpuFeature(String linuxName, int bit, IdRegister register, int shift, int value, String needs) {
        this.linuxName = linuxName;
        this.bit = bit;
        this.register = register;
        this.shift = shift;
        this.value = value;
        this.needs = needs;
    }

    boolean in(CpuModel model) {
        return needs.equals(ALWAYS) || model.has(needs);
    }

    /// AT_HWCAP (word 0) or AT_HWCAP2 (word 1).
    static long bits(CpuModel model, int word) {
        long bits = 0;
        for (CpuFeature feature : values()) {
            if (feature.bit / Long.SIZE == word && feature.in(model)) {
                bits |= 1L << feature.bit;
            }
        }
        return bits;
    }

    /// The fields of an ID register that say what the model has. Of features that share a field the
    /// greater value includes the other.
    static long fields(CpuModel model, IdRegister register) {
        long fields = 0;
        for (CpuFeature feature : values()) {
            long known = fields >>> feature.shift & 0xf;
            if (feature.register == register && feature.in(model) && feature.value > known) {
                fields ^= (known ^ feature.value) << feature.shift;
            }
        }
        return fields;
    }

    /// The `Features` line of `/proc/cpuinfo`.
    static String line(CpuModel model) {
        StringJoiner line = new StringJoiner(" ");
        for (CpuFeature feature : values()) {
            if (feature.in(model)) {
                line.add(feature.linuxName);
            }
        }
        return line.toString();
    }
}
