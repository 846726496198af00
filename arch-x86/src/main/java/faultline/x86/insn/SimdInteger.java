package faultline.x86.insn;

import static faultline.core.simd.Lanes.ONE16;
import static faultline.core.simd.Lanes.ONE8;
import static faultline.core.simd.Lanes.TOP16;
import static faultline.core.simd.Lanes.TOP32;
import static faultline.core.simd.Lanes.TOP8;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// SSE2 128-Bit SIMD Integer Instructions (SDM volume 1, 5.6.3), and those of 5.4 and 5.5.3, which
/// are lane-wise and so the same on MMX registers; other MMX instructions are in [Mmx], and what
/// has the same meaning for floats in [SimdLogicShuffle].
///
/// A lane-wise meaning sees one half of each XMM operand and is applied to both.
final class SimdInteger {

    private SimdInteger() {}

    // Addition and subtraction.

    @Insn("""
            NP 0F FC /r | paddb Pq, Qq
            66 0F FC /r | paddb Vdq, Wdq
            """)
    static long paddb(long a, long b) {
        return Lanes.add(a, b, TOP8);
    }

    @Insn("""
            NP 0F FD /r | paddw Pq, Qq
            66 0F FD /r | paddw Vdq, Wdq
            """)
    static long paddw(long a, long b) {
        return Lanes.add(a, b, TOP16);
    }

    @Insn("""
            NP 0F FE /r | paddd Pq, Qq
            66 0F FE /r | paddd Vdq, Wdq
            """)
    static long paddd(long a, long b) {
        return Lanes.add(a, b, TOP32);
    }

    @Insn("""
            NP 0F D4 /r | paddq Pq, Qq
            66 0F D4 /r | paddq Vdq, Wdq
            """)
    static long paddq(long a, long b) {
        return a + b;
    }

    @Insn("""
            NP 0F F8 /r | psubb Pq, Qq
            66 0F F8 /r | psubb Vdq, Wdq
            """)
    static long psubb(long a, long b) {
        return Lanes.sub(a, b, TOP8);
    }

    @Insn("""
            NP 0F F9 /r | psubw Pq, Qq
            66 0F F9 /r | psubw Vdq, Wdq
            """)
    static long psubw(long a, long b) {
        return Lanes.sub(a, b, TOP16);
    }

    @Insn("""
            NP 0F FA /r | psubd Pq, Qq
            66 0F FA /r | psubd Vdq, Wdq
            """)
    static long psubd(long a, long b) {
        return Lanes.sub(a, b, TOP32);
    }

    @Insn("""
            NP 0F FB /r | psubq Pq, Qq
            66 0F FB /r | psubq Vdq, Wdq
            """)
    static long psubq(long a, long b) {
        return a - b;
    }

    @Insn("""
            NP 0F EC /r | paddsb Pq, Qq
            66 0F EC /r | paddsb Vdq, Wdq
            """)
    static long paddsb(long a, long b) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            r |= (Lanes.saturateS8(Lanes.s8(a, i) + Lanes.s8(b, i)) & 0xffL) << (8 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F ED /r | paddsw Pq, Qq
            66 0F ED /r | paddsw Vdq, Wdq
            """)
    static long paddsw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.saturateS16(Lanes.s16(a, i) + Lanes.s16(b, i)) & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F DC /r | paddusb Pq, Qq
            66 0F DC /r | paddusb Vdq, Wdq
            """)
    static long paddusb(long a, long b) {
        long sum = Lanes.add(a, b, TOP8);
        return sum | Lanes.spread8(((a & b) | ((a | b) & ~sum)) & TOP8);
    }

    @Insn("""
            NP 0F DD /r | paddusw Pq, Qq
            66 0F DD /r | paddusw Vdq, Wdq
            """)
    static long paddusw(long a, long b) {
        long sum = Lanes.add(a, b, TOP16);
        return sum | Lanes.spread16(((a & b) | ((a | b) & ~sum)) & TOP16);
    }

    @Insn("""
            NP 0F E8 /r | psubsb Pq, Qq
            66 0F E8 /r | psubsb Vdq, Wdq
            """)
    static long psubsb(long a, long b) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            r |= (Lanes.saturateS8(Lanes.s8(a, i) - Lanes.s8(b, i)) & 0xffL) << (8 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F E9 /r | psubsw Pq, Qq
            66 0F E9 /r | psubsw Vdq, Wdq
            """)
    static long psubsw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.saturateS16(Lanes.s16(a, i) - Lanes.s16(b, i)) & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F D8 /r | psubusb Pq, Qq
            66 0F D8 /r | psubusb Vdq, Wdq
            """)
    static long psubusb(long a, long b) {
        return Lanes.sub(a, b, TOP8) & ~Lanes.spread8(Lanes.below(a, b, TOP8));
    }

    @Insn("""
            NP 0F D9 /r | psubusw Pq, Qq
            66 0F D9 /r | psubusw Vdq, Wdq
            """)
    static long psubusw(long a, long b) {
        return Lanes.sub(a, b, TOP16) & ~Lanes.spread16(Lanes.below(a, b, TOP16));
    }

    // Multiplication, averages, sums.

    @Insn("""
            NP 0F D5 /r | pmullw Pq, Qq
            66 0F D5 /r | pmullw Vdq, Wdq
            """)
    static long pmullw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= ((long) Lanes.s16(a, i) * Lanes.s16(b, i) & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F E5 /r | pmulhw Pq, Qq
            66 0F E5 /r | pmulhw Vdq, Wdq
            """)
    static long pmulhw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.s16(a, i) * Lanes.s16(b, i) >>> 16 & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F E4 /r | pmulhuw Pq, Qq
            66 0F E4 /r | pmulhuw Vdq, Wdq
            """)
    static long pmulhuw(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.u16(a, i) * Lanes.u16(b, i) >>> 16 & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F F4 /r | pmuludq Pq, Qq
            66 0F F4 /r | pmuludq Vdq, Wdq
            """)
    static long pmuludq(long a, long b) {
        return (a & 0xffffffffL) * (b & 0xffffffffL);
    }

    @Insn("""
            NP 0F F5 /r | pmaddwd Pq, Qq
            66 0F F5 /r | pmaddwd Vdq, Wdq
            """)
    static long pmaddwd(long a, long b) {
        int low = Lanes.s16(a, 0) * Lanes.s16(b, 0) + Lanes.s16(a, 1) * Lanes.s16(b, 1);
        int high = Lanes.s16(a, 2) * Lanes.s16(b, 2) + Lanes.s16(a, 3) * Lanes.s16(b, 3);
        return Lanes.pair(low, high);
    }

    @Insn("""
            NP 0F F6 /r | psadbw Pq, Qq
            66 0F F6 /r | psadbw Vdq, Wdq
            """)
    static long psadbw(long a, long b) {
        int sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += Math.abs(Lanes.u8(a, i) - Lanes.u8(b, i));
        }
        return sum;
    }

    /// Rounded average: `(a | b) - ((a ^ b) >> 1)` in each lane.
    @Insn("""
            NP 0F E0 /r | pavgb Pq, Qq
            66 0F E0 /r | pavgb Vdq, Wdq
            """)
    static long pavgb(long a, long b) {
        return Lanes.sub(a | b, ((a ^ b) & ~ONE8) >>> 1, TOP8);
    }

    @Insn("""
            NP 0F E3 /r | pavgw Pq, Qq
            66 0F E3 /r | pavgw Vdq, Wdq
            """)
    static long pavgw(long a, long b) {
        return Lanes.sub(a | b, ((a ^ b) & ~ONE16) >>> 1, TOP16);
    }

    // Comparison.

    @Insn("""
            NP 0F 74 /r | pcmpeqb Pq, Qq
            66 0F 74 /r | pcmpeqb Vdq, Wdq
            """)
    static long pcmpeqb(long a, long b) {
        return Lanes.spread8(Lanes.equal(a, b, TOP8));
    }

    @Insn("""
            NP 0F 75 /r | pcmpeqw Pq, Qq
            66 0F 75 /r | pcmpeqw Vdq, Wdq
            """)
    static long pcmpeqw(long a, long b) {
        return Lanes.spread16(Lanes.equal(a, b, TOP16));
    }

    @Insn("""
            NP 0F 76 /r | pcmpeqd Pq, Qq
            66 0F 76 /r | pcmpeqd Vdq, Wdq
            """)
    static long pcmpeqd(long a, long b) {
        return Lanes.spread32(Lanes.equal(a, b, TOP32));
    }

    @Insn("""
            NP 0F 64 /r | pcmpgtb Pq, Qq
            66 0F 64 /r | pcmpgtb Vdq, Wdq
            """)
    static long pcmpgtb(long a, long b) {
        return Lanes.spread8(Lanes.greater(a, b, TOP8));
    }

    @Insn("""
            NP 0F 65 /r | pcmpgtw Pq, Qq
            66 0F 65 /r | pcmpgtw Vdq, Wdq
            """)
    static long pcmpgtw(long a, long b) {
        return Lanes.spread16(Lanes.greater(a, b, TOP16));
    }

    @Insn("""
            NP 0F 66 /r | pcmpgtd Pq, Qq
            66 0F 66 /r | pcmpgtd Vdq, Wdq
            """)
    static long pcmpgtd(long a, long b) {
        return Lanes.spread32(Lanes.greater(a, b, TOP32));
    }

    @Insn("""
            NP 0F DA /r | pminub Pq, Qq
            66 0F DA /r | pminub Vdq, Wdq
            """)
    static long pminub(long a, long b) {
        return Lanes.select(Lanes.spread8(Lanes.below(a, b, TOP8)), a, b);
    }

    @Insn("""
            NP 0F DE /r | pmaxub Pq, Qq
            66 0F DE /r | pmaxub Vdq, Wdq
            """)
    static long pmaxub(long a, long b) {
        return Lanes.select(Lanes.spread8(Lanes.below(a, b, TOP8)), b, a);
    }

    @Insn("""
            NP 0F EA /r | pminsw Pq, Qq
            66 0F EA /r | pminsw Vdq, Wdq
            """)
    static long pminsw(long a, long b) {
        return Lanes.select(Lanes.spread16(Lanes.greater(a, b, TOP16)), b, a);
    }

    @Insn("""
            NP 0F EE /r | pmaxsw Pq, Qq
            66 0F EE /r | pmaxsw Vdq, Wdq
            """)
    static long pmaxsw(long a, long b) {
        return Lanes.select(Lanes.spread16(Lanes.greater(a, b, TOP16)), a, b);
    }

    // Shifts; the count is the low quadword of the second operand or an unsigned byte.

    @Insn("""
            NP 0F F1 /r | psllw Pq, Qq
            66 0F F1 /r | psllw Vdq, Wdq
            """)
    static long psllw(long a, long bLo) {
        return shiftLeft16(a, bLo);
    }

    @Insn("""
            NP 0F 71 /6 ib reg | psllw Nq, Ib
            66 0F 71 /6 ib reg | psllw Udq, Ib
            """)
    static long psllwBy(long a, long b) {
        return shiftLeft16(a, b & 0xff);
    }

    private static long shiftLeft16(long a, long count) {
        if (Long.compareUnsigned(count, 15) > 0) {
            return 0;
        }
        return a << count & (0xffffL << count & 0xffff) * ONE16;
    }

    @Insn("""
            NP 0F D1 /r | psrlw Pq, Qq
            66 0F D1 /r | psrlw Vdq, Wdq
            """)
    static long psrlw(long a, long bLo) {
        return shiftRight16(a, bLo);
    }

    @Insn("""
            NP 0F 71 /2 ib reg | psrlw Nq, Ib
            66 0F 71 /2 ib reg | psrlw Udq, Ib
            """)
    static long psrlwBy(long a, long b) {
        return shiftRight16(a, b & 0xff);
    }

    private static long shiftRight16(long a, long count) {
        if (Long.compareUnsigned(count, 15) > 0) {
            return 0;
        }
        return a >>> count & (0xffffL >>> count) * ONE16;
    }

    @Insn("""
            NP 0F E1 /r | psraw Pq, Qq
            66 0F E1 /r | psraw Vdq, Wdq
            """)
    static long psraw(long a, long bLo) {
        return shiftArithmetic16(a, bLo);
    }

    @Insn("""
            NP 0F 71 /4 ib reg | psraw Nq, Ib
            66 0F 71 /4 ib reg | psraw Udq, Ib
            """)
    static long psrawBy(long a, long b) {
        return shiftArithmetic16(a, b & 0xff);
    }

    private static long shiftArithmetic16(long a, long count) {
        int by = Long.compareUnsigned(count, 15) > 0 ? 15 : (int) count;
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.s16(a, i) >> by & 0xffffL) << (16 * i);
        }
        return r;
    }

    @Insn("""
            NP 0F F2 /r | pslld Pq, Qq
            66 0F F2 /r | pslld Vdq, Wdq
            """)
    static long pslld(long a, long bLo) {
        return shiftLeft32(a, bLo);
    }

    @Insn("""
            NP 0F 72 /6 ib reg | pslld Nq, Ib
            66 0F 72 /6 ib reg | pslld Udq, Ib
            """)
    static long pslldBy(long a, long b) {
        return shiftLeft32(a, b & 0xff);
    }

    private static long shiftLeft32(long a, long count) {
        if (Long.compareUnsigned(count, 31) > 0) {
            return 0;
        }
        return Lanes.pair(a << count, (a >>> 32) << count);
    }

    @Insn("""
            NP 0F D2 /r | psrld Pq, Qq
            66 0F D2 /r | psrld Vdq, Wdq
            """)
    static long psrld(long a, long bLo) {
        return shiftRight32(a, bLo);
    }

    @Insn("""
            NP 0F 72 /2 ib reg | psrld Nq, Ib
            66 0F 72 /2 ib reg | psrld Udq, Ib
            """)
    static long psrldBy(long a, long b) {
        return shiftRight32(a, b & 0xff);
    }

    private static long shiftRight32(long a, long count) {
        if (Long.compareUnsigned(count, 31) > 0) {
            return 0;
        }
        return Lanes.pair((a & 0xffffffffL) >>> count, a >>> 32 >>> count);
    }

    @Insn("""
            NP 0F E2 /r | psrad Pq, Qq
            66 0F E2 /r | psrad Vdq, Wdq
            """)
    static long psrad(long a, long bLo) {
        return shiftArithmetic32(a, bLo);
    }

    @Insn("""
            NP 0F 72 /4 ib reg | psrad Nq, Ib
            66 0F 72 /4 ib reg | psrad Udq, Ib
            """)
    static long psradBy(long a, long b) {
        return shiftArithmetic32(a, b & 0xff);
    }

    private static long shiftArithmetic32(long a, long count) {
        int by = Long.compareUnsigned(count, 31) > 0 ? 31 : (int) count;
        return Lanes.pair((int) a >> by, (int) (a >>> 32) >> by);
    }

    @Insn("""
            NP 0F F3 /r | psllq Pq, Qq
            66 0F F3 /r | psllq Vdq, Wdq
            """)
    static long psllq(long a, long bLo) {
        return Long.compareUnsigned(bLo, 63) > 0 ? 0 : a << bLo;
    }

    @Insn("""
            NP 0F 73 /6 ib reg | psllq Nq, Ib
            66 0F 73 /6 ib reg | psllq Udq, Ib
            """)
    static long psllqBy(long a, long b) {
        return psllq(a, b & 0xff);
    }

    @Insn("""
            NP 0F D3 /r | psrlq Pq, Qq
            66 0F D3 /r | psrlq Vdq, Wdq
            """)
    static long psrlq(long a, long bLo) {
        return Long.compareUnsigned(bLo, 63) > 0 ? 0 : a >>> bLo;
    }

    @Insn("""
            NP 0F 73 /2 ib reg | psrlq Nq, Ib
            66 0F 73 /2 ib reg | psrlq Udq, Ib
            """)
    static long psrlqBy(long a, long b) {
        return psrlq(a, b & 0xff);
    }

    /// Shifts the whole register left by bytes.
    @Insn("66 0F 73 /7 ib reg | pslldq Udq, Ib | high=pslldqHigh")
    static long pslldq(long aLo, long b) {
        int bytes = (int) b & 0xff;
        return bytes > 7 ? 0 : aLo << (8 * bytes);
    }

    static long pslldqHigh(long aLo, long aHi, long b) {
        int bytes = (int) b & 0xff;
        if (bytes == 0) {
            return aHi;
        }
        if (bytes > 15) {
            return 0;
        }
        return bytes > 7 ? aLo << (8 * (bytes - 8)) : aHi << (8 * bytes) | aLo >>> (64 - 8 * bytes);
    }

    /// Shifts the whole register right by bytes.
    @Insn("66 0F 73 /3 ib reg | psrldq Udq, Ib | high=psrldqHigh")
    static long psrldq(long aLo, long aHi, long b) {
        int bytes = (int) b & 0xff;
        if (bytes == 0) {
            return aLo;
        }
        if (bytes > 15) {
            return 0;
        }
        return bytes > 7 ? aHi >>> (8 * (bytes - 8)) : aLo >>> (8 * bytes) | aHi << (64 - 8 * bytes);
    }

    static long psrldqHigh(long aHi, long b) {
        int bytes = (int) b & 0xff;
        return bytes > 7 ? 0 : aHi >>> (8 * bytes);
    }

    // Pack, unpack, shuffle.

    @Insn("66 0F 63 /r | packsswb Vdq, Wdq | high=packsswbHigh")
    static long packsswb(long aLo, long aHi) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (Lanes.saturateS8(Lanes.s16(aLo, i)) & 0xffL) << (8 * i);
            r |= (Lanes.saturateS8(Lanes.s16(aHi, i)) & 0xffL) << (8 * i + 32);
        }
        return r;
    }

    static long packsswbHigh(long bLo, long bHi) {
        return packsswb(bLo, bHi);
    }

    @Insn("66 0F 67 /r | packuswb Vdq, Wdq | high=packuswbHigh")
    static long packuswb(long aLo, long aHi) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (long) Lanes.saturateU8(Lanes.s16(aLo, i)) << (8 * i);
            r |= (long) Lanes.saturateU8(Lanes.s16(aHi, i)) << (8 * i + 32);
        }
        return r;
    }

    static long packuswbHigh(long bLo, long bHi) {
        return packuswb(bLo, bHi);
    }

    @Insn("66 0F 6B /r | packssdw Vdq, Wdq | high=packssdwHigh")
    static long packssdw(long aLo, long aHi) {
        return Lanes.saturateS16((int) aLo) & 0xffffL
                | (Lanes.saturateS16((int) (aLo >>> 32)) & 0xffffL) << 16
                | (Lanes.saturateS16((int) aHi) & 0xffffL) << 32
                | (Lanes.saturateS16((int) (aHi >>> 32)) & 0xffffL) << 48;
    }

    static long packssdwHigh(long bLo, long bHi) {
        return packssdw(bLo, bHi);
    }

    @Insn("66 0F 60 /r | punpcklbw Vdq, Wdq | high=punpcklbwHigh")
    static long punpcklbw(long aLo, long bLo) {
        return interleave8(aLo, bLo);
    }

    static long punpcklbwHigh(long aLo, long bLo) {
        return interleave8(aLo >>> 32, bLo >>> 32);
    }

    @Insn("66 0F 68 /r | punpckhbw Vdq, Wdq | high=punpckhbwHigh")
    static long punpckhbw(long aHi, long bHi) {
        return interleave8(aHi, bHi);
    }

    static long punpckhbwHigh(long aHi, long bHi) {
        return interleave8(aHi >>> 32, bHi >>> 32);
    }

    private static long interleave8(long a, long b) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (long) Lanes.u8(a, i) << (16 * i) | (long) Lanes.u8(b, i) << (16 * i + 8);
        }
        return r;
    }

    @Insn("66 0F 61 /r | punpcklwd Vdq, Wdq | high=punpcklwdHigh")
    static long punpcklwd(long aLo, long bLo) {
        return interleave16(aLo, bLo);
    }

    static long punpcklwdHigh(long aLo, long bLo) {
        return interleave16(aLo >>> 32, bLo >>> 32);
    }

    @Insn("66 0F 69 /r | punpckhwd Vdq, Wdq | high=punpckhwdHigh")
    static long punpckhwd(long aHi, long bHi) {
        return interleave16(aHi, bHi);
    }

    static long punpckhwdHigh(long aHi, long bHi) {
        return interleave16(aHi >>> 32, bHi >>> 32);
    }

    private static long interleave16(long a, long b) {
        return a & 0xffff | (b & 0xffff) << 16 | (a & 0xffff0000L) << 16 | (b & 0xffff0000L) << 32;
    }

    @Insn("F2 0F 70 /r ib | pshuflw Vdq, Wdq, Ib | high=pshuflwHigh")
    static long pshuflw(long bLo, long c) {
        return shuffle16(bLo, c);
    }

    static long pshuflwHigh(long bHi) {
        return bHi;
    }

    @Insn("F3 0F 70 /r ib | pshufhw Vdq, Wdq, Ib | high=pshufhwHigh")
    static long pshufhw(long bLo) {
        return bLo;
    }

    static long pshufhwHigh(long bHi, long c) {
        return shuffle16(bHi, c);
    }

    private static long shuffle16(long a, long order) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            r |= (long) Lanes.u16(a, (int) (order >>> (2 * i)) & 3) << (16 * i);
        }
        return r;
    }

    // Single elements.

    @Insn("66 0F D7 /r reg | pmovmskb Gd, Udq")
    static long pmovmskb(long bLo, long bHi) {
        return mask8(bLo) | mask8(bHi) << 8;
    }

    /// Gathers the top bit of each byte: the multiplication moves them to the top byte without
    /// collisions.
    private static long mask8(long a) {
        return ((a & TOP8) >>> 7) * 0x0102040810204080L >>> 56;
    }

    @Insn("66 0F C5 /r ib reg | pextrw Gd, Udq, Ib")
    static long pextrw(long bLo, long bHi, long c) {
        return Lanes.u16((c & 4) == 0 ? bLo : bHi, (int) c & 3);
    }

    @Insn("""
            66 0F C4 /r ib reg | pinsrw Vdq, Ed, Ib | high=pinsrwHigh
            66 0F C4 /r ib mem | pinsrw Vdq, Ew, Ib | high=pinsrwHigh
            """)
    static long pinsrw(long aLo, long b, long c) {
        return (c & 4) == 0 ? insert16(aLo, b, c) : aLo;
    }

    static long pinsrwHigh(long aHi, long b, long c) {
        return (c & 4) == 0 ? aHi : insert16(aHi, b, c);
    }

    private static long insert16(long a, long value, long lane) {
        int shift = 16 * ((int) lane & 3);
        return a & ~(0xffffL << shift) | (value & 0xffff) << shift;
    }
}
