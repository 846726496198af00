package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Polynomials;

/// PCLMULQDQ (SDM volume 1, 5.13).
final class CarrylessMultiply {

    private CarrylessMultiply() {}

    /// The product of two polynomials over GF(2); the immediate picks a half of each operand.
    @Insn("66 0F 3A 44 /r ib ?PCLMULQDQ | pclmulqdq Vdq, Wdq, Ib | high=pclmulqdqHigh")
    static long pclmulqdq(long aLo, long aHi, long bLo, long bHi, long c) {
        long x = (c & 1) == 0 ? aLo : aHi;
        long y = (c & 0x10) == 0 ? bLo : bHi;
        return Polynomials.low(x, y);
    }

    static long pclmulqdqHigh(long aLo, long aHi, long bLo, long bHi, long c) {
        long x = (c & 1) == 0 ? aLo : aHi;
        long y = (c & 0x10) == 0 ? bLo : bHi;
        return Polynomials.high(x, y);
    }
}
