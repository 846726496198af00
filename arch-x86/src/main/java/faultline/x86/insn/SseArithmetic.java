package faultline.x86.insn;

import faultline.core.isa.Insn;

/// SSE and SSE2 Packed and Scalar Arithmetic Instructions (SDM volume 1, 5.5.1.2, 5.6.1.2).
///
/// Packed single precision sees two floats in a half, packed double precision one double; scalar
/// forms see their one value and leave the rest of the register alone.
final class SseArithmetic {

    private SseArithmetic() {}

    /// Add.
    @Insn("NP 0F 58 /r | addps Vdq, Wdq")
    static long addps(long a, long b) {
        return Lanes.pair(Floats.add32(a, b), Floats.add32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 58 /r | addss Vd, Wd")
    static long addss(long a, long b) {
        return Floats.add32(a, b);
    }

    @Insn("""
            66 0F 58 /r | addpd Vdq, Wdq
            F2 0F 58 /r | addsd Vq, Wq
            """)
    static long addpd(long a, long b) {
        return Floats.add64(a, b);
    }

    /// Subtract.
    @Insn("NP 0F 5C /r | subps Vdq, Wdq")
    static long subps(long a, long b) {
        return Lanes.pair(Floats.sub32(a, b), Floats.sub32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5C /r | subss Vd, Wd")
    static long subss(long a, long b) {
        return Floats.sub32(a, b);
    }

    @Insn("""
            66 0F 5C /r | subpd Vdq, Wdq
            F2 0F 5C /r | subsd Vq, Wq
            """)
    static long subpd(long a, long b) {
        return Floats.sub64(a, b);
    }

    /// Multiply.
    @Insn("NP 0F 59 /r | mulps Vdq, Wdq")
    static long mulps(long a, long b) {
        return Lanes.pair(Floats.mul32(a, b), Floats.mul32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 59 /r | mulss Vd, Wd")
    static long mulss(long a, long b) {
        return Floats.mul32(a, b);
    }

    @Insn("""
            66 0F 59 /r | mulpd Vdq, Wdq
            F2 0F 59 /r | mulsd Vq, Wq
            """)
    static long mulpd(long a, long b) {
        return Floats.mul64(a, b);
    }

    /// Divide.
    @Insn("NP 0F 5E /r | divps Vdq, Wdq")
    static long divps(long a, long b) {
        return Lanes.pair(Floats.div32(a, b), Floats.div32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5E /r | divss Vd, Wd")
    static long divss(long a, long b) {
        return Floats.div32(a, b);
    }

    @Insn("""
            66 0F 5E /r | divpd Vdq, Wdq
            F2 0F 5E /r | divsd Vq, Wq
            """)
    static long divpd(long a, long b) {
        return Floats.div64(a, b);
    }

    /// Minimum.
    @Insn("NP 0F 5D /r | minps Vdq, Wdq")
    static long minps(long a, long b) {
        return Lanes.pair(Floats.min32(a, b), Floats.min32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5D /r | minss Vd, Wd")
    static long minss(long a, long b) {
        return Floats.min32(a, b);
    }

    @Insn("""
            66 0F 5D /r | minpd Vdq, Wdq
            F2 0F 5D /r | minsd Vq, Wq
            """)
    static long minpd(long a, long b) {
        return Floats.min64(a, b);
    }

    /// Maximum.
    @Insn("NP 0F 5F /r | maxps Vdq, Wdq")
    static long maxps(long a, long b) {
        return Lanes.pair(Floats.max32(a, b), Floats.max32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5F /r | maxss Vd, Wd")
    static long maxss(long a, long b) {
        return Floats.max32(a, b);
    }

    @Insn("""
            66 0F 5F /r | maxpd Vdq, Wdq
            F2 0F 5F /r | maxsd Vq, Wq
            """)
    static long maxpd(long a, long b) {
        return Floats.max64(a, b);
    }

    /// Square root.
    @Insn("NP 0F 51 /r | sqrtps Vdq, Wdq")
    static long sqrtps(long b) {
        return Lanes.pair(Floats.sqrt32(b), Floats.sqrt32(b >>> 32));
    }

    @Insn("F3 0F 51 /r | sqrtss Vd, Wd")
    static long sqrtss(long b) {
        return Floats.sqrt32(b);
    }

    @Insn("""
            66 0F 51 /r | sqrtpd Vdq, Wdq
            F2 0F 51 /r | sqrtsd Vq, Wq
            """)
    static long sqrtpd(long b) {
        return Floats.sqrt64(b);
    }

    /// Reciprocal and reciprocal square root. The manual allows a relative error of 1.5 * 2^-12;
    /// the exactly rounded value, with denormals flushed as the manual says, is within it.
    @Insn("NP 0F 53 /r | rcpps Vdq, Wdq")
    static long rcpps(long b) {
        return Lanes.pair(reciprocal(b), reciprocal(b >>> 32));
    }

    @Insn("F3 0F 53 /r | rcpss Vd, Wd")
    static long rcpss(long b) {
        return reciprocal(b);
    }

    @Insn("NP 0F 52 /r | rsqrtps Vdq, Wdq")
    static long rsqrtps(long b) {
        return Lanes.pair(reciprocalRoot(b), reciprocalRoot(b >>> 32));
    }

    @Insn("F3 0F 52 /r | rsqrtss Vd, Wd")
    static long rsqrtss(long b) {
        return reciprocalRoot(b);
    }

    private static int reciprocal(long b) {
        float x = flushed(b);
        int result = Floats.bits(1 / x, b, b);
        return Float.floatToRawIntBits(flushed(result));
    }

    private static int reciprocalRoot(long b) {
        float x = flushed(b);
        return Floats.bits((float) (1 / Math.sqrt(x)), b, b);
    }

    /// A denormal as a zero of its sign.
    private static float flushed(long bits) {
        return (bits & 0x7f800000) == 0 ? Float.intBitsToFloat((int) bits & 0x80000000) : Floats.f(bits);
    }

    // SSE3: additions and subtractions across and in turn.

    @Insn("66 0F D0 /r ?SSE3 | addsubpd Vdq, Wdq | high=addsubpdHigh")
    static long addsubpd(long aLo, long bLo) {
        return Floats.sub64(aLo, bLo);
    }

    static long addsubpdHigh(long aHi, long bHi) {
        return Floats.add64(aHi, bHi);
    }

    @Insn("F2 0F D0 /r ?SSE3 | addsubps Vdq, Wdq")
    static long addsubps(long a, long b) {
        return Lanes.pair(Floats.sub32(a, b), Floats.add32(a >>> 32, b >>> 32));
    }

    @Insn("66 0F 7C /r ?SSE3 | haddpd Vdq, Wdq | high=haddpdHigh")
    static long haddpd(long aLo, long aHi) {
        return Floats.add64(aLo, aHi);
    }

    static long haddpdHigh(long bLo, long bHi) {
        return Floats.add64(bLo, bHi);
    }

    @Insn("F2 0F 7C /r ?SSE3 | haddps Vdq, Wdq | high=haddpsHigh")
    static long haddps(long aLo, long aHi) {
        return Lanes.pair(Floats.add32(aLo, aLo >>> 32), Floats.add32(aHi, aHi >>> 32));
    }

    static long haddpsHigh(long bLo, long bHi) {
        return haddps(bLo, bHi);
    }

    @Insn("66 0F 7D /r ?SSE3 | hsubpd Vdq, Wdq | high=hsubpdHigh")
    static long hsubpd(long aLo, long aHi) {
        return Floats.sub64(aLo, aHi);
    }

    static long hsubpdHigh(long bLo, long bHi) {
        return Floats.sub64(bLo, bHi);
    }

    @Insn("F2 0F 7D /r ?SSE3 | hsubps Vdq, Wdq | high=hsubpsHigh")
    static long hsubps(long aLo, long aHi) {
        return Lanes.pair(Floats.sub32(aLo, aLo >>> 32), Floats.sub32(aHi, aHi >>> 32));
    }

    static long hsubpsHigh(long bLo, long bHi) {
        return hsubps(bLo, bHi);
    }
}
