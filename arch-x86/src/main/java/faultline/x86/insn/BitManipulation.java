package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;

/// BMI1 and BMI2 Instructions (SDM volume 1, 5.1.16).
///
/// Without the feature the bytes of TZCNT and LZCNT execute as BSF and BSR. Undefined flags: TZCNT
/// and LZCNT clear them, the others set SF and PF by the result and clear AF.
final class BitManipulation {

    private BitManipulation() {}

    /// Count of trailing zeros; the width if there is no bit.
    @Insn("F3 0F BC /r ?BMI1 | tzcnt Gv, Ev | count(b)")
    static long tzcnt(long b, int bits) {
        return Math.min(Long.numberOfTrailingZeros(b), bits);
    }

    /// Count of leading zeros; the width if there is no bit.
    @Insn("F3 0F BD /r ?LZCNT | lzcnt Gv, Ev | count(b)")
    static long lzcnt(long b, int bits) {
        return (long) Long.numberOfLeadingZeros(zx(b, bits)) - (64 - bits);
    }

    /// And with the complement of the first source.
    @Insn("VEX NP 0F 38 F2 /r L0 ?BMI1 | andn Gy, By, Ey | logic")
    static long andn(long b, long c) {
        return ~b & c;
    }

    /// Extract bits: first bit in bits 0 to 7 of the control, their number in bits 8 to 15.
    @Insn("VEX NP 0F 38 F7 /r L0 ?BMI1 | bextr Gy, Ey, By | logic")
    static long bextr(long b, long c, int bits) {
        int start = (int) c & 0xff;
        int length = (int) (c >>> 8) & 0xff;
        long shifted = start >= bits ? 0 : zx(b, bits) >>> start;
        return length >= 64 ? shifted : shifted & (1L << length) - 1;
    }

    /// Isolate the lowest set bit; CF says whether there is one.
    @Insn("VEX NP 0F 38 F3 /3 L0 ?BMI1 | blsi By, Ey | flags=isolated")
    static long blsi(long b) {
        return b & -b;
    }

    static long isolated(long b, long result) {
        return Bits.signZeroParity(result, 64) | (b != 0 ? Flags.CF : 0);
    }

    /// Mask up to the lowest set bit; CF says whether there is none.
    @Insn("VEX NP 0F 38 F3 /2 L0 ?BMI1 | blsmsk By, Ey | flags=lowest")
    static long blsmsk(long b) {
        return b ^ b - 1;
    }

    /// Reset the lowest set bit; CF says whether there is none.
    @Insn("VEX NP 0F 38 F3 /1 L0 ?BMI1 | blsr By, Ey | flags=lowest")
    static long blsr(long b) {
        return b & b - 1;
    }

    static long lowest(long b, long result) {
        return Bits.signZeroParity(result, 64) | (b == 0 ? Flags.CF : 0);
    }

    /// Zero the bits from a position on; CF says that there are none.
    @Insn("VEX NP 0F 38 F5 /r L0 ?BMI2 | bzhi Gy, Ey, By | flags=zeroed")
    static long bzhi(long b, long c, int bits) {
        int from = (int) c & 0xff;
        return from >= bits ? b : b & (1L << from) - 1;
    }

    static long zeroed(long c, long result, int bits) {
        return Bits.signZeroParity(result, 64) | (((int) c & 0xff) >= bits ? Flags.CF : 0);
    }

    /// Unsigned multiply without flags; of two equal destinations the high half stays.
    @Insn("VEX F2 0F 38 F6 /r L0 ?BMI2 | mulx Gy, By, Ey | b=mulxLow")
    static long mulx(long rDX, long c, int bits) {
        return bits == 64 ? Math.unsignedMultiplyHigh(rDX, c) : zx(rDX, 32) * zx(c, 32) >>> 32;
    }

    static long mulxLow(long rDX, long c) {
        return rDX * c;
    }

    /// Deposit low bits at the places of a mask.
    @Insn("VEX F2 0F 38 F5 /r L0 ?BMI2 | pdep Gy, By, Ey")
    static long pdep(long b, long c, int bits) {
        return Long.expand(b, zx(c, bits));
    }

    /// Extract the bits at the places of a mask.
    @Insn("VEX F3 0F 38 F5 /r L0 ?BMI2 | pext Gy, By, Ey")
    static long pext(long b, long c, int bits) {
        return Long.compress(b, zx(c, bits));
    }

    /// Rotate right without flags.
    @Insn("VEX F2 0F 3A F0 /r ib L0 ?BMI2 | rorx Gy, Ey, Ib")
    static long rorx(long b, long c, int bits) {
        return bits == 64 ? Long.rotateRight(b, (int) c) : Integer.rotateRight((int) b, (int) c);
    }

    /// Shifts without flags.
    @Insn("VEX F3 0F 38 F7 /r L0 ?BMI2 | sarx Gy, Ey, By")
    static long sarx(long b, long c, int bits) {
        return b >> Bits.count(c, bits);
    }

    @Insn("VEX 66 0F 38 F7 /r L0 ?BMI2 | shlx Gy, Ey, By")
    static long shlx(long b, long c, int bits) {
        return b << Bits.count(c, bits);
    }

    @Insn("VEX F2 0F 38 F7 /r L0 ?BMI2 | shrx Gy, Ey, By")
    static long shrx(long b, long c, int bits) {
        return zx(b, bits) >>> Bits.count(c, bits);
    }
}
