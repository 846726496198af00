package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// SSSE3 Instructions (SDM volume 1, 5.8), on MMX and XMM registers.
final class Ssse3 {

    private Ssse3() {}

    // Horizontal additions and subtractions: results of the first operand's pairs, then of the second's.

    @Insn("66 0F 38 01 /r ?SSSE3 | phaddw Vdq, Wdq | high=phaddwHigh")
    static long phaddw(long aLo, long aHi) {
        return horizontal16(aLo, aHi, 1, false);
    }

    static long phaddwHigh(long bLo, long bHi) {
        return horizontal16(bLo, bHi, 1, false);
    }

    @Insn("NP 0F 38 01 /r ?SSSE3 | phaddw Pq, Qq")
    static long phaddwMmx(long a, long b) {
        return horizontal16(a, b, 1, false);
    }

    @Insn("66 0F 38 03 /r ?SSSE3 | phaddsw Vdq, Wdq | high=phaddswHigh")
    static long phaddsw(long aLo, long aHi) {
        return horizontal16(aLo, aHi, 1, true);
    }

    static long phaddswHigh(long bLo, long bHi) {
        return horizontal16(bLo, bHi, 1, true);
    }

    @Insn("NP 0F 38 03 /r ?SSSE3 | phaddsw Pq, Qq")
    static long phaddswMmx(long a, long b) {
        return horizontal16(a, b, 1, true);
    }

    @Insn("66 0F 38 05 /r ?SSSE3 | phsubw Vdq, Wdq | high=phsubwHigh")
    static long phsubw(long aLo, long aHi) {
        return horizontal16(aLo, aHi, -1, false);
    }

    static long phsubwHigh(long bLo, long bHi) {
        return horizontal16(bLo, bHi, -1, false);
    }

    @Insn("NP 0F 38 05 /r ?SSSE3 | phsubw Pq, Qq")
    static long phsubwMmx(long a, long b) {
        return horizontal16(a, b, -1, false);
    }

    @Insn("66 0F 38 07 /r ?SSSE3 | phsubsw Vdq, Wdq | high=phsubswHigh")
    static long phsubsw(long aLo, long aHi) {
        return horizontal16(aLo, aHi, -1, true);
    }

    static long phsubswHigh(long bLo, long bHi) {
        return horizontal16(bLo, bHi, -1, true);
    }

    @Insn("NP 0F 38 07 /r ?SSSE3 | phsubsw Pq, Qq")
    static long phsubswMmx(long a, long b) {
        return horizontal16(a, b, -1, true);
    }

    private static long horizontal16(long low, long high, int sign, boolean saturate) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            long from = i < 2 ? low : high;
            int lane = 2 * (i & 1);
            int sum = Lanes.s16(from, lane) + sign * Lanes.s16(from, lane + 1);
            r |= ((saturate ? Lanes.saturateS16(sum) : sum) & 0xffffL) << 16 * i;
        }
        return r;
    }

    @Insn("66 0F 38 02 /r ?SSSE3 | phaddd Vdq, Wdq | high=phadddHigh")
    static long phaddd(long aLo, long aHi) {
        return Lanes.pair(aLo + (aLo >>> 32), aHi + (aHi >>> 32));
    }

    static long phadddHigh(long bLo, long bHi) {
        return phaddd(bLo, bHi);
    }

    @Insn("NP 0F 38 02 /r ?SSSE3 | phaddd Pq, Qq")
    static long phadddMmx(long a, long b) {
        return phaddd(a, b);
    }

    @Insn("66 0F 38 06 /r ?SSSE3 | phsubd Vdq, Wdq | high=phsubdHigh")
    static long phsubd(long aLo, long aHi) {
        return Lanes.pair(aLo - (aLo >>> 32), aHi - (aHi >>> 32));
    }

    static long phsubdHigh(long bLo, long bHi) {
        return phsubd(bLo, bHi);
    }

    @Insn("NP 0F 38 06 /r ?SSSE3 | phsubd Pq, Qq")
    static long phsubdMmx(long a, long b) {
        return phsubd(a, b);
    }

    /// Multiply unsigned by signed bytes and add neighbours, saturating.
    @Insn("""
            NP 0F 38 04 /r ?SSSE3 | pmaddubsw Pq, Qq
            66 0F 38 04 /r ?SSSE3 | pmaddubsw Vdq, Wdq
            """)
    static long pmaddubsw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            int sum = Lanes.u8(a, 2 * i) * Lanes.s8(b, 2 * i) + Lanes.u8(a, 2 * i + 1) * Lanes.s8(b, 2 * i + 1);
            r |= (Lanes.saturateS16(sum) & 0xffffL) << 16 * i;
        }
        return r;
    }

    /// High 16 bits of the doubled product, rounded.
    @Insn("""
            NP 0F 38 0B /r ?SSSE3 | pmulhrsw Pq, Qq
            66 0F 38 0B /r ?SSSE3 | pmulhrsw Vdq, Wdq
            """)
    static long pmulhrsw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            int product = Lanes.s16(a, i) * Lanes.s16(b, i);
            r |= ((product >> 14) + 1 >> 1 & 0xffffL) << 16 * i;
        }
        return r;
    }

    // Sign: negate, clear or keep lanes of the first operand by the sign of the second's.

    @Insn("""
            NP 0F 38 08 /r ?SSSE3 | psignb Pq, Qq
            66 0F 38 08 /r ?SSSE3 | psignb Vdq, Wdq
            """)
    static long psignb(long a, long b) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            r |= ((long) Lanes.s8(a, i) * Integer.signum(Lanes.s8(b, i)) & 0xff) << 8 * i;
        }
        return r;
    }

    @Insn("""
            NP 0F 38 09 /r ?SSSE3 | psignw Pq, Qq
            66 0F 38 09 /r ?SSSE3 | psignw Vdq, Wdq
            """)
    static long psignw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= ((long) Lanes.s16(a, i) * Integer.signum(Lanes.s16(b, i)) & 0xffff) << 16 * i;
        }
        return r;
    }

    @Insn("""
            NP 0F 38 0A /r ?SSSE3 | psignd Pq, Qq
            66 0F 38 0A /r ?SSSE3 | psignd Vdq, Wdq
            """)
    static long psignd(long a, long b) {
        return Lanes.pair(
                (long) Lanes.s32(a, 0) * Integer.signum(Lanes.s32(b, 0)),
                (long) Lanes.s32(a, 1) * Integer.signum(Lanes.s32(b, 1)));
    }

    // Absolute values; the most negative stays, as an unsigned number.

    @Insn("""
            NP 0F 38 1C /r ?SSSE3 | pabsb Pq, Qq
            66 0F 38 1C /r ?SSSE3 | pabsb Vdq, Wdq
            """)
    static long pabsb(long b) {
        return Lanes.sub(b ^ Lanes.spread8(b), Lanes.spread8(b), Lanes.TOP8);
    }

    @Insn("""
            NP 0F 38 1D /r ?SSSE3 | pabsw Pq, Qq
            66 0F 38 1D /r ?SSSE3 | pabsw Vdq, Wdq
            """)
    static long pabsw(long b) {
        return Lanes.sub(b ^ Lanes.spread16(b), Lanes.spread16(b), Lanes.TOP16);
    }

    @Insn("""
            NP 0F 38 1E /r ?SSSE3 | pabsd Pq, Qq
            66 0F 38 1E /r ?SSSE3 | pabsd Vdq, Wdq
            """)
    static long pabsd(long b) {
        return Lanes.pair(Math.abs(Lanes.s32(b, 0)), Math.abs(Lanes.s32(b, 1)));
    }

    /// Shuffle bytes: each byte of the second operand picks one of the first, or 0 with its top bit
    /// set.
    @Insn("66 0F 38 00 /r ?SSSE3 | pshufb Vdq, Wdq | high=pshufbHigh")
    static long pshufb(long aLo, long aHi, long bLo) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            int pick = Lanes.s8(bLo, i);
            if (pick >= 0) {
                r |= (long) Lanes.u8((pick & 8) == 0 ? aLo : aHi, pick & 7) << 8 * i;
            }
        }
        return r;
    }

    static long pshufbHigh(long aLo, long aHi, long bHi) {
        return pshufb(aLo, aHi, bHi);
    }

    @Insn("NP 0F 38 00 /r ?SSSE3 | pshufb Pq, Qq")
    static long pshufbMmx(long a, long b) {
        return pshufb(a, a, b);
    }

    /// Concatenate, the second operand below, and take the bytes from a position on.
    @Insn("66 0F 3A 0F /r ib ?SSSE3 | palignr Vdq, Wdq, Ib | high=palignrHigh")
    static long palignr(long aLo, long aHi, long bLo, long bHi, long c) {
        return word(aLo, aHi, bLo, bHi, (int) c & 0xff);
    }

    static long palignrHigh(long aLo, long aHi, long bLo, long bHi, long c) {
        return word(aLo, aHi, bLo, bHi, ((int) c & 0xff) + 8);
    }

    /// Eight bytes from byte `from` of four words, the first of which is `bLo`; zeros behind them.
    private static long word(long aLo, long aHi, long bLo, long bHi, int from) {
        long low = part(aLo, aHi, bLo, bHi, from >> 3);
        int shift = 8 * (from & 7);
        return shift == 0 ? low : low >>> shift | part(aLo, aHi, bLo, bHi, (from >> 3) + 1) << 64 - shift;
    }

    private static long part(long aLo, long aHi, long bLo, long bHi, int index) {
        return switch (index) {
            case 0 -> bLo;
            case 1 -> bHi;
            case 2 -> aLo;
            case 3 -> aHi;
            default -> 0;
        };
    }

    @Insn("NP 0F 3A 0F /r ib ?SSSE3 | palignr Pq, Qq, Ib")
    static long palignrMmx(long a, long b, long c) {
        return word(0, 0, b, a, (int) c & 0xff);
    }
}
