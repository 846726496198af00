package faultline.x86.insn;

import faultline.core.isa.Insn;

/// SSE and SSE2 Logical, Shuffle and Unpack Instructions (SDM volume 1, 5.5.1.4-5, 5.6.1.3,
/// 5.6.1.5).
final class SseLogicShuffle {

    private SseLogicShuffle() {}

    @Insn("""
            NP 0F 54 /r | andps Vdq, Wdq
            66 0F 54 /r | andpd Vdq, Wdq
            """)
    static long andps(long a, long b) {
        return a & b;
    }

    @Insn("""
            NP 0F 55 /r | andnps Vdq, Wdq
            66 0F 55 /r | andnpd Vdq, Wdq
            """)
    static long andnps(long a, long b) {
        return ~a & b;
    }

    @Insn("""
            NP 0F 56 /r | orps Vdq, Wdq
            66 0F 56 /r | orpd Vdq, Wdq
            """)
    static long orps(long a, long b) {
        return a | b;
    }

    @Insn("""
            NP 0F 57 /r | xorps Vdq, Wdq
            66 0F 57 /r | xorpd Vdq, Wdq
            """)
    static long xorps(long a, long b) {
        return a ^ b;
    }

    @Insn("NP 0F C6 /r ib | shufps Vdq, Wdq, Ib | high=shufpsHigh")
    static long shufps(long aLo, long aHi, long c) {
        return Lanes.pair(pick(aLo, aHi, c), pick(aLo, aHi, c >>> 2));
    }

    static long shufpsHigh(long bLo, long bHi, long c) {
        return Lanes.pair(pick(bLo, bHi, c >>> 4), pick(bLo, bHi, c >>> 6));
    }

    private static long pick(long low, long high, long index) {
        return Lanes.u32((index & 2) == 0 ? low : high, (int) index & 1);
    }

    @Insn("66 0F C6 /r ib | shufpd Vdq, Wdq, Ib | high=shufpdHigh")
    static long shufpd(long aLo, long aHi, long c) {
        return (c & 1) == 0 ? aLo : aHi;
    }

    static long shufpdHigh(long bLo, long bHi, long c) {
        return (c & 2) == 0 ? bLo : bHi;
    }

    @Insn("NP 0F 14 /r | unpcklps Vdq, Wdq | high=unpcklpsHigh")
    static long unpcklps(long aLo, long bLo) {
        return Lanes.pair(aLo, bLo);
    }

    static long unpcklpsHigh(long aLo, long bLo) {
        return Lanes.pair(aLo >>> 32, bLo >>> 32);
    }

    @Insn("NP 0F 15 /r | unpckhps Vdq, Wdq | high=unpckhpsHigh")
    static long unpckhps(long aHi, long bHi) {
        return Lanes.pair(aHi, bHi);
    }

    static long unpckhpsHigh(long aHi, long bHi) {
        return Lanes.pair(aHi >>> 32, bHi >>> 32);
    }

    @Insn("66 0F 14 /r | unpcklpd Vdq, Wdq | high=unpcklpdHigh")
    static long unpcklpd(long aLo) {
        return aLo;
    }

    static long unpcklpdHigh(long bLo) {
        return bLo;
    }

    @Insn("66 0F 15 /r | unpckhpd Vdq, Wdq | high=unpckhpdHigh")
    static long unpckhpd(long aHi) {
        return aHi;
    }

    static long unpckhpdHigh(long bHi) {
        return bHi;
    }
}
