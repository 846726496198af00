package faultline.x86.insn;

import faultline.core.isa.Insn;

/// PCLMULQDQ (SDM volume 1, 5.13).
final class CarrylessMultiply {

    private CarrylessMultiply() {}

    /// The product of two polynomials over GF(2); the immediate picks a half of each operand.
    @Insn("66 0F 3A 44 /r ib ?PCLMULQDQ | pclmulqdq Vdq, Wdq, Ib | high=pclmulqdqHigh")
    static long pclmulqdq(long aLo, long aHi, long bLo, long bHi, long c) {
        long x = (c & 1) == 0 ? aLo : aHi;
        long y = (c & 0x10) == 0 ? bLo : bHi;
        long product = 0;
        for (long rest = x; rest != 0; rest &= rest - 1) {
            product ^= y << Long.numberOfTrailingZeros(rest);
        }
        return product;
    }

    static long pclmulqdqHigh(long aLo, long aHi, long bLo, long bHi, long c) {
        long x = (c & 1) == 0 ? aLo : aHi;
        long y = (c & 0x10) == 0 ? bLo : bHi;
        long product = 0;
        for (long rest = x & -2; rest != 0; rest &= rest - 1) {
            product ^= y >>> 64 - Long.numberOfTrailingZeros(rest);
        }
        return product;
    }
}
