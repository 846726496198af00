package faultline.arm64.cpu;

import faultline.arm64.fp.FpUnit;
import faultline.core.cpu.GuestTrap;

/// The condition flags, kept as the operation that set them and computed when they are read; and
/// the rest of what rows call by a name.
///
/// A record is (kind, a, b, result), every value sign-extended from the operand's width to 64 bits,
/// which keeps order, zero, sign, carry and overflow as they are: no kind knows a width.
public final class Nzcv {

    /// What a word that is no instruction raises.
    public static final GuestTrap UNDEFINED = A64Trap.UNDEFINED;

    // Kinds.

    /// `result` is the four flags themselves: N in bit 3, then Z, C, V.
    static final int IMAGE = 0;

    /// A sum, whatever was carried in.
    private static final int ADD = 1;

    /// A difference with nothing borrowed in. C says that nothing was borrowed.
    private static final int SUB = 2;

    /// C and V are 0.
    private static final int LOGIC = 3;

    private static final int N = 8;
    private static final int Z = 4;
    private static final int C = 2;
    private static final int V = 1;

    private Nzcv() {}

    /// Arithmetic under FPCR.
    public static FpUnit fp(A64Cpu cpu) {
        return cpu.fp;
    }

    // Effects.

    public static void add(A64Cpu cpu, long rn, long rm, long result) {
        cpu.flagKind = ADD;
        cpu.flagA = rn;
        cpu.flagB = rm;
        cpu.flagResult = result;
    }

    public static void sub(A64Cpu cpu, long rn, long rm, long result) {
        cpu.flagKind = SUB;
        cpu.flagA = rn;
        cpu.flagB = rm;
        cpu.flagResult = result;
    }

    /// Subtraction with carry is addition of the complement.
    public static void sbc(A64Cpu cpu, long rn, long rm, long result) {
        add(cpu, rn, ~rm, result);
    }

    public static void logic(A64Cpu cpu, long result) {
        cpu.flagKind = LOGIC;
        cpu.flagResult = result;
    }

    /// The flags of a sum if the condition held, else those in the instruction.
    public static void addIf(A64Cpu cpu, boolean cond, long rn, long rm, long result, int flags) {
        if (cond) {
            add(cpu, rn, rm, result);
        } else {
            setNzcv(cpu, flags);
        }
    }

    /// The same of a difference.
    public static void subIf(A64Cpu cpu, boolean cond, long rn, long rm, long result, int flags) {
        if (cond) {
            sub(cpu, rn, rm, result);
        } else {
            setNzcv(cpu, flags);
        }
    }

    public static void setNzcv(A64Cpu cpu, long image) {
        cpu.flagKind = IMAGE;
        cpu.flagResult = image & 15;
    }

    /// Notes saturation if it was in any lane: what is not 0 says in which.
    public static void setQc(A64Cpu cpu, long lanes) {
        if (lanes != 0) {
            cpu.fp.saturated();
        }
    }

    public static void setLr(A64Cpu cpu, long value) {
        cpu.x[30] = value;
    }

    // Registers of the system.

    public static long tpidr(A64Cpu cpu) {
        return cpu.tpidr;
    }

    public static void setTpidr(A64Cpu cpu, long value) {
        cpu.tpidr = value;
    }

    public static long fpcr(A64Cpu cpu) {
        return Integer.toUnsignedLong(cpu.fp.fpcr());
    }

    public static void setFpcr(A64Cpu cpu, long value) {
        cpu.fp.setFpcr((int) value);
    }

    public static long fpsr(A64Cpu cpu) {
        return Integer.toUnsignedLong(cpu.fp.fpsr());
    }

    public static void setFpsr(A64Cpu cpu, long value) {
        cpu.fp.setFpsr((int) value);
    }

    // Flags.

    /// The four flags, N in bit 3.
    public static long nzcv(A64Cpu cpu) {
        return (mi(cpu) ? N : 0) | (eq(cpu) ? Z : 0) | (cf(cpu) ? C : 0) | (vs(cpu) ? V : 0);
    }

    /// The carry.
    public static boolean cf(A64Cpu cpu) {
        long a = cpu.flagA;
        long b = cpu.flagB;
        return switch (cpu.flagKind) {
            case ADD -> (a & b | (a | b) & ~cpu.flagResult) < 0;
            case SUB -> Long.compareUnsigned(a, b) >= 0;
            case LOGIC -> false;
            default -> (cpu.flagResult & C) != 0;
        };
    }

    // Conditions by their suffix (Arm ARM C1.2.4, "Condition code").

    public static boolean eq(A64Cpu cpu) {
        return cpu.flagKind == IMAGE ? (cpu.flagResult & Z) != 0 : cpu.flagResult == 0;
    }

    public static boolean ne(A64Cpu cpu) {
        return !eq(cpu);
    }

    public static boolean cs(A64Cpu cpu) {
        return cpu.flagKind == SUB ? Long.compareUnsigned(cpu.flagA, cpu.flagB) >= 0 : cf(cpu);
    }

    public static boolean cc(A64Cpu cpu) {
        return !cs(cpu);
    }

    public static boolean mi(A64Cpu cpu) {
        return cpu.flagKind == IMAGE ? (cpu.flagResult & N) != 0 : cpu.flagResult < 0;
    }

    public static boolean pl(A64Cpu cpu) {
        return !mi(cpu);
    }

    public static boolean vs(A64Cpu cpu) {
        long a = cpu.flagA;
        long b = cpu.flagB;
        long result = cpu.flagResult;
        return switch (cpu.flagKind) {
            case ADD -> ((a ^ result) & (b ^ result)) < 0;
            case SUB -> ((a ^ b) & (a ^ result)) < 0;
            case LOGIC -> false;
            default -> (result & V) != 0;
        };
    }

    public static boolean vc(A64Cpu cpu) {
        return !vs(cpu);
    }

    public static boolean hi(A64Cpu cpu) {
        return cpu.flagKind == SUB ? Long.compareUnsigned(cpu.flagA, cpu.flagB) > 0 : cf(cpu) && ne(cpu);
    }

    public static boolean ls(A64Cpu cpu) {
        return !hi(cpu);
    }

    public static boolean ge(A64Cpu cpu) {
        return cpu.flagKind == SUB ? cpu.flagA >= cpu.flagB : mi(cpu) == vs(cpu);
    }

    public static boolean lt(A64Cpu cpu) {
        return !ge(cpu);
    }

    public static boolean gt(A64Cpu cpu) {
        return cpu.flagKind == SUB ? cpu.flagA > cpu.flagB : ne(cpu) && mi(cpu) == vs(cpu);
    }

    public static boolean le(A64Cpu cpu) {
        return !gt(cpu);
    }

    public static boolean al(A64Cpu cpu) {
        return true;
    }

    /// Holds too: encoding 15 is not *never*.
    public static boolean nv(A64Cpu cpu) {
        return true;
    }

    /// The condition with the given number.
    public static boolean cond(A64Cpu cpu, int number) {
        boolean base = switch (number >> 1) {
            case 0 -> eq(cpu);
            case 1 -> cs(cpu);
            case 2 -> mi(cpu);
            case 3 -> vs(cpu);
            case 4 -> hi(cpu);
            case 5 -> ge(cpu);
            case 6 -> gt(cpu);
            default -> true;
        };
        return number >= 14 || base == ((number & 1) == 0);
    }
}
