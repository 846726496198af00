package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// Logical, Shuffle and Unpack Instructions that only move bits, so that floats and integers share
/// a meaning (SDM volume 1, 5.4.5, 5.5.1.4-5, 5.6.1.3, 5.6.1.5, and of 5.6.3 those of doublewords
/// and quadwords).
final class SimdLogicShuffle {

    private SimdLogicShuffle() {}

    @Insn("""
            NP 0F DB /r | pand Pq, Qq
            66 0F DB /r | pand Vdq, Wdq
            NP 0F 54 /r | andps Vdq, Wdq
            66 0F 54 /r | andpd Vdq, Wdq
            """)
    static long pand(long a, long b) {
        return a & b;
    }

    @Insn("""
            NP 0F DF /r | pandn Pq, Qq
            66 0F DF /r | pandn Vdq, Wdq
            NP 0F 55 /r | andnps Vdq, Wdq
            66 0F 55 /r | andnpd Vdq, Wdq
            """)
    static long pandn(long a, long b) {
        return ~a & b;
    }

    @Insn("""
            NP 0F EB /r | por Pq, Qq
            66 0F EB /r | por Vdq, Wdq
            NP 0F 56 /r | orps Vdq, Wdq
            66 0F 56 /r | orpd Vdq, Wdq
            """)
    static long por(long a, long b) {
        return a | b;
    }

    @Insn("""
            NP 0F EF /r | pxor Pq, Qq
            66 0F EF /r | pxor Vdq, Wdq
            NP 0F 57 /r | xorps Vdq, Wdq
            66 0F 57 /r | xorpd Vdq, Wdq
            """)
    static long pxor(long a, long b) {
        return a ^ b;
    }

    @Insn("66 0F 70 /r ib | pshufd Vdq, Wdq, Ib | high=pshufdHigh")
    static long pshufd(long bLo, long bHi, long c) {
        return pickPair(bLo, bHi, c);
    }

    static long pshufdHigh(long bLo, long bHi, long c) {
        return pickPair(bLo, bHi, c >>> 4);
    }

    @Insn("NP 0F C6 /r ib | shufps Vdq, Wdq, Ib | high=shufpsHigh")
    static long shufps(long aLo, long aHi, long c) {
        return pickPair(aLo, aHi, c);
    }

    static long shufpsHigh(long bLo, long bHi, long c) {
        return pickPair(bLo, bHi, c >>> 4);
    }

    /// Two of the four lanes, named by two bits each.
    private static long pickPair(long low, long high, long order) {
        return Lanes.pair(Lanes.pick32(low, high, order), Lanes.pick32(low, high, order >>> 2));
    }

    @Insn("66 0F C6 /r ib | shufpd Vdq, Wdq, Ib | high=shufpdHigh")
    static long shufpd(long aLo, long aHi, long c) {
        return (c & 1) == 0 ? aLo : aHi;
    }

    static long shufpdHigh(long bLo, long bHi, long c) {
        return (c & 2) == 0 ? bLo : bHi;
    }

    @Insn("""
            66 0F 62 /r | punpckldq Vdq, Wdq | high=punpckldqHigh
            NP 0F 14 /r | unpcklps Vdq, Wdq  | high=punpckldqHigh
            """)
    static long punpckldq(long aLo, long bLo) {
        return Lanes.pair(aLo, bLo);
    }

    static long punpckldqHigh(long aLo, long bLo) {
        return Lanes.pair(aLo >>> 32, bLo >>> 32);
    }

    @Insn("""
            66 0F 6A /r | punpckhdq Vdq, Wdq | high=punpckhdqHigh
            NP 0F 15 /r | unpckhps Vdq, Wdq  | high=punpckhdqHigh
            """)
    static long punpckhdq(long aHi, long bHi) {
        return Lanes.pair(aHi, bHi);
    }

    static long punpckhdqHigh(long aHi, long bHi) {
        return Lanes.pair(aHi >>> 32, bHi >>> 32);
    }

    @Insn("""
            66 0F 6C /r | punpcklqdq Vdq, Wdq | high=punpcklqdqHigh
            66 0F 14 /r | unpcklpd Vdq, Wdq   | high=punpcklqdqHigh
            """)
    static long punpcklqdq(long aLo) {
        return aLo;
    }

    static long punpcklqdqHigh(long bLo) {
        return bLo;
    }

    @Insn("""
            66 0F 6D /r | punpckhqdq Vdq, Wdq | high=punpckhqdqHigh
            66 0F 15 /r | unpckhpd Vdq, Wdq   | high=punpckhqdqHigh
            """)
    static long punpckhqdq(long aHi) {
        return aHi;
    }

    static long punpckhqdqHigh(long bHi) {
        return bHi;
    }
}
