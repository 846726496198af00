package faultline.ppc64.insn;

import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.fp.FpUnit;

/// Decode functions, and pure functions of more than one chapter.
public final class Operands {

    private Operands() {}

    // Branches.

    /// Where a branch goes: as far from itself, or there.
    static long branchTarget(long offset, int aa, long pc) {
        return aa != 0 ? offset : pc + offset;
    }

    /// The condition of a branch: the number of a bit in its field, and 4 more where it must be clear.
    static long condition(int bo, int bi) {
        return (bo & 8) != 0 ? bi & 3 : bi & 3 | 4;
    }

    /// The field of CR with a bit.
    static long fieldOf(int bi) {
        return bi >> 2;
    }

    /// What is likely, as the two low bits of BO say it.
    static long hintOf(int bo) {
        return bo & 3;
    }

    /// The same of a branch that looks at CTR alone.
    static long counterHint(int bo) {
        return bo >> 2 & 2 | bo & 1;
    }

    /// Whether BO asks for a bit of CR alone, and has no hint that is reserved.
    static boolean isBit(int bo) {
        return (bo & 0b10100) == 0b00100 && (bo & 3) != 1;
    }

    /// Whether BO asks for a bit of field 0.
    static boolean isField0(int bo, int bi) {
        return isBit(bo) && bi < 4;
    }

    /// Whether BO counts CTR down and asks for nothing else, and has no hint that is reserved.
    static boolean isCounter(int bo) {
        return (bo & 0b10100) == 0b10000 && (bo & 0b01001) != 1;
    }

    /// Whether BO wants CTR to be 0.
    static boolean isZero(int bo) {
        return (bo & 2) != 0;
    }

    static boolean isNotZero(int bo) {
        return (bo & 2) == 0;
    }

    /// Whether BO leaves CTR alone.
    static boolean doesNotCount(int bo) {
        return (bo & 4) != 0;
    }

    // Masks.

    /// The mask from bit `mb` to bit `me`, which wraps round (MASK).
    public static long mask(int mb, int me) {
        return mb <= me ? -1L >>> mb & -1L << 63 - me : -1L >>> mb | -1L << 63 - me;
    }

    static long mask32(int mb, int me) {
        return mask(mb + 32, me + 32);
    }

    /// From a bit to the last.
    static long maskFrom(int mb) {
        return mask(mb, 63);
    }

    /// From the first bit to this one.
    static long maskTo(int me) {
        return mask(0, me);
    }

    /// From a bit to as many before the end.
    static long maskBetween(int mb, int sh) {
        return mask(mb, 63 - sh);
    }

    /// Whether a rotation by `sh` and a mask from the first bit to `me` are a shift to the left; `last`
    /// is the last bit.
    static boolean isLeft(int sh, int me, int last) {
        return sh != 0 && me == last - sh;
    }

    /// Whether a rotation that leaves the last `n` bits of the word out of the mask is a shift to the right.
    static boolean isRight(int n, int mb) {
        return n == mb && mb != 0;
    }

    /// What is left of a number of bits.
    static long left(int number, int of) {
        return (long) of - number;
    }

    // CR and addresses.

    /// The bits of the fields of CR that a mask names.
    static long fields(int fxm) {
        long mask = 0;
        for (int field = 0; field < 8; field++) {
            mask |= (fxm >> field & 1) == 0 ? 0 : 15L << 4 * field;
        }
        return mask;
    }

    /// Two words as a doubleword.
    static long words(long low, long high) {
        return low & 0xffffffffL | high << 32;
    }

    // Floating point.

    /// Whether the result of an instruction is written: no exception that it raised keeps it back.
    static boolean completes(FpUnit fp) {
        return fp.completes();
    }

    /// The bits of FPSCR in the fields that `mtfsf` replaces.
    static long fpscrMask(int flm, int l, int w) {
        return l != 0 ? -1 : fields(flm) << 32 * w;
    }

    // Immediates.

    /// A number that the row gives.
    static long number(int number) {
        return number;
    }

    static long shifted(int immediate) {
        return (long) immediate << 16;
    }

    /// The immediate of `addpcis`, whose bits are in three places.
    static long immediate(int d0, int d1, int d2) {
        return (short) (d0 << 6 | d1 << 1 | d2);
    }

    /// The address of the next instruction, and so many times 65536.
    static long nextPlus(long pc, int d) {
        return pc + 4 + shifted(d);
    }

    // Strings.

    /// The bytes of a string, of which 0 means 32.
    static long stringLength(int nb) {
        return nb == 0 ? 32 : nb;
    }

    // Addresses.

    /// The sum of two registers, which is to be a multiple of `bytes`.
    static long alignedIndexed(Ppc64Cpu cpu, long ra, long rb, int bytes) {
        long ea = ra + rb;
        if ((ea & bytes - 1) != 0) {
            throw cpu.misaligned(ea);
        }
        return ea;
    }

    // Pairs of registers.

    static boolean isEven(int number) {
        return (number & 1) == 0;
    }

    /// The register behind an even one.
    static long odd(int even) {
        return even | 1;
    }

    // Traps.

    /// Whether TO has a name.
    static boolean isNamedTrap(int to) {
        return Ppc64Names.trap(to) != null;
    }

    // Arithmetic.

    /// Both halves the same 32 bits.
    static long doubled(long value) {
        return value << 32 | value & 0xffffffffL;
    }

    /// The carry out of every bit of a sum that may have a carry in.
    static long carries(long a, long b, long sum) {
        return a & b | (a | b) & ~sum;
    }

    /// Whether a sum overflows at every bit, if that is the sign.
    static long overflows(long a, long b, long sum) {
        return (a ^ sum) & (b ^ sum);
    }

    /// The quotient of `high` and 64 zeros behind it, which is less than 2^64: `high` is below the
    /// divisor. All numbers are unsigned.
    static long divideWide(long high, long divisor) {
        long remainder = high;
        long quotient = 0;
        for (int i = 0; i < 64; i++) {
            boolean carry = remainder < 0;
            remainder <<= 1;
            quotient <<= 1;
            if (carry || Long.compareUnsigned(remainder, divisor) >= 0) {
                remainder -= divisor;
                quotient |= 1;
            }
        }
        return quotient;
    }

    /// The top bit of each byte in which two doublewords are equal.
    static long equalBytes(long a, long b) {
        long low = 0x7f7f_7f7f_7f7f_7f7fL;
        long different = a ^ b;
        return ~((different & low) + low | different | low);
    }
}
