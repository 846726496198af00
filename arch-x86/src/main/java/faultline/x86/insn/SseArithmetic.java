package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.fp.SseUnit;

/// SSE and SSE2 Packed and Scalar Arithmetic Instructions (SDM volume 1, 5.5.1.2, 5.6.1.2).
///
/// Packed single precision sees two floats in a half, packed double precision one double; scalar
/// forms see their one value and leave the rest of the register alone.
final class SseArithmetic {

    private static final int QUIET = 0x00400000;
    private static final int DEFAULT_NAN = 0xffc00000;

    private SseArithmetic() {}

    /// Add.
    @Insn("NP 0F 58 /r | addps Vdq, Wdq")
    static long addps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.add32(a, b), unit.add32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 58 /r | addss Vd, Wd")
    static long addss(long a, long b, SseUnit unit) {
        return unit.add32(a, b);
    }

    @Insn("""
            66 0F 58 /r | addpd Vdq, Wdq
            F2 0F 58 /r | addsd Vq, Wq
            """)
    static long addpd(long a, long b, SseUnit unit) {
        return unit.add64(a, b);
    }

    /// Subtract.
    @Insn("NP 0F 5C /r | subps Vdq, Wdq")
    static long subps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.sub32(a, b), unit.sub32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5C /r | subss Vd, Wd")
    static long subss(long a, long b, SseUnit unit) {
        return unit.sub32(a, b);
    }

    @Insn("""
            66 0F 5C /r | subpd Vdq, Wdq
            F2 0F 5C /r | subsd Vq, Wq
            """)
    static long subpd(long a, long b, SseUnit unit) {
        return unit.sub64(a, b);
    }

    /// Multiply.
    @Insn("NP 0F 59 /r | mulps Vdq, Wdq")
    static long mulps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.mul32(a, b), unit.mul32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 59 /r | mulss Vd, Wd")
    static long mulss(long a, long b, SseUnit unit) {
        return unit.mul32(a, b);
    }

    @Insn("""
            66 0F 59 /r | mulpd Vdq, Wdq
            F2 0F 59 /r | mulsd Vq, Wq
            """)
    static long mulpd(long a, long b, SseUnit unit) {
        return unit.mul64(a, b);
    }

    /// Divide.
    @Insn("NP 0F 5E /r | divps Vdq, Wdq")
    static long divps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.div32(a, b), unit.div32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5E /r | divss Vd, Wd")
    static long divss(long a, long b, SseUnit unit) {
        return unit.div32(a, b);
    }

    @Insn("""
            66 0F 5E /r | divpd Vdq, Wdq
            F2 0F 5E /r | divsd Vq, Wq
            """)
    static long divpd(long a, long b, SseUnit unit) {
        return unit.div64(a, b);
    }

    /// Minimum.
    @Insn("NP 0F 5D /r | minps Vdq, Wdq")
    static long minps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.min32(a, b), unit.min32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5D /r | minss Vd, Wd")
    static long minss(long a, long b, SseUnit unit) {
        return unit.min32(a, b);
    }

    @Insn("""
            66 0F 5D /r | minpd Vdq, Wdq
            F2 0F 5D /r | minsd Vq, Wq
            """)
    static long minpd(long a, long b, SseUnit unit) {
        return unit.min64(a, b);
    }

    /// Maximum.
    @Insn("NP 0F 5F /r | maxps Vdq, Wdq")
    static long maxps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.max32(a, b), unit.max32(a >>> 32, b >>> 32));
    }

    @Insn("F3 0F 5F /r | maxss Vd, Wd")
    static long maxss(long a, long b, SseUnit unit) {
        return unit.max32(a, b);
    }

    @Insn("""
            66 0F 5F /r | maxpd Vdq, Wdq
            F2 0F 5F /r | maxsd Vq, Wq
            """)
    static long maxpd(long a, long b, SseUnit unit) {
        return unit.max64(a, b);
    }

    /// Square root.
    @Insn("NP 0F 51 /r | sqrtps Vdq, Wdq")
    static long sqrtps(long b, SseUnit unit) {
        return Lanes.pair(unit.sqrt32(b), unit.sqrt32(b >>> 32));
    }

    @Insn("F3 0F 51 /r | sqrtss Vd, Wd")
    static long sqrtss(long b, SseUnit unit) {
        return unit.sqrt32(b);
    }

    @Insn("""
            66 0F 51 /r | sqrtpd Vdq, Wdq
            F2 0F 51 /r | sqrtsd Vq, Wq
            """)
    static long sqrtpd(long b, SseUnit unit) {
        return unit.sqrt64(b);
    }

    /// Reciprocal and reciprocal square root, which raise no exception. The manual allows a
    /// relative error of 1.5 * 2^-12; the exactly rounded value, with denormals flushed as the
    /// manual says, is within it.
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
        if (isNan(b)) {
            return (int) b | QUIET;
        }
        return Float.floatToRawIntBits(flushed(Float.floatToRawIntBits(1 / flushed(b))));
    }

    private static int reciprocalRoot(long b) {
        if (isNan(b)) {
            return (int) b | QUIET;
        }
        float x = flushed(b);
        return x < 0 ? DEFAULT_NAN : Float.floatToRawIntBits((float) (1 / Math.sqrt(x)));
    }

    private static boolean isNan(long bits) {
        return Float.isNaN(Float.intBitsToFloat((int) bits));
    }

    /// A denormal as a zero of its sign.
    private static float flushed(long bits) {
        return Float.intBitsToFloat((int) bits & ((bits & 0x7f800000) == 0 ? 0x80000000 : -1));
    }

    // SSE3: additions and subtractions across and in turn.

    @Insn("66 0F D0 /r ?SSE3 | addsubpd Vdq, Wdq | high=addsubpdHigh")
    static long addsubpd(long aLo, long bLo, SseUnit unit) {
        return unit.sub64(aLo, bLo);
    }

    static long addsubpdHigh(long aHi, long bHi, SseUnit unit) {
        return unit.add64(aHi, bHi);
    }

    @Insn("F2 0F D0 /r ?SSE3 | addsubps Vdq, Wdq")
    static long addsubps(long a, long b, SseUnit unit) {
        return Lanes.pair(unit.sub32(a, b), unit.add32(a >>> 32, b >>> 32));
    }

    @Insn("66 0F 7C /r ?SSE3 | haddpd Vdq, Wdq | high=haddpdHigh")
    static long haddpd(long aLo, long aHi, SseUnit unit) {
        return unit.add64(aLo, aHi);
    }

    static long haddpdHigh(long bLo, long bHi, SseUnit unit) {
        return unit.add64(bLo, bHi);
    }

    @Insn("F2 0F 7C /r ?SSE3 | haddps Vdq, Wdq | high=haddpsHigh")
    static long haddps(long aLo, long aHi, SseUnit unit) {
        return Lanes.pair(unit.add32(aLo, aLo >>> 32), unit.add32(aHi, aHi >>> 32));
    }

    static long haddpsHigh(long bLo, long bHi, SseUnit unit) {
        return haddps(bLo, bHi, unit);
    }

    @Insn("66 0F 7D /r ?SSE3 | hsubpd Vdq, Wdq | high=hsubpdHigh")
    static long hsubpd(long aLo, long aHi, SseUnit unit) {
        return unit.sub64(aLo, aHi);
    }

    static long hsubpdHigh(long bLo, long bHi, SseUnit unit) {
        return unit.sub64(bLo, bHi);
    }

    @Insn("F2 0F 7D /r ?SSE3 | hsubps Vdq, Wdq | high=hsubpsHigh")
    static long hsubps(long aLo, long aHi, SseUnit unit) {
        return Lanes.pair(unit.sub32(aLo, aLo >>> 32), unit.sub32(aHi, aHi >>> 32));
    }

    static long hsubpsHigh(long bLo, long bHi, SseUnit unit) {
        return hsubps(bLo, bHi, unit);
    }
}
