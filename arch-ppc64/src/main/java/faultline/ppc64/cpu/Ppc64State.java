package faultline.ppc64.cpu;

import faultline.core.cpu.GuestTrap;
import faultline.ppc64.fp.FpUnit;
import faultline.ppc64.fp.VectorFloat;

/// CR and XER, and the rest of what rows call by a name.
///
/// Field 0 of CR, which compilers use for nearly every comparison, is kept as the comparison itself:
/// its two operands, sign-extended to 64 bits, which keeps both orders. SO is added when it is read,
/// so whatever writes XER.SO fixes the field first. The other fields are kept as they are.
public final class Ppc64State {

    /// What a word that is no instruction raises.
    public static final GuestTrap UNDEFINED = Ppc64Trap.ILLEGAL;

    // Kinds of field 0.

    /// It is in `cr[0]`.
    static final int IMAGE = 0;

    /// A comparison of signed numbers.
    private static final int SIGNED = 1;

    /// A comparison of unsigned numbers.
    private static final int UNSIGNED = 2;

    // Bits of a field.

    public static final int LT = 8;
    public static final int GT = 4;
    public static final int EQ = 2;
    public static final int SO = 1;

    // Where the flags are in XER.

    private static final int XER_SO = 31;
    private static final int XER_OV = 30;
    private static final int XER_CA = 29;
    private static final int XER_OV32 = 19;
    private static final int XER_CA32 = 18;
    private static final int XER_LENGTH = 0x7f;

    /// The bits of DSCR that POWER8 has: stream controls, and depths.
    private static final long DSCR_BITS = 0x1ff_ffffL;

    // VSCR.

    public static final int VSCR_NJ = 0x10000;
    public static final int VSCR_SAT = 1;

    private Ppc64State() {}

    // Effects.

    /// A result with its record bit: the result compared with 0.
    public static void cr0(Ppc64Cpu cpu, long result) {
        cmp0(cpu, result, 0);
    }

    /// A comparison of signed numbers into field 0.
    public static void cmp0(Ppc64Cpu cpu, long ra, long rb) {
        cpu.cr0Kind = SIGNED;
        cpu.cr0A = ra;
        cpu.cr0B = rb;
    }

    /// A comparison of unsigned numbers into field 0.
    public static void cmpl0(Ppc64Cpu cpu, long ra, long rb) {
        cpu.cr0Kind = UNSIGNED;
        cpu.cr0A = ra;
        cpu.cr0B = rb;
    }

    /// A comparison of signed numbers into another field.
    public static void cmp(Ppc64Cpu cpu, int bf, long ra, long rb) {
        setField(cpu, bf, ordered(Long.compare(ra, rb), cpu.so));
    }

    /// A comparison of unsigned numbers into another field.
    public static void cmpl(Ppc64Cpu cpu, int bf, long ra, long rb) {
        setField(cpu, bf, ordered(Long.compareUnsigned(ra, rb), cpu.so));
    }

    /// The end of an instruction of floating point: its record bit copies FX, FEX, VX and OX to field 1,
    /// and an exception that is enabled is a program interrupt. The result is written by then.
    public static void fpr(Ppc64Cpu cpu, int dot) {
        if (dot != 0) {
            cpu.cr[1] = cpu.fp.summary();
        }
        fpx(cpu);
    }

    /// The end of one that has no record bit.
    public static void fpx(Ppc64Cpu cpu) {
        if (cpu.fp.hasEvent() && cpu.fp.takeEvent() && cpu.floatingPointMode != 0) {
            throw Ppc64Trap.FLOATING_POINT;
        }
    }

    /// A comparison of bounds: field 6 says whether all elements are inside.
    public static void bounds(Ppc64Cpu cpu, long resultLo, long resultHi) {
        cpu.cr[6] = (resultLo | resultHi) == 0 ? EQ : 0;
    }

    /// The end of a comparison of vectors that has exceptions.
    public static void fpc(Ppc64Cpu cpu, long resultLo, long resultHi) {
        cr6(cpu, resultLo, resultHi);
        fpx(cpu);
    }

    /// The end of a comparison of floating-point numbers, whose result is a field of CR.
    public static void fcr(Ppc64Cpu cpu, int bf, long result) {
        setField(cpu, bf, (int) result);
        fpx(cpu);
    }

    /// What a comparison of vectors says in field 6: whether it holds in all lanes, and in none.
    public static void cr6(Ppc64Cpu cpu, long resultLo, long resultHi) {
        cpu.cr[6] = ((resultLo & resultHi) == -1 ? LT : 0) | ((resultLo | resultHi) == 0 ? EQ : 0);
    }

    private static int ordered(int order, boolean so) {
        return (order < 0 ? LT : order > 0 ? GT : EQ) | (so ? SO : 0);
    }

    /// A result that is a field of CR.
    public static void toField(Ppc64Cpu cpu, int bf, long result) {
        setField(cpu, bf, (int) result);
    }

    /// A result that is a bit of CR.
    public static void toBit(Ppc64Cpu cpu, int bt, long result) {
        int number = bt >> 2;
        int bit = LT >> (bt & 3);
        int bits = field(cpu, number);
        setField(cpu, number, result != 0 ? bits | bit : bits & ~bit);
    }

    // CR.

    /// Field 0 as it is.
    private static int field0(Ppc64Cpu cpu) {
        return switch (cpu.cr0Kind) {
            case SIGNED -> ordered(Long.compare(cpu.cr0A, cpu.cr0B), cpu.so);
            case UNSIGNED -> ordered(Long.compareUnsigned(cpu.cr0A, cpu.cr0B), cpu.so);
            default -> cpu.cr[0];
        };
    }

    /// A field of CR.
    public static int field(Ppc64Cpu cpu, int number) {
        return number == 0 ? field0(cpu) : cpu.cr[number];
    }

    public static void setField(Ppc64Cpu cpu, int number, int bits) {
        cpu.cr[number] = bits;
        if (number == 0) {
            cpu.cr0Kind = IMAGE;
        }
    }

    /// The whole of CR: field 0 in bits 31 to 28.
    public static long cr(Ppc64Cpu cpu) {
        int image = field0(cpu);
        for (int number = 1; number < 8; number++) {
            image = image << 4 | cpu.cr[number];
        }
        return Integer.toUnsignedLong(image);
    }

    public static void setCr(Ppc64Cpu cpu, long image) {
        for (int number = 0; number < 8; number++) {
            setField(cpu, number, (int) (image >>> 28 - 4 * number) & 15);
        }
    }

    /// Bits 0 to 31 of CR.
    public static boolean bit(Ppc64Cpu cpu, int number) {
        return (field(cpu, number >> 2) << (number & 3) & LT) != 0;
    }

    /// Whether a conditional store was done: field 0 says so in EQ.
    public static void setStored(Ppc64Cpu cpu, long stored) {
        setField(cpu, 0, (stored != 0 ? EQ : 0) | (cpu.so ? SO : 0));
    }

    // FPSCR.

    public static FpUnit fp(Ppc64Cpu cpu) {
        return cpu.fp;
    }

    /// The older arithmetic of vectors, under VSCR.NJ.
    public static VectorFloat vmx(Ppc64Cpu cpu) {
        return cpu.vmx.under((cpu.vscr & VSCR_NJ) != 0);
    }

    // XER.

    public static boolean ca(Ppc64Cpu cpu) {
        return cpu.ca;
    }

    public static void setCa(Ppc64Cpu cpu, boolean value) {
        cpu.ca = value;
    }

    public static void setCa32(Ppc64Cpu cpu, boolean value) {
        cpu.ca32 = value;
    }

    public static boolean ov(Ppc64Cpu cpu) {
        return cpu.ov;
    }

    /// Sets OV, and with it SO, which stays.
    public static void setOv(Ppc64Cpu cpu, boolean value) {
        cpu.ov = value;
        if (value && !cpu.so) {
            setSo(cpu, true);
        }
    }

    /// Sets OV as a carry.
    public static void setOvAlone(Ppc64Cpu cpu, boolean value) {
        cpu.ov = value;
    }

    public static void setOv32(Ppc64Cpu cpu, boolean value) {
        cpu.ov32 = value;
    }

    public static boolean so(Ppc64Cpu cpu) {
        return cpu.so;
    }

    /// Sets SO; field 0 of CR keeps the one it was set under.
    public static void setSo(Ppc64Cpu cpu, boolean value) {
        if (cpu.cr0Kind != IMAGE) {
            setField(cpu, 0, field0(cpu));
        }
        cpu.so = value;
    }

    /// Whether the processor has CA32 and OV32.
    private static boolean has32(Ppc64Cpu cpu) {
        return cpu.model().has(CpuModels.POWER9);
    }

    public static long xer(Ppc64Cpu cpu) {
        long flags = bit(cpu.so, XER_SO) | bit(cpu.ov, XER_OV) | bit(cpu.ca, XER_CA);
        if (has32(cpu)) {
            flags |= bit(cpu.ov32, XER_OV32) | bit(cpu.ca32, XER_CA32);
        }
        return flags | cpu.xerRest;
    }

    private static long bit(boolean flag, int number) {
        return flag ? 1L << number : 0;
    }

    public static void setXer(Ppc64Cpu cpu, long value) {
        setSo(cpu, (value >>> XER_SO & 1) != 0);
        cpu.ov = (value >>> XER_OV & 1) != 0;
        cpu.ca = (value >>> XER_CA & 1) != 0;
        cpu.ov32 = (value >>> XER_OV32 & 1) != 0;
        cpu.ca32 = (value >>> XER_CA32 & 1) != 0;
        cpu.xerRest = (int) value & XER_LENGTH;
    }

    // Registers beside the numbered ones.

    public static long lr(Ppc64Cpu cpu) {
        return cpu.lr;
    }

    public static void setLr(Ppc64Cpu cpu, long value) {
        cpu.lr = value;
    }

    public static long ctr(Ppc64Cpu cpu) {
        return cpu.ctr;
    }

    public static void setCtr(Ppc64Cpu cpu, long value) {
        cpu.ctr = value;
    }

    public static long tar(Ppc64Cpu cpu) {
        return cpu.tar;
    }

    public static void setTar(Ppc64Cpu cpu, long value) {
        cpu.tar = value;
    }

    public static long vrsave(Ppc64Cpu cpu) {
        return Integer.toUnsignedLong(cpu.vrsave);
    }

    public static void setVrsave(Ppc64Cpu cpu, long value) {
        cpu.vrsave = (int) value;
    }

    public static long dscr(Ppc64Cpu cpu) {
        return cpu.dscr;
    }

    public static void setDscr(Ppc64Cpu cpu, long value) {
        cpu.dscr = value & DSCR_BITS;
    }

    public static long ppr(Ppc64Cpu cpu) {
        return cpu.ppr;
    }

    public static void setPpr(Ppc64Cpu cpu, long value) {
        cpu.ppr = value;
    }

    public static long amr(Ppc64Cpu cpu) {
        return cpu.amr;
    }

    /// SPRG3 as programs read it: the processor, and above 16 bits the node, which is 0.
    public static long sprg3(Ppc64Cpu cpu) {
        return cpu.vcpu().id();
    }

    public static void setCr6(Ppc64Cpu cpu, long bits) {
        cpu.cr[6] = (int) bits;
    }

    public static long vscr(Ppc64Cpu cpu) {
        return Integer.toUnsignedLong(cpu.vscr);
    }

    public static void setVscr(Ppc64Cpu cpu, long value) {
        cpu.vscr = (int) value & (VSCR_NJ | VSCR_SAT);
    }

    /// Sets VSCR.SAT, which stays, if something was saturated in any lane.
    public static void setSat(Ppc64Cpu cpu, long lanes) {
        if (lanes != 0) {
            cpu.vscr |= VSCR_SAT;
        }
    }

    // Conditions of field 0.

    public static boolean lt(Ppc64Cpu cpu) {
        return switch (cpu.cr0Kind) {
            case SIGNED -> cpu.cr0A < cpu.cr0B;
            case UNSIGNED -> Long.compareUnsigned(cpu.cr0A, cpu.cr0B) < 0;
            default -> (cpu.cr[0] & LT) != 0;
        };
    }

    public static boolean gt(Ppc64Cpu cpu) {
        return switch (cpu.cr0Kind) {
            case SIGNED -> cpu.cr0A > cpu.cr0B;
            case UNSIGNED -> Long.compareUnsigned(cpu.cr0A, cpu.cr0B) > 0;
            default -> (cpu.cr[0] & GT) != 0;
        };
    }

    public static boolean eq(Ppc64Cpu cpu) {
        return cpu.cr0Kind == IMAGE ? (cpu.cr[0] & EQ) != 0 : cpu.cr0A == cpu.cr0B;
    }

    public static boolean un(Ppc64Cpu cpu) {
        return cpu.cr0Kind == IMAGE ? (cpu.cr[0] & SO) != 0 : cpu.so;
    }

    public static boolean ge(Ppc64Cpu cpu) {
        return !lt(cpu);
    }

    public static boolean le(Ppc64Cpu cpu) {
        return !gt(cpu);
    }

    public static boolean ne(Ppc64Cpu cpu) {
        return !eq(cpu);
    }

    public static boolean ns(Ppc64Cpu cpu) {
        return !un(cpu);
    }

    /// The condition with the given number: a bit of field 0, or that bit clear.
    public static boolean cond(Ppc64Cpu cpu, int number) {
        return bit(cpu, number & 3) == (number < 4);
    }
}
