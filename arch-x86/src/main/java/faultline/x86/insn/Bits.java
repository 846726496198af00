package faultline.x86.insn;

import faultline.x86.cpu.Flags;

/// Widths, counts and flag images that the meanings share.
///
/// A value of `bits` bits arrives sign-extended to 64 and is truncated by the glue when it is
/// written; only meanings that look at bits above the width need these.
final class Bits {

    private Bits() {}

    /// The value zero-extended from its width.
    static long zx(long value, int bits) {
        return bits == 64 ? value : value & (1L << bits) - 1;
    }

    /// The value sign-extended from its width.
    static long sx(long value, int bits) {
        return value << 64 - bits >> 64 - bits;
    }

    /// A shift count as the hardware masks it: modulo 64 for 64-bit operands, modulo 32 for all
    /// others (SDM volume 2, SAL/SAR/SHL/SHR).
    static int count(long count, int bits) {
        return (int) count & (bits == 64 ? 63 : 31);
    }

    /// The most significant bit of a value, as 0 or 1.
    static long top(long value, int bits) {
        return value >>> bits - 1 & 1;
    }

    /// An image with CF and OF replaced and the other flags kept: what rotates do.
    static long carryAndOverflow(long flags, long carry, long overflow) {
        return flags & ~(Flags.CF | Flags.OF) | (carry != 0 ? Flags.CF : 0) | (overflow != 0 ? Flags.OF : 0);
    }

    /// An image with CF replaced.
    static long carry(long flags, long carry) {
        return flags & ~Flags.CF | (carry != 0 ? Flags.CF : 0);
    }

    /// SF, ZF and PF of a result.
    static long signZeroParity(long result, int bits) {
        long value = sx(result, bits);
        return (value < 0 ? Flags.SF : 0)
                | (value == 0 ? Flags.ZF : 0)
                | ((Integer.bitCount((int) value & 0xff) & 1) == 0 ? Flags.PF : 0);
    }
}
