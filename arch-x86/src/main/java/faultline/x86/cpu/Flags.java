package faultline.x86.cpu;

import java.util.List;

/// The status flags, kept as the operation that set them and computed when they are read.
///
/// A record is (kind, a, b, result), every value sign-extended from the operand's width to 64 bits.
/// Sign extension keeps signed and unsigned order, zero, sign, carry and overflow as they are, so
/// no kind knows a width.
public final class Flags {

    public static final long CF = 1;
    public static final long PF = 1 << 2;
    public static final long AF = 1 << 4;
    public static final long ZF = 1 << 6;
    public static final long SF = 1 << 7;
    public static final long DF = 1 << 10;
    public static final long OF = 1 << 11;

    /// The six flags a record stands for.
    public static final long STATUS = CF | PF | AF | ZF | SF | OF;

    /// What a user program always sees set: bit 1 and IF.
    static final long ALWAYS = 0x202;

    /// Single step.
    public static final long TF = 1 << 8;

    private static final long NT = 1 << 14;

    /// Alignment check.
    static final long AC = 1 << 18;

    private static final long ID = 1 << 21;

    /// What `popf` sets beside the status flags in user mode.
    static final long PROGRAM = TF | DF | NT | AC | ID;

    // Kinds.

    /// `result` is the image of the six flags itself.
    public static final int IMAGE = 0;

    public static final int ADD = 1;
    public static final int SUB = 2;
    public static final int LOGIC = 3;
    public static final int ADC = 4;
    public static final int SBB = 5;

    /// `b` is the CF from before, which the operation keeps.
    public static final int INC = 6;

    public static final int DEC = 7;

    /// `a` says in bit 0 what CF and OF are: the product does not fit.
    public static final int MUL = 8;

    /// `a` is CF; OF is CF xor the sign of the result.
    public static final int SHL = 9;

    /// `a` is the shifted value, sign-extended; `b` the masked count.
    public static final int SHR = 10;

    public static final int SAR = 11;

    /// ZF says whether `a` is 0; nothing else is defined.
    public static final int ZERO = 12;

    /// CF says whether `a` is 0, ZF whether the result is.
    public static final int COUNT = 13;

    /// Names by bit, in the order debuggers list them; reserved bits and IOPL have none.
    private static final List<String> NAMES = List.of(
            "CF", "", "PF", "", "AF", "", "ZF", "SF", "TF", "IF", "DF", "OF", "", "", "NT", "", "RF", "VM", "AC", "VIF",
            "VIP", "ID");

    private Flags() {}

    /// Records an image of the six flags; other bits are ignored.
    public static void setImage(X86Cpu cpu, long image) {
        cpu.flagKind = IMAGE;
        cpu.flagResult = image & STATUS;
    }

    /// The six flags in their RFLAGS places.
    public static long image(X86Cpu cpu) {
        if (cpu.flagKind == IMAGE) {
            return cpu.flagResult;
        }
        return (cf(cpu) ? CF : 0)
                | (pf(cpu) ? PF : 0)
                | (af(cpu) ? AF : 0)
                | (zf(cpu) ? ZF : 0)
                | (sf(cpu) ? SF : 0)
                | (of(cpu) ? OF : 0);
    }

    public static boolean cf(X86Cpu cpu) {
        long a = cpu.flagA;
        long b = cpu.flagB;
        long result = cpu.flagResult;
        return switch (cpu.flagKind) {
            case ADD -> Long.compareUnsigned(result, a) < 0;
            case SUB -> Long.compareUnsigned(a, b) < 0;
            case ADC -> (a & b | (a | b) & ~result) < 0;
            case SBB -> (~a & b | (~a | b) & result) < 0;
            case INC, DEC -> b != 0;
            case MUL, SHL -> (a & 1) != 0;
            case SHR, SAR -> (a >> b - 1 & 1) != 0;
            case COUNT -> a == 0;
            case LOGIC, ZERO -> false;
            default -> (result & CF) != 0;
        };
    }

    public static boolean zf(X86Cpu cpu) {
        return switch (cpu.flagKind) {
            case IMAGE -> (cpu.flagResult & ZF) != 0;
            case ZERO -> cpu.flagA == 0;
            default -> cpu.flagResult == 0;
        };
    }

    public static boolean sf(X86Cpu cpu) {
        return cpu.flagKind == IMAGE ? (cpu.flagResult & SF) != 0 : cpu.flagResult < 0;
    }

    public static boolean of(X86Cpu cpu) {
        long a = cpu.flagA;
        long b = cpu.flagB;
        long result = cpu.flagResult;
        return switch (cpu.flagKind) {
            case ADD, ADC -> ((a ^ result) & (b ^ result)) < 0;
            case SUB, SBB -> ((a ^ b) & (a ^ result)) < 0;
            case INC -> (~a & result) < 0;
            case DEC -> (a & ~result) < 0;
            case MUL -> (a & 1) != 0;
            case SHL -> (a & 1) != 0 != result < 0;
            case SHR -> a < 0;
            case IMAGE -> (result & OF) != 0;
            default -> false;
        };
    }

    public static boolean pf(X86Cpu cpu) {
        if (cpu.flagKind == IMAGE) {
            return (cpu.flagResult & PF) != 0;
        }
        return (Integer.bitCount((int) cpu.flagResult & 0xff) & 1) == 0;
    }

    public static boolean af(X86Cpu cpu) {
        long result = cpu.flagResult;
        return switch (cpu.flagKind) {
            case ADD, SUB, ADC, SBB -> ((cpu.flagA ^ cpu.flagB ^ result) & 0x10) != 0;
            case INC -> (result & 0xf) == 0;
            case DEC -> (result & 0xf) == 0xf;
            case IMAGE -> (result & AF) != 0;
            default -> false;
        };
    }

    /// The result a record of kind [#SUB] has of its own.
    public static long sub(long a, long b) {
        return a - b;
    }

    // Conditions by their mnemonic suffix (SDM Vol. 2D appendix B, table B-10).

    public static boolean o(X86Cpu cpu) {
        return of(cpu);
    }

    public static boolean no(X86Cpu cpu) {
        return !of(cpu);
    }

    public static boolean b(X86Cpu cpu) {
        return cpu.flagKind == SUB ? Long.compareUnsigned(cpu.flagA, cpu.flagB) < 0 : cf(cpu);
    }

    public static boolean ae(X86Cpu cpu) {
        return !b(cpu);
    }

    public static boolean e(X86Cpu cpu) {
        return zf(cpu);
    }

    public static boolean ne(X86Cpu cpu) {
        return !zf(cpu);
    }

    public static boolean be(X86Cpu cpu) {
        return cpu.flagKind == SUB ? Long.compareUnsigned(cpu.flagA, cpu.flagB) <= 0 : cf(cpu) || zf(cpu);
    }

    public static boolean a(X86Cpu cpu) {
        return !be(cpu);
    }

    public static boolean s(X86Cpu cpu) {
        return sf(cpu);
    }

    public static boolean ns(X86Cpu cpu) {
        return !sf(cpu);
    }

    public static boolean p(X86Cpu cpu) {
        return pf(cpu);
    }

    public static boolean np(X86Cpu cpu) {
        return !pf(cpu);
    }

    public static boolean l(X86Cpu cpu) {
        return cpu.flagKind == SUB ? cpu.flagA < cpu.flagB : sf(cpu) != of(cpu);
    }

    public static boolean ge(X86Cpu cpu) {
        return !l(cpu);
    }

    public static boolean le(X86Cpu cpu) {
        return cpu.flagKind == SUB ? cpu.flagA <= cpu.flagB : zf(cpu) || sf(cpu) != of(cpu);
    }

    public static boolean g(X86Cpu cpu) {
        return !le(cpu);
    }

    /// The condition with the given number.
    public static boolean cond(X86Cpu cpu, int number) {
        boolean base = switch (number >> 1) {
            case 0 -> of(cpu);
            case 1 -> b(cpu);
            case 2 -> zf(cpu);
            case 3 -> be(cpu);
            case 4 -> sf(cpu);
            case 5 -> pf(cpu);
            case 6 -> l(cpu);
            default -> le(cpu);
        };
        return base == ((number & 1) == 0);
    }

    /// The flags that are set, as debuggers show them: `[ PF ZF IF ]`.
    static String describe(long flags) {
        StringBuilder text = new StringBuilder("[ ");
        for (int bit = 0; bit < NAMES.size(); bit++) {
            if ((flags >> bit & 1) != 0 && !NAMES.get(bit).isEmpty()) {
                text.append(NAMES.get(bit)).append(' ');
            }
        }
        return text.append(']').toString();
    }
}
